// compare.html#runs=a,b: runs side by side. Which runs, the baseline and the switches are in the fragment.
"use strict";

(function () {
  const MOST_MATCHES = 8;

  /** What the fragment asks for; the baseline is the first run unless another is named. */
  function readState() {
    const fragment = SG.readFragment();
    const ids = Array.from(new Set(fragment.get("runs") || []));
    const base = (fragment.get("base") || [ids[0]])[0];
    const on = (key) => fragment.has(key);
    return { ids, base: ids.includes(base) ? base : ids[0], different: on("different"), range: on("range") };
  }

  function change(state, changes) {
    const next = { ...state, ...changes };
    const fragment = new Map([["runs", next.ids], ["base", next.base && next.base !== next.ids[0] && next.ids.includes(next.base) ? next.base : ""],
      ["different", next.different ? "1" : ""], ["range", next.range ? "1" : ""]]);
    SG.writeFragment(fragment, true);
    return show();
  }

  // ---- Tables ----

  /** Rows `{key, values, differs}` over all runs; those that differ first, then by key. */
  function align(runs, pairsOf) {
    const tables = runs.map((run) => new Map(pairsOf(run)));
    const keys = Array.from(new Set(tables.flatMap((table) => Array.from(table.keys())))).sort();
    const rows = keys.map(function (key) {
      const values = tables.map((table) => (table.has(key) ? table.get(key) : null));
      return { key, values, differs: values.some((value) => value !== values[0]) };
    });
    return rows.filter((row) => row.differs).concat(rows.filter((row) => !row.differs));
  }

  function headRow(runs, slots) {
    const cell = (run) => SG.el("th", { scope: "col", class: "run", title: run.name }, SG.el("span", { class: "swatch c" + slots.get(run.id), "aria-hidden": "true" }), " ", run.name);
    return SG.el("thead", null, SG.el("tr", null, SG.el("th", { scope: "col", text: "Key" }), ...runs.map(cell)));
  }

  const heading = (title, extra) => SG.el("div", { class: "section-head" }, SG.el("h2", { text: title }), extra);

  function table(title, runs, slots, rows, extra) {
    if (!rows.length) return null;
    const body = rows.map((row) => SG.el("tr", { "data-differs": row.differs && runs.length > 1 },
      SG.el("th", { scope: "row", text: row.key }), ...row.cells));
    return SG.el("section", null, heading(title, extra),
      SG.el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": title },
        SG.el("table", { class: "compare-table" }, headRow(runs, slots), SG.el("tbody", null, ...body))));
  }

  function textTable(title, state, runs, slots, pairsOf) {
    const rows = align(runs, pairsOf).filter((row) => row.differs || !state.different);
    const at = runs.findIndex((run) => run.id === state.base);
    for (const row of rows) row.cells = row.values.map((value) => textCell(value, value !== row.values[at]));
    return table(title, runs, slots, rows);
  }

  /** What is not as in the baseline is marked. */
  function textCell(value, differs) {
    return SG.el("td", { class: differs ? "differs" : null }, value === null ? SG.el("span", { class: "muted", text: "(none)" }) : value);
  }

  const METRIC = { last: 1, min: 3, max: 5 };

  function metricTable(state, runs, slots) {
    const reducers = state.range ? ["last", "min", "max"] : ["last"];
    const pairs = (run) => run.metrics.flatMap((metric) => reducers.map((name) => [name === "last" ? metric[0] : metric[0] + " (" + name + ")", metric[METRIC[name]]]));
    const rows = align(runs, pairs).filter((row) => row.differs || !state.different);
    // Metrics nearly always differ: their change is written out, so nothing is left to mark.
    for (const row of rows) row.differs = false;
    const at = runs.findIndex((run) => run.id === state.base);
    for (const row of rows) row.cells = row.values.map((value, i) => metricCell(value, i === at ? null : row.values[at]));
    const toggle = switchBox("With min and max", state.range, () => change(state, { range: !state.range }));
    return table("Metrics", runs, slots, rows, toggle);
  }

  /** A value and its change against the baseline. */
  function metricCell(value, base) {
    const cell = SG.el("td", { class: "num", title: value === null ? null : String(value), text: SG.number(value) });
    if (typeof value === "number" && typeof base === "number") cell.append(" ", SG.el("span", { class: "delta muted", text: delta(value, base) }));
    return cell;
  }

  function delta(value, base) {
    const difference = value - base;
    if (difference === 0) return "±0";
    const sign = difference > 0 ? "+" : "−";
    const share = base === 0 ? "" : " (" + sign + SG.number(Number(Math.abs((100 * difference) / base).toPrecision(3))) + " %)";
    return sign + SG.number(Math.abs(difference)) + share;
  }

  // ---- Chips, switches, adding ----

  function chips(state, runs, slots) {
    const chip = (run) => SG.el("li", { "data-run": run.id },
      SG.el("span", { class: "swatch c" + slots.get(run.id), "aria-hidden": "true" }),
      SG.el("a", { href: SG.runUrl(run.file), text: run.name }),
      baseline(state, run),
      SG.el("button", { type: "button", class: "button small icon", "aria-label": "Remove " + run.name, text: "×", onclick: () => change(state, { ids: state.ids.filter((id) => id !== run.id) }) }));
    return SG.el("ul", { class: "compare-runs", "aria-label": "Runs" }, ...runs.map(chip));
  }

  function baseline(state, run) {
    const radio = SG.el("input", { type: "radio", name: "baseline" });
    radio.checked = run.id === state.base;
    radio.addEventListener("change", () => change(state, { base: run.id }));
    return SG.el("label", { class: "baseline" }, radio, " baseline");
  }

  function switchBox(text, on, work) {
    const box = SG.el("input", { type: "checkbox" });
    box.checked = on;
    box.addEventListener("change", work);
    return SG.el("label", { class: "switch" }, box, " ", text);
  }

  /** A box that finds runs by the search index and adds them. */
  function addBox(state) {
    const input = SG.el("input", { type: "search", placeholder: "Add a run…", "aria-label": "Add a run by name, param or tag", autocomplete: "off" });
    const list = SG.el("ul", { class: "add-matches" });
    let turn = 0;
    input.addEventListener("input", async function () {
      const own = ++turn;
      const found = await matchingRuns(input.value, state.ids);
      if (own === turn) list.replaceChildren(...found.map((run) => addItem(state, run)));
    });
    return SG.el("div", { class: "add-run" }, input, list);
  }

  function addItem(state, run) {
    if (!run.id) return SG.el("li", { class: "muted", text: run.title });
    const add = () => change(state, { ids: state.ids.concat(run.id) });
    return SG.el("li", null, SG.el("button", { type: "button", class: "button", text: run.title, onclick: add }), " ", SG.el("span", { class: "muted", text: run.subtitle }));
  }

  async function matchingRuns(query, present) {
    if (!query.trim()) return [];
    try {
      await SG.asset("js/search.js");
      const runs = (await SG.search.find(query)).docs.filter((doc) => doc.kind === "run").map(withId);
      const fresh = runs.filter((run) => !present.includes(run.id)).slice(0, MOST_MATCHES);
      return fresh.length ? fresh : [{ title: "No other run matches." }];
    } catch (error) {
      return [{ title: error.message }];
    }
  }

  /** The id of a run found by search: the name of its page's file (ids that are no file names cannot be added here). */
  function withId(doc) {
    return { ...doc, id: decodeURIComponent(doc.url.replace(/^.*\//, "").replace(/\.html$/, "")) };
  }

  // ---- Curves ----

  /** Metrics with a curve, those that most runs share first. */
  function curveKeys(runs) {
    const counts = new Map();
    for (const run of runs) for (const curve of run.curves) counts.set(curve.k, (counts.get(curve.k) || 0) + 1);
    return Array.from(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([key]) => key);
  }

  function curveFigure(runs, key, i) {
    const having = runs.filter((run) => run.curves.some((curve) => curve.k === key));
    return SG.el("figure", { class: "chart", id: "compare-curve-" + i, "data-kind": "curves", "data-runs": having.map((run) => run.id).join(" "), "data-metrics": JSON.stringify([key]) },
      SG.el("figcaption", { text: key }), SG.el("div", { class: "chart-tools" }), SG.el("div", { class: "plot" }), SG.el("div", { class: "chart-legend" }));
  }

  function curves(runs) {
    const figures = curveKeys(runs).map((key, i) => curveFigure(runs, key, i));
    return figures.length ? SG.el("section", null, heading("Curves"), SG.el("div", { class: "charts wide" }, ...figures)) : null;
  }

  // ---- The page ----

  function unknown(ids) {
    if (!ids.length) return null;
    const text = ids.length === 1 ? "This site has no run " + ids[0] + "." : "This site has no runs " + ids.join(", ") + ".";
    return SG.el("p", { class: "notice", role: "status", text });
  }

  function empty() {
    return SG.el("p", { class: "empty", text: "No runs chosen yet. Tick runs in the table of an experiment and press Compare, or search for a run below." });
  }

  function parts(state, runs, missing) {
    const slots = SG.colours(runs.map((run) => run.id));
    if (!runs.length) return [unknown(missing), empty(), addBox(state)];
    const facts = (run) => [["experiment", state.experiments.get(run.exp) ?? run.exp], ["status", run.status], ["start", SG.when(run.start)], ["duration", duration(run)], ["commit", run.commit ? run.commit.slice(0, 12) : null]].filter((pair) => pair[1]);
    return [
      unknown(missing), chips(state, runs, slots),
      SG.el("div", { class: "compare-tools" }, addBox(state),
        switchBox("Only differences", state.different, () => change(state, { different: !state.different }))),
      textTable("Params", state, runs, slots, (run) => run.params),
      metricTable(state, runs, slots),
      curves(runs),
      textTable("Run", state, runs, slots, facts),
      textTable("Tags", state, runs, slots, (run) => run.tags),
    ];
  }

  const duration = (run) => (run.start === null || run.end === null ? null : SG.duration(Math.max(0, run.end - run.start)));

  let turn = 0;

  async function show() {
    const own = ++turn;
    const state = readState();
    const [site, ...found] = await Promise.all([SG.load("site"), ...state.ids.map(SG.run)]);
    state.experiments = new Map(site.experiments.map(([, file, name]) => [file, name]));
    if (own !== turn) return;
    const runs = found.filter(Boolean);
    const missing = state.ids.filter((_, i) => !found[i]);
    if (!runs.some((run) => run.id === state.base)) state.base = runs[0]?.id;
    fill(parts(state, runs, missing).filter(Boolean));
  }

  function fill(content) {
    const main = document.getElementById("compare");
    const body = document.getElementById("compare-body") || main.appendChild(SG.el("div", { id: "compare-body" }));
    body.querySelectorAll("figure.chart").forEach(SG.charts.drop);
    body.replaceChildren(...content);
    body.querySelectorAll("figure.chart").forEach((figure) => SG.charts.whenSeen(SG.charts.adopt(figure)));
  }

  SG.start(function () {
    window.addEventListener("hashchange", show);
    window.addEventListener("popstate", show);
    return show();
  });
})();
