// needs: columns.js, decode.js, sitegen.js; later: query-complete.js
//
// Which runs of an experiment are on display, in which order: one store a page, shared by the table and the charts.
//
// `SG.explorer(file)` gives the store. Who changes the view calls `show`, `select`, `hide`; who draws listens by `on`
// and reads `rows` (runs on display in order), `lines` (what the table shows: rows, and groups as -1 - number).
"use strict";

SG.explorer = (function () {
  /** The search language, each file behind what it needs. */
  const QUERY = [
    "query-keys",
    "query-lexer",
    "query-values",
    "query-regex-compiler",
    "query-regex",
    "query-comparisons",
    "query-parser",
    "query-view",
    "query-evaluate",
    "query",
    "query-complete",
  ];
  const EMPTY = { q: "", sort: [], group: "", hidden: [], top: [], folded: [], open: [] };

  class Store {
    constructor(columns) {
      this.columns = columns;
      this.n = columns.n;
      this.best = columns.best;
      const names = columns.get("run:run_id");
      this.ids = Array.from(names.codes, (code) => names.words[code]);
      this.rowOf = new Map(this.ids.map((id, row) => [id, row]));
      this.view = { ...EMPTY };
      this.selected = new Set();
      this.hidden = new Set();
      this.listeners = new Map();
      this.error = null;
      this.mlflow = true;
      this.nest();
      this.compute();
    }

    // -- Reading --

    column(group, key, reducer) {
      return this.columns.get(SG.columns.idOf(group, key, reducer));
    }

    number(column, i) {
      return SG.columns.number(column, i);
    }

    text(column, i) {
      return SG.columns.text(column, i);
    }

    /** Load columns that lie in files of their own: `[[group, key, reducer], ...]`. */
    async need(list) {
      await this.columns.need(list.map(([group, key, reducer]) => SG.columns.idOf(group, key, reducer)));
    }

    /** The slot 1-8 of a run: those selected have slots of their own as long as there are some, the others that of their hash. */
    colour(id) {
      if (!this.selected.has(id)) return (SG.fnv(id) % 8) + 1;
      this.slots = this.slots || SG.colours(this.selected);
      return this.slots.get(id);
    }

    name(row) {
      return this.text(this.columns.get("run:name"), row) || this.ids[row];
    }

    /** Call `work` on `rows` (which runs, in which order), `selection` (also: hidden) or `data` (more columns are there). */
    on(type, work) {
      this.listeners.set(type, (this.listeners.get(type) || []).concat(work));
    }

    emit(type) {
      for (const work of this.listeners.get(type) || []) work();
    }

    // -- Changing --

    /** Select exactly these runs; ids of no run here are dropped. */
    select(ids) {
      this.selected = new Set(Array.from(ids).filter((id) => this.rowOf.has(id)));
      this.slots = null;
      this.emit("selection");
    }

    /** Change some of the view: `{q, sort: [{id, down}], group, hidden, top, folded, open}`; resolves when it is on display. */
    async show(change) {
      const view = { ...this.view, ...change };
      this.view = view;
      await this.columns.need([...view.sort.map((key) => key.id), view.group]);
      if (view.q.trim()) await this.loadAsked(view.q);
      if (this.view !== view) return;
      this.compute();
      this.emit("rows");
    }

    /** Load the search language, and the columns that the query looks at. */
    async loadAsked(query) {
      await SG.scripts(QUERY);
      for (let turn = 0; turn < 3; turn++) {
        const { view, asked } = this.columns.queryView();
        SG.query.compile(query).mask(view);
        if (!asked.size) return;
        await this.columns.need(asked);
        this.emit("data");
      }
    }

    /** What may stand at the caret of a query, from the columns that are there; others are loaded. */
    async complete(text, caret) {
      await SG.scripts(QUERY);
      const { view, asked } = this.columns.queryView();
      const found = SG.query.complete(text, caret, view);
      if (!asked.size) return found;
      await this.columns.need(asked);
      return SG.query.complete(text, caret, this.columns.queryView().view);
    }

    compute() {
      const view = this.view;
      this.hidden = new Set(view.hidden);
      const kept = this.matching(view);
      this.matches = kept.length;
      const tree = this.isTree();
      const shown = kept.filter((row) => !this.hidden.has(this.ids[row]));
      const order = view.sort.length ? this.sorted(shown, view.sort) : shown;
      this.groups = view.group ? this.grouped(order, view) : [];
      const rows = this.groups.length ? flatten(this.groups.map((group) => group.rows)) : order;
      this.rows = this.topFirst(rows);
      this.lines = this.groups.length ? this.groupLines() : tree ? this.unfolded(this.rows) : this.rows;
    }

    /** Whether nested runs stand below their parents: only while the table is in its own order, whole. */
    isTree() {
      return this.nested && !this.view.q.trim() && !this.view.sort.length && !this.view.group;
    }

    /** Rows that match the query, in the table's own order; all of them while the query cannot be read. */
    matching(view) {
      this.error = null;
      this.mlflow = true;
      if (!view.q.trim()) return this.isTree() ? this.order : this.natural;
      const compiled = SG.query.compile(view.q);
      this.error = compiled.error;
      this.mlflow = compiled.mlflow;
      if (compiled.error) return this.lastGood ? this.lastGood : this.natural;
      const mask = compiled.mask(this.columns.queryView().view);
      return (this.lastGood = this.natural.filter((row) => mask[row]));
    }

    sorted(rows, keys) {
      const columns = keys
        .map((key) => ({ keys: this.columns.get(key.id), sign: key.down ? -1 : 1 }))
        .filter((key) => key.keys);
      for (const key of columns) key.keys = SG.columns.sortKeys(key.keys);
      if (columns.length === 1) return sortByOne(rows, columns[0].keys, columns[0].sign);
      return Int32Array.from(rows).sort(function (a, b) {
        for (const { keys: of, sign } of columns) {
          const order = compare(of[a], of[b], sign);
          if (order) return order;
        }
        return a - b;
      });
    }

    /** Runs pinned to the top stand first, in the order in which they were pinned. */
    topFirst(rows) {
      if (!this.view.top.length) return rows;
      const wanted = new Set(this.view.top.map((id) => this.rowOf.get(id)));
      const found = new Set(Array.from(rows).filter((row) => wanted.has(row)));
      if (!found.size) return rows;
      const first = Array.from(wanted).filter((row) => found.has(row));
      return Int32Array.from([...first, ...rows.filter((row) => !found.has(row))]);
    }

    // -- Nested runs --

    /** Lay out the table's own order: a parent, then its children; `depths` and `children` by row. */
    nest() {
      const parents = this.columns.get("run:parent");
      this.children = new Map();
      const roots = [];
      for (let row = 0; row < this.n; row++) {
        const parent =
          parents && parents.codes[row] >= 0 ? this.rowOf.get(parents.words[parents.codes[row]]) : undefined;
        if (parent === undefined || parent === row) roots.push(row);
        else if (this.children.has(parent)) this.children.get(parent).push(row);
        else this.children.set(parent, [row]);
      }
      this.nested = this.children.size > 0;
      this.depths = new Int32Array(this.n).fill(-1);
      const order = [];
      for (const row of roots) this.place(row, order);
      for (let row = 0; row < this.n; row++) if (this.depths[row] < 0) this.place(row, order); // a ring of parents has no root
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
        hiddenBelow = folded.has(this.ids[row]) ? this.depths[row] : Infinity;
        lines.push(row);
      }
      return Int32Array.from(lines);
    }

    // -- Groups --

    /** `[{key, label, rows}]` by the values of a column: numbers by size, then texts, then the runs without one. */
    grouped(order, view) {
      const column = this.columns.get(view.group);
      if (!column) return [];
      const groups = new Map();
      for (const row of order) {
        const key = this.text(column, row);
        if (groups.has(key)) groups.get(key).rows.push(row);
        else groups.set(key, { key, label: key || "(none)", rows: [row], order: SG.columns.sortKeys(column)[row] });
      }
      const found = Array.from(groups.values());
      if (view.sort.length) this.sortGroups(found, view.sort[0]);
      else found.sort((a, b) => compare(a.order, b.order, 1));
      for (const group of found) group.rows = Int32Array.from(group.rows);
      return found;
    }

    /** Groups by the mean of the first sort key; by what its first run has where that is no number. */
    sortGroups(groups, key) {
      const column = this.columns.get(key.id);
      if (!column) return;
      const keys = SG.columns.sortKeys(column);
      const means = new Map(
        groups.map((group) => [
          group,
          key.id === this.view.group
            ? group.order
            : column.numeric
              ? this.stats(column, group.rows).mean
              : keys[group.rows[0]],
        ]),
      );
      groups.sort((a, b) => compare(means.get(a), means.get(b), key.down ? -1 : 1));
    }

    groupLines() {
      const open = new Set(this.view.open);
      const lines = [];
      this.groups.forEach((group, at) => {
        lines.push(-1 - at);
        if (open.has(group.label)) lines.push(...group.rows);
      });
      return Int32Array.from(lines);
    }

    /** Mean, sample standard deviation and count of the finite numbers of `column` in `rows`. */
    stats(column, rows) {
      let n = 0;
      let sum = 0;
      for (const row of rows)
        if (Number.isFinite(this.number(column, row) ?? NaN)) [n, sum] = [n + 1, sum + this.number(column, row)];
      const mean = n ? sum / n : NaN;
      let squares = 0;
      for (const row of rows) {
        const value = this.number(column, row) ?? NaN;
        if (Number.isFinite(value)) squares += (value - mean) ** 2;
      }
      return { n, mean, std: n > 1 ? Math.sqrt(squares / (n - 1)) : NaN };
    }
  }

  /** Order of two sort keys, NaN last whatever the sign. */
  function compare(a, b, sign) {
    if (a === b) return 0;
    const aMissing = a !== a;
    if (aMissing || b !== b) return aMissing ? (b !== b ? 0 : 1) : -1;
    return a < b ? -sign : sign;
  }

  /** By one key: the known ones sorted, what is missing behind them in the order it had. */
  function sortByOne(rows, keys, sign) {
    const known = rows.filter((row) => keys[row] === keys[row]);
    known.sort((a, b) => sign * (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0) || a - b);
    return joined(
      known,
      rows.filter((row) => keys[row] !== keys[row]),
    );
  }

  function joined(a, b) {
    const out = new Int32Array(a.length + b.length);
    out.set(a);
    out.set(b, a.length);
    return out;
  }

  function flatten(parts) {
    const out = new Int32Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  const stores = new Map();

  /** The store of experiment `file`, the same for everything on the page. */
  function explorer(file) {
    if (!stores.has(file)) {
      const promise = SG.columns.open(file).then((columns) => new Store(columns));
      stores.set(file, promise);
      promise.catch(() => stores.delete(file));
    }
    return stores.get(file);
  }

  return explorer;
})();
