// needs: grid-view.js
//
// A table of any length: only the rows and columns on the screen are in the document. Knows nothing of runs.
//
// `new SG.Grid(scroll, table, source)`; the source says what there is: `count()`, `columns()` (`[{id, label, title,
// css, width, pinned}]`), `line(i)` (`{id, level, expanded, selected, css, name}`), `fill(td, i, column)`, `sortOf(id)`
// (`{down, place}` or null), and hears `onOpen(i, column, event)`, `onPick(i, extend)`, `onPickAll()`, `onFold(i,
// open)`, `onSort(id, add)`, `onMenu(id, anchor)`, `onWidth(id, px, done)`, `onMove(id, step)`, `onDrop(id, target)`.
// The table is one tab stop; the active cell is told by aria-activedescendant while it is on the screen.
"use strict";

SG.Grid = (function () {
  let grids = 0;

  class Grid extends SG.GridView {
    constructor(scroll, table, source) {
      super();
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
      addEventListener("beforeprint", () => this.print(true));
      addEventListener("afterprint", () => this.print(false));
      new ResizeObserver(() => this.draw()).observe(this.scroll);
      SG.GridView.NARROW.addEventListener("change", () => this.reset());
    }

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

  return Grid;
})();
