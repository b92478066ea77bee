// needs: charts.js, run-charts-cards.js, run-charts-defaults.js, run-charts-dialog.js, run-charts-kinds.js, run-charts-state.js, sitegen.js
//
// The chart panel: charts over the runs on display, in step with the table (SG.explorer) or with the compared runs.
//
// `SG.runCharts.open(box, store, options)` fills `box`. Settings are in the fragment: `charts` (sections opened or
// closed, search), `chart` (charts of the reader's own), `curves` (what all curves share).
"use strict";

SG.runCharts = (function () {
  // ---- Sections ----

  function section(panel, part) {
    const id = part.id;
    const shut = panel.state.closed.has(id) ? panel.state.closed.get(id) : Boolean(part.closed);
    const body = SG.el("div", { class: "charts run-charts-grid" });
    const count = part.charts.length === 1 ? "1 chart" : part.charts.length + " charts";
    const button = SG.el(
      "button",
      { type: "button", class: "run-charts-fold", "aria-expanded": String(!shut) },
      SG.el("span", { class: "sign", "aria-hidden": "true", text: shut ? "▸" : "▾" }),
      " " + part.title,
    );
    const box = SG.el(
      "section",
      { class: "run-charts-section" },
      SG.el("div", { class: "section-head" }, SG.el("h3", null, button), SG.el("span", { class: "hint", text: count })),
      body,
    );
    const cards = () =>
      part.charts
        .filter((chart) => matches(panel, chart))
        .map((chart) => SG.runChartsCards.card(panel, chart, part.own));
    const show = function (open) {
      body.hidden = !open;
      if (!open) return take(panel, body);
      const made = cards();
      panel.items.push(...made);
      body.replaceChildren(...made.map((item) => item.figure));
    };
    button.addEventListener("click", function () {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      button.querySelector(".sign").textContent = open ? "▾" : "▸";
      panel.state.closed.set(id, !open);
      panel.write(false);
      show(open);
    });
    show(!shut || Boolean(panel.state.q));
    return body.children.length || shut ? box : null;
  }

  /** Forget the charts inside `body`. */
  function take(panel, body) {
    body.querySelectorAll("figure.chart").forEach(SG.charts.drop);
    panel.items = panel.items.filter((item) => !body.contains(item.figure));
    body.replaceChildren();
  }

  const matches = (panel, chart) =>
    (SG.runChartsKinds.title(chart) + " " + SG.runChartsKinds.get(chart.kind).label)
      .toLowerCase()
      .includes(panel.state.q.trim().toLowerCase());

  /** All sections anew. */
  function fill(panel) {
    take(panel, panel.body);
    panel.items = [];
    const parts = panel.isCompare
      ? SG.runChartsDefaults.comparedSections(panel.store)
      : SG.runChartsDefaults.sections(panel.store);
    const ownPart = panel.state.own.length
      ? [{ id: "own", title: "Your charts", charts: panel.state.own, own: true }]
      : [];
    const made = [...ownPart, ...parts]
      .filter((part) => part.charts.length)
      .map((part) => section(panel, part))
      .filter(Boolean);
    panel.body.replaceChildren(
      ...(made.length
        ? made
        : [
            SG.el("p", {
              class: "empty",
              text: panel.state.q ? "No chart is called so." : "There is nothing to draw.",
            }),
          ]),
    );
    say(panel);
  }

  function say(panel) {
    const { store } = panel;
    const chosen = Array.from(store.rows).filter((row) => store.selected.has(store.ids[row])).length;
    const all = store.rows.length;
    const each = chosen
      ? Math.min(chosen, SG.runChartsCards.MAX_SELECTED) + " selected"
      : "the first " + Math.min(panel.state.curves.count, all);
    const runs = all + (all === 1 ? " run" : " runs");
    const grouped = (store.groups || []).length > 0;
    panel.said.textContent = panel.isCompare
      ? ""
      : runs +
        " on display; " +
        (grouped ? "curves show the groups (mean and standard deviation), bars " : "curves and bars show ") +
        each +
        ".";
    panel.count.disabled = chosen > 0;
  }

  // ---- Following the table ----

  let waiting = 0;

  function follow(panel) {
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      say(panel);
      for (const item of panel.items) refresh(panel, item).catch((error) => SG.charts.note(item.state, error.message));
    }, 120);
  }

  /** Draw a live chart anew; others are made when they are seen. */
  async function refresh(panel, item) {
    if (!item.figure.isConnected || !item.state.live) return;
    if (!item.state.live.refresh) return SG.charts.redraw(item.state);
    await SG.runChartsCards.prepare(panel, item);
    await item.state.live?.refresh();
  }

  function eachCurve(panel) {
    panel.write(false);
    for (const item of panel.items.filter((one) => one.chart.kind === "curves" && one.state.live))
      SG.runChartsCards.prepare(panel, item).then(() => item.state.live?.update());
  }

  // ---- Toolbar ----

  function toolbar(panel) {
    const { curves } = panel.state;
    const find = SG.el("input", {
      type: "search",
      placeholder: "Search charts…",
      "aria-label": "Search charts",
      autocomplete: "off",
      value: panel.state.q || null,
    });
    find.addEventListener("input", () => ((panel.state.q = find.value), panel.write(false), fill(panel)));
    const smooth = SG.el("input", {
      type: "range",
      min: "0",
      max: "0.99",
      step: "0.01",
      value: String(curves.smooth),
      "aria-label": "Smoothing of all curves",
    });
    smooth.addEventListener("input", () => ((curves.smooth = Number(smooth.value)), eachCurve(panel)));
    const along = panel.store.columns.list
      .filter((one) => one.group === "metric" && one.reducer === "min")
      .map((one) => ["metric:" + one.name, one.name]);
    const axis = SG.runChartsDialog.choice(
      "Horizontal axis of all curves",
      [["step", "Step"], ["relative", "Relative time"], ["time", "Wall time"], ...along],
      curves.x,
      (value) => ((curves.x = value), eachCurve(panel)),
    );
    const outliers = SG.el("input", { type: "checkbox" });
    outliers.checked = curves.outliers;
    outliers.addEventListener("change", () => ((curves.outliers = outliers.checked), eachCurve(panel)));
    panel.count = SG.runChartsDialog.choice(
      "Runs of curves and bars",
      SG.runChartsState.COUNTS.map((count) => [String(count), "First " + count + " runs"]),
      String(curves.count),
      (value) => ((curves.count = Number(value)), panel.write(false), follow(panel)),
    );
    panel.said = SG.el("p", { class: "hint run-charts-said", role: "status" });
    const curveTools = panel.isCompare
      ? []
      : [
          panel.count,
          SG.el("label", { class: "choice" }, "Smooth ", smooth),
          SG.el("label", { class: "choice" }, "x ", axis),
          SG.el("label", { class: "choice" }, outliers, "Ignore outliers"),
        ];
    return SG.el(
      "div",
      { class: "run-charts-tools" },
      panel.isCompare ? null : find,
      ...curveTools,
      SG.el("button", {
        type: "button",
        class: "button run-charts-add",
        text: "Add chart",
        onclick: () => panel.change(null),
      }),
    );
  }

  // ---- Start ----

  /**
   * Fill `box` with charts over the runs of `store`; gives `{close, restore}`. `isCompare`: curves are drawn elsewhere.
   */
  async function open(box, store, { isCompare = false } = {}) {
    await Promise.all([SG.runChartsKinds.load(), SG.runChartsDefaults.need(store)]);
    const panel = {
      box,
      store,
      isCompare,
      state: SG.runChartsState.read(),
      items: [],
      body: SG.el("div", { class: "run-charts-body" }),
    };
    panel.write = (newEntry) => SG.runChartsState.write(panel, newEntry);
    panel.fill = () => fill(panel);
    panel.change = (item) => SG.runChartsDialog.open(panel, item);
    const tools = toolbar(panel);
    box.replaceChildren(tools, panel.said, panel.body);
    fill(panel);
    store.on("rows", () => follow(panel));
    store.on("selection", () => follow(panel));
    store.on("data", () => follow(panel));
    panel.restore = function () {
      panel.state = SG.runChartsState.read();
      box.replaceChildren(toolbar(panel), panel.said, panel.body);
      fill(panel);
    };
    return panel;
  }

  return { open };
})();
