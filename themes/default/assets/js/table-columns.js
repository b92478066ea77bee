// needs: columns.js, grid-view.js, menu.js, table-menus.js
//
// The columns of a runs table: which there are, how wide, in which order, by which the rows are sorted.
"use strict";

SG.TableColumns = (function () {
  const NAME = "run:name";
  const MAX_NAME = 24; // characters that nameRoom of table-cells.js leaves whole

  /** What `SG.RunsTable` knows of columns; `state`, `store`, `html` and `standard` are the table's. */
  class TableColumns {
    /** The columns that the table shows; where rows are grouped, that column stands in the name. */
    shownIds() {
      return this.state.cols || this.standard;
    }

    needed() {
      return [...this.shownIds(), ...this.state.heat, NAME, "run:status"];
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
        css: (numeric && reducer !== "spark") || this.isNumeric(id) ? "num" : "",
      };
    }

    /** Whether all values of a param or tag are numbers. */
    isNumeric(id) {
      const column = this.store.columns.get(id);
      return Boolean(column?.words?.length) && column.words.every((word) => SG.columns.numberOf(word) !== null);
    }

    meta(id) {
      this.metas = this.metas || new Map(this.store.columns.list.map((column) => [column.id, column]));
      return this.metas.get(id) || { group: "run", name: id, numeric: false };
    }

    width(id) {
      const phone = this.scroll.clientWidth < 560;
      const asked = this.state.wide.get(id);
      // In the HTML the name has room for what the grid puts before it: the box to select, which is a column of its own
      // here.
      if (id === NAME)
        return Math.min(asked || this.nameWidth(), phone ? Math.round(this.scroll.clientWidth * 0.45) : 600);
      if (asked) return asked;
      this.widths = this.widths || new Map();
      if (!this.widths.has(id)) this.widths.set(id, this.html.get(id)?.width || this.guess(id));
      // room for mean ± std
      const least = this.store.groups.length && this.meta(id).numeric && !id.endsWith(":spark") ? 132 : 64;
      return Math.max(least, Math.min(260, this.widths.get(id) + (phone ? 12 : 0)));
    }

    nameWidth() {
      // widths are rounded up
      const own = (this.html.get(NAME)?.width || 256) - SG.GridView.PICK_WIDTH - this.html.size;
      return Math.max(168, own + (this.store.nested ? 34 : 0), this.nestedWidth(), this.store.groups.length ? 240 : 0);
    }

    /** Room for the names of nested runs, which stand in by a level. */
    nestedWidth() {
      if (!this.store.nested) return 0;
      if (!this.longest) {
        const rows = Array.from({ length: Math.min(60, this.store.n) }, (_, row) => this.store.name(row).length);
        this.longest = Math.min(MAX_NAME, Math.max(...rows));
      }
      return Math.round(72 + this.longest * 7.6);
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

    sortOf(id) {
      const at = this.state.sort.findIndex((key) => key.id === id);
      return at < 0 ? null : { down: this.state.sort[at].down, place: this.state.sort.length > 1 ? at + 1 : 0 };
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

    togglePin(id) {
      const { pin } = this.state;
      return this.change({ pin: pin.includes(id) ? pin.filter((one) => one !== id) : [...pin, id] });
    }

    /** Show these columns in this order; null for the standard ones. */
    setColumns(order) {
      const same = !order || (order.length === this.standard.length && order.every((id, i) => id === this.standard[i]));
      return this.change({ cols: same ? null : order });
    }

    onMenu(id, anchor) {
      SG.menu(anchor, "Column " + this.look(id).label, SG.tableMenus.columnItems(this, id), this.table);
    }
  }

  return TableColumns;
})();
