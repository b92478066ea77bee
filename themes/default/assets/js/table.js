// The runs table of an experiment: sort, filter, choose columns, select runs to compare, download what is shown.
//
// The rows in the HTML stand until the reader turns to the table (or the fragment asks for a view); then the data file
// of the experiment is loaded and the body is drawn from its columns, a slice at a time. Parent runs fold their
// children while the table is in its own order; a sorted or filtered table is flat.
"use strict";

(function () {
  const SLICE = 200;
  const GROUPS = [["run", "Run"], ["param", "Params"], ["metric", "Metrics"], ["tag", "Tags"]];

  // ---- The data of one experiment ----

  /** A table of columns: `columns` is a Map of column id to `{id, group, name, reducer, type, values}`. */
  function makeModel(data) {
    const columns = new Map();
    for (const raw of data.columns) {
      const id = raw.g + ":" + raw.n + (raw.r ? ":" + raw.r : "");
      columns.set(id, { id, group: raw.g, name: raw.n, reducer: raw.r, type: raw.t, values: SG.column(raw) });
    }
    const ids = columns.get("run:run_id").values;
    const model = { n: data.n, best: data.best, columns, ids, files: new Map(data.files || []) };
    nest(model);
    return model;
  }

  /** Lay out the table's own order: a parent, then its children; `model.depths` and `model.children` by row. */
  function nest(model) {
    const rowOf = new Map(model.ids.map((id, row) => [id, row]));
    const parents = model.columns.get("run:parent")?.values || [];
    model.children = new Map();
    const roots = [];
    for (let row = 0; row < model.n; row++) {
      const parent = parents[row] ? rowOf.get(parents[row]) : undefined;
      if (parent === undefined || parent === row) roots.push(row);
      else if (model.children.has(parent)) model.children.get(parent).push(row);
      else model.children.set(parent, [row]);
    }
    model.depths = new Int32Array(model.n).fill(-1);
    model.order = [];
    for (const row of roots) place(model, row);
    for (let row = 0; row < model.n; row++) if (model.depths[row] < 0) place(model, row); // a ring of parents has no root
  }

  /** Put `root` and all below it into the order, without recursion: chains can be long. */
  function place(model, root) {
    const stack = [[root, 0]];
    while (stack.length) {
      const [row, depth] = stack.pop();
      if (model.depths[row] >= 0) continue;
      model.depths[row] = depth;
      model.order.push(row);
      const below = model.children.get(row) || [];
      for (let i = below.length - 1; i >= 0; i--) stack.push([below[i], depth + 1]);
    }
  }

  /** One lower-case text a row, in which the filter looks: name, status, id, and key=value of params and tags. */
  function haystacks(model) {
    if (model.text) return model.text;
    const parts = Array.from({ length: model.n }, () => "");
    for (const column of model.columns.values()) {
      const own = column.group === "run" && ["run_id", "name", "status", "user", "source"].includes(column.name);
      if (!own && column.group !== "param" && column.group !== "tag") continue;
      const prefix = "\n" + (own ? "" : column.name + "=");
      column.values.forEach((value, row) => value !== null && (parts[row] += prefix + value));
    }
    model.text = parts.map((text) => text.toLowerCase());
    return model.text;
  }

  /** Numbers to sort a column by, NaN for what comes last both ways. Text that is all numbers sorts as numbers. */
  function sortKeys(column) {
    if (column.keys) return column.keys;
    const present = column.values.filter((value) => value !== null);
    const numeric = present.every((value) => typeof value === "number" || (value.trim() !== "" && !Number.isNaN(Number(value))));
    if (numeric) column.keys = Float64Array.from(column.values, (value) => (value === null ? NaN : Number(value)));
    else {
      const ranks = new Map(Array.from(new Set(present)).sort().map((text, rank) => [text, rank]));
      column.keys = Float64Array.from(column.values, (value) => (value === null ? NaN : ranks.get(value)));
    }
    return column.keys;
  }

  function sortRows(rows, column, descending) {
    const keys = sortKeys(column);
    const sign = descending ? -1 : 1;
    const known = rows.filter((row) => !Number.isNaN(keys[row]));
    known.sort((a, b) => (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b));
    return known.concat(rows.filter((row) => Number.isNaN(keys[row])));
  }

  function filterRows(model, rows, query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return rows;
    const texts = haystacks(model);
    return rows.filter((row) => words.every((word) => texts[row].includes(word)));
  }

  /** Rows in the table's own order without those below a folded parent. */
  function unfolded(model, folded) {
    const rows = [];
    let hiddenBelow = Infinity;
    for (const row of model.order) {
      if (model.depths[row] > hiddenBelow) continue;
      hiddenBelow = folded.has(model.ids[row]) ? model.depths[row] : Infinity;
      rows.push(row);
    }
    return rows;
  }

  // ---- What a cell says ----

  function cellText(column, row) {
    const value = column.values[row];
    if (value === null || value === undefined) return "";
    if (column.group === "metric") return SG.number(value);
    if (column.group !== "run") return value;
    if (column.name === "duration") return SG.duration(value);
    return column.name === "start_time" || column.name === "end_time" ? SG.when(value).replace(" UTC", "") : value;
  }

  /** The cell's value for a file: full numbers, times in ISO form. */
  function cellValue(column, row) {
    const value = column.values[row];
    if (value === null || value === undefined) return null;
    const isTime = column.group === "run" && (column.name === "start_time" || column.name === "end_time");
    return isTime ? new Date(value).toISOString() : value;
  }

  const label = (column) => column.name + (column.reducer && column.reducer !== "last" ? " (" + column.reducer + ")" : "");

  // ---- One table on the page ----

  class RunsTable {
    constructor(box) {
      this.box = box;
      this.table = box.querySelector("table");
      this.body = this.table.tBodies[0];
      this.headers = new Map();
      for (const th of this.table.tHead.querySelectorAll("th[data-col]")) this.headers.set(th.dataset.col, th);
      this.standard = Array.from(this.headers.keys());
      this.labels = new Map(Array.from(this.headers, ([id, th]) => [id, th.textContent.trim()]));
      this.numeric = new Map(Array.from(this.headers, ([id, th]) => [id, th.className]));
      this.model = null;
      this.folded = new Set();
      this.readState();
      this.makeTools();
      this.dressHeader(this.standard);
      this.dressRows(this.body.rows);
      this.showSelection();
      box.addEventListener("change", (event) => this.onChange(event));
      box.addEventListener("click", (event) => this.onClick(event));
      window.addEventListener("hashchange", () => this.restore());
      this.warmOnIntent();
    }

    /** The data is fetched when the reader turns to the table, so that it is there when they act. */
    warmOnIntent() {
      const warm = () => this.load().catch(() => undefined);
      for (const part of [this.tools, this.table.tHead]) {
        part.addEventListener("pointerenter", warm, { once: true });
        part.addEventListener("focusin", warm, { once: true });
      }
    }

    async load() {
      if (!this.model) {
        const data = await SG.load("experiments/" + this.box.dataset.experiment);
        this.model = this.model || makeModel(data);
      }
      return this.model;
    }

    // -- State: q, sort, cols, sel --

    readState() {
      const state = SG.readFragment();
      const sort = (state.get("sort") || [""])[0];
      this.query = (state.get("q") || []).join(",");
      this.descending = sort.startsWith("-");
      this.sortBy = sort.replace(/^-/, "");
      this.shown = state.get("cols") || this.standard;
      this.selected = new Set(state.get("sel") || []);
    }

    hasView() {
      return Boolean(this.query || this.sortBy || this.shown !== this.standard);
    }

    writeState(newEntry) {
      const state = SG.readFragment();
      state.set("q", this.query);
      state.set("sort", this.sortBy && (this.descending ? "-" : "") + this.sortBy);
      state.set("cols", this.shown === this.standard ? "" : this.shown);
      state.set("sel", Array.from(this.selected));
      SG.writeFragment(state, newEntry);
    }

    async restore() {
      this.readState();
      this.filter.value = this.query;
      this.showSelection();
      await this.draw();
    }

    // -- Toolbar --

    makeTools() {
      this.tools = this.box.querySelector(".runs-tools");
      this.filter = SG.el("input", { type: "search", class: "runs-filter", placeholder: "Filter runs…", "aria-label": "Filter runs by name, status, params and tags; all words must match", autocomplete: "off", spellcheck: "false" });
      this.filter.value = this.query;
      this.filter.addEventListener("input", () => this.onFilter());
      this.count = SG.el("output", { class: "runs-count muted", role: "status", text: this.box.dataset.total + " runs" });
      this.compare = SG.el("a", { class: "button runs-compare", text: "Compare" });
      const button = (text, work) => SG.el("button", { type: "button", class: "button", text, onclick: () => this.guard(work) });
      this.tools.replaceChildren(this.filter, this.count, this.compare,
        button("Columns", () => this.openColumns()), button("CSV", () => this.saveCsv()));
    }

    /** Do `work`, which may need data; what fails is said in the toolbar. */
    async guard(work) {
      try {
        await work();
      } catch (error) {
        this.count.textContent = error.message;
      }
    }

    onFilter() {
      this.query = this.filter.value;
      this.writeState(false);
      this.guard(() => this.draw());
    }

    showSelection() {
      const ids = Array.from(this.selected);
      this.compare.textContent = "Compare (" + ids.length + ")";
      this.compare.toggleAttribute("aria-disabled", !ids.length);
      if (ids.length) this.compare.href = SG.root + "compare.html#runs=" + ids.map(encodeURIComponent).join(",");
      else this.compare.removeAttribute("href");
      this.compare.hidden = !ids.length;
      for (const box of this.body.querySelectorAll("input[data-pick]")) box.checked = this.selected.has(box.dataset.pick);
    }

    // -- Header --

    /** Show these columns in the header; it is left alone while they stay the same, so that focus stays in it. */
    dressHeader(ids) {
      const dressed = JSON.stringify(ids);
      if (this.dressed !== dressed) {
        const pick = SG.el("th", { class: "pick", scope: "col" }, SG.el("span", { class: "visually-hidden", text: "Select" }));
        this.table.tHead.rows[0].replaceChildren(pick, ...ids.map((id) => this.headerCell(id)));
        this.dressed = dressed;
      }
      this.markSort();
    }

    headerCell(id) {
      if (!this.headers.has(id)) {
        const th = SG.el("th", { scope: "col", "data-col": id, class: this.isNumeric(id) && "num" });
        this.headers.set(id, th);
        this.labels.set(id, label(this.model.columns.get(id)));
      }
      const th = this.headers.get(id);
      if (!th.querySelector("button")) th.replaceChildren(SG.el("button", { type: "button", class: "sort", "data-sort": id, text: this.labels.get(id) }));
      return th;
    }

    isNumeric(id) {
      const column = this.model.columns.get(id);
      return this.numeric.has(id) ? this.numeric.get(id).includes("num") : Boolean(column && (column.type === "f" || column.type === "i"));
    }

    markSort() {
      for (const [id, th] of this.headers) {
        if (id === this.sortBy) th.setAttribute("aria-sort", this.descending ? "descending" : "ascending");
        else th.removeAttribute("aria-sort");
      }
    }

    /** First click: ascending, second: descending, third: the table's own order. */
    toggleSort(id) {
      if (this.sortBy !== id) [this.sortBy, this.descending] = [id, false];
      else if (!this.descending) this.descending = true;
      else [this.sortBy, this.descending] = ["", false];
      this.writeState(true);
      this.guard(() => this.draw());
    }

    // -- Events --

    onClick(event) {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.sort) this.toggleSort(button.dataset.sort);
      else if (button.dataset.fold) this.toggleFold(button.dataset.fold);
    }

    onChange(event) {
      const id = event.target.dataset.pick;
      if (id === undefined) return;
      if (event.target.checked) this.selected.add(id);
      else this.selected.delete(id);
      this.showSelection();
      this.writeState(false);
    }

    toggleFold(id) {
      if (!this.folded.delete(id)) this.folded.add(id);
      this.guard(async () => {
        await this.draw();
        this.body.querySelector('button[data-fold="' + CSS.escape(id) + '"]')?.focus();
      });
    }

    // -- Rows --

    /** Give the rows of the HTML their checkboxes and fold buttons. */
    dressRows(rows) {
      Array.from(rows).forEach((tr, i, all) => {
        const name = tr.querySelector("a")?.textContent || tr.dataset.run;
        const first = tr.cells[0];
        const isParent = all[i + 1] && Number(all[i + 1].dataset.depth) > Number(tr.dataset.depth);
        if (isParent) first.prepend(this.foldButton(tr.dataset.run, name));
        tr.prepend(this.pickCell(tr.dataset.run, name));
      });
    }

    pickCell(id, name) {
      const box = SG.el("input", { type: "checkbox", "data-pick": id, "aria-label": "Select " + name });
      box.checked = this.selected.has(id);
      return SG.el("td", { class: "pick" }, box);
    }

    foldButton(id, name) {
      const open = !this.folded.has(id);
      return SG.el("button", { type: "button", class: "fold", "data-fold": id, "aria-expanded": String(open), "aria-label": "Child runs of " + name, text: open ? "▾" : "▸" });
    }

    /** Draw the current view from the data. */
    async draw() {
      const model = await this.load();
      this.shown = this.shown.filter((id) => model.columns.has(id) || this.standard.includes(id));
      if (!model.columns.has(this.sortBy)) this.sortBy = "";
      this.flat = Boolean(this.query.trim() || this.sortBy);
      const rows = filterRows(model, this.flat ? Array.from(model.ids.keys()) : unfolded(model, this.folded), this.query);
      this.view = this.sortBy ? sortRows(rows, model.columns.get(this.sortBy), this.descending) : rows;
      this.dressHeader(this.shown);
      this.drawn = 0;
      this.body.replaceChildren();
      this.more();
      this.showCount();
    }

    showCount() {
      const shown = this.query.trim() ? this.view.length + " of " : "";
      this.count.textContent = shown + this.model.n + (this.model.n === 1 ? " run" : " runs");
      this.box.dataset.state = this.view.length ? "" : "empty";
      if (!this.view.length) this.body.replaceChildren(SG.el("tr", { class: "none" }, SG.el("td", { colspan: String(this.shown.length + 1), text: "No run matches all of these words." })));
    }

    /** Draw the next slice of rows. */
    more() {
      const upTo = Math.min(this.view.length, this.drawn + SLICE);
      const slice = this.view.slice(this.drawn, upTo);
      this.body.append(...slice.map((row) => this.rowElement(row)));
      this.drawn = upTo;
      this.moreButton(this.view.length - upTo);
    }

    moreButton(left) {
      if (!this.moreBox) this.makeMoreButton();
      this.moreBox.hidden = !left;
      this.moreBox.textContent = "Show more (" + left + " left)";
    }

    makeMoreButton() {
      this.moreBox = SG.el("button", { type: "button", class: "button runs-more", onclick: () => this.more() });
      this.box.append(this.moreBox);
      new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && !this.moreBox.hidden && this.more(),
        { rootMargin: "300px" }).observe(this.moreBox);
    }

    rowElement(row) {
      const id = this.model.ids[row];
      const name = this.model.columns.get("run:name")?.values[row] ?? id;
      const tr = SG.el("tr", { "data-run": id, "data-depth": String(this.flat ? 0 : this.model.depths[row]), "data-best": id === this.model.best });
      tr.append(this.pickCell(id, name), ...this.shown.map((column) => this.cell(column, row, name)));
      const isParent = !this.flat && this.model.children.has(row);
      if (isParent) tr.cells[1].prepend(this.foldButton(id, name));
      return tr;
    }

    cell(columnId, row, name) {
      const column = this.model.columns.get(columnId);
      if (columnId === "run:name") return SG.el("th", { scope: "row", class: "name" }, SG.el("a", { href: SG.runUrl(this.model.ids[row], this.model.files), text: name }));
      const text = column ? cellText(column, row) : "";
      if (columnId === "run:status") return SG.el("td", null, SG.el("span", { class: "pill " + text.toLowerCase(), text: text.charAt(0) + text.slice(1).toLowerCase() }));
      const full = column && column.values[row] !== null ? String(column.values[row]) : null;
      return SG.el("td", { class: this.isNumeric(columnId) ? "num" : null, title: column?.group === "run" ? null : full, text });
    }

    // -- Columns --

    async openColumns() {
      const model = await this.load();
      this.dialog?.remove();
      this.dialog = SG.el("dialog", { class: "choose-columns", "aria-label": "Columns" },
        SG.el("h2", { text: "Columns" }),
        SG.el("div", { class: "fields" }, ...GROUPS.map(([group, title]) => this.columnGroup(model, group, title)).filter(Boolean)),
        SG.el("p", { class: "dialog-actions" },
          SG.el("button", { type: "button", class: "button", text: "Reset", onclick: () => this.chooseColumns(null) }),
          SG.el("button", { type: "button", class: "button", text: "Done", onclick: () => this.dialog.close() })));
      this.dialog.addEventListener("change", () => this.chooseColumns(this.dialog.querySelectorAll("input:checked")));
      this.box.append(this.dialog);
      this.dialog.showModal();
    }

    columnGroup(model, group, title) {
      const members = Array.from(model.columns.values()).filter((column) => column.group === group && column.id !== "run:name");
      if (!members.length) return null;
      return SG.el("fieldset", null, SG.el("legend", { text: title }), ...members.map((column) => {
        const box = SG.el("input", { type: "checkbox", value: column.id });
        box.checked = this.shown.includes(column.id);
        return SG.el("label", null, box, " ", this.labels.get(column.id) || label(column));
      }));
    }

    /** Show the ticked columns, those on display first in their order; null goes back to the standard ones. */
    chooseColumns(ticked) {
      if (!ticked) this.dialog.close();
      const wanted = ticked ? ["run:name", ...Array.from(ticked, (box) => box.value)] : this.standard;
      const kept = this.shown.filter((id) => wanted.includes(id));
      const next = kept.concat(wanted.filter((id) => !kept.includes(id)));
      const standard = !ticked || (next.length === this.standard.length && next.every((id) => this.standard.includes(id)));
      this.shown = standard ? this.standard : next;
      this.writeState(true);
      this.guard(() => this.draw());
    }

    // -- Download --

    async saveCsv() {
      const model = await this.load();
      if (!this.view) await this.draw();
      const columns = this.shown.map((id) => model.columns.get(id)).filter((column) => column && column.id !== "run:run_id");
      const head = ["run_id", ...columns.map((column) => (column.group === "run" ? column.name : column.id))];
      const rows = this.view.map((row) => [model.ids[row], ...columns.map((column) => cellValue(column, row))]);
      SG.download("runs-" + this.box.dataset.experiment + ".csv", "text/csv", SG.csv([head, ...rows]));
    }
  }

  SG.start(function () {
    const tables = Array.from(document.querySelectorAll("[data-runs-table]"), (box) => new RunsTable(box));
    return Promise.all(tables.filter((table) => table.hasView()).map((table) => table.guard(() => table.draw())));
  });
})();
