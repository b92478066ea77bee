// needs: sitegen.js
//
// Nested runs of an experiment: which run stands below which, which are folded (see explorer.js).
"use strict";

SG.ExplorerTree = (function () {
  class ExplorerTree {
    /** Lay out the table's own order: a parent, then its children; `depths` and `children` by row. */
    nest() {
      const parents = this.columns.get("run:parent");
      this.children = new Map();
      this.above = new Int32Array(this.n).fill(-1);
      const roots = [];
      for (let row = 0; row < this.n; row++) {
        const parent =
          parents && parents.codes[row] >= 0 ? this.rowOf.get(parents.words[parents.codes[row]]) : undefined;
        this.above[row] = parent === undefined || parent === row ? -1 : parent;
        if (this.above[row] < 0) roots.push(row);
        else if (this.children.has(parent)) this.children.get(parent).push(row);
        else this.children.set(parent, [row]);
      }
      this.nested = this.children.size > 0;
      this.depths = new Int32Array(this.n).fill(-1);
      const order = [];
      for (const row of roots) this.place(row, order);
      // a ring of parents has no root
      for (let row = 0; row < this.n; row++) if (this.depths[row] < 0) this.place(row, order);
      this.order = Int32Array.from(order);
      this.natural = Int32Array.from({ length: this.n }, (_, row) => row);
    }

    /** Put `root` and all below it into the order, without recursion: chains can be long. */
    place(root, order) {
      const stack = [[root, 0]];
      while (stack.length) {
        const [row, depth] = stack.pop();
        if (this.depths[row] >= 0) continue;
        this.depths[row] = depth;
        order.push(row);
        const below = this.children.get(row) || [];
        for (let i = below.length - 1; i >= 0; i--) stack.push([below[i], depth + 1]);
      }
    }

    /**
     * `rows` with the parents of those that a query found, each before them; `context` has those that it did not find.
     * Runs at the top and hidden ones are left as they are.
     */
    withParents(rows) {
      this.context = new Set();
      if (!this.view.q.trim()) return rows;
      const found = new Set(rows);
      for (const row of rows) {
        const met = new Set();
        for (let above = this.above[row]; above >= 0 && !met.has(above); above = this.above[above]) {
          met.add(above); // a ring of parents has no end
          if (!found.has(above) && !this.hidden.has(this.ids[above])) this.context.add(above);
        }
      }
      if (!this.context.size) return rows;
      const top = rows.slice(0, this.topCount);
      const below = new Set(rows.slice(this.topCount));
      return Int32Array.from([...top, ...this.order.filter((row) => below.has(row) || this.context.has(row))]);
    }

    /** The rows without those below a folded parent. */
    unfolded(rows) {
      if (!this.view.folded.length) return rows;
      const folded = new Set(this.view.folded);
      const top = new Set(this.view.top.map((id) => this.rowOf.get(id)));
      const lines = [];
      let hiddenBelow = Infinity;
      for (const row of rows) {
        if (top.has(row)) {
          lines.push(row);
          continue;
        }
        if (this.depths[row] > hiddenBelow) continue;
        hiddenBelow = folded.has(this.ids[row]) && !this.context?.has(row) ? this.depths[row] : Infinity;
        lines.push(row);
      }
      return Int32Array.from(lines);
    }

    /** Runs pinned to the top stand first, in the order in which they were pinned. */
    topFirst(rows) {
      this.topCount = 0;
      if (!this.view.top.length) return rows;
      const wanted = new Set(this.view.top.map((id) => this.rowOf.get(id)));
      const found = new Set(Array.from(rows).filter((row) => wanted.has(row)));
      if (!found.size) return rows;
      const first = Array.from(wanted).filter((row) => found.has(row));
      this.topCount = first.length;
      return Int32Array.from([...first, ...rows.filter((row) => !found.has(row))]);
    }
  }

  return ExplorerTree;
})();
