// needs: grid-cells.js, sitegen.js
//
// Which rows and columns of a grid are in the document: those on the screen, and a few more (see grid.js).
"use strict";

SG.GridView = (function () {
  const OVER = 6;
  const MAX_PRINTED = 500; // rows
  const PICK_WIDTH = 36;
  const PICK = { id: "", label: "Select", width: PICK_WIDTH, pinned: true, css: "pick" };
  const NARROW = matchMedia("(max-width: 720px)");

  class GridView extends SG.GridCells {
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

    /** On paper, which does not scroll, all columns stand and as many rows as paper is for. */
    print(isPrinting) {
      this.isPrinting = isPrinting;
      this.span = null;
      this.draw();
    }

    /** The columns on the screen, by number among those that are not pinned; a few more at each side. */
    columnSpan() {
      const first = this.all.findIndex((column) => !column.pinned);
      if (first < 0) return [this.all.length, this.all.length];
      if (this.isPrinting) return [first, this.all.length];
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
        ...(this.isPrinting ? [] : [...widths, this.after]).map(function (width) {
          const col = SG.el("col");
          col.style.width = width + "px";
          return col;
        }),
      );
      this.table.style.width = this.isPrinting ? "" : Math.max(this.total, this.scroll.clientWidth) + "px";
      this.head.rows[0].replaceChildren(...this.withGaps(this.shown.map((at) => this.headCell(at))));
      this.head.rows[0].setAttribute("aria-rowindex", "1");
    }

    drawRows() {
      const [count, height] = [this.source.count(), this.height];
      const view = this.scroll.clientHeight;
      const top = this.scroll.scrollTop;
      const [from, to] = this.isPrinting
        ? [0, Math.min(count, MAX_PRINTED)]
        : [
            Math.max(0, Math.min(count, Math.floor(top / height)) - OVER),
            Math.min(count, Math.ceil((top + view) / height) + OVER),
          ];
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
      this.below.size(this.isPrinting ? 24 * (to < count) : (count - to) * height);
      this.below.say(this.isPrinting && to < count ? "and " + (count - to) + " more rows" : "");
    }
  }

  /** A row group that only takes up the room of rows that are not in the document. */
  function gap() {
    const td = SG.el("td");
    const part = SG.el("tbody", { class: "gap", "aria-hidden": "true" }, SG.el("tr", null, td));
    return {
      part,
      size: (height) => ((td.style.height = height + "px"), (part.hidden = height <= 0)),
      say: (text) => ((td.textContent = text), (td.colSpan = text ? 1000 : 1)),
    };
  }

  GridView.PICK_WIDTH = PICK_WIDTH;
  GridView.NARROW = NARROW;
  return GridView;
})();
