// needs: charts.js, decode.js, page.js, sitegen.js
//
// charts/curve.html#run=<id>&metric=<key>: one curve alone, for frames in other pages and for links.
"use strict";

SG.start(function () {
  async function show() {
    const state = SG.readFragment();
    const run = (state.get("run") || [""])[0];
    const metric = (state.get("metric") || []).join(",");
    const main = document.getElementById("curve");
    if (!run || !metric)
      return main.replaceChildren(
        SG.el("p", { text: "This page shows one curve: curve.html#run=<run id>&metric=<key>." }),
      );
    const found = await SG.run(run);
    if (!found) return main.replaceChildren(SG.el("p", { text: "This site has no run " + run + "." }));
    return drawCurve(main, found, metric);
  }

  function drawCurve(main, run, metric) {
    const title = SG.el(
      "figcaption",
      null,
      metric + " · ",
      SG.el("a", { href: SG.runUrl(run.file), target: "_top", text: run.name }),
    );
    const figure = SG.el(
      "figure",
      { class: "chart", id: "curve-figure", "data-kind": "curves", "data-runs": run.id, "data-metric": metric },
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
