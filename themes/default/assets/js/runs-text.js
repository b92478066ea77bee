// needs: columns.js, digits.js, formats.js, sitegen.js; later: table-text.js
//
// What a runs table shows, as text: CSV, JSON, Markdown, and LaTeX with booktabs. Grouped rows give mean ± std.
"use strict";

SG.runsText = (function () {
  /** What a cell says about a group: mean ± std of numbers, the one text that all its runs have, or how many texts. */
  function groupValue(store, column, group) {
    if (!column || column.reducer === "spark") return { text: "" };
    const isTime = column.group === "run" && column.name !== "duration";
    if (column.numeric && !isTime) {
      const { n, mean, std } = store.stats(column, group.rows);
      if (!n) return { text: "" };
      const isDuration = column.name === "duration" && column.group === "run";
      const said = isDuration ? SG.duration(Math.round(mean)) : plusMinus(writeMean(store, column)(mean), std);
      return { text: said, title: "mean " + mean + (n > 1 ? ", std " + std : "") + ", n = " + n, mean, std, n };
    }
    if (isTime && column.numeric) return { text: "" };
    const texts = new Set();
    for (const row of group.rows) texts.add(SG.columns.value(column, row));
    const [only] = texts;
    if (texts.size === 1) {
      const text = store.text(column, group.rows[0]);
      return { text: column.id === "run:status" ? text.charAt(0) + text.slice(1).toLowerCase() : text, full: only };
    }
    return { text: texts.size + " values", muted: true };
  }

  const writers = new WeakMap();

  /** How the means of the groups on display are written, told apart as the numbers of a column are. */
  function writeMean(store, column) {
    if (!writers.has(store.groups)) writers.set(store.groups, new Map());
    const known = writers.get(store.groups);
    if (!known.has(column.id))
      known.set(column.id, SG.digits(store.groups.map((one) => store.stats(column, one.rows).mean)));
    return known.get(column.id);
  }

  const plusMinus = (mean, std) => mean + (Number.isNaN(std) ? "" : " ± " + SG.number(std));

  const nameOf = (column) => (column.group === "run" ? column.name : column.id);

  /** The columns that the table shows, decoded; curves are left out. */
  function shown(table) {
    return table
      .columns()
      .map((column) => table.store.columns.get(column.id))
      .filter((column) => column && !column.id.endsWith(":spark"));
  }

  const runRows = (table) => Array.from(table.store.lines).filter((row) => row >= 0);

  // ---- Full values ----

  /** `{head, rows}` with full values: a row a run, or a row a group while rows are grouped. */
  function values(table) {
    const { store } = table;
    const columns = shown(table).filter((column) => column.id !== "run:run_id");
    if (store.groups.length)
      return groupValues(
        table,
        columns.filter((column) => column.id !== "run:name" && column.id !== table.state.group),
      );
    const head = ["run_id", ...columns.map(nameOf)];
    return {
      head,
      rows: runRows(table).map((row) => [store.ids[row], ...columns.map((column) => SG.columns.value(column, row))]),
    };
  }

  function groupValues(table, columns) {
    const { store } = table;
    const parts = columns.flatMap((column) =>
      isMeasured(column)
        ? [
            [column, "mean"],
            [column, "std"],
            [column, "n"],
          ]
        : column.numeric
          ? []
          : [[column, "text"]],
    );
    const head = [
      nameOf(store.columns.get(table.state.group)),
      "runs",
      ...parts.map(([column, part]) => nameOf(column) + (part === "text" ? "" : ":" + part)),
    ];
    const rows = store.groups.map((group) => [
      group.key,
      group.rows.length,
      ...parts.map(function ([column, part]) {
        const value = groupValue(store, column, group);
        return part === "text"
          ? value.muted
            ? null
            : value.full
          : value[part] === undefined || Number.isNaN(value[part])
            ? null
            : value[part];
      }),
    ]);
    return { head, rows };
  }

  const isMeasured = (column) => column.numeric && (column.group !== "run" || column.name === "duration");

  function csv(table) {
    const { head, rows } = values(table);
    return SG.csv([head, ...rows]);
  }

  /** A list of records; NaN and infinities as MLflow's REST API spells them. */
  function json(table) {
    const { head, rows } = values(table);
    const plain = (value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
    return (
      JSON.stringify(
        rows.map((row) => Object.fromEntries(row.map((value, i) => [head[i], plain(value)]))),
        null,
        2,
      ) + "\n"
    );
  }

  // ---- For readers ----

  /** `{head: [{text, num}], rows: [[{text, best}]]}` as the table says it; `best` marks the best of each metric. */
  function said(table) {
    const { store } = table;
    const grouped = store.groups.length > 0;
    const columns = shown(table).filter((column) => !(grouped && column.id === table.state.group));
    const head = columns.map((column) => ({
      text: grouped && column.id === "run:name" ? table.look(table.state.group).label : table.look(column.id).label,
      num: column.numeric,
    }));
    const lines = grouped ? store.groups : runRows(table);
    const cells = lines.map((line) =>
      columns.map((column) => (grouped ? groupCell(store, column, line) : runCell(store, column, line))),
    );
    columns.forEach((column, at) => markBest(cells, at, table.meta(column.id)));
    return { head, rows: cells };
  }

  const runCell = (store, column, row) => ({
    text:
      column.id === "run:name"
        ? store.name(row, Infinity)
        : column.numeric
          ? store.text(column, row)
          : String(SG.columns.value(column, row) ?? ""),
    value: column.group === "metric" ? column.values[row] : NaN,
  });

  function groupCell(store, column, group) {
    if (column.id === "run:name") return { text: group.label + " (" + group.rows.length + ")" };
    const value = groupValue(store, column, group);
    return { text: value.text, value: column.group === "metric" && value.mean !== undefined ? value.mean : NaN };
  }

  function markBest(rows, at, { group, better }) {
    if (group !== "metric" || !better) return;
    const values = rows.map((row) => row[at].value).filter(Number.isFinite);
    const best = better === "min" ? Math.min(...values) : Math.max(...values);
    for (const row of rows) row[at].best = values.length > 1 && row[at].value === best;
  }

  const markdown = (table) => SG.tableText.markdown(said(table));

  const LATEX = {
    "\\": "\\textbackslash{}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "±": "$\\pm$",
    "∞": "$\\infty$",
    "−": "$-$",
    "<": "\\textless{}",
    ">": "\\textgreater{}",
  };

  const latexText = (text) =>
    text.replace(/[\\&%$#_{}~^±∞−<>]/g, (mark) => LATEX[mark] || "\\" + mark).replace(/\s+/g, " ");

  function latex(table) {
    const { head, rows } = said(table);
    const bold = (one) =>
      one.best
        ? "\\textbf{" + latexText(one.text).replaceAll("$\\pm$", "$\\boldsymbol{\\pm}$") + "}"
        : latexText(one.text);
    const line = (cells) => "  " + cells.join(" & ") + " \\\\\n";
    const needs = rows.some((row) => row.some((one) => one.best && one.text.includes("±")))
      ? "% \\usepackage{booktabs,amsmath}\n"
      : "% \\usepackage{booktabs}\n";
    return (
      needs +
      "\\begin{tabular}{" +
      head.map((one) => (one.num ? "r" : "l")).join("") +
      "}\n  \\toprule\n" +
      line(head.map((one) => latexText(one.text))) +
      "  \\midrule\n" +
      rows.map((row) => line(row.map(bold))).join("") +
      "  \\bottomrule\n\\end{tabular}\n"
    );
  }

  return { groupValue, csv, json, markdown, latex };
})();
