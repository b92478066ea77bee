// needs: columns.js, decode.js, explorer-order.js, labels.js, sitegen.js; later: query-doubt.js
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
    "query-doubt",
  ];
  const EMPTY = { q: "", sort: [], group: "", hidden: [], top: [], folded: [], open: [] };

  class Store extends SG.ExplorerOrder {
    constructor(columns) {
      super();
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
      this.doubt = null;
      this.mlflow = true;
      this.nest();
      this.compute();
    }

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

    /**
     * The slot of a run: the accent for the best, a hue for those selected, grey for the others.
     */
    colour(id) {
      if (id === this.best) return SG.BEST_COLOUR;
      this.slots = this.slots || SG.colours(this.selected, this.best);
      return this.slots.get(id) || SG.OTHER_COLOUR;
    }

    /** What run `row` is called where several stand together: told apart from those that have its name. */
    name(row, room = SG.labels.MAX_LABEL) {
      this.names = this.names || new Map();
      // where the longest has room, more makes no difference
      this.longest = this.longest ?? this.ids.reduce((sum, _, i) => Math.max(sum, this.fullName(i).length), 0);
      const most = Math.min(room, Math.max(this.longest, 1));
      if (!this.names.has(most))
        this.names.set(
          most,
          SG.labels.runs(
            this.ids.map((id, i) => [id, this.fullName(i)]),
            most,
          ),
        );
      return this.names.get(most).get(this.ids[row]);
    }

    fullName(row) {
      return this.columns.get("run:name") ? SG.columns.value(this.columns.get("run:name"), row) || "" : "";
    }

    /**
     * Call `work` on `rows` (which runs, in which order), `selection` (also: hidden) or `data` (more columns are
     * there).
     */
    on(type, work) {
      this.listeners.set(type, (this.listeners.get(type) || []).concat(work));
    }

    emit(type) {
      for (const work of this.listeners.get(type) || []) work();
    }

    /** Select exactly these runs; ids of no run here are dropped. */
    select(ids) {
      this.selected = new Set(Array.from(ids).filter((id) => this.rowOf.has(id)));
      this.slots = null;
      this.emit("selection");
    }

    /**
     * Change some of the view: `{q, sort: [{id, down}], group, hidden, top, folded, open}`; resolves when it is on
     * display.
     */
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
        const compiled = SG.query.compile(query);
        compiled.mask(view);
        SG.query.doubt(compiled.keys, view); // looks at more columns
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
      this.context = null;
      const order = view.sort.length ? this.sorted(shown, view.sort) : shown;
      this.groups = view.group ? this.grouped(order, view) : [];
      const rows = this.groups.length ? flatten(this.groups.map((group) => group.rows)) : order;
      this.rows = this.topFirst(rows);
      const lines = tree ? this.unfolded(this.withParents(this.rows)) : this.rows;
      this.lines = this.groups.length ? this.groupLines() : lines;
    }

    /** Whether nested runs stand below their parents: only while the table is in its own order. */
    isTree() {
      return this.nested && !this.view.sort.length && !this.view.group;
    }

    /** Rows that match the query, in the table's own order; those of the last query that could be read while one cannot. */
    matching(view) {
      this.error = null;
      this.mlflow = true;
      const all = this.isTree() ? this.order : this.natural;
      if (!view.q.trim()) return all;
      const compiled = SG.query.compile(view.q);
      const over = this.columns.queryView().view;
      this.doubt = compiled.error ? null : SG.query.doubt(compiled.keys, over);
      this.error = this.doubt?.isError ? this.doubt : compiled.error;
      this.mlflow = compiled.mlflow;
      if (!this.error) this.lastMask = compiled.mask(over);
      return this.lastMask ? all.filter((row) => this.lastMask[row]) : all;
    }
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
