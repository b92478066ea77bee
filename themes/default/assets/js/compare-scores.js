// needs: compare-cells.js, compare-tables.js, digits.js, formats.js, scores-grid.js, sitegen.js
//
// Confusion matrices and tables of scores of the runs compared: matrices beside each other, scores in one table, each
// with its difference from the baseline. `scores` of a run's record (data/runs) holds them; rates are those of
// sitegen/analysis/scores/rates.py.
"use strict";

SG.compareScores = (function () {
  const HEATS = 8;

  /** Every name in `list(run)`, in the order of the runs; with what each run has under it, null for none. */
  function byName(runs, list) {
    const maps = runs.map((run) => new Map((run.scores ? list(run.scores) : []).map((one) => [one[0], one])));
    const names = Array.from(new Set(maps.flatMap((map) => Array.from(map.keys()))));
    return names.map((name) => [name, maps.map((map) => map.get(name) || null)]);
  }

  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const ratio = (part, whole) => (whole ? part / whole : null);

  // ---- Matrices ----

  const isShares = (rows) => rows.flat().every((value) => value <= 1) && rows.flat().some((value) => value % 1 !== 0);

  /** `[name, value, 1 where higher is better, else 0]` of the rates of a matrix; the second of two classes is positive. */
  function rates(rows) {
    if (isShares(rows)) return [];
    const total = sum(rows.flat());
    const accuracy = ["accuracy", ratio(sum(rows.map((row, at) => row[at])), total), 1];
    if (rows.length !== 2) return [accuracy];
    const [[tn, fp], [fn, tp]] = rows;
    return [
      ["precision", ratio(tp, tp + fp), 1],
      ["recall", ratio(tp, tp + fn), 1],
      ["f1", ratio(2 * tp, 2 * tp + fp + fn), 1],
      ["specificity", ratio(tn, tn + fp), 1],
      ["prevalence", ratio(tp + fn, total), 0],
      accuracy,
    ];
  }

  const signed = (value) => (value ? (value > 0 ? "+" : "−") + SG.number(Math.abs(value)) : "±0");

  function matrixCell(value, total, base, write, shares) {
    const part = total ? value / total : 0;
    const share =
      total && !shares
        ? SG.el("span", { class: "share", text: SG.number(Number((100 * part).toPrecision(2))) + "%" })
        : null;
    const delta =
      base === null ? null : SG.el("span", { class: "delta", text: signed(Number((value - base).toPrecision(6))) });
    return SG.el("td", { class: "heat" + Math.round(part * HEATS) }, write(value), share, delta);
  }

  function matrixTable(matrix, base) {
    const [, labels, rows] = matrix;
    const same = base && base !== matrix && base[1].join("\n") === labels.join("\n");
    const write = SG.digits(rows.flat());
    const shares = isShares(rows);
    const head = [
      SG.el("th", { scope: "col" }, SG.el("span", { class: "axis", text: "True ↓ Predicted →" })),
      ...labels.map((text) => SG.el("th", { scope: "col", text })),
    ];
    const lines = rows.map((row, i) =>
      SG.el(
        "tr",
        null,
        SG.el("th", { scope: "row", text: labels[i] }),
        ...row.map((value, j) => matrixCell(value, sum(row), same ? base[2][i][j] : null, write, shares)),
      ),
    );
    return SG.el(
      "table",
      { class: "matrix" },
      SG.el("thead", null, SG.el("tr", null, ...head)),
      SG.el("tbody", null, ...lines),
    );
  }

  function runMatrix(view, run, matrix, base, title) {
    const label = title + " of " + run.name;
    return SG.el(
      "div",
      { class: "scores" },
      SG.el(
        "h4",
        { class: "matrix-run" },
        SG.el("span", { class: "swatch c" + view.slots.get(run.id), "aria-hidden": "true" }),
        " ",
        run.name,
      ),
      matrix
        ? SG.compareCells.scrolled(label, matrixTable(matrix, base))
        : SG.el("p", { class: "muted", text: "(none)" }),
    );
  }

  function matrixParts(view, name, matrices) {
    const title = "Confusion matrix" + (name ? ", " + name : "");
    const known = matrices.map((matrix) => new Map(matrix ? rates(matrix[2]).map((rate) => [rate[0], rate]) : []));
    const rows = Array.from(known.find((map) => map.size)?.values() || []).map(([rate, , way]) =>
      row(
        view,
        rate,
        way,
        known.map((map) => map.get(rate)?.[1] ?? null),
      ),
    );
    return [
      SG.el("h3", { text: title }),
      SG.el(
        "div",
        { class: "score-list" },
        ...view.runs.map((run, i) => runMatrix(view, run, matrices[i], matrices[view.at], title)),
      ),
      rows.length
        ? SG.compareCells.scrolled("Rates of the " + title.toLowerCase(), SG.compareTables.draw(view, rows))
        : null,
    ];
  }

  // ---- Scores by class, at k, by threshold ----

  /** A row of the compare table: numbers with their change against the baseline, the best marked. */
  function row(view, key, way, values) {
    const numbers = values.filter((value) => typeof value === "number");
    const top = SG.compareCells.bestOf(view.runs, values, way);
    const differs = values.some((value) => value !== values[0]);
    const write = SG.digits(numbers);
    const cells = values.map((value, i) =>
      SG.compareCells.metricCell(
        write,
        value,
        i === view.at ? null : values[view.at],
        way,
        differs && top !== null && value === top && SG.compareCells.mayBeBest(view.runs, i),
      ),
    );
    return { key, values, differs: false, cells, isSame: !differs };
  }

  /** `[key, way, value]` of every score of a table. */
  function scoresOf(table) {
    if (!table) return [];
    const [, head, columns, rows, averages, accuracy] = table;
    const named = head === "Class" || head === "Label" ? (label) => label : (label) => head + " " + label;
    const lines = [...rows.map(([label, values]) => [named(label), values]), ...averages];
    const cells = lines.flatMap(([label, values]) =>
      columns.map(([column, way], at) => [label + " · " + column, way, values[at]]),
    );
    const found = accuracy === null ? cells : [...cells, ["accuracy", 1, accuracy]];
    return found.filter(([, , value]) => value !== null);
  }

  const TITLES = {
    k: "Scores at k",
    "Top k": "Scores at top k",
    Threshold: "Scores by threshold",
    Percentile: "Percentiles",
  };

  function tableParts(view, name, tables) {
    const head = tables.find(Boolean)[1];
    const title = (TITLES[head] || "Scores by " + head.toLowerCase()) + (name ? ", " + name : "");
    return view.runs.length === 1 ? SG.scoresGrid(title, tables[0]) : comparedTable(view, title, tables);
  }

  function comparedTable(view, title, tables) {
    const maps = tables.map((table) => new Map(scoresOf(table).map((score) => [score[0], score])));
    const ways = new Map(maps.flatMap((map) => Array.from(map.values(), ([key, way]) => [key, way])));
    const rows = Array.from(ways, ([key, way]) =>
      row(
        view,
        key,
        way,
        maps.map((map) => map.get(key)?.[2] ?? null),
      ),
    );
    const shown = rows.filter((one) => !one.isSame || !view.different);
    return [
      SG.el("h3", { text: title }),
      shown.length
        ? SG.compareCells.scrolled(title, SG.compareTables.draw(view, shown))
        : SG.el("p", { class: "hint", text: "The same in all runs." }),
    ];
  }

  // ---- The section ----

  /** The section of all matrices and tables; null where no run has any. */
  function section(view) {
    const parts = [
      ...byName(view.runs, (scores) => scores.matrices).flatMap(([name, found]) => matrixParts(view, name, found)),
      ...byTitle(view.runs).flatMap(([name, found]) => tableParts(view, name, found)),
    ];
    if (!parts.length) return null;
    const hint = view.runs.length > 1 ? "change against " + view.runs[view.at].name + ", the baseline" : "";
    return SG.el(
      "section",
      { class: "compare-section compare-scores", id: "scores" },
      SG.compareTables.heading("Scores", SG.el("span", { class: "hint", text: hint })),
      ...parts.filter(Boolean),
    );
  }

  /** As `byName` for tables, of which several kinds may have one name. */
  function byTitle(runs) {
    const heads = Array.from(
      new Set(runs.flatMap((run) => (run.scores ? run.scores.tables.map((one) => one[1]) : []))),
    );
    return heads.flatMap((head) => byName(runs, (scores) => scores.tables.filter((one) => one[1] === head)));
  }

  return { section };
})();
