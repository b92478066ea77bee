// needs: decode.js, explorer.js, page.js, sitegen.js, table-cells.js, view-state.js
//
// charts/table.html#exp=<experiment>&<view>: the runs table of an experiment alone, for frames in other pages.
"use strict";

(function () {
  const MAX_ROWS = 200;
  const NAME = "run:name";

  /** The cells of a runs table that nobody changes: no folds, no boxes. */
  class Alone extends SG.TableCells {
    constructor(scroll, store, state) {
      super();
      Object.assign(this, { scroll, store, state, html: new Map() });
      const { objective } = store.columns;
      this.standard = [NAME, "run:status"];
      if (objective) this.standard.push(this.bestColumn());
    }

    shown() {
      return [NAME, ...this.shownIds().filter((id) => id !== NAME)].map((id) => ({ id, ...this.look(id) }));
    }

    fill(cell, i, column) {
      const row = this.store.lines[i];
      if (column.id !== NAME) return super.fill(cell, i, column);
      cell.classList.add("name");
      const { name } = this.line(i);
      if (row < 0) return cell.append(name, SG.el("span", { class: "muted", text: " " + this.runsOf(row) }));
      const isBest = this.store.ids[row] === this.store.best;
      const href = SG.runUrl(this.store.ids[row], this.store.columns.files);
      cell.append(
        isBest ? SG.el("i", { class: "swatch c" + SG.BEST_COLOUR, title: "Best run" }) : "",
        SG.el("a", { href, target: "_top", text: name }),
      );
    }

    runsOf(row) {
      return this.store.groups[-1 - row].rows.length;
    }
  }

  const said = (main, text) => main.replaceChildren(SG.el("p", { text }));

  async function show() {
    const main = document.getElementById("runs");
    const file = (SG.readFragment().get("exp") || [""])[0];
    const state = SG.viewState.read();
    const { experiments } = await SG.load("site");
    const own = experiments.find((one) => one[1] === file);
    if (!own) return said(main, "This page shows the runs of an experiment: table.html#exp=<experiment id>.");
    const store = await SG.explorer(file);
    const table = new Alone(main, store, state);
    const known = (id) => store.columns.has(id);
    for (const key of ["sel", "hide", "top", "fold"]) state[key] = SG.viewState.longRuns(state[key], store.ids);
    state.cols = state.cols && state.cols.filter(known);
    Object.assign(state, { heat: state.heat.filter(known), group: known(state.group) ? state.group : "" });
    await store.columns.need(table.needed());
    const { q, group, open } = state;
    const sort = state.sort.filter((key) => known(key.id));
    await store.show({ q, sort, group, open, hidden: state.hide, top: state.top, folded: state.fold });
    draw(main, table, own);
  }

  function draw(main, table, [, file, name]) {
    const { store } = table;
    const columns = table.shown();
    const rows = Array.from(store.lines.slice(0, MAX_ROWS), function (_, i) {
      const cells = columns.map(function (column) {
        const cell = SG.el(column.id === NAME ? "th" : "td", { class: column.css, scope: column.id === NAME && "row" });
        table.fill(cell, i, column);
        return cell;
      });
      return SG.el("tr", { "data-depth": table.line(i).level - 1 }, ...cells);
    });
    const heads = columns.map((column) =>
      SG.el("th", { scope: "col", class: column.css, title: column.title, text: column.label }),
    );
    const view = location.hash.slice(1).replace(/(^|&)(exp|theme|ground)=[^&]*/g, "");
    const href = SG.root + "experiments/" + encodeURIComponent(file) + ".html#" + view.replace(/^&/, "");
    const of = store.n + (store.n === 1 ? " run" : " runs");
    const isCut = store.lines.length > rows.length;
    const count = isCut ? `first ${rows.length} of ${store.lines.length} rows` : `${store.rows.length} of ${of}`;
    main.replaceChildren(
      SG.el(
        "div",
        { class: "scroll runs", "data-live": true, tabindex: "0", role: "group", "aria-label": "Runs" },
        SG.el("table", null, SG.el("thead", null, SG.el("tr", null, ...heads)), SG.el("tbody", null, ...rows)),
      ),
      SG.el(
        "p",
        { class: "embed-source hint" },
        SG.el("a", { href, target: "_top", text: name }),
        " · " + (!isCut && store.rows.length === store.n ? of : count),
      ),
    );
  }

  SG.start(function () {
    window.addEventListener("hashchange", show);
    return show();
  });
})();
