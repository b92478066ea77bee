// needs: decode.js, page.js, sitegen.js; later: search.js
//
// The second line of a run that the search found: the field that matches, its status and its result.
"use strict";

SG.searchDetails = (function () {
  const MAX_DETAILED = 12;
  const MAX_VALUE = 60;

  /** Name and text of every field of a run by which the search finds it; its name is in the first line. */
  const fieldsOf = (run) => [
    ...run.params.map(([key, value]) => [key, value]),
    ...run.tags.map(([key, value]) => [key, value]),
    ...run.metrics.map(([key]) => ["metric", key]),
    ["commit", run.commit],
    ["user", run.user],
    ["source", run.source],
    ["run", run.id],
  ];

  /** The first field that has one of `words`, a part of it around the word where it is long; empty if none has. */
  function matching(run, words) {
    for (const [key, value] of fieldsOf(run)) {
      const text = String(value || "");
      const lower = text.toLowerCase();
      const word = words.find((one) => lower.includes(one) || (text && key.toLowerCase().includes(one)));
      if (!word) continue;
      const from = Math.max(0, lower.indexOf(word) - 20);
      return key + ": " + (from ? "…" : "") + text.slice(from, from + MAX_VALUE);
    }
    return "";
  }

  async function detail(item, id, words) {
    const run = await SG.run(id);
    if (!run || !item.isConnected) return;
    const { places, experiments } = await SG.shard("places", id);
    const place = places.find(([one]) => one === id);
    const [, label] = (place && experiments.find(([one]) => one === place.at(-2))) || [];
    const status = run.status[0] + run.status.slice(1).toLowerCase();
    const result = place?.at(-1) ? label + " " + place.at(-1) : "";
    const field = run.name && words.every((word) => run.name.toLowerCase().includes(word)) ? "" : matching(run, words);
    const parts = [field && SG.search.marked(field, words), [status], result && [result]].filter(Boolean);
    item.append(
      SG.el("span", { class: "result-detail muted" }, ...parts.flatMap((part, i) => (i ? [" · ", ...part] : part))),
    );
  }

  /** Add to the first of these results, pairs of an element and a run's id, what is in the data of their runs. */
  return (items, words) =>
    Promise.all(items.slice(0, MAX_DETAILED).map(([item, id]) => detail(item, id, words).catch(() => {})));
})();
