// needs: charts.js, decode.js, run-charts-data.js, run-charts-kinds.js, run-charts-rows.js, sitegen.js
//
// One chart over runs: its figure, what it is drawn from, its tools. Settings and the dialog are the panel's
// (run-charts.js): `panel.write(newEntry)`, `panel.fill()`, `panel.change(item)`.
"use strict";

SG.runChartsCards = (function () {
  const MAX_SELECTED = 100;
  const MAX_BANDS = 8;

  // ---- Which runs ----

  /** The rows for charts that show each run by itself: those selected, else the first on display. */
  function few(panel) {
    const { store } = panel;
    const rows = Array.from(store.rows);
    const chosen = rows.filter((row) => store.selected.has(store.ids[row]));
    return chosen.length ? chosen.slice(0, MAX_SELECTED) : rows.slice(0, panel.state.curves.count);
  }

  /** Groups of the table as bands of curves: mean and standard deviation of the first runs of each. */
  function bands(panel) {
    const groups = (panel.store.groups || []).slice(0, MAX_BANDS);
    const slots = SG.colours(groups.map((group) => group.label));
    return groups.map((group) => ({
      label: group.label,
      slot: slots.get(group.label),
      ids: new Set(
        Array.from(group.rows)
          .slice(0, 20)
          .map((row) => panel.store.ids[row]),
      ),
    }));
  }

  function curveRuns(panel) {
    const groups = bands(panel);
    return groups.length
      ? groups.flatMap((group) => Array.from(group.ids))
      : few(panel).map((row) => panel.store.ids[row]);
  }

  // ---- One chart ----

  let number = 0;

  function card(panel, chart, own) {
    const title = SG.runChartsKinds.title(chart);
    const figure = SG.el(
      "figure",
      {
        class: "chart run-charts-" + chart.kind + (chart.wide ? " wide" : ""),
        id: "run-charts-" + ++number,
        "data-kind": chart.kind,
      },
      SG.el(
        "figcaption",
        null,
        SG.el("span", { text: title }),
        " ",
        SG.el("span", { class: "sub", text: SG.runChartsKinds.subtitle(chart) }),
      ),
      SG.el("div", { class: "plot" }),
      chart.kind === "curves" ? SG.el("div", { class: "chart-legend" }) : null,
      SG.el("div", { class: "chart-tools" }),
    );
    figure.querySelector(".plot").style.minHeight = SG.runChartsKinds.get(chart.kind).height + "px";
    const item = { chart, figure, title, own, state: null };
    item.state = SG.charts.adopt(figure, more(panel, item));
    SG.charts.whenSeen(item.state);
    return item;
  }

  /** What charts.js needs to draw a chart over runs. */
  function more(panel, item) {
    const { chart } = item;
    const { store } = panel;
    const common = {
      ofRuns: true,
      drawer: SG.runChartsKinds.get(chart.kind).drawer,
      before: () => prepare(panel, item),
      view: () => viewOf(panel, item),
      colourOf: (id) => store.colour(id),
      files: store.columns.files,
      tools: () => (item.own ? ownTools(panel, item) : logTools(panel, item)),
      options: { ...panel.state.curves, log: chart.log.includes("y"), logX: chart.log.includes("x") },
    };
    if (chart.kind === "parallel")
      return {
        ...common,
        order: chart.axes,
        reordered: (order) => item.own && own(panel, item, { axes: order }),
        parallel: () => SG.runChartsData.parallel(store, chart, store.rows),
        select: (ids) => store.select(ids),
        open: (id) => location.assign(SG.runUrl(id, store.columns.files)),
      };
    return chart.kind === "curves" ? common : { ...common, bind: () => item.made.rows };
  }

  /** What a chart shows, for embed-box.js: which runs, and whether those are all of the experiment. */
  function viewOf(panel, item) {
    const { store } = panel;
    const isCurves = item.chart.kind === "curves";
    const runs = isCurves ? curveRuns(panel) : Array.from(store.rows, (row) => store.ids[row]);
    return { chart: item.chart, runs, all: !isCurves && runs.length === store.n, options: item.state.options };
  }

  /** Everything but the drawing: the columns, attributes, height, note, what is drawn. */
  async function prepare(panel, item) {
    const { chart, figure } = item;
    await panel.store.columns.need([...SG.runChartsKinds.columnsOf(chart), "run:status"]);
    const plot = figure.querySelector(".plot");
    for (const [axis, text] of Object.entries(SG.runChartsKinds.axisTitles(chart)))
      if (text) figure.dataset[axis + "Title"] = text;
    for (const name of ["x", "y", "z"])
      if (chart[name] && chart.kind !== "parallel") figure.dataset[name] = chart[name];
    figure.dataset.log = chart.log.join(" ");
    if (chart.kind === "curves") {
      const keys = SG.runChartsKinds.columnsOf(chart).map((id) => SG.runChartsData.parts(id)[1]);
      Object.assign(figure.dataset, {
        runs: curveRuns(panel).join(" "),
        metrics: JSON.stringify(keys),
        yTitle: keys.join(", "),
        xTitle: panel.state.curves.x.startsWith("metric:") ? panel.state.curves.x.slice(7) : panel.state.curves.x,
      });
      Object.assign(item.state.options, panel.state.curves);
      item.state.bands = bands(panel);
    } else if (chart.kind !== "parallel") {
      const { each } = SG.runChartsKinds.get(chart.kind);
      item.made = SG.runChartsRows[chart.kind](panel.store, chart, each ? few(panel) : Array.from(panel.store.rows));
      plot.style.height = item.made.height ? Math.max(140, item.made.height) + "px" : "";
      SG.charts.note(item.state, item.made.rows.length ? item.made.note : "No run on display has these values.");
    }
  }

  function logTools(panel, item) {
    if (!SG.runChartsKinds.get(item.chart.kind).log) return [];
    return ["x", "y"].map(function (axis) {
      const button = SG.el("button", {
        type: "button",
        class: "tool",
        "aria-pressed": String(item.chart.log.includes(axis)),
        text: "Log " + axis,
      });
      button.addEventListener("click", function () {
        const on = !item.chart.log.includes(axis);
        item.chart.log = ["x", "y"].filter((one) => (one === axis ? on : item.chart.log.includes(one)));
        button.setAttribute("aria-pressed", String(on));
        if (item.own) panel.write(false);
        SG.charts.redraw(item.state);
      });
      return button;
    });
  }

  function ownTools(panel, item) {
    return [
      ...logTools(panel, item),
      SG.el("button", { type: "button", class: "tool", text: "Edit", onclick: () => panel.change(item) }),
      SG.el("button", { type: "button", class: "tool", text: "Remove", onclick: () => remove(panel, item) }),
    ];
  }

  function remove(panel, item) {
    panel.state.own = panel.state.own.filter((chart) => chart !== item.chart);
    panel.write(true);
    panel.fill();
    panel.box.querySelector(".run-charts-add")?.focus();
  }

  /** Change an own chart without drawing the panel anew. */
  function own(panel, item, changes) {
    Object.assign(item.chart, changes);
    panel.write(false);
  }

  return { MAX_SELECTED, card, prepare };
})();
