// needs: sitegen.js
//
// The points of a column's numbers below each other. Where numbers have tails of unlike width (`0.5`, `1502`,
// `1.2e-09`), each gets what it lacks as text that takes room and is not seen, read or copied (`data-pad`; `data-lead`
// before numbers that start at the left edge; components.css).
"use strict";

SG.points = (function () {
  const NUMBER = /^([-−+±]?[\d,]+)((?:\.\d+)?(?:e[-+]?\d+)?(?: ± [\d.e+-]+)?%?)$/;
  const COLUMNS = "td.num, td.rank, .leaders td:first-child, .metrics td:not(:first-child)";
  const FROM_THE_LEFT = ".rank, .leaders td:first-child, .compare-table td";
  /** Rows of a table that are looked at. */
  const MAX_ROWS = 2000;

  /** How often each character is in `text`; digits, which are of one width, count as 0. */
  function counts(text) {
    const found = new Map();
    for (const one of text.replace(/\d/g, "0")) found.set(one, (found.get(one) || 0) + 1);
    return found;
  }

  /** What is before the point of a number and what is from it on; null for a text that is none. */
  function parts(text) {
    const found = NUMBER.exec(text);
    return found && { head: found[1], tail: found[2] };
  }

  /** Room for every one of `texts`: the most of each character. */
  function room(texts) {
    const most = new Map();
    for (const text of texts) for (const [one, n] of counts(text)) most.set(one, Math.max(n, most.get(one) || 0));
    return most;
  }

  /** What `text` lacks to be as wide as `most`. */
  function lacking(most, text) {
    const own = counts(text);
    return Array.from(most, ([one, n]) => one.repeat(Math.max(0, n - (own.get(one) || 0)))).join("");
  }

  /** The first piece of text in a cell, as an element of its own where it shares its parent. */
  function holder(cell) {
    const walk = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    let node = walk.nextNode();
    while (node && !node.data.trim()) node = walk.nextNode();
    const found = node && parts(node.data.trim());
    if (!found) return null;
    let element = node.parentElement;
    if (element.childNodes.length > 1) {
      element = SG.el("span");
      node.replaceWith(element);
      element.append(node);
    }
    return { element, ...found };
  }

  function alignColumn(cells, side) {
    const numbers = cells.map(holder).filter(Boolean);
    const part = side === "lead" ? "head" : "tail";
    const most = room(numbers.map((one) => one[part]));
    for (const one of numbers) {
      const pad = lacking(most, one[part]);
      if (pad) one.element.dataset[side] = pad;
      else delete one.element.dataset[side];
    }
  }

  /** `num` for the columns that hold nothing but numbers, in tables whose columns may be params. */
  function markNumbers(table) {
    for (const head of table.tHead.rows[0].cells) {
      const cells = Array.from(table.tBodies[0].rows, (row) => row.cells[head.cellIndex]);
      const filled = cells.filter((cell) => cell && cell.textContent.trim());
      if (!filled.length || filled.some((cell) => cell.tagName === "TH" || !parts(cell.textContent.trim()))) continue;
      for (const cell of [head, ...filled]) cell.classList.add("num");
    }
  }

  /** Align the columns of numbers of the tables in `place`; a live runs table does so as it draws its cells. */
  function align(place) {
    for (const table of place.querySelectorAll("table")) {
      if (table.closest("[data-live]")) continue;
      if ("numbers" in table.dataset) markNumbers(table);
      const columns = new Map();
      for (const row of Array.from(table.rows).slice(0, MAX_ROWS)) {
        for (const cell of row.cells) {
          if (!cell.matches(COLUMNS)) continue;
          const known = columns.get(cell.cellIndex);
          if (known) known.push(cell);
          else columns.set(cell.cellIndex, [cell]);
        }
      }
      for (const cells of columns.values()) alignColumn(cells, cells[0].matches(FROM_THE_LEFT) ? "lead" : "pad");
    }
  }

  SG.start(() => align(document));

  return { align, parts, room, lacking };
})();
