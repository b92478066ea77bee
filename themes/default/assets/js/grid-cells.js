// needs: sitegen.js
//
// The rows and cells of a grid, as elements (see grid.js).
"use strict";

SG.GridCells = (function () {
  class GridCells {
    numbers(from, to) {
      return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    }

    withGaps(cells) {
      const hidden = () => SG.el("td", { class: "gap", "aria-hidden": "true" });
      cells.splice(this.pinned, 0, hidden());
      return [...cells, hidden()];
    }

    headCell(at) {
      const column = this.all[at];
      const th = SG.el("th", { scope: "col", class: column.css, "aria-colindex": String(at + 1) });
      this.place(th, at);
      if (!at) {
        this.pickAll = SG.el("input", {
          type: "checkbox",
          tabindex: "-1",
          "data-pick-all": true,
          "aria-label": "Select all runs shown",
        });
        th.append(this.pickAll);
        th.setAttribute("aria-label", "Select");
        return th;
      }
      th.dataset.col = column.id;
      th.setAttribute("aria-haspopup", "menu");
      const sort = this.source.sortOf(column.id);
      th.setAttribute("aria-sort", sort ? (sort.down ? "descending" : "ascending") : "none");
      th.append(
        SG.el("button", {
          type: "button",
          class: "sort",
          tabindex: "-1",
          title: column.title || column.label,
          text: column.label,
        }),
      );
      if (sort)
        th.append(
          SG.el("span", {
            class: "sort-mark",
            "aria-hidden": "true",
            text: (sort.down ? "↓" : "↑") + (sort.place || ""),
          }),
        );
      th.append(
        SG.el("span", { class: "col-menu", "aria-hidden": "true", text: "⋮" }),
        SG.el("span", { class: "grip", "aria-hidden": "true" }),
      );
      return th;
    }

    /** Pinned cells stay at the left edge. */
    place(cell, at) {
      cell.dataset.at = at;
      if (at >= this.pinned) return;
      cell.classList.add("pinned");
      if (at === this.pinned - 1) cell.classList.add("pinned-last");
      cell.style.left = this.lefts[at] + "px";
    }

    row(i) {
      const line = this.source.line(i);
      const tr = SG.el("tr", {
        class: line.css,
        "aria-rowindex": String(i + 2),
        "aria-level": line.level ? String(line.level) : null,
        "aria-selected": line.selected === undefined ? null : String(line.selected),
        "aria-expanded": line.expanded === undefined ? null : String(line.expanded),
      });
      tr.dataset.line = i;
      for (const [key, value] of Object.entries(line.data || {})) tr.dataset[key] = value;
      tr.append(...this.withGaps(this.shown.map((at) => this.cell(i, at, line))));
      return tr;
    }

    cell(i, at, line) {
      const column = this.all[at];
      const cell = SG.el(at === 1 ? "th" : "td", {
        scope: at === 1 && "row",
        class: column.css,
        "aria-colindex": String(at + 1),
      });
      this.place(cell, at);
      if (at) this.source.fill(cell, i, column);
      else if (line.selected !== undefined) {
        const box = SG.el("input", {
          type: "checkbox",
          tabindex: "-1",
          "data-pick": line.id,
          "aria-label": "Select " + line.name,
        });
        box.checked = line.selected;
        cell.append(box);
      }
      return cell;
    }

    /** Show which rows are selected without drawing them anew. */
    reselect() {
      for (const [i, tr] of this.rows) {
        const line = this.source.line(i);
        if (line.selected === undefined) continue;
        tr.setAttribute("aria-selected", String(line.selected));
        const box = tr.querySelector("input[data-pick]");
        if (box) box.checked = line.selected;
        this.source.recolour?.(tr, i);
      }
    }
  }

  return GridCells;
})();
