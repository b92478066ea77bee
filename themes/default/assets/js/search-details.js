// needs: decode.js, sitegen.js
//
// Marks what the search found, and adds a line to runs: the field that matches, status and result.
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

  /** `text` with every place that begins with one of `words` marked. */
  function marked(text, words) {
    const lower = text.toLowerCase();
    const parts = [];
    let at = 0;
    while (at < text.length && lower.length === text.length) {
      const places = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([start]) => start >= 0);
      if (!places.length) break;
      const [start, length] = places.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      parts.push(text.slice(at, start), SG.el("mark", { text: text.slice(start, start + length) }));
      at = start + length;
    }
    return [...parts, text.slice(at)];
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
    const parts = [field && marked(field, words), [status], result && [result]].filter(Boolean);
    item.append(
      SG.el("span", { class: "result-detail muted" }, ...parts.flatMap((part, i) => (i ? [" · ", ...part] : part))),
    );
  }

  /** Mark `words` in results, a Map of element to document, and add what is in the data of the first runs, of others as they come on the screen. */
  return function (items, words, idOf) {
    for (const part of Array.from(items.keys(), (item) => Array.from(item.children)).flat())
      part.replaceChildren(...marked(part.textContent, words));
    const runs = Array.from(items).filter(([, doc]) => doc.kind === "run");
    const add = (item) => detail(item, idOf(items.get(item)), words).catch(() => {});
    const later = new IntersectionObserver(function (seen) {
      for (const { target } of seen.filter((one) => one.isIntersecting)) {
        later.unobserve(target);
        add(target);
      }
    });
    runs.slice(MAX_DETAILED).forEach(([item]) => later.observe(item));
    return Promise.all(runs.slice(0, MAX_DETAILED).map(([item]) => add(item)));
  };
})();
