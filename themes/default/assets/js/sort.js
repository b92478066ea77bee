// needs: page.js, sitegen.js
//
// Tables that are sorted in the page: `table[data-sortable]`. Each of its `th[data-sort]` (the index of its cells in
// the rows) gets `button.sort`: its text becomes the button, or, where it holds a link or `data-label` says what is
// sorted by, the button stands beside it. A cell's `data-sort-value` counts before its text. The style sheet draws the
// arrows.
"use strict";

(function () {
  const NUMBER = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|nan|inf(?:inity)?)$/i;
  const NEXT = { ascending: "descending", descending: null };
  const collator = new Intl.Collator("en", { numeric: true });

  function textOf(row, at) {
    const cell = row.cells[at];
    return cell ? cell.dataset.sortValue || cell.textContent.trim() : "";
  }

  const numberOf = (text) => Number(text.replace(/inf(inity)?$/i, "Infinity"));

  /** By value where the column has nothing but numbers, else by text. Cells without a value come last both ways. */
  function sorted(rows, at, sign) {
    const keyed = rows.map((row) => ({ row, text: textOf(row, at) }));
    const numeric = keyed.every(({ text }) => !text || NUMBER.test(text));
    for (const one of keyed) one.key = numeric && one.text ? numberOf(one.text) : one.text;
    const full = keyed.filter(({ key }) => key !== "" && !Number.isNaN(key));
    const none = keyed.filter(({ key }) => key === "" || Number.isNaN(key));
    full.sort(
      numeric
        ? (a, b) => sign * (a.key < b.key ? -1 : Number(a.key > b.key))
        : (a, b) => sign * collator.compare(a.key, b.key),
    );
    return [...full, ...none].map(({ row }) => row);
  }

  /** First ascending, then descending, then as it was. */
  function sortBy(table, header, name, original) {
    const before = header.getAttribute("aria-sort");
    const way = before ? NEXT[before] : "ascending";
    for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
    if (way) header.setAttribute("aria-sort", way);
    const rows = way ? sorted(original, Number(header.dataset.sort), way === "ascending" ? 1 : -1) : original;
    table.tBodies[0].append(...rows);
    SG.announce(way ? "Sorted by " + name + ", " + way : "Not sorted");
  }

  function addButtons(table) {
    const original = Array.from(table.tBodies[0].rows);
    if (original.length < 2) return;
    for (const header of table.querySelectorAll("th[data-sort]")) {
      const name = header.dataset.label || header.textContent.trim();
      const button = SG.el("button", { type: "button", class: "sort" });
      button.addEventListener("click", () => sortBy(table, header, name, original));
      if (header.dataset.label) button.setAttribute("aria-label", "Sort by " + name);
      else button.append(...header.childNodes);
      header.append(button);
    }
  }

  SG.start(() => document.querySelectorAll("table[data-sortable]").forEach(addButtons));
})();
