// needs: query-keys.js, query-evaluate.js, query.js, query-complete.js
//
// Keys of a query that no run has, with those that may be meant, and keys without a group that stand for several.
"use strict";

SG.query.doubt = (function () {
  const { columnOf, keysOfAny, keyItem, keyText, maskOf } = SG.queryParts;

  const GROUPS = ["metric", "param", "tag"];
  const MAX_OFFERED = 3;

  /** How many letters to add, remove or change to make `b` of `a`; `limit` + 1 if it takes more than `limit`. */
  function distance(a, b, limit) {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let row = Array.from({ length: b.length + 1 }, (_, at) => at);
    for (let i = 1; i <= a.length; i++) {
      const next = [i];
      for (let j = 1; j <= b.length; j++)
        next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
      row = next;
    }
    return Math.min(row[b.length], limit + 1);
  }

  /** The keys that `name` may be meant for, the nearest first. */
  function near(name, over) {
    const [wanted, limit] = [name.toLowerCase(), name.length > 5 ? 2 : 1];
    const found = GROUPS.flatMap((group) =>
      over.names(group).map((one) => ({ group, one, far: distance(wanted, one.toLowerCase(), limit) })),
    ).filter(({ far }) => far <= limit);
    return found
      .sort((a, b) => a.far - b.far)
      .slice(0, MAX_OFFERED)
      .map(({ group, one }) => keyItem(group, one).text);
  }

  /** Whether a run has two of what `key`, which has no group, may mean; then the ways to write it. */
  function ways(key, over) {
    const having = keysOfAny(key).filter((one) => columnOf(one, over));
    const masks = having.map((one) => maskOf(over.n, columnOf(one, over), () => true, 0));
    const twice = Array.from({ length: over.n }, (_, row) => row).some(
      (row) => masks.reduce((sum, mask) => sum + mask[row], 0) > 1,
    );
    return twice ? having.map((one) => keyItem(one.group, one.name).text) : [];
  }

  /**
   * What is doubtful about a query over `over`, or null: `{at, length, message, offers, isError}`. No run has a key,
   * or a run has two of that name, which is an error.
   */
  function doubt(keys, over) {
    for (const key of keys) {
      if (!["any", ...GROUPS].includes(key.group)) continue;
      const place = { at: key.at, length: key.length };
      const offers = key.group === "any" ? ways(key, over) : [];
      if (offers.length)
        return { ...place, offers, isError: true, message: "Several things are called " + key.name + "." };
      if (over.n && !columnOf(key, over))
        return { ...place, offers: near(key.name, over), message: "No run has " + keyText(key) + "." };
    }
    return null;
  }

  return doubt;
})();
