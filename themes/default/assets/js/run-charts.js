// The chart panel: charts over the runs on display, in step with the table (SG.explorer) or with the compared runs.
//
// `SG.runCharts.open(box, store, options)` fills `box`. Rows come from run-charts-data.js, the charts there are from
// run-charts-defaults.js, tools, drawing on sight and saving from charts.js. Settings are in the fragment: `charts` (sections
// opened or closed, search), `chart` (charts of the reader's own), `curves` (what all curves share).
"use strict";

SG.runCharts = (function () {
  const KIND_NAMES = { curves: "Curves", bar: "Bars", histogram: "Histogram", trend: "Scatter with trend", box: "Box", contour: "Contour", parallel: "Parallel coordinates" };
  const NEEDS = { curves: ["x"], bar: ["x"], histogram: ["x"], trend: ["x", "y"], box: ["x", "y"], contour: ["x", "y", "z"], parallel: ["axes"] };
  const COUNTS = [10, 20, 50, 100];
  const MOST_SELECTED = 100;
  const MOST_BANDS = 8;

  // ---- State in the fragment ----

  const DEFAULTS = { smooth: 0, x: "step", count: 10, outliers: false };

  /** `{own: [chart], curves: {smooth, x, count, outliers}, closed: Map of section to closed, q}` */
  function readState() {
    const fragment = SG.readFragment();
    const curves = { ...DEFAULTS };
    for (const item of fragment.get("curves") || []) {
      const [key, value] = [item[0], item.slice(1)];
      if (key === "s") curves.smooth = Math.max(0, Math.min(0.99, Number(value) || 0));
      if (key === "x") curves.x = value;
      if (key === "n" && COUNTS.includes(Number(value))) curves.count = Number(value);
      if (key === "o") curves.outliers = true;
    }
    const closed = new Map((fragment.get("sections") || []).map((item) => [item.slice(1), item[0] === "-"]));
    return { own: (fragment.get("chart") || []).map(SG.runChartsDefaults.decode).filter(Boolean), curves, closed, q: (fragment.get("find") || [""]).join(",") };
  }

  function writeState(panel, newEntry) {
    const { curves, own, closed, q } = panel.state;
    const parts = new Map([
      ["charts", panel.isCompare ? "" : "runs"], ["chart", own.map(SG.runChartsDefaults.code)], ["find", q], ["sections", Array.from(closed, ([id, shut]) => (shut ? "-" : "+") + id)],
      ["curves", [curves.smooth ? "s" + curves.smooth : "", curves.x !== "step" ? "x" + curves.x : "", curves.count !== 10 ? "n" + curves.count : "", curves.outliers ? "o" : ""].filter(Boolean)],
    ]);
    const state = new Map(Array.from(SG.readFragment()).filter(([key]) => !parts.has(key)));
    for (const [key, value] of parts) state.set(key, value);
    SG.writeFragment(state, newEntry);
  }

  // ---- Which runs ----

  /** The rows for charts that show each run by itself: those selected, else the first on display. */
  function few(panel) {
    const { store } = panel;
    const rows = Array.from(store.rows);
    const chosen = rows.filter((row) => store.selected.has(store.ids[row]));
    return chosen.length ? chosen.slice(0, MOST_SELECTED) : rows.slice(0, panel.state.curves.count);
  }

  /** Groups of the table as bands of curves: mean and standard deviation of the first runs of each. */
  function bands(panel) {
    return (panel.store.groups || []).slice(0, MOST_BANDS).map((group, i) => ({ label: group.label, slot: (i % 8) + 1, ids: new Set(Array.from(group.rows).slice(0, 20).map((row) => panel.store.ids[row])) }));
  }

  function curveRuns(panel) {
    const groups = bands(panel);
    return groups.length ? groups.flatMap((group) => Array.from(group.ids)) : few(panel).map((row) => panel.store.ids[row]);
  }

  // ---- One chart ----

  let number = 0;

  function card(panel, chart, own) {
    const title = SG.runChartsDefaults.title(chart);
    const figure = SG.el("figure", { class: "chart run-charts-" + chart.kind + (chart.wide ? " wide" : ""), id: "run-charts-" + ++number, "data-kind": chart.kind },
      SG.el("figcaption", null, SG.el("span", { text: title }), " ", SG.el("span", { class: "sub", text: chart.kind === "parallel" ? "coloured by " + SG.runChartsData.title(chart.z) : KIND_NAMES[chart.kind] })),
      SG.el("div", { class: "plot" }), chart.kind === "curves" ? SG.el("div", { class: "chart-legend" }) : null, SG.el("div", { class: "chart-tools" }));
    const item = { chart, figure, title, own, state: null };
    item.state = SG.charts.adopt(figure, more(panel, item));
    SG.charts.whenSeen(item.state);
    return item;
  }

  /** What charts.js needs to draw a chart over runs. */
  function more(panel, item) {
    const { chart } = item;
    const { store } = panel;
    const common = { ofRuns: true, before: () => prepare(panel, item), colourOf: (id) => store.colour(id), files: store.columns.files, tools: () => (item.own ? ownTools(panel, item) : logTools(panel, item)), options: { ...panel.state.curves, log: chart.log.includes("y"), logX: chart.log.includes("x") } };
    if (chart.kind === "parallel") return { ...common, order: chart.axes, reordered: (order) => item.own && own(panel, item, { axes: order }), parallel: () => SG.runChartsData.parallel(store, chart, store.rows), select: (ids) => store.select(ids), open: (id) => location.assign(SG.runUrl(id, store.columns.files)) };
    return chart.kind === "curves" ? common : { ...common, bind: () => item.made.rows };
  }

  const columnsOf = (chart) => (chart.axes || [chart.x, chart.y, chart.z]).filter(Boolean);

  /** Everything but the drawing: the columns, attributes, height, note, what is drawn. */
  async function prepare(panel, item) {
    const { chart, figure } = item;
    await panel.store.columns.need([...columnsOf(chart), "run:status"]);
    const plot = figure.querySelector(".plot");
    const { title } = SG.runChartsData;
    const titles = chart.kind === "histogram" ? { xTitle: title(chart.x), yTitle: "runs" } : { xTitle: chart.x && title(chart.x), yTitle: chart.kind !== "box" && chart.y && title(chart.y), zTitle: chart.z && title(chart.z) };
    for (const [name, text] of Object.entries(titles)) if (text) figure.dataset[name] = text;
    for (const name of ["x", "y", "z"]) if (chart[name] && chart.kind !== "parallel") figure.dataset[name] = chart[name];
    figure.dataset.log = chart.log.join(" ");
    if (chart.kind === "curves") {
      const keys = columnsOf(chart).map((id) => SG.runChartsData.parts(id)[1]);
      Object.assign(figure.dataset, { runs: curveRuns(panel).join(" "), metrics: JSON.stringify(keys), yTitle: keys.join(", "), xTitle: panel.state.curves.x.startsWith("metric:") ? panel.state.curves.x.slice(7) : panel.state.curves.x });
      Object.assign(item.state.options, panel.state.curves);
      item.state.bands = bands(panel);
    } else if (chart.kind !== "parallel") {
      item.made = SG.runChartsData.make(panel.store, chart, chart.kind === "bar" ? few(panel) : Array.from(panel.store.rows));
      plot.style.height = Math.max(140, item.made.height || 0) + "px";
      if (!item.made.height) plot.style.height = "";
      SG.charts.note(item.state, item.made.rows.length ? item.made.note : "No run on display has these values.");
    }
  }

  function logTools(panel, item) {
    if (!["trend", "contour"].includes(item.chart.kind)) return [];
    return ["x", "y"].map(function (axis) {
      const button = SG.el("button", { type: "button", class: "tool", "aria-pressed": String(item.chart.log.includes(axis)), text: "Log " + axis });
      button.addEventListener("click", function () {
        const on = !item.chart.log.includes(axis);
        item.chart.log = ["x", "y"].filter((one) => (one === axis ? on : item.chart.log.includes(one)));
        button.setAttribute("aria-pressed", String(on));
        if (item.own) writeState(panel, false);
        SG.charts.redraw(item.state);
      });
      return button;
    });
  }

  function ownTools(panel, item) {
    return [...logTools(panel, item), SG.el("button", { type: "button", class: "tool", text: "Edit", onclick: () => dialog(panel, item) }),
      SG.el("button", { type: "button", class: "tool", text: "Remove", onclick: () => remove(panel, item) })];
  }

  function remove(panel, item) {
    panel.state.own = panel.state.own.filter((chart) => chart !== item.chart);
    writeState(panel, true);
    fill(panel);
    panel.box.querySelector(".run-charts-add")?.focus();
  }

  /** Change an own chart without drawing the panel anew. */
  function own(panel, item, changes) {
    Object.assign(item.chart, changes);
    writeState(panel, false);
  }

  // ---- Sections ----

  function section(panel, part) {
    const id = part.id;
    const shut = panel.state.closed.has(id) ? panel.state.closed.get(id) : Boolean(part.closed);
    const body = SG.el("div", { class: "charts run-charts-grid" });
    const count = part.charts.length === 1 ? "1 chart" : part.charts.length + " charts";
    const button = SG.el("button", { type: "button", class: "run-charts-fold", "aria-expanded": String(!shut) }, SG.el("span", { class: "sign", "aria-hidden": "true", text: shut ? "▸" : "▾" }), " " + part.title);
    const box = SG.el("section", { class: "run-charts-section" }, SG.el("div", { class: "section-head" }, SG.el("h3", null, button), SG.el("span", { class: "hint", text: count })), body);
    const cards = () => part.charts.filter((chart) => matches(panel, chart)).map((chart) => card(panel, chart, part.own));
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
      writeState(panel, false);
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

  const matches = (panel, chart) => (SG.runChartsDefaults.title(chart) + " " + KIND_NAMES[chart.kind]).toLowerCase().includes(panel.state.q.trim().toLowerCase());

  /** All sections anew. */
  function fill(panel) {
    take(panel, panel.body);
    panel.items = [];
    const parts = SG.runChartsDefaults.sections(panel.store);
    if (panel.isCompare) for (const part of parts) part.charts = part.charts.filter((chart) => chart.kind !== "curves");
    const ownPart = panel.state.own.length ? [{ id: "own", title: "Your charts", charts: panel.state.own, own: true }] : [];
    const made = [...ownPart, ...parts].filter((part) => part.charts.length).map((part) => section(panel, part)).filter(Boolean);
    panel.body.replaceChildren(...(made.length ? made : [SG.el("p", { class: "empty", text: panel.state.q ? "No chart is called so." : "There is nothing to draw." })]));
    say(panel);
  }

  function say(panel) {
    const { store } = panel;
    const chosen = Array.from(store.rows).filter((row) => store.selected.has(store.ids[row])).length;
    const all = store.rows.length;
    const each = chosen ? Math.min(chosen, MOST_SELECTED) + " selected" : "the first " + Math.min(panel.state.curves.count, all);
    const runs = all + (all === 1 ? " run" : " runs");
    const grouped = (store.groups || []).length > 0;
    panel.said.textContent = panel.isCompare ? runs + "." : runs + " on display; " + (grouped ? "curves show the groups (mean and standard deviation), bars " : "curves and bars show ") + each + ".";
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
    await prepare(panel, item);
    await item.state.live?.refresh();
  }

  function eachCurve(panel) {
    writeState(panel, false);
    for (const item of panel.items.filter((one) => one.chart.kind === "curves" && one.state.live)) prepare(panel, item).then(() => item.state.live?.update());
  }

  // ---- Toolbar ----

  function choice(label, options, value, work) {
    const select = SG.el("select", { "aria-label": label }, ...options.map(([id, text]) => SG.el("option", { value: id, text })));
    select.value = value;
    select.addEventListener("change", () => work(select.value));
    return select;
  }

  function toolbar(panel) {
    const { curves } = panel.state;
    const find = SG.el("input", { type: "search", placeholder: "Search charts…", "aria-label": "Search charts", autocomplete: "off", value: panel.state.q || null });
    find.addEventListener("input", () => ((panel.state.q = find.value), writeState(panel, false), fill(panel)));
    const smooth = SG.el("input", { type: "range", min: "0", max: "0.99", step: "0.01", value: String(curves.smooth), "aria-label": "Smoothing of all curves" });
    smooth.addEventListener("input", () => ((curves.smooth = Number(smooth.value)), eachCurve(panel)));
    const along = panel.store.columns.list.filter((one) => one.group === "metric" && one.reducer === "min").map((one) => ["metric:" + one.name, one.name]);
    const axis = choice("Horizontal axis of all curves", [["step", "Step"], ["relative", "Relative time"], ["time", "Wall time"], ...along], curves.x, (value) => ((curves.x = value), eachCurve(panel)));
    const outliers = SG.el("input", { type: "checkbox" });
    outliers.checked = curves.outliers;
    outliers.addEventListener("change", () => ((curves.outliers = outliers.checked), eachCurve(panel)));
    panel.count = choice("Runs of curves and bars", COUNTS.map((count) => [String(count), "First " + count + " runs"]), String(curves.count), (value) => ((curves.count = Number(value)), writeState(panel, false), follow(panel)));
    panel.said = SG.el("p", { class: "hint run-charts-said", role: "status" });
    const curveTools = panel.isCompare ? [] : [panel.count, SG.el("label", { class: "choice" }, "Smooth ", smooth), SG.el("label", { class: "choice" }, "x ", axis), SG.el("label", { class: "choice" }, outliers, "Ignore outliers")];
    return SG.el("div", { class: "run-charts-tools" }, find, ...curveTools, SG.el("button", { type: "button", class: "button run-charts-add", text: "Add chart", onclick: () => dialog(panel, null) }));
  }

  // ---- The dialog that makes and changes a chart ----

  function columnChoice(panel, label, value, fitsKind, optional) {
    const groups = [["metric", "Metrics"], ["param", "Params"], ["run", "Run"], ["tag", "Tags"]];
    const fits = (one) => one.reducer !== "spark" && one.name !== "run_id" && one.name !== "parent" && fitsKind(one);
    const select = SG.el("select", null, optional ? SG.el("option", { value: "", text: "(none)" }) : null, ...groups.map(([group, text]) => {
      const list = panel.store.columns.list.filter((one) => one.group === group && fits(one));
      return list.length ? SG.el("optgroup", { label: text }, ...list.map((one) => SG.el("option", { value: one.id, text: SG.runChartsData.title(one.id) }))) : null;
    }));
    if (value) select.value = value;
    return { select, row: SG.el("label", { class: "run-charts-field" }, SG.el("span", { text: label }), select) };
  }

  const FIELD_NAMES = { curves: { x: "Metric", y: "Dashed", z: "Dashed" }, bar: { x: "Value" }, histogram: { x: "Value" }, trend: { x: "Across", y: "Up" }, box: { x: "Value", y: "By" }, contour: { x: "Across", y: "Up", z: "Colour" } };

  function dialog(panel, item) {
    const chart = item ? item.chart : { kind: "trend", x: "", y: "", z: "", axes: [], log: [] };
    const fields = SG.el("div", { class: "fields" });
    let read = () => null;
    const draw = function (kind) {
      const wanted = kind === "curves" ? ["x", "y", "z"] : NEEDS[kind];
      if (wanted[0] === "axes") return axisFields(panel, chart, fields, (made) => (read = made));
      const found = wanted.map((name) => [name, columnChoice(panel, FIELD_NAMES[kind][name], chart[name], fitting(panel, kind, name), !NEEDS[kind].includes(name))]);
      fields.replaceChildren(...found.map(([, one]) => one.row));
      read = () => ({ kind, y: "", z: "", log: kind === chart.kind ? chart.log : [], ...Object.fromEntries(found.map(([name, one]) => [name, one.select.value])) });
    };
    const kinds = Object.entries(KIND_NAMES).filter(([kind]) => !(panel.isCompare && kind === "curves"));
    const kind = choice("Kind of chart", kinds, chart.kind, draw);
    const box = SG.el("dialog", { class: "run-charts-dialog", "aria-labelledby": "run-charts-dialog-title" }, SG.el("h2", { id: "run-charts-dialog-title", text: item ? "Change the chart" : "Add a chart" }),
      SG.el("label", { class: "run-charts-field" }, SG.el("span", { text: "Kind" }), kind), fields,
      SG.el("div", { class: "dialog-actions" }, SG.el("button", { type: "button", class: "button", text: "Cancel", onclick: () => box.close() }),
        SG.el("button", { type: "button", class: "button primary", text: item ? "Change" : "Add", onclick: () => keep(panel, item, read(), box) })));
    draw(chart.kind);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  }

  /** Which columns a field of the dialog offers: metrics with histories for curves, any for categories, else numbers. */
  function fitting(panel, kind, name) {
    const curved = new Set(panel.store.columns.list.filter((one) => one.group === "metric" && one.reducer === "min").map((one) => one.name));
    if (kind === "curves") return (one) => one.group === "metric" && one.reducer === "last" && curved.has(one.name);
    if (kind === "box" && name === "y") return () => true;
    return (one) => one.numeric || one.group === "param";
  }

  function axisFields(panel, chart, fields, give) {
    const boxes = panel.store.columns.list.filter((one) => (one.group === "param" || (one.group === "metric" && one.reducer === "last"))).map(function (one) {
      const input = SG.el("input", { type: "checkbox", value: one.id });
      input.checked = (chart.axes || []).includes(one.id);
      return { input, row: SG.el("label", null, input, SG.runChartsData.title(one.id), SG.el("span", { class: "muted", text: one.group === "param" ? " param" : " metric" })) };
    });
    fields.replaceChildren(SG.el("fieldset", null, SG.el("legend", { text: "Axes" }), ...boxes.map((one) => one.row)));
    give(function () {
      const axes = boxes.filter((one) => one.input.checked).map((one) => one.input.value);
      const kept = (chart.axes || []).filter((id) => axes.includes(id));
      const all = [...kept, ...axes.filter((id) => !kept.includes(id))];
      return { kind: "parallel", axes: all, z: all[all.length - 1], log: [] };
    });
  }

  function keep(panel, item, chart, box) {
    const whole = chart && NEEDS[chart.kind].every((name) => (name === "axes" ? chart.axes.length > 1 : chart[name]));
    if (!whole) return SG.announce("Choose at least two axes.");
    panel.state.own = item ? panel.state.own.map((one) => (one === item.chart ? chart : one)) : [chart, ...panel.state.own];
    box.close();
    writeState(panel, true);
    fill(panel);
    panel.body.querySelector(".run-charts-section")?.scrollIntoView({ block: "nearest" });
  }

  // ---- Start ----

  /** Fill `box` with charts over the runs of `store`; gives `{close, restore}`. `isCompare`: curves are drawn elsewhere. */
  async function open(box, store, { isCompare = false } = {}) {
    await SG.runChartsDefaults.need(store);
    const panel = { box, store, isCompare, state: readState(), items: [], body: SG.el("div", { class: "run-charts-body" }) };
    const tools = toolbar(panel);
    box.replaceChildren(tools, panel.said, panel.body);
    fill(panel);
    store.on("rows", () => follow(panel));
    store.on("selection", () => follow(panel));
    store.on("data", () => follow(panel));
    panel.restore = function () {
      panel.state = readState();
      box.replaceChildren(toolbar(panel), panel.said, panel.body);
      fill(panel);
    };
    return panel;
  }

  return { open };
})();
