// needs: charts.js, decode.js, page.js, sitegen.js
//
// charts/curve.html#run=<id>&metric=<key>: one curve alone, for frames in other pages and for links.
"use strict";

SG.start(function () {
  const MAX_RUNS = 60;

  async function show() {
    const state = SG.readFragment();
    const ids = state.get("run") || [""];
    const [run] = ids;
    const metric = (state.get("metric") || []).join(",");
    const main = document.getElementById("curve");
    if (!run || !metric)
      return main.replaceChildren(
        SG.el("p", { text: "This page shows one curve: curve.html#run=<run id>&metric=<key>." }),
      );
    const found = await SG.run(run);
    if (!found) return main.replaceChildren(SG.el("p", { text: "This site has no run " + run + "." }));
    return drawCurve(main, found, metric, ids, state);
  }

  /** One curve, or those of several runs, as the fragment asks for. */
  function drawCurve(main, run, metric, ids, state) {
    const first = (key) => (state.get(key) || [""])[0];
    const title = SG.el(
      "figcaption",
      null,
      metric + " · ",
      ids.length > 1
        ? SG.el("span", { text: ids.length + " runs" })
        : SG.el("a", { href: SG.runUrl(run.file), target: "_top", text: run.name }),
    );
    const figure = SG.el(
      "figure",
      {
        class: "chart",
        id: "curve-figure",
        "data-kind": "curves",
        "data-runs": ids.slice(0, MAX_RUNS).join(" "),
        "data-metric": metric,
        "data-log": first("log"),
        "data-smooth": first("smooth"),
        "data-axis": first("x"),
      },
      title,
      SG.el("div", { class: "chart-tools" }),
      SG.el("div", { class: "plot" }),
    );
    main.querySelectorAll("figure").forEach(SG.charts.drop);
    main.replaceChildren(figure);
    return SG.charts.hydrate(SG.charts.adopt(figure));
  }

  window.addEventListener("hashchange", show);
  return show();
});
