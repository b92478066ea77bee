// needs: sitegen.js
//
// A table of any length: only the rows and columns on the screen are in the document. Knows nothing of runs.
//
// `new SG.Grid(scroll, table, source)`; the source says what there is: `count()`, `columns()` (`[{id, label, title, css,
// width, pinned}]`), `line(i)` (`{id, level, expanded, selected, css, name}`), `fill(td, i, column)`, `sortOf(id)`
// (`{down, place}` or null), and hears `onOpen(i, column, event)`, `onPick(i, extend)`, `onPickAll()`, `onFold(i, open)`,
// `onSort(id, add)`, `onMenu(id, anchor)`, `onWidth(id, px, done)`, `onMove(id, step)`, `onDrop(id, target)`.
// The table is one tab stop; the active cell is told by aria-activedescendant while it is on the screen.
"use strict";

SG.Grid = (function () {
  const OVER = 6;
  const PICK_WIDTH = 36;
  const PICK = { id: "", label: "Select", width: PICK_WIDTH, pinned: true, css: "pick" };
  const NARROW = matchMedia("(max-width: 720px)");
  let grids = 0;

  class Grid {
    constructor(scroll, table, source) {
      Object.assign(this, {
        scroll,
        table,
        source,
        name: "grid" + ++grids,
        line: 0,
        col: 1,
        rows: new Map(),
        from: 0,
        to: 0,
      });
      this.makeFrame();
      this.listen();
    }

    // -- Frame --

    makeFrame() {
      this.colgroup = SG.el("colgroup");
      this.head = SG.el("thead", null, SG.el("tr"));
      this.above = gap();
      this.body = SG.el("tbody");
      this.below = gap();
      this.table.replaceChildren(this.colgroup, this.head, this.above.part, this.body, this.below.part);
      this.table.tabIndex = 0;
      this.scroll.removeAttribute("tabindex");
    }

    listen() {
      let asked = false;
      this.scroll.addEventListener(
        "scroll",
        () => {
          if (!asked) requestAnimationFrame(() => ((asked = false), this.draw()));
          asked = true;
        },
        { passive: true },
      );
      this.table.addEventListener("keydown", (event) => this.onKey(event));
      this.table.addEventListener("click", (event) => this.onClick(event));
      this.head.addEventListener("pointerdown", (event) => this.onPointer(event));
      this.head.addEventListener("contextmenu", (event) => this.openMenu(event));
      this.table.addEventListener("focus", () => this.mark());
      this.table.addEventListener("blur", () => this.mark());
      new ResizeObserver(() => this.draw()).observe(this.scroll);
      NARROW.addEventListener("change", () => this.reset());
    }

    // -- Drawing --

    /** Draw everything anew: rows, order or columns have changed. */
    reset() {
      this.height = NARROW.matches ? 44 : 32;
      this.all = [PICK, ...this.source.columns()];
      this.lefts = [];
      this.total = 0;
      for (const column of this.all) {
        this.lefts.push(this.total);
        this.total += column.width;
      }
      this.table.setAttribute("aria-rowcount", String(this.source.count() + 1));
      this.table.setAttribute("aria-colcount", String(this.all.length));
      this.line = Math.min(this.line, this.source.count() - 1);
      this.col = Math.min(this.col, this.all.length - 1);
      this.span = null;
      this.draw();
    }

    /** Draw the rows on the screen anew, in the same columns. */
    refresh() {
      this.clear();
      this.draw();
    }

    /** Take the rows out; their room stays, for the height of the box and how far it is scrolled depend on it. */
    clear() {
      this.below.size(this.source.count() * this.height);
      this.rows.forEach((tr) => tr.remove());
      this.rows.clear();
    }

    /** Bring the document in line with what the reader has scrolled to. */
    draw() {
      if (!this.all || !this.scroll.clientWidth) return;
      const span = this.columnSpan();
      if (!this.span || span[0] !== this.span[0] || span[1] !== this.span[1] || this.wide !== this.scroll.clientWidth) {
        this.span = span;
        this.wide = this.scroll.clientWidth;
        this.drawHead();
        this.clear();
      }
      this.drawRows();
      this.mark();
    }

    /** The columns on the screen, by number among those that are not pinned; a few more at each side. */
    columnSpan() {
      const first = this.all.findIndex((column) => !column.pinned);
      if (first < 0) return [this.all.length, this.all.length];
      const from = this.scroll.scrollLeft + this.lefts[first] - 240;
      const to = this.scroll.scrollLeft + this.scroll.clientWidth + 240;
      let [start, end] = [first, first];
      while (start < this.all.length - 1 && this.lefts[start + 1] <= from) start++;
      for (end = start; end < this.all.length && this.lefts[end] < to;) end++;
      return [start, end];
    }

    drawHead() {
      const first = this.all.findIndex((column) => !column.pinned);
      this.pinned = first < 0 ? this.all.length : first;
      const [start, end] = this.span;
      this.before = this.pinned < this.all.length ? this.lefts[start] - this.lefts[this.pinned] : 0;
      const endAt = end < this.all.length ? this.lefts[end] : this.total;
      this.after = Math.max(0, this.total - endAt, this.scroll.clientWidth - this.total);
      this.shown = [...this.numbers(0, this.pinned), ...this.numbers(start, end)];
      const widths = this.shown.map((at) => this.all[at].width);
      widths.splice(this.pinned, 0, this.before);
      this.colgroup.replaceChildren(
        ...[...widths, this.after].map(function (width) {
          const col = SG.el("col");
          col.style.width = width + "px";
          return col;
        }),
      );
      this.table.style.width = Math.max(this.total, this.scroll.clientWidth) + "px";
      this.head.rows[0].replaceChildren(...this.withGaps(this.shown.map((at) => this.headCell(at))));
      this.head.rows[0].setAttribute("aria-rowindex", "1");
    }

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

    drawRows() {
      const [count, height] = [this.source.count(), this.height];
      const view = this.scroll.clientHeight;
      const top = this.scroll.scrollTop;
      const from = Math.max(0, Math.min(count, Math.floor(top / height)) - OVER);
      const to = Math.min(count, Math.ceil((top + view) / height) + OVER);
      for (const [i, tr] of this.rows) {
        if (i >= from && i < to) continue;
        tr.remove();
        this.rows.delete(i);
      }
      let next = null;
      for (let i = to - 1; i >= from; i--) {
        let tr = this.rows.get(i);
        if (!tr) {
          this.rows.set(i, (tr = this.row(i)));
          this.body.insertBefore(tr, next);
        }
        next = tr;
      }
      this.above.size(from * height);
      this.below.size((count - to) * height);
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

    // -- The active cell --

    mark() {
      this.table.querySelector(".active")?.classList.remove("active");
      const cell = this.activeCell();
      if (!cell || document.activeElement !== this.table) return this.table.removeAttribute("aria-activedescendant");
      this.table.querySelector("#" + this.name + "-active")?.removeAttribute("id");
      cell.id = this.name + "-active";
      cell.classList.add("active");
      this.table.setAttribute("aria-activedescendant", cell.id);
    }

    activeCell() {
      const tr = this.line < 0 ? this.head.rows[0] : this.rows.get(this.line);
      return tr?.querySelector('[data-at="' + this.col + '"]');
    }

    /** Make a cell active and bring it onto the screen; line -1 is the header. */
    go(line, col) {
      this.line = Math.max(-1, Math.min(this.source.count() - 1, line));
      this.col = Math.max(0, Math.min(this.all.length - 1, col));
      const head = this.head.offsetHeight;
      if (this.line >= 0) {
        const top = this.line * this.height;
        if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
        else if (top + this.height > this.scroll.scrollTop + this.scroll.clientHeight - head)
          this.scroll.scrollTop = top + this.height + head - this.scroll.clientHeight;
      }
      if (this.col >= this.pinned) {
        const [left, width, room] = [this.lefts[this.col], this.all[this.col].width, this.lefts[this.pinned] || 0];
        if (left < this.scroll.scrollLeft + room) this.scroll.scrollLeft = left - room;
        else if (left + width > this.scroll.scrollLeft + this.scroll.clientWidth)
          this.scroll.scrollLeft = left + width - this.scroll.clientWidth;
      }
      this.draw();
    }

    onKey(event) {
      const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.height) - 2);
      const far = event.ctrlKey || event.metaKey;
      const [line, col] = [this.line, this.col];
      const moves = {
        ArrowUp: [line - 1, col],
        ArrowDown: [line + 1, col],
        PageUp: [Math.max(0, line - page), col],
        PageDown: [line + page, col],
        Home: far ? [0, 1] : [line, 0],
        End: far ? [Infinity, this.all.length - 1] : [line, this.all.length - 1],
      };
      if (line < 0 && this.onHeadKey(event)) return event.preventDefault();
      if (line >= 0 && this.onRowKey(event)) return event.preventDefault();
      if (event.altKey || (far && event.key.startsWith("Arrow"))) return undefined;
      if (event.key === "ArrowLeft" || event.key === "ArrowRight")
        this.go(line, col + (event.key === "ArrowRight" ? 1 : -1));
      else if (moves[event.key]) this.go(...moves[event.key]);
      else return undefined;
      return event.preventDefault();
    }

    /** Keys of the header row; true when the key was for it. */
    onHeadKey(event) {
      const column = this.all[this.col];
      const arrow = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
      if (!this.col) return (event.key === " " || event.key === "Enter") && (this.source.onPickAll(), true);
      if (event.key === "Enter" || event.key === " ") this.source.onSort(column.id, event.shiftKey);
      else if (
        (event.key === "ArrowDown" && event.altKey) ||
        event.key === "ContextMenu" ||
        (event.key === "F10" && event.shiftKey)
      )
        this.source.onMenu(column.id, this.activeCell());
      else if (arrow && event.shiftKey) this.source.onWidth(column.id, column.width + 16 * arrow, true);
      else if (arrow && (event.ctrlKey || event.metaKey)) this.source.onMove(column.id, arrow);
      else return false;
      return true;
    }

    onRowKey(event) {
      const line = this.source.line(this.line);
      if (event.key === "Enter") this.source.onOpen(this.line, this.all[this.col], event);
      else if (event.key === " ") this.source.onPick(this.line, event.shiftKey);
      else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) this.source.onPickAll();
      else if (event.key === "ArrowLeft" && this.col === 1 && line.expanded) this.source.onFold(this.line, false);
      else if (event.key === "ArrowRight" && this.col === 1 && line.expanded === false)
        this.source.onFold(this.line, true);
      else return false;
      return true;
    }

    // -- Mouse --

    onClick(event) {
      const cell = event.target.closest("[data-at]");
      if (!cell) return;
      const tr = cell.closest("tr");
      const inHead = tr.parentNode === this.head;
      this.line = inHead ? -1 : Number(tr.dataset.line);
      this.col = Number(cell.dataset.at);
      const link = event.target.closest("a");
      if (!link) this.table.focus({ preventScroll: true });
      if (event.target.closest(".col-menu")) this.source.onMenu(cell.dataset.col, cell);
      else if (inHead && !this.col) this.source.onPickAll();
      else if (inHead && !this.dragged) this.source.onSort(cell.dataset.col, event.shiftKey);
      else if (!inHead && !this.col) this.source.onPick(this.line, event.shiftKey);
      else if (event.target.closest(".fold"))
        this.source.onFold(this.line, tr.getAttribute("aria-expanded") !== "true");
      this.mark();
    }

    openMenu(event) {
      const th = event.target.closest("th[data-col]");
      if (!th) return;
      event.preventDefault();
      this.source.onMenu(th.dataset.col, th);
    }

    /** Drag the edge of a header to size its column, the header itself to move it. */
    onPointer(event) {
      const th = event.target.closest("th[data-col]");
      this.dragged = false;
      if (!th || event.button || event.target.closest(".col-menu")) return;
      const column = this.all[Number(th.dataset.at)];
      const [startX, startWidth, sizing] = [event.clientX, column.width, event.target.closest(".grip")];
      let target = null;
      const move = (moved) => {
        if (Math.abs(moved.clientX - startX) < 4 && !this.dragged) return;
        this.dragged = true;
        if (sizing) return void this.source.onWidth(column.id, startWidth + moved.clientX - startX, false);
        target?.classList.remove("drop");
        const under = document.elementFromPoint(moved.clientX, moved.clientY)?.closest("th[data-col]");
        target = under && this.head.contains(under) && under.dataset.col !== column.id ? under : null;
        target?.classList.add("drop");
      };
      const end = () => {
        document.removeEventListener("pointermove", move);
        if (sizing && this.dragged) this.source.onWidth(column.id, column.width, true);
        else if (target) this.source.onDrop(column.id, target.dataset.col);
        if (!this.dragged && sizing) this.dragged = true;
      };
      if (sizing || event.pointerType === "mouse") {
        if (sizing) event.preventDefault();
        document.addEventListener("pointermove", move);
        document.addEventListener("pointerup", end, { once: true });
        document.addEventListener("pointercancel", end, { once: true });
      }
    }
  }

  /** A row group that only takes up the room of rows that are not in the document. */
  function gap() {
    const td = SG.el("td");
    const part = SG.el("tbody", { class: "gap", "aria-hidden": "true" }, SG.el("tr", null, td));
    return { part, size: (height) => ((td.style.height = height + "px"), (part.hidden = height <= 0)) };
  }

  Grid.PICK_WIDTH = PICK_WIDTH;
  return Grid;
})();
