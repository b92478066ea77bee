// needs: sitegen.js
//
// Finds documents in the word index of the site (sitegen/search.py).
//
// The index is cut by the first character of words, and the documents by thousands; both load when they are asked for.
"use strict";

SG.searchIndex = (function () {
  const MOST = 60;

  /** The words of a query, as search.py cuts them: no marks at their ends, at most 40 characters, 8 of an id. */
  function words(query) {
    const runs = query.toLowerCase().match(/[\p{L}\p{N}_.-]+/gu) || [];
    return runs
      .map(function (run) {
        const word = run.replace(/^[._-]+|[._-]+$/g, "");
        return /^[0-9a-f]{9,40}$/.test(word) && /\d/.test(word)
          ? word.slice(0, 8)
          : Array.from(word).slice(0, 40).join("");
      })
      .filter(Boolean);
  }

  const shardName = (word) => word.codePointAt(0).toString(16);

  /** "1*9 a b*3" as a Map of document number to weight, added to `found` (the larger weight wins). */
  function addPostings(found, postings) {
    let doc = 0;
    for (const posting of postings.split(" ")) {
      const [step, weight] = posting.split("*");
      doc += parseInt(step, 36);
      found.set(doc, Math.max(found.get(doc) || 0, Number(weight || 1)));
    }
  }

  /** The words of the index that begin as `word` does, a line each after a line break, or nothing. */
  const linesFor = async (word, meta) =>
    meta.shards.includes(shardName(word)) ? "\n" + (await SG.load("search/" + shardName(word))).words : "";

  /** Documents with a word that starts with `word`, a Map of number to weight; whole words weigh double. */
  async function matches(word, meta) {
    const found = new Map();
    const lines = await linesFor(word, meta);
    for (let at = lines.indexOf("\n" + word); at >= 0; at = lines.indexOf("\n" + word, at + 1)) {
      const end = lines.indexOf("\n", at + 1);
      const [entry, postings] = lines.slice(at + 1, end < 0 ? undefined : end).split("\t");
      const part = new Map();
      addPostings(part, postings);
      for (const [doc, weight] of part)
        found.set(doc, Math.max(found.get(doc) || 0, entry === word ? 2 * weight : weight));
    }
    return found;
  }

  /** Numbers of the documents that match every word, the best first. */
  function meet(all) {
    const [first, ...rest] = all;
    const scored = [];
    for (const [doc, weight] of first) {
      if (rest.every((found) => found.has(doc)))
        scored.push([doc, rest.reduce((sum, found) => sum + found.get(doc), weight)]);
    }
    return scored.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  /**
   * As `matches`; a word that is nowhere as it stands is looked for by its parts: "more-dropout" by "more" and
   * "dropout".
   */
  async function matchesOrParts(word, meta) {
    const whole = await matches(word, meta);
    const parts = word.split(/[-_.]+/).filter(Boolean);
    if (whole.size) return whole;
    if (parts.length < 2) return matchesNearly(word, meta);
    const met = meet(await Promise.all(parts.map((part) => matches(part, meta))));
    return new Map(met.map(([doc, weight]) => [doc, weight / parts.length]));
  }

  const MIN_FORGIVEN = 4;

  /** Documents with a word that is `word` but for one letter, which is not the first; those words are in `nearly`. */
  async function matchesNearly(word, meta) {
    const found = new Map();
    found.nearly = [];
    if (word.length < MIN_FORGIVEN) return found;
    for (const line of (await linesFor(word, meta)).split("\n")) {
      const [entry, postings] = line.split("\t");
      if (!postings || !isNear(word, entry)) continue;
      addPostings(found, postings);
      found.nearly.push(entry);
    }
    return found;
  }

  /** Whether one letter more, less or other, or two that changed places, makes `b` of `a`. */
  function isNear(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    let from = 0;
    while (from < a.length && a[from] === b[from]) from++;
    const [restA, restB] = [a.slice(from), b.slice(from)];
    if (a.length !== b.length) return a.length > b.length ? restA.slice(1) === restB : restA === restB.slice(1);
    const swapped = restA.length > 1 && restA[1] + restA[0] + restA.slice(2) === restB;
    return swapped || restA.slice(1) === restB.slice(1);
  }

  async function docAt(number) {
    const [kind, url, title, subtitle] = (await SG.load("search/docs-" + Math.floor(number / 1000))).docs[
      number % 1000
    ];
    return { kind, url, title, subtitle };
  }

  /** What matches `query`: `{total, docs: [{kind, url, title, subtitle, weight}], marked}`, the best first; `marked` are
   * the words that the query means. */
  async function find(query) {
    const asked = words(query);
    if (!asked.length) return { total: 0, docs: [], marked: [] };
    const meta = await SG.load("search/meta");
    const matched = await Promise.all(asked.map((word) => matchesOrParts(word, meta)));
    const scored = meet(matched);
    const marked = asked.flatMap((word, i) => matched[i].nearly || [word]);
    const best = scored.slice(0, MOST);
    const docs = await Promise.all(best.map(([number]) => docAt(number)));
    return { total: scored.length, docs: docs.map((doc, i) => ({ ...doc, weight: best[i][1] })), marked };
  }

  return { words, find };
})();
