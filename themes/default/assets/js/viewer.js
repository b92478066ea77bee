// needs: sitegen.js
//
// What hides rows: boxes that filter long lists, and switches for the rows of a table that differ.
"use strict";

(function () {
  function makeFilter(box) {
    const scope = document.querySelector(box.dataset.filter);
    const rows = Array.from(scope.querySelectorAll("tbody tr"));
    const input = SG.el("input", {
      type: "search",
      placeholder: box.dataset.label || "Filter files",
      "aria-label": box.dataset.label || "Filter files",
    });
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
      for (const one of scope.querySelectorAll("details.folder"))
        one.hidden = !one.querySelector("tbody tr:not([hidden])");
      count.textContent = words.length ? found + " of " + rows.length : "";
    });
    box.append(input, count);
  }

  function onlyDiffering(box) {
    const table = document.getElementById(box.dataset.onlyDiffering);
    const show = () => {
      for (const row of table.tBodies[0].rows) row.hidden = box.checked && !("differs" in row.dataset);
    };
    box.addEventListener("change", show);
    show();
  }

  SG.start(function () {
    document.querySelectorAll("[data-filter]").forEach(makeFilter);
    document.querySelectorAll("input[data-only-differing]").forEach(onlyDiffering);
  });
})();
