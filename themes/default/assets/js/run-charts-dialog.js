// needs: page.js, run-charts-data.js, run-charts-kinds.js, sitegen.js
//
// The dialog in which a reader makes a chart over runs, or changes one of their own.
"use strict";

SG.runChartsDialog = (function () {
  function choice(label, options, value, work) {
    const select = SG.el(
      "select",
      { "aria-label": label },
      ...options.map(([id, text]) => SG.el("option", { value: id, text })),
    );
    select.value = value;
    select.addEventListener("change", () => work(select.value));
    return select;
  }

  function columnChoice(panel, label, value, fitsKind, optional) {
    const groups = [
      ["metric", "Metrics"],
      ["param", "Params"],
      ["run", "Run"],
      ["tag", "Tags"],
    ];
    const fits = (one) => one.reducer !== "spark" && one.name !== "run_id" && one.name !== "parent" && fitsKind(one);
    const select = SG.el(
      "select",
      null,
      optional ? SG.el("option", { value: "", text: "(none)" }) : null,
      ...groups.map(([group, text]) => {
        const list = panel.store.columns.list.filter((one) => one.group === group && fits(one));
        return list.length
          ? SG.el(
              "optgroup",
              { label: text },
              ...list.map((one) => SG.el("option", { value: one.id, text: SG.runChartsData.title(one.id) })),
            )
          : null;
      }),
    );
    if (value) select.value = value;
    return { select, row: SG.el("label", { class: "run-charts-field" }, SG.el("span", { text: label }), select) };
  }

  function open(panel, item) {
    const chart = item ? item.chart : { kind: "trend", x: "", y: "", z: "", axes: [], log: [] };
    const fields = SG.el("div", { class: "fields" });
    let read = () => null;
    const draw = function (kind) {
      const { needs, names } = SG.runChartsKinds.get(kind);
      if (needs.axes) return axisFields(panel, chart, fields, (made) => (read = made));
      const found = Object.entries(needs).map(([name, column]) => [
        name,
        columnChoice(panel, names[name], chart[name], fitting(panel, column), column.endsWith("?")),
      ]);
      fields.replaceChildren(...found.map(([, one]) => one.row));
      read = () => ({
        kind,
        y: "",
        z: "",
        log: kind === chart.kind ? chart.log : [],
        ...Object.fromEntries(found.map(([name, one]) => [name, one.select.value])),
      });
    };
    const kinds = SG.runChartsKinds
      .all()
      .filter(({ kind }) => !(panel.isCompare && kind === "curves"))
      .map((one) => [one.kind, one.label]);
    const kind = choice("Kind of chart", kinds, chart.kind, draw);
    const box = SG.el(
      "dialog",
      { class: "run-charts-dialog", "aria-labelledby": "run-charts-dialog-title" },
      SG.el("h2", { id: "run-charts-dialog-title", text: item ? "Change the chart" : "Add a chart" }),
      SG.el("label", { class: "run-charts-field" }, SG.el("span", { text: "Kind" }), kind),
      fields,
      SG.el(
        "div",
        { class: "dialog-actions" },
        SG.el("button", { type: "button", class: "button", text: "Cancel", onclick: () => box.close() }),
        SG.el("button", {
          type: "button",
          class: "button primary",
          text: item ? "Change" : "Add",
          onclick: () => keep(panel, item, read(), box),
        }),
      ),
    );
    draw(chart.kind);
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  }

  /**
   * Which columns a field of the dialog offers: metrics with histories for curves, any for categories, else numbers.
   */
  function fitting(panel, column) {
    const curved = new Set(
      panel.store.columns.list.filter((one) => one.group === "metric" && one.reducer === "min").map((one) => one.name),
    );
    if (column.startsWith("curve"))
      return (one) => one.group === "metric" && one.reducer === "last" && curved.has(one.name);
    if (column === "any") return () => true;
    return (one) => one.numeric || one.group === "param";
  }

  function axisFields(panel, chart, fields, give) {
    const boxes = panel.store.columns.list
      .filter((one) => one.group === "param" || (one.group === "metric" && one.reducer === "last"))
      .map(function (one) {
        const input = SG.el("input", { type: "checkbox", value: one.id });
        input.checked = (chart.axes || []).includes(one.id);
        return {
          input,
          row: SG.el(
            "label",
            null,
            input,
            SG.runChartsData.title(one.id),
            SG.el("span", { class: "muted", text: one.group === "param" ? " param" : " metric" }),
          ),
        };
      });
    fields.replaceChildren(SG.el("fieldset", null, SG.el("legend", { text: "Axes" }), ...boxes.map((one) => one.row)));
    give(function () {
      const axes = boxes.filter((one) => one.input.checked).map((one) => one.input.value);
      const kept = (chart.axes || []).filter((id) => axes.includes(id));
      const all = [...kept, ...axes.filter((id) => !kept.includes(id))];
      return { kind: "parallel", axes: all, z: all[all.length - 1], log: [] };
    });
  }

  function keep(panel, item, chart, box) {
    const whole = chart && SG.runChartsKinds.isWhole(chart);
    if (!whole) return SG.announce("Choose at least two axes.");
    panel.state.own = item
      ? panel.state.own.map((one) => (one === item.chart ? chart : one))
      : [chart, ...panel.state.own];
    box.close();
    panel.write(true);
    panel.fill();
    panel.body.querySelector(".run-charts-section")?.scrollIntoView({ block: "nearest" });
  }

  return { open, choice };
})();
