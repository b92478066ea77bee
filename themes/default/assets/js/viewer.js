// Pages of artifacts, and lists in any page: tables sorted by a click on their head, boxes that filter long lists.
"use strict";

(function () {
  // ---- Sorting ----

  const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

  function makeSortable(table) {
    const heads = Array.from(table.tHead.rows[0].cells);
    const original = Array.from(table.tBodies[0].rows);
    if (original.length < 2) return;
    heads.forEach(function (head, column) {
      const button = SG.el("button", { type: "button", class: "sort", text: head.textContent });
      button.addEventListener("click", () => sort(table, heads, column, original));
      head.replaceChildren(button);
    });
  }

  function sort(table, heads, column, original) {
    const before = heads[column].getAttribute("aria-sort");
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    const way = before === "ascending" ? "descending" : before === "descending" ? null : "ascending";
    if (way) heads[column].setAttribute("aria-sort", way);
    const rows = way ? sorted(original, column, way === "ascending" ? 1 : -1) : original;
    table.tBodies[0].append(...rows);
    SG.announce(way ? "Sorted by " + heads[column].textContent + ", " + way : "In the file's order");
  }

  /** Empty cells last both ways; numbers by value where the column has nothing else. */
  function sorted(rows, column, way) {
    const keyed = rows.map((row) => [row.cells[column].textContent.trim(), row]);
    const full = keyed.filter(([text]) => text !== "");
    const numeric = full.every(([text]) => NUMBER.test(text));
    const compare = numeric ? (a, b) => Number(a[0]) - Number(b[0]) : (a, b) => a[0].localeCompare(b[0], "en", { numeric: true });
    full.sort((a, b) => way * compare(a, b));
    return full.concat(keyed.filter(([text]) => text === "")).map(([, row]) => row);
  }

  // ---- Filtering ----

  function makeFilter(box) {
    const scope = document.querySelector(box.dataset.filter);
    const rows = Array.from(scope.querySelectorAll("tbody tr"));
    const input = SG.el("input", { type: "search", placeholder: box.dataset.label || "Filter files", "aria-label": box.dataset.label || "Filter files" });
    const count = SG.el("span", { class: "hint", role: "status" });
    const folded = Array.from(scope.querySelectorAll("details")).filter((one) => !one.open);
    input.addEventListener("input", function () {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let found = 0;
      for (const row of rows) {
        const text = words.length ? row.textContent.toLowerCase() : "";
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) found += 1;
      }
      folded.forEach((one) => (one.open = words.length > 0));
      for (const one of scope.querySelectorAll("details.folder")) one.hidden = !one.querySelector("tbody tr:not([hidden])");
      count.textContent = words.length ? found + " of " + rows.length : "";
    });
    box.append(input, count);
  }

  SG.start(function () {
    document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
    document.querySelectorAll("[data-filter]").forEach(makeFilter);
  });
})();
