// needs: columns.js, decode.js, explorer.js, grid.js, menu.js, runs-text.js, sitegen.js, table-tools.js, view-state.js
//
// The runs table of an experiment: the store's lines in a grid, with its tools.
//
// The rows in the HTML stand until the table comes on the screen, is turned to, or the fragment asks for a view; then
// the columns that it shows are loaded and the grid takes the place of those rows.
"use strict";

SG.RunsTable = (function () {
  const SPARK = "http://www.w3.org/2000/svg";
  const NAME = "run:name";
  const HEAT_LEVELS = 8;

  class RunsTable {
    constructor(box) {
      this.box = box;
      this.file = box.dataset.experiment;
      this.scroll = box.querySelector(".scroll") || box.querySelector("table").parentNode;
      this.table = box.querySelector("table");
      this.readHtml();
      this.state = this.readState();
      this.tools = new SG.TableTools(this);
      this.waitForTurn();
      window.addEventListener("popstate", () => this.restore());
      window.addEventListener("hashchange", () => this.restore());
    }

    /** What the HTML shows: the standard columns with their labels, widths and looks. */
    readHtml() {
      this.html = new Map();
      for (const th of this.table.tHead.querySelectorAll("th[data-col]")) {
        this.html.set(th.dataset.col, {
          label: th.textContent.trim(),
          title: th.title,
          css: th.className,
          width: Math.ceil(th.getBoundingClientRect().width),
        });
      }
      this.standard = Array.from(this.html.keys());
    }

    // -- Going live --

    /** The data is loaded when the reader comes to the table. */
    waitForTurn() {
      const turn = () => this.tools.guard(() => this.live());
      for (const type of ["pointerenter", "focusin"]) this.box.addEventListener(type, turn, { once: true });
      const watcher = new IntersectionObserver(function (entries) {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        watcher.disconnect();
        turn();
      });
      watcher.observe(this.scroll);
    }

    /** Load the store and put the grid in the place of the HTML's rows; once. */
    live() {
      this.going = this.going || this.goLive();
      this.going.catch(() => (this.going = null));
      return this.going;
    }

    async goLive() {
      const store = await SG.explorer(this.file);
      this.store = store;
      await this.applyState();
      const hadFocus = this.scroll.contains(document.activeElement);
      const at = document.activeElement.closest?.("tr[data-run]")?.dataset.run;
      this.grid = new SG.Grid(this.scroll, this.table, this);
      this.table.setAttribute("aria-multiselectable", "true");
      this.table.setAttribute("aria-label", "Runs");
      this.table.setAttribute("aria-describedby", this.tools.help.id);
      this.scroll.removeAttribute("role");
      this.scroll.removeAttribute("aria-label");
      store.on("rows", () => this.drawRows());
      store.on("selection", () => this.drawSelection());
      this.drawRows();
      this.tools.showStore();
      this.box.dataset.live = "";
      this.grid.reset();
      if (!hadFocus) return;
      if (at) this.grid.line = Math.max(0, store.lines.indexOf(store.rowOf.get(at)));
      this.table.focus({ preventScroll: true });
    }

    // -- State --

    /** The view that the fragment asks for, else the page's own. */
    readState() {
      return SG.viewState.read(SG.viewState.isAsked() ? undefined : this.box.dataset.view);
    }

    /** Bring the store in line with the fragment's view. */
    async applyState() {
      const { state, store } = this;
      const has = (id) => store.columns.has(id);
      const ids = (list) => SG.viewState.longRuns(list, store.ids);
      if (state.cols) state.cols = [NAME, ...state.cols.filter((id) => id !== NAME && (has(id) || this.html.has(id)))];
      Object.assign(state, {
        sort: state.sort.filter((key) => has(key.id)),
        group: has(state.group) ? state.group : "",
        pin: state.pin.filter(has),
        heat: state.heat.filter(has),
      });
      for (const key of ["sel", "hide", "top", "fold"]) state[key] = ids(state[key]);
      await store.columns.need(this.needed());
      await store.show({
        q: state.q,
        sort: state.sort,
        group: state.group,
        hidden: state.hide,
        top: state.top,
        folded: state.fold,
        open: state.open,
      });
      store.select(state.sel);
    }

    async restore() {
      if (location.hash.length > 1 && !location.hash.includes("=")) return; // an anchor says nothing about the view
      const state = this.readState();
      const read = JSON.stringify(plainState(state));
      if (read === this.written) return;
      this.written = read;
      this.state = state;
      this.tools.showState();
      if (!this.going) return void (SG.viewState.isAsked() && this.tools.guard(() => this.live()));
      await this.tools.guard(() => this.applyState());
      this.grid?.reset();
      this.tools.showState();
    }

    /** Keep a change of the view: in the state, in the fragment, in the store. */
    change(change, newEntry = true) {
      Object.assign(this.state, change);
      SG.viewState.write(this.state, newEntry, Boolean(this.box.dataset.view));
      this.written = JSON.stringify(plainState(this.readState()));
      return this.tools.guard(() => this.showChange(change));
    }

    async showChange(change) {
      await this.live();
      const state = this.state;
      await this.store.columns.need(this.needed());
      if ("sel" in change) this.store.select(state.sel);
      if (["q", "sort", "group", "hide", "top", "fold", "open"].some((key) => key in change)) {
        await this.store.show({
          q: state.q,
          sort: state.sort,
          group: state.group,
          hidden: state.hide,
          top: state.top,
          folded: state.fold,
          open: state.open,
        });
      } else if (!("sel" in change)) this.grid.reset();
      this.tools.showState();
    }

    /** The columns that the table shows; where rows are grouped, that column stands in the name. */
    shownIds() {
      return this.state.cols || this.standard;
    }

    needed() {
      return [...this.shownIds(), ...this.state.heat, NAME, "run:status"];
    }

    // -- What the grid asks --

    count() {
      return this.store.lines.length;
    }

    columns() {
      const shown = this.shownIds();
      const pinned = new Set(this.state.pin);
      const order = [
        NAME,
        ...shown.filter((id) => id !== NAME && pinned.has(id)),
        ...shown.filter((id) => id !== NAME && !pinned.has(id)),
      ];
      return order.map((id) => ({
        id,
        ...this.look(id),
        pinned: id === NAME || pinned.has(id),
        width: this.width(id),
      }));
    }

    /** Label, title and class of a column. */
    look(id) {
      const known = this.html.get(id);
      if (known) return { label: known.label, title: known.title || known.label, css: known.css };
      const { group, name, reducer, numeric } = this.meta(id);
      const label =
        group === "run"
          ? name[0].toUpperCase() + name.slice(1).replaceAll("_", " ")
          : name + (reducer && reducer !== "last" ? " (" + (SG.columns.SAID[reducer] || reducer) + ")" : "");
      return {
        label,
        title: group === "run" ? label : group + " " + label,
        css: numeric && reducer !== "spark" ? "num" : "",
      };
    }

    meta(id) {
      this.metas = this.metas || new Map(this.store.columns.list.map((column) => [column.id, column]));
      return this.metas.get(id) || { group: "run", name: id, numeric: false };
    }

    width(id) {
      const phone = this.scroll.clientWidth < 560;
      const asked = this.state.wide.get(id);
      // In the HTML the name has room for what the grid puts before it: the box to select, which is a column of its own here.
      if (id === NAME)
        return Math.min(asked || this.nameWidth(), phone ? Math.round(this.scroll.clientWidth * 0.45) : 600);
      if (asked) return asked;
      this.widths = this.widths || new Map();
      if (!this.widths.has(id)) this.widths.set(id, this.html.get(id)?.width || this.guess(id));
      const least = this.store.groups.length && this.meta(id).numeric && !id.endsWith(":spark") ? 132 : 64; // room for mean ± std
      return Math.max(least, Math.min(260, this.widths.get(id) + (phone ? 12 : 0)));
    }

    nameWidth() {
      const own = (this.html.get(NAME)?.width || 256) - SG.Grid.PICK_WIDTH - this.html.size; // widths are rounded up
      return Math.max(140, own + (this.store.nested ? 34 : 0), this.store.groups.length ? 240 : 0);
    }

    /** A width for a column that the HTML does not show, from its label and its first texts. */
    guess(id) {
      const column = this.store.columns.get(id);
      let longest = this.look(id).label.length + 3;
      if (id.endsWith(":spark")) return 120;
      for (let row = 0; column && row < Math.min(60, this.store.n); row++)
        longest = Math.max(longest, SG.columns.text(column, row).length);
      return 26 + longest * 7;
    }

    line(i) {
      const row = this.store.lines[i];
      if (row < 0) return this.groupLine(this.store.groups[-1 - row]);
      const id = this.store.ids[row];
      const tree = this.store.isTree();
      const depth = tree ? Math.min(this.store.depths[row], 3) : this.store.groups.length ? 1 : 0;
      const parent = tree && this.store.children.has(row);
      return {
        id,
        level: this.isLevelled() ? depth + 1 : 0,
        expanded: parent ? !this.state.fold.includes(id) : undefined,
        selected: this.store.selected.has(id),
        name: this.store.name(row),
        data: { run: id, depth: String(depth), ...(id === this.store.best ? { best: "" } : {}) },
        css: this.isTop(id) ? "is-top" : null,
      };
    }

    /** Whether rows stand below others; else they have no level, and the table is a plain grid. */
    isLevelled() {
      return this.store.isTree() || this.store.groups.length > 0;
    }

    groupLine(group) {
      return {
        id: group.label,
        level: 1,
        expanded: this.state.open.includes(group.label),
        name: group.label,
        css: "group-line",
        data: { group: group.label },
      };
    }

    isTop(id) {
      return this.state.top.includes(id);
    }

    /** Fill a cell of line `i`. */
    fill(cell, i, column) {
      const row = this.store.lines[i];
      if (row < 0) return this.fillGroup(cell, this.store.groups[-1 - row], column);
      if (column.id === NAME) return this.fillName(cell, row, i);
      const data = this.store.columns.get(column.id);
      const text = SG.columns.text(data, row);
      if (column.id === "run:status")
        cell.append(
          SG.el("span", { class: "pill " + text.toLowerCase(), text: text.charAt(0) + text.slice(1).toLowerCase() }),
        );
      else if (text && column.id.endsWith(":spark")) cell.append(spark(text, this.meta(column.id).name));
      else cell.textContent = text;
      if (!data || !text) return;
      if (data.group !== "run") cell.title = data.numeric ? String(data.values[row]) : text;
      if (column.id === this.bestColumn() && this.store.ids[row] === this.store.best) cell.classList.add("best-cell");
      if (data.numeric && this.state.heat.includes(column.id)) this.heat(cell, data, data.values[row]);
    }

    bestColumn() {
      const objective = this.store.columns.objective;
      return objective ? SG.columns.idOf("metric", objective.metric, objective.reducer) : "";
    }

    fillName(cell, row, i) {
      const id = this.store.ids[row];
      const name = this.store.name(row);
      const line = this.line(i);
      if (line.expanded !== undefined)
        cell.append(
          SG.el("button", {
            type: "button",
            class: "fold",
            tabindex: "-1",
            "data-fold": id,
            "aria-label": "Nested runs of " + name,
            "aria-expanded": String(line.expanded),
            text: line.expanded ? "▾" : "▸",
          }),
        );
      else if (this.store.isTree() && this.store.nested) cell.append(SG.el("span", { class: "fold-space" }));
      cell.classList.add("name");
      cell.title = name;
      cell.append(
        SG.el("i", { class: "swatch c" + this.store.colour(id), "aria-hidden": "true" }),
        SG.el("a", { href: SG.runUrl(id, this.store.columns.files), tabindex: "-1", text: name }),
      );
      if (this.isTop(id)) cell.append(SG.el("span", { class: "visually-hidden", text: " (pinned)" }));
    }

    recolour(tr, i) {
      const swatch = tr.querySelector(".name .swatch");
      const row = this.store.lines[i];
      if (swatch && row >= 0) swatch.className = "swatch c" + this.store.colour(this.store.ids[row]);
    }

    fillGroup(cell, group, column) {
      if (column.id === NAME) {
        const open = this.state.open.includes(group.label);
        cell.classList.add("name");
        cell.append(
          SG.el("button", {
            type: "button",
            class: "fold",
            tabindex: "-1",
            "aria-label": "Runs of this group",
            "aria-expanded": String(open),
            text: open ? "▾" : "▸",
          }),
          SG.el("span", { text: this.look(this.state.group).label + " = " + group.label }),
          SG.el("span", { class: "muted", text: " " + group.rows.length }),
        );
        return;
      }
      const summary = SG.runsText.groupValue(this.store, this.store.columns.get(column.id), group);
      cell.textContent = summary.text;
      if (summary.title) cell.title = summary.title;
      if (summary.muted) cell.classList.add("muted");
      if (summary.mean !== undefined && this.state.heat.includes(column.id))
        this.heat(cell, this.store.columns.get(column.id), summary.mean);
    }

    /** One of eight shades by where the value lies among those on display; the better end is the strong one. */
    heat(cell, data, value) {
      this.ranges = this.ranges || new Map();
      if (!this.ranges.has(data.id)) this.ranges.set(data.id, range(data, this.store.rows));
      const [low, high] = this.ranges.get(data.id);
      if (!Number.isFinite(value) || !(high > low)) return;
      const part = Math.max(0, Math.min(1, (value - low) / (high - low)));
      const down = this.meta(data.id).better === "min";
      cell.classList.add("heat" + Math.round((down ? 1 - part : part) * HEAT_LEVELS));
    }

    sortOf(id) {
      const at = this.state.sort.findIndex((key) => key.id === id);
      return at < 0 ? null : { down: this.state.sort[at].down, place: this.state.sort.length > 1 ? at + 1 : 0 };
    }

    // -- What the grid tells --

    onOpen(i, column, event) {
      const row = this.store.lines[i];
      if (row < 0) return this.onFold(i, !this.state.open.includes(this.store.groups[-1 - row].label));
      const url = SG.runUrl(this.store.ids[row], this.store.columns.files);
      if (event.ctrlKey || event.metaKey) return void window.open(url, "_blank", "noopener");
      return void location.assign(url);
    }

    onPick(i, extend) {
      const row = this.store.lines[i];
      const chosen = new Set(this.state.sel);
      if (row < 0) {
        const rows = Array.from(this.store.groups[-1 - row].rows, (one) => this.store.ids[one]);
        const all = rows.every((id) => chosen.has(id));
        for (const id of rows) chosen[all ? "delete" : "add"](id);
      } else if (extend && this.lastPick !== undefined) {
        const [from, to] = [Math.min(i, this.lastPick), Math.max(i, this.lastPick)];
        for (let at = from; at <= to; at++)
          if (this.store.lines[at] >= 0) chosen.add(this.store.ids[this.store.lines[at]]);
      } else if (!chosen.delete(this.store.ids[row])) chosen.add(this.store.ids[row]);
      this.lastPick = i;
      this.change({ sel: Array.from(chosen) }, false);
    }

    onPickAll() {
      const shown = Array.from(this.store.rows, (row) => this.store.ids[row]);
      const all = shown.length > 0 && shown.every((id) => this.store.selected.has(id));
      this.change({ sel: all ? [] : shown }, false);
    }

    onFold(i, open) {
      const row = this.store.lines[i];
      const [key, id] = row < 0 ? ["open", this.store.groups[-1 - row].label] : ["fold", this.store.ids[row]];
      const without = this.state[key].filter((one) => one !== id);
      this.change({ [key]: open === (key === "open") ? [...without, id] : without });
    }

    /** First time ascending, then descending, then not at all; `add` keeps the other sort keys. */
    onSort(id, add) {
      const sort = add ? this.state.sort.slice() : this.state.sort.filter((key) => key.id === id);
      const at = sort.findIndex((key) => key.id === id);
      if (at < 0) sort.push({ id, down: false });
      else if (!sort[at].down) sort[at] = { id, down: true };
      else sort.splice(at, 1);
      this.change({ sort });
    }

    onWidth(id, px, done) {
      this.state.wide.set(id, Math.round(Math.max(48, Math.min(900, px))));
      this.grid.reset();
      if (done) this.change({ wide: this.state.wide }, false);
    }

    /** One place to the left or right, among the pinned or among the others. */
    onMove(id, step) {
      const order = this.columns().map((column) => column.id);
      const at = order.indexOf(id);
      if (at + step < 1 || at + step >= order.length || at < 1) return;
      const isPinned = (one) => this.state.pin.includes(one);
      if (isPinned(order[at + step]) !== isPinned(id)) return;
      order.splice(at + step, 0, order.splice(at, 1)[0]);
      this.setColumns(order);
      this.grid.go(
        -1,
        this.grid.all.findIndex((column) => column.id === id),
      );
    }

    onDrop(id, target) {
      const order = this.columns().map((column) => column.id);
      const [from, to] = [order.indexOf(id), order.indexOf(target)];
      if (from < 1 || to < 1) return;
      order.splice(to, 0, order.splice(from, 1)[0]);
      this.setColumns(order);
    }

    /** Show these columns in this order; null for the standard ones. */
    setColumns(order) {
      const same = !order || (order.length === this.standard.length && order.every((id, i) => id === this.standard[i]));
      return this.change({ cols: same ? null : order });
    }

    onMenu(id, anchor) {
      SG.menu(anchor, "Column " + this.look(id).label, this.tools.columnItems(id), this.table);
    }

    // -- Drawing --

    drawRows() {
      this.ranges = null;
      this.lastPick = undefined;
      this.box.dataset.state = this.store.lines.length ? "" : "empty";
      this.tools.showCount();
      this.table.setAttribute("role", this.isLevelled() ? "treegrid" : "grid");
      this.grid?.reset();
    }

    drawSelection() {
      this.grid?.reselect();
      this.tools.showSelection();
    }
  }

  const plainState = (state) => ({ ...state, wide: Array.from(state.wide) });

  /** The fifth and the ninety-fifth hundredth of the finite values: one odd run does not take all the colour. */
  function range(data, rows) {
    const values = Float64Array.from(rows, (row) => data.values[row])
      .filter(Number.isFinite)
      .sort();
    const at = (part) => values[Math.round(part * (values.length - 1))];
    return values.length ? [at(0.05), at(0.95)] : [0, 0];
  }

  /** A small curve from letters (see docs/architecture.md): how high the metric stood along its steps. */
  function spark(letters, key) {
    const svg = document.createElementNS(SPARK, "svg");
    svg.setAttribute("viewBox", "0 0 96 20");
    svg.setAttribute("class", "sparkline");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", key + " over its steps");
    let line = "";
    Array.from(letters).forEach(function (letter, i) {
      const level = SG.columns.LEVELS.indexOf(letter);
      if (level < 0) line += " ";
      else
        line +=
          (line === "" || line.endsWith(" ") ? "M" : "L") +
          ((i * 94) / (letters.length - 1 || 1) + 1).toFixed(1) +
          " " +
          (18.5 - (level * 17) / (SG.columns.LEVELS.length - 1)).toFixed(1);
    });
    const path = document.createElementNS(SPARK, "path");
    path.setAttribute("d", line);
    svg.append(path);
    return svg;
  }

  SG.start(function () {
    const tables = Array.from(document.querySelectorAll("[data-runs-table]"), (box) => new RunsTable(box));
    return Promise.all(
      tables.filter(() => SG.viewState.isAsked()).map((table) => table.tools.guard(() => table.live())),
    );
  });

  return RunsTable;
})();
