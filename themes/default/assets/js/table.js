// needs: columns.js, explorer.js, grid.js, decode.js, run-colours.js, sitegen.js, table-cells.js, table-tools.js, view-state.js
//
// The runs table of an experiment: the store's lines in a grid, with its tools.
//
// The rows in the HTML stand until the table comes on the screen, is turned to, or the fragment asks for a view; then
// the columns that it shows are loaded and the grid takes the place of those rows.
"use strict";

SG.RunsTable = (function () {
  const NAME = "run:name";

  class RunsTable extends SG.TableCells {
    constructor(box) {
      super();
      this.box = box;
      this.file = box.dataset.experiment;
      this.scroll = box.querySelector(".scroll") || box.querySelector("table").parentNode;
      this.table = box.querySelector("table");
      this.readHtml();
      this.state = this.readState();
      this.tools = new SG.TableTools(this);
      this.waitForTurn();
      document.addEventListener("sg:objective", (event) => this.tools.guard(() => this.judgeBy(event.detail)));
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
      store.on("selection", () => SG.runColours.show(store));
      if (store.selected.size) SG.runColours.show(store);
      this.drawRows();
      this.tools.showStore();
      this.box.dataset.live = "";
      this.grid.reset();
      if (!hadFocus) return;
      if (at) this.grid.line = Math.max(0, store.lines.indexOf(store.rowOf.get(at)));
      this.table.focus({ preventScroll: true });
    }

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

    /** Mark the best run by another metric (metric-switch.js); where the reader has just chosen it, sort by it. */
    async judgeBy({ best, metric, reducer, way, isFirst, isChosen }) {
      const store = await SG.explorer(this.file);
      store.best = best || null;
      store.slots = null;
      if (store.selected.size) SG.runColours.show(store);
      store.columns.objective = { metric, direction: way, reducer };
      const id = SG.columns.idOf("metric", metric, reducer);
      if (isChosen) await this.change({ sort: isFirst ? [] : [{ id, down: way === "max" }] }, false);
      else this.grid?.reset();
    }

    count() {
      return this.store.lines.length;
    }

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

  SG.start(function () {
    const tables = Array.from(document.querySelectorAll("[data-runs-table]"), (box) => new RunsTable(box));
    return Promise.all(
      tables.filter(() => SG.viewState.isAsked()).map((table) => table.tools.guard(() => table.live())),
    );
  });

  return RunsTable;
})();
