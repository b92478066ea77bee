// needs: charts.js, decode.js, formats.js, labels.js, ranges.js, sitegen.js, still-figure.js, unpack.js
//
// Charts of every kind but curves, live: the finished drawing where the page has one (still-figure.js), else Vega with
// its expression interpreter, on the columns of an experiment.
//
// The compiled kinds (data/kinds.js) hold no data: rows are bound here to the data set named "data". Expressions are
// interpreted (the content policy forbids eval), and the loader refuses every address.
"use strict";

SG.vegaFigure = (function () {
  const refuse = () => Promise.reject(new Error("Charts load nothing"));
  const REFUSING = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

  const MAX_POINTS = 5000;
  const MAX_CATEGORIES = 12;
  const { BEST_COLOUR, OTHER_COLOUR } = SG;

  /** Vega first, since the interpreter takes its helpers from it. */
  async function runtime() {
    await SG.asset("vendor/vega-6.4.0/vega.min.js");
    await SG.asset("vendor/vega-interpreter-2.3.2/vega-interpreter.js");
    return SG.load("kinds");
  }

  const columnId = (raw) => raw.g + ":" + raw.n + (raw.r ? ":" + raw.r : "");

  function columnOf(data, id) {
    const raw = id && data.columns.find((one) => columnId(one) === id);
    return raw ? SG.column(raw) : null;
  }

  /** Text that is a number becomes one, so that params can be axes; what cannot be drawn becomes null. */
  function plain(value) {
    if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value))) return Number(value);
    return typeof value === "number" && !Number.isFinite(value) ? null : value;
  }

  /** The rows of the table that the figure shows: those of `data-runs`, in that order, those with a rank, or all. */
  function wantedRows(ids, ranks, figure) {
    if (!figure.dataset.runs)
      return Array.from(ids.keys()).filter((row) => !("ranked" in figure.dataset) || ranks[row] !== null);
    const rowOf = new Map(ids.map((id, row) => [id, row]));
    return figure.dataset.runs
      .split(" ")
      .filter((id) => rowOf.has(id))
      .map((id) => rowOf.get(id));
  }

  /** Whether an axis ("x" or "y") of a figure is logarithmic. */
  const isLog = (figure, axis) => (figure.dataset.log || "").split(" ").includes(axis);

  /**
   * Rows `{x, y, label, id, status, colour}` of a figure; rows without x (or y, where the figure has one) are left out.
   */
  function bindRows(data, figure) {
    const column = (id) => columnOf(data, id);
    const [ids, names, states] = ["run:run_id", "run:name", "run:status"].map(column);
    const wanted = wantedRows(ids, column("run:rank"), figure);
    const told = figure.dataset.kind === "bar" ? SG.labels.runs(wanted.map((row) => [ids[row], names[row]])) : null;
    const isStrip = figure.dataset.kind === "strip";
    const x = column(figure.dataset.x);
    const y = column(figure.dataset.y);
    const marked = new Set((figure.dataset.marked || data.best || "").split(" "));
    const all = wanted.map((row) => ({
      x: x && plain(x[row]),
      y: y && (isStrip ? y[row] : plain(y[row])),
      label: told ? told.get(ids[row]) : names[row],
      id: ids[row],
      status: states[row],
      colour: marked.has(ids[row]) ? BEST_COLOUR : OTHER_COLOUR,
    }));
    const shows = (value, axis) => value !== null && (typeof value === "string" || !isLog(figure, axis) || value > 0);
    const drawn = all.filter((row) => (!x || shows(row.x, "x")) && (!y || shows(row.y, "y")));
    return capped(isStrip ? inCategories(drawn) : drawn);
  }

  // Axes that extreme values must not stretch (charts/makers.py does the same for the finished drawings).
  const ROBUST = { scatter: ["x", "y"], histogram: ["x"] };

  /** The rows in the range that a few extreme values do not flatten, unless the reader asked for all. */
  function withinRange(state, rows) {
    const axes = (ROBUST[state.kind] || []).filter((axis) => !isLog(state.figure, axis));
    const kept = state.options.all ? rows : SG.ranges.within(rows, axes, (row) => row.colour === BEST_COLOUR);
    const beyond = rows.length - kept.length;
    const text = beyond === 1 ? "1 run is far outside and not drawn." : beyond + " runs are far outside and not drawn.";
    const all = () => ((state.options.all = true), SG.charts.redraw(state));
    SG.charts.note(state, beyond ? text : "", beyond ? ["Show all", all] : null);
    return kept;
  }

  /** The rows of the most used categories, numbers in order of size before other texts. */
  function inCategories(rows) {
    const counts = new Map();
    for (const row of rows) counts.set(row.y, (counts.get(row.y) || 0) + 1);
    const most = Array.from(counts)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, MAX_CATEGORIES);
    const number = (text) => (Number.isNaN(Number(text)) ? Infinity : Number(text));
    const names = most
      .map(([name]) => name)
      .sort((a, b) => (number(a) !== number(b) ? number(a) - number(b) : a < b ? -1 : 1));
    const place = new Map(names.map((name, i) => [name, i]));
    return rows.filter((row) => place.has(row.y)).sort((a, b) => place.get(a.y) - place.get(b.y));
  }

  /** At most MAX_POINTS rows: of those in one place, one. */
  function capped(rows) {
    if (rows.length <= MAX_POINTS) return rows;
    const place = (axis) => {
      const values = rows.map((row) => row[axis]).filter((value) => typeof value === "number");
      const low = values.reduce((a, b) => Math.min(a, b), Infinity);
      const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
      return (value) => (typeof value === "number" ? Math.round((300 * (value - low)) / (high - low || 1)) : value);
    };
    const [across, up] = [place("x"), place("y")];
    const firsts = new Map();
    for (const row of rows) {
      const key = across(row.x) + " " + up(row.y);
      if (!firsts.has(key) || row.colour === BEST_COLOUR) firsts.set(key, row);
    }
    return Array.from(firsts.values()).slice(0, MAX_POINTS);
  }

  // ---- Tooltip ----

  let tip = null;

  /** What is said of a mark: the run's name, then its values under the titles of the axes. */
  function tipLines(figure, datum) {
    const { xTitle = "x", yTitle = "y", zTitle = "" } = figure.dataset;
    const range = datum.x2 === undefined ? SG.number(datum.x) : SG.number(datum.x) + " to " + SG.number(datum.x2);
    const lines = [
      [xTitle, range],
      [yTitle, SG.number(datum.y)],
      [zTitle, SG.number(datum.z)],
      ["", datum.status === "FINISHED" ? "" : datum.status],
    ];
    return [["", datum.label], ...lines].filter(([, text]) => text);
  }

  function showTip(figure, event, item) {
    tip = tip || document.body.appendChild(SG.el("div", { class: "chart-tip", role: "tooltip" }));
    tip.hidden = !item?.datum || item.datum.x === undefined;
    if (tip.hidden) return;
    tip.replaceChildren(
      ...tipLines(figure, item.datum).map(([name, text]) =>
        SG.el("div", null, name ? SG.el("span", { class: "muted", text: name + " " }) : null, text),
      ),
    );
    tip.style.position = "fixed"; // the pointer's place is one on the screen
    tip.style.left = Math.min(event.clientX + 12, window.innerWidth - tip.offsetWidth - 8) + "px";
    tip.style.top = event.clientY + 12 + "px";
  }

  // ---- View ----

  /**
   * The spec of a kind for one figure: as high as the drawing that it replaces, logarithmic axes where it asks for
   * them.
   */
  function specFor(kind, figure, height) {
    const fitted = (scale) => (scale.range?.step ? { ...scale, range: [0, { signal: "height" }] } : scale);
    return {
      ...kind,
      height,
      autosize: { type: "fit", contains: "padding" },
      signals: kind.signals.filter((signal) => signal.name !== "height" && signal.name !== "y_step"),
      scales: kind.scales.map((scale) =>
        isLog(figure, scale.name) ? { ...scale, type: "log", zero: false } : fitted(scale),
      ),
    };
  }

  function makeView(kind, state, rows) {
    const height = Math.max(100, state.plot.clientHeight);
    const view = new vega.View(vega.parse(specFor(kind, state.figure, height), {}, { ast: true }), {
      expr: vegaInterpreter.expressionInterpreter,
      renderer: "svg",
      loader: REFUSING,
      hover: true,
      container: state.plot,
      logLevel: vega.Error,
      tooltip: (_, event, item, value) => showTip(state.figure, event, value ? item : null),
    });
    const { xTitle = "", yTitle = "", zTitle = "" } = state.figure.dataset;
    if (zTitle) view.signal("zTitle", zTitle);
    return view.width(state.plot.clientWidth).signal("xTitle", xTitle).signal("yTitle", yTitle).data("data", rows);
  }

  /** The bound rows as rows of a CSV file. */
  function table(figure, rows) {
    const { x, y, z } = figure.dataset;
    const head = ["run_id", "run", "status", x, ...(y ? [y] : []), ...(z ? [z] : [])];
    const ofRuns = rows.filter((row) => row.id);
    return [
      head,
      ...ofRuns.map((row) => [row.id, row.label, row.status, row.x, ...(y ? [row.y] : []), ...(z ? [row.z] : [])]),
    ];
  }

  const neededBy = (figure) => ["run:run_id", "run:name", "run:status", "run:rank", figure.dataset.x, figure.dataset.y];

  /** The rows of the figure, and which runs have an unusual file. */
  async function rowsOf(state) {
    await SG.scripts(["ranges", "unpack", "still-figure"]);
    const data = state.bind ? {} : await SG.experiment(state.figure.dataset.experiment, neededBy(state.figure));
    const rows = state.bind ? state.bind() : withinRange(state, bindRows(data, state.figure));
    return [rows, state.files || new Map(data.files || [])];
  }

  /** Draw the figure of `state` (see charts.js); gives `{update, reset, theme, rows, destroy}`. */
  async function draw(state) {
    const [rows, files] = await rowsOf(state);
    const open = (row) => row.id && location.assign(SG.runUrl(row.id, files));
    const finished = SG.stillFigure.drawingOf(state);
    const live = finished
      ? SG.stillFigure.start(state, finished, rows, (row) => tipLines(state.figure, row), open)
      : await drawn(state, rows, open);
    return {
      update: () => undefined,
      theme: () => undefined, // colours are custom properties and follow by themselves
      reset: () => undefined,
      rows: () => table(state.figure, rows),
      vegaRows: () => rows,
      ...live,
    };
  }

  async function drawn(state, rows, open) {
    const kinds = await runtime();
    if (!Object.hasOwn(kinds, state.kind)) throw new Error("There is no live chart of kind " + state.kind + ".");
    state.plot.replaceChildren();
    const view = makeView(kinds[state.kind], state, rows);
    await view.runAsync();
    view.addEventListener("click", (_, item) => item?.datum && open(item.datum));
    const run = () => view.runAsync();
    return { update: run, reset: run, destroy: () => (tip && (tip.hidden = true), view.finalize()) };
  }

  return { draw, runtime };
})();
