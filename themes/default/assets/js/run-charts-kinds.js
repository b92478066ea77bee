// needs: run-charts-data.js, sitegen.js
//
// The kinds of charts over runs, read from data/chart-kinds.js: rows of the registry in sitegen/charts/kinds.py.
"use strict";

SG.runChartsKinds = (function () {
  let kinds = new Map();

  /** Load the registry; the other functions ask for it to be there. */
  async function load() {
    kinds = new Map((await SG.load("chart-kinds")).map((one) => [one.kind, one]));
  }

  const get = (kind) => kinds.get(kind);
  const all = () => Array.from(kinds.values());
  const withLetter = (letter) => all().find((one) => one.letter === letter);

  /** The columns of a chart, in the order of its fields. */
  const columnsOf = (chart) => (chart.axes || [chart.x, chart.y, chart.z]).filter(Boolean);

  /** `template` with what the columns of `chart` are called: `{y} against {x}`. */
  function filled(template, chart) {
    const { title } = SG.runChartsData;
    return template.replace(/\{(\w+)\}/g, (_, name) =>
      name === "columns" ? columnsOf(chart).map(title).join(", ") : chart[name] ? title(chart[name]) : "",
    );
  }

  const title = (chart) => filled(get(chart.kind).title, chart);

  /** What stands below the title: the kind, or what the colours say. */
  const subtitle = (chart) =>
    get(chart.kind).axes.z && !get(chart.kind).needs.z
      ? "coloured by " + SG.runChartsData.title(chart.z)
      : get(chart.kind).label;

  /** The titles of the axes: `{x, y, z}` of those that have one. */
  const axisTitles = (chart) =>
    Object.fromEntries(Object.entries(get(chart.kind).axes).map(([axis, text]) => [axis, filled(text, chart)]));

  /** Whether a reader has chosen all that the kind needs. */
  function isWhole(chart) {
    return Object.entries(get(chart.kind).needs).every(([name, column]) =>
      column === "axes" ? chart.axes.length > 1 : column.endsWith("?") || chart[name],
    );
  }

  return { load, get, all, withLetter, columnsOf, title, subtitle, axisTitles, isWhole };
})();
