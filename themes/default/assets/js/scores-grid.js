// needs: compare-cells.js, digits.js, formats.js, sitegen.js
//
// The table of scores of one run, a class in each row and a score in each column, for the page of a packed run.
"use strict";

(function () {
  /** The table of one run as its page draws it: a class in each row, a score in each column. */
  function grid(title, [, head, columns, rows, averages, accuracy]) {
    const lines = [...rows, ...averages];
    const writers = columns.map((_, at) =>
      SG.digits(lines.map(([, values]) => values[at]).filter((value) => typeof value === "number")),
    );
    const line = ([label, values]) =>
      SG.el(
        "tr",
        null,
        SG.el("th", { scope: "row", text: label }),
        ...values.map((value, at) =>
          SG.el("td", { class: "num", text: typeof value === "number" ? writers[at](value) : (value ?? "") }),
        ),
      );
    const heads = [
      SG.el("th", { scope: "col", text: head }),
      ...columns.map(([column]) => SG.el("th", { scope: "col", class: "num", text: column })),
    ];
    const table = SG.el(
      "table",
      { class: "by-class" },
      SG.el("thead", null, SG.el("tr", null, ...heads)),
      SG.el("tbody", null, ...rows.map(line)),
      averages.length ? SG.el("tbody", { class: "averages" }, ...averages.map(line)) : null,
    );
    const overall = [
      SG.el("dt", { text: "Accuracy" }),
      SG.el("dd", { text: accuracy === null ? "" : SG.number(accuracy) }),
    ];
    return [
      SG.el("h3", { text: title }),
      SG.el(
        "div",
        { class: "score-list" },
        SG.el(
          "div",
          { class: "scores" },
          SG.compareCells.scrolled(title, table),
          accuracy === null ? null : SG.el("dl", { class: "rates" }, SG.el("div", null, ...overall)),
        ),
      ),
    ];
  }

  SG.scoresGrid = grid;
})();
