// Tables that are sorted in the page: `table[data-sortable]`, whose headers with `data-sort` (the cell's index) get a
// button each. A cell's `data-sort-value` is a number in full; without it the cell's text counts. Empty cells come last.
"use strict";

(function () {
  const collator = new Intl.Collator("en", { numeric: true });

  const textOf = (row, at) => {
    const cell = row.cells[at];
    return cell ? cell.dataset.sortValue || cell.textContent.trim() : "";
  };

  /** Compare two rows by a cell; `sign` turns the order around, but never brings empty cells to the top. */
  function compare(at, sign) {
    return function (a, b) {
      const [left, right] = [textOf(a, at), textOf(b, at)];
      if (!left || !right) return (left ? 0 : 1) - (right ? 0 : 1);
      const [x, y] = [Number(left), Number(right)];
      const order = Number.isNaN(x) || Number.isNaN(y) ? collator.compare(left, right) : x - y;
      return sign * order;
    };
  }

  function sortBy(table, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].sort(compare(Number(header.dataset.sort), down ? -1 : 1));
    body.replaceChildren(...rows);
  }

  function addButtons(table) {
    for (const header of table.querySelectorAll("th[data-sort]")) {
      const button = SG.el("button", { type: "button", class: "sort-by", "aria-label": "Sort by " + header.dataset.label, text: "↕" });
      button.addEventListener("click", () => sortBy(table, header));
      header.append(" ", button);
    }
  }

  function onlyDiffering(box) {
    const table = document.getElementById(box.dataset.onlyDiffering);
    const show = () => {
      for (const row of table.tBodies[0].rows) row.hidden = box.checked && !("differs" in row.dataset);
    };
    box.addEventListener("change", show);
    show();
  }

  document.querySelectorAll("table[data-sortable]").forEach(addButtons);
  document.querySelectorAll("input[data-only-differing]").forEach(onlyDiffering);
})();
