// needs: sitegen.js
//
// Tables as Markdown: those of the page as they are shown, and those of runs.
"use strict";

SG.tableText = (function () {
  const cellText = (text) => text.replace(/[\\|`*_<[\]]/g, "\\$&").replace(/\s+/g, " ");

  /** `head` is a list of `{text, num}`, `rows` have a list of `{text, best}` each. */
  function markdown({ head, rows }) {
    const line = (cells) => "| " + cells.join(" | ") + " |\n";
    return (
      line(head.map((one) => cellText(one.text))) +
      line(head.map((one) => (one.num ? "---:" : "---"))) +
      rows
        .map((row) => line(row.map((one) => (one.best ? "**" + cellText(one.text) + "**" : cellText(one.text)))))
        .join("")
    );
  }

  const shown = (cell) => ({
    text: cell.innerText.trim(),
    num: cell.matches(".num"),
    best: cell.matches(".best-cell, .best"),
  });

  /** What a table of the page shows, as `markdown` takes it; null where it has no row of heads or nothing below. */
  function ofTable(table) {
    const [head] = table.tHead?.rows || [];
    const rows = Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
    const wide = rows.filter((row) => row.cells.length === head?.cells.length && row.checkVisibility());
    if (!wide.length) return null;
    return { head: Array.from(head.cells, shown), rows: wide.map((row) => Array.from(row.cells, shown)) };
  }

  return { markdown, ofTable };
})();
