// needs: decode.js, formats.js, labels.js, sitegen.js
//
// The rows and cells of the compare page's tables (compare-tables.js): what runs say under one key.
"use strict";

SG.compareCells = (function () {
  const LONG = 240;
  const SUMMARY = 80;
  /** Where the record of a run has what sums a metric up (data/runs in docs/architecture.md). */
  const PLACES = { last: 1, min: 3, max: 5, first: 2, mean: 7 };

  /** Rows over all runs of what `pairsOf(run)` gives as `[key, value]`; those that differ first, then by key. */
  function align(runs, pairsOf) {
    const tables = runs.map((run) => new Map(pairsOf(run)));
    const keys = Array.from(new Set(tables.flatMap((table) => Array.from(table.keys())))).sort(SG.natural);
    const rows = keys.map(function (key) {
      const values = tables.map((table) => (table.has(key) ? table.get(key) : null));
      return { key, values, differs: values.some((value) => value !== values[0]) };
    });
    return differingFirst(rows);
  }

  const differingFirst = (rows) => rows.filter((row) => row.differs).concat(rows.filter((row) => !row.differs));

  // ---- Cells ----

  /** A text as a cell; what is not as in the baseline is marked by a sign as well as by its ground. */
  function textCell(value, differs, label) {
    const mark = differs ? SG.el("span", { class: "differs-sign", "aria-hidden": "true", text: "≠ " }) : null;
    const said = differs ? SG.el("span", { class: "visually-hidden", text: " (not as in the baseline)" }) : null;
    if (value === null)
      return SG.el(
        "td",
        { class: differs ? "differs" : null },
        mark,
        SG.el("span", { class: "muted", text: "(none)" }),
        said,
      );
    const text =
      value.length <= LONG
        ? shownText(value)
        : SG.el("details", { class: "long" }, SG.el("summary", { text: label }), value);
    return SG.el("td", { class: differs ? "differs" : null }, mark, text, said);
  }

  /** A value as it is, with what HTML would drop in sight; lines stay lines. */
  function shownText(value) {
    if (value === "") return SG.el("span", { class: "muted", text: SG.labels.EMPTY });
    return value.includes("\n") ? value : SG.labels.oneLine(value);
  }

  /**
   * The cells of strings under one key; long ones are folded behind what tells them apart. Those that are not as in run
   * `at` are marked; none is where `at` is null.
   */
  function textCells(values, at) {
    const labels = SG.labels.cutApart(
      values.filter((value) => value !== null),
      SUMMARY,
    );
    return values.map((value) => textCell(value, at !== null && value !== values[at], labels.get(value)));
  }

  /** The share `part` of `whole` with three digits: `28.4%`. */
  const percent = (part, whole) => SG.number(Number(Math.abs((100 * part) / whole).toPrecision(3))) + "%";

  function delta(value, base) {
    const difference = value - base;
    if (difference === 0) return "±0";
    const sign = difference > 0 ? "+" : "−";
    const share = base === 0 ? "" : " (" + sign + percent(difference, base) + ")";
    return sign + SG.number(Math.abs(difference)) + share;
  }

  /**
   * The best of `values`, which are those of `runs`; null where there is no choice. A run that has not finished is not
   * the best beside runs that have: its last value says how far it came.
   */
  function bestOf(runs, values, way) {
    const known = values.map((value, i) => [value, runs[i].status]).filter(([value]) => typeof value === "number");
    const finished = known.filter(([, status]) => status === "FINISHED");
    const among = (finished.length ? finished : known).map(([value]) => value);
    if (!way || known.length < 2) return null;
    return among.reduce((a, b) => (way * (b - a) > 0 ? b : a));
  }

  const mayBeBest = (runs, i) => runs[i].status === "FINISHED" || !runs.some((run) => run.status === "FINISHED");

  /** The status of a run as a pill. */
  function statusPill(run) {
    const known = ["FINISHED", "RUNNING", "FAILED", "KILLED", "SCHEDULED"].includes(run.status);
    const text = run.status.charAt(0) + run.status.slice(1).toLowerCase();
    return SG.el("span", { class: "pill" + (known ? " " + run.status.toLowerCase() : ""), text });
  }

  /**
   * A number and its change against the baseline; `way` is 1 where higher is better, -1 where lower is, 0 if unknown.
   * A change of at most `reach` is within noise.
   */
  function metricCell(write, value, base, way, isBest, reach = null) {
    const number = isBest ? SG.el("strong", { text: write(value) }) : write(value);
    const cell = SG.el("td", { class: "num", title: value === null ? null : String(value) }, number);
    if (isBest) cell.append(" ", SG.el("span", { class: "pill best-of", text: "best" }));
    if (typeof value !== "number" || typeof base !== "number") return cell;
    const turn = Math.sign(value - base) * way;
    const isNoise = turn !== 0 && reach !== null && Math.abs(value - base) <= reach;
    const word = isNoise ? "within noise" : turn > 0 ? "better" : turn < 0 ? "worse" : "";
    const style = word && !isNoise ? "delta " + word : "delta";
    cell.append(" ", SG.el("span", { class: style }, delta(value, base), word ? " " + word : null));
    return cell;
  }

  /** The box that a wide table scrolls in. */
  const scrolled = (label, table) =>
    SG.el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, table);

  return {
    align,
    textCells,
    metricCell,
    bestOf,
    mayBeBest,
    statusPill,
    percent,
    scrolled,
    PLACES,
    REDUCERS: Object.keys(PLACES),
  };
})();
