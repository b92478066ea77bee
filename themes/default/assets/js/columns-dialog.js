// needs: columns.js, sitegen.js; later: table-menus.js
//
// The dialog that chooses, orders and pins the columns of a runs table, and groups its rows. What is chosen shows at
// once.
"use strict";

SG.columnsDialog = (function () {
  const GROUPS = [
    ["run", "Run"],
    ["metric", "Metrics"],
    ["param", "Params"],
    ["tag", "Tags"],
  ];
  const REDUCERS = ["last", "min", "max", "first", "mean", "count", "spark"];

  class ColumnsDialog {
    constructor(table) {
      this.table = table;
      this.search = SG.el("input", {
        type: "search",
        placeholder: "Find a column",
        "aria-label": "Find a column",
        oninput: () => this.drawAll(),
      });
      this.all = SG.el("div", { class: "fields" });
      this.order = SG.el("ol", { class: "column-order", "aria-label": "Columns shown, in order" });
      const button = (text, work) => SG.el("button", { type: "button", class: "button", text, onclick: work });
      this.dialog = SG.el(
        "dialog",
        { class: "choose-columns", "aria-label": "Columns" },
        SG.el("div", { class: "column-head" }, SG.el("h2", { text: "Columns" }), this.search, this.grouping()),
        SG.el(
          "div",
          { class: "column-parts" },
          this.all,
          SG.el("div", { class: "column-shown" }, SG.el("h3", { text: "Shown, in this order" }), this.order),
        ),
        SG.el(
          "p",
          { class: "dialog-actions" },
          button("Reset", () => (this.dialog.close(), table.change({ cols: null, pin: [], wide: new Map() }))),
          button("Done", () => this.dialog.close()),
        ),
      );
      this.all.addEventListener("change", (event) => this.onTick(event.target));
      this.dialog.addEventListener("close", () => this.dialog.remove());
      this.draw();
      document.body.append(this.dialog);
      this.dialog.showModal();
    }

    /** By what rows are grouped: a param, a tag, or a fact of the run that others may share. */
    grouping() {
      const { table } = this;
      const fields = table.store.columns.list.filter(
        ({ group, name }) =>
          group === "param" || group === "tag" || (group === "run" && ["status", "user", "source"].includes(name)),
      );
      const sets = GROUPS.map(([group, title]) => [title, fields.filter((column) => column.group === group)]);
      const option = (column) => SG.el("option", { value: column.id, text: table.look(column.id).label });
      const select = SG.el(
        "select",
        { "aria-label": "Group rows by", onchange: () => table.change({ group: select.value, open: [] }) },
        SG.el("option", { value: "", text: "No groups" }),
        ...sets
          .filter(([, found]) => found.length)
          .map(([label, found]) => SG.el("optgroup", { label }, ...found.map(option))),
      );
      select.value = table.state.group;
      return SG.el("label", { class: "runs-group" }, SG.el("span", { class: "muted", text: "Group rows by" }), select);
    }

    get shown() {
      return this.table.columns().map((column) => column.id);
    }

    draw() {
      this.drawAll();
      this.drawOrder();
    }

    // -- All columns --

    drawAll() {
      const word = this.search.value.trim().toLowerCase();
      const list = this.table.store.columns.list.filter(
        (column) =>
          column.id !== "run:name" && (column.name + " " + (column.reducer || "")).toLowerCase().includes(word),
      );
      const sets = GROUPS.map(([group, title]) =>
        this.fieldset(
          title,
          list.filter((column) => column.group === group),
          group,
        ),
      ).filter(Boolean);
      this.all.replaceChildren(
        ...(sets.length ? sets : [SG.el("p", { class: "muted none", text: "No column has this in its name." })]),
      );
    }

    fieldset(title, columns, group) {
      if (!columns.length) return null;
      const lines =
        group === "metric"
          ? this.metrics(columns)
          : columns.map((column) =>
              SG.el("div", { class: "column-line" }, this.tick(column, this.table.look(column.id).label)),
            );
      return SG.el("fieldset", null, SG.el("legend", { text: title }), ...lines);
    }

    /** A line a metric: its last value, and beside it what else there is of it. */
    metrics(columns) {
      const byName = new Map();
      for (const column of columns) byName.set(column.name, [...(byName.get(column.name) || []), column]);
      return Array.from(byName, ([name, found]) => {
        found.sort((a, b) => REDUCERS.indexOf(a.reducer) - REDUCERS.indexOf(b.reducer));
        const last = found.find((column) => column.reducer === "last");
        const others = found.filter((column) => column !== last);
        return SG.el(
          "div",
          { class: "column-line" },
          last ? this.tick(last, name) : SG.el("span", { text: name }),
          others.length
            ? SG.el(
                "span",
                { class: "column-reducers" },
                ...others.map((column) => this.tick(column, SG.columns.SAID[column.reducer] || column.reducer, name)),
              )
            : null,
        );
      });
    }

    tick(column, label, of) {
      const box = SG.el("input", { type: "checkbox", value: column.id, "aria-label": of ? of + ", " + label : null });
      box.checked = this.shown.includes(column.id);
      return SG.el("label", null, box, SG.el("span", { text: label }));
    }

    async onTick(box) {
      if (box.type !== "checkbox") return;
      const shown = this.shown;
      await this.table.setColumns(box.checked ? [...shown, box.value] : shown.filter((id) => id !== box.value));
      this.drawOrder();
    }

    // -- Those that are shown --

    drawOrder() {
      const columns = this.table.columns();
      this.order.replaceChildren(...columns.map((column, at) => this.orderLine(column, at, columns)));
    }

    orderLine(column, at, columns) {
      const { table } = this;
      const tool = (label, text, work, off, pressed) =>
        SG.el("button", {
          type: "button",
          class: "tool",
          "aria-label": label + " " + column.label,
          title: label,
          text,
          disabled: off,
          "aria-pressed": pressed,
          onclick: () => this.do(work, column.id, label),
        });
      const fixed = at === 0;
      const canGo = (step) =>
        at + step > 0 && at + step < columns.length && columns[at + step].pinned === column.pinned;
      return SG.el(
        "li",
        { "data-id": column.id },
        SG.el("span", { class: "column-name", text: column.label }),
        ...(fixed
          ? []
          : [
              tool("Move up", "↑", () => table.onMove(column.id, -1), !canGo(-1)),
              tool("Move down", "↓", () => table.onMove(column.id, 1), !canGo(1)),
              tool("Pin", "Pin", () => table.togglePin(column.id), false, String(column.pinned)),
              tool(
                "Hide",
                "×",
                () => table.setColumns(columns.map((one) => one.id).filter((id) => id !== column.id)),
                false,
              ),
            ]),
      );
    }

    /** Do it, draw anew, and keep the focus on the same button of the same column. */
    async do(work, id, label) {
      await work();
      this.draw();
      const line = Array.from(this.order.children).find((one) => one.dataset.id === id);
      const button = Array.from(line?.querySelectorAll("button") || []).find(
        (one) => one.title === label && !one.disabled,
      );
      (button || line?.querySelector("button:not(:disabled)") || this.search).focus();
    }
  }

  return (table) => new ColumnsDialog(table);
})();
