// needs: compare-cells.js, page.js
//
// What the fragment of the compare page asks for: runs, baseline, switches.
"use strict";

SG.compareState = (function () {
  /**
   * What the fragment asks for; the baseline is the first run unless another is named. `best` is the run that had
   * the accent on the page that the link was on; without it, that is the best of the experiment.
   */
  function read() {
    const fragment = SG.readFragment();
    const ids = Array.from(new Set(fragment.get("runs") || []));
    const base = (fragment.get("base") || [ids[0]])[0];
    const one = (key) => (fragment.get(key) || [""])[0];
    const known = (fragment.get("values") || (fragment.has("range") ? ["last", "min", "max"] : [])).filter((name) =>
      SG.compareCells.REDUCERS.includes(name),
    );
    return {
      ids,
      base: ids.includes(base) ? base : ids[0],
      best: one("best"),
      different: !fragment.has("all"),
      reducers: known.length ? known : ["last"],
      layout: one("layout"),
      file: one("file"),
      from: one("from"),
      to: one("to"),
      rest: fragment,
    };
  }

  const OWN = ["runs", "base", "all", "different", "range", "values", "layout", "file", "from", "to"];

  /** Put `changes` of the state into the fragment. */
  function write(state, changes) {
    const next = { ...state, ...changes };
    const fragment = new Map([
      ["runs", next.ids],
      ["base", next.base && next.base !== next.ids[0] && next.ids.includes(next.base) ? next.base : ""],
      ["all", next.different ? "" : "1"],
      ["values", next.reducers.join() === "last" ? "" : next.reducers],
      ["layout", next.layout],
      ["file", next.file],
      ["from", next.file ? next.from : ""],
      ["to", next.file ? next.to : ""],
    ]);
    for (const [key, value] of SG.readFragment()) if (!OWN.includes(key)) fragment.set(key, value);
    SG.writeFragment(fragment, true);
  }

  return { read, write };
})();
