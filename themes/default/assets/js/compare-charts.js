// needs: compare-tables.js, counters.js, decode.js, sitegen.js; later: explorer.js, run-charts-page.js
//
// Curves of the runs that are compared, and charts over them: the panel of the experiment page.
"use strict";

SG.compareCharts = (function () {
  const MAX_CURVES = 6;

  /** Metrics with a curve that says something (no counters, no constants), those that most runs share first. */
  function curveKeys(runs) {
    const counts = new Map();
    const varies = new Set(runs.flatMap((run) => run.curves.filter((one) => one.lo !== one.hi).map((one) => one.k)));
    for (const { k } of runs.flatMap((run) => run.curves)) {
      if (varies.has(k) && !SG.isCounter(k)) counts.set(k, (counts.get(k) || 0) + 1);
    }
    return Array.from(counts)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([key]) => key);
  }

  function curveFigure(runs, key, i, slots) {
    const having = runs.filter((run) => run.curves.some((curve) => curve.k === key));
    return SG.el(
      "figure",
      {
        class: "chart",
        id: "compare-curve-" + i,
        "data-kind": "curves",
        "data-runs": having.map((run) => run.id).join(" "),
        "data-colours": having.map((run) => slots.get(run.id)).join(" "),
        "data-metrics": JSON.stringify([key]),
      },
      SG.el("figcaption", { text: key }),
      SG.el("div", { class: "chart-tools" }),
      SG.el("div", { class: "plot" }),
      SG.el("div", { class: "chart-legend" }),
    );
  }

  /** The curves, those of the metric that runs are judged by first; beyond six they are folded. */
  function curves(runs, slots = SG.colours(runs.map((run) => run.id)), objectives = new Map()) {
    const keys = curveKeys(runs);
    const ordered = keys.filter((key) => objectives.has(key)).concat(keys.filter((key) => !objectives.has(key)));
    const figures = ordered.map((key, i) => curveFigure(runs, key, i, slots));
    if (!figures.length) return null;
    const grid = (some) => SG.el("div", { class: "charts wide" }, ...some);
    const more = figures.slice(MAX_CURVES);
    return SG.el(
      "section",
      null,
      SG.compareTables.heading("Curves"),
      grid(figures.slice(0, MAX_CURVES)),
      more.length
        ? SG.el(
            "details",
            { class: "more-curves" },
            SG.el("summary", { text: more.length + (more.length === 1 ? " more curve" : " more curves") }),
            grid(more),
          )
        : null,
    );
  }

  // ---- Charts: the panel of the experiment page, over the runs compared ----

  /** The runs as the columns of an experiment (data/experiments), which is what charts over runs are drawn from. */
  function asColumns(runs) {
    const texts = (group, name, list) => ({ g: group, n: name, t: "s", v: list.map((value) => value ?? null) });
    const keys = (pairsOf) =>
      Array.from(new Set(runs.flatMap((run) => pairsOf(run).map(([key]) => key)))).sort(SG.natural);
    const maps = (pairsOf) => runs.map((run) => new Map(pairsOf(run)));
    const of = (group, pairsOf) =>
      keys(pairsOf).map((key) =>
        texts(
          group,
          key,
          maps(pairsOf).map((map) => map.get(key)),
        ),
      );
    const numbers = (name, reducer, at, found) => ({
      g: "metric",
      n: name,
      r: reducer,
      t: "f",
      v: found.map((map) => (typeof map.get(name)?.[at] === "number" ? map.get(name)[at] : null)),
    });
    const found = runs.map((run) => new Map(run.metrics.map((metric) => [metric[0], metric])));
    const metrics = keys((run) => run.metrics).flatMap((key) =>
      [
        ["last", 1],
        ["min", 3],
        ["max", 5],
        ["first", 2],
        ["mean", 7],
      ].map(([reducer, at]) => numbers(key, reducer, at, found)),
    );
    const own = [
      ["run_id", (run) => run.id],
      ["name", (run) => run.fullName],
      ["status", (run) => run.status],
      ["user", (run) => run.user || null],
      ["source", (run) => run.source || null],
    ];
    return [
      ...own.map(([name, of]) => texts("run", name, runs.map(of))),
      ...of("param", (run) => run.params),
      ...metrics,
      ...of("tag", (run) => run.tags),
    ];
  }

  async function fillCharts(box, state, runs) {
    const key = "compared-" + runs.map((run) => run.id).join("-");
    const [metric, direction] = Array.from(state.objectives)[0] || [];
    SG.put("experiments/" + key, {
      id: key,
      name: "",
      n: runs.length,
      best: state.best || null,
      objective: metric ? { metric, direction, reducer: "last" } : null,
      files: runs.map((run) => [run.id, run.file]),
      columns: asColumns(runs),
    });
    await SG.asset("js/run-charts-page.js");
    const panel = await SG.runChartsPage.load();
    const store = await SG.explorer(key);
    store.select(state.ids);
    await panel.open(box, store, { isCompare: true });
  }

  /**
   * A section that is filled when it comes into sight, as the library that draws is large; its heading appears with the
   * first chart, and a section without one is dropped.
   */
  function charts(state, runs) {
    if (runs.length < 2) return null;
    const box = SG.el("div", { class: "run-charts" });
    const head = SG.compareTables.heading("Charts", SG.el("span", { class: "hint", text: "over the runs compared" }));
    const section = SG.el("section", { class: "compare-charts" }, head, box);
    head.hidden = box.hidden = true;
    const fill = async function () {
      await fillCharts(box, state, runs);
      if (box.querySelector(".run-charts-section")) head.hidden = box.hidden = false;
      else section.remove();
    };
    const seen = new IntersectionObserver(
      function (entries) {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.disconnect();
        fill().catch(function (error) {
          box.hidden = false;
          box.replaceChildren(SG.el("p", { class: "notice", role: "status", text: error.message }));
        });
      },
      { rootMargin: "200px" },
    );
    seen.observe(section);
    return section;
  }

  return { curves, charts };
})();
