// Metric curves, live: uPlot on the thinned histories of runs. Loaded by charts.js when a figure goes live.
"use strict";

SG.curves = (function () {
  const UPLOT = "vendor/uplot-1.6.32/";
  const DASH = [6, 4];

  // ---- Data ----

  /** The series of a figure: `{run, metric, label, slot, dash, curve}` for each run and metric that has a curve. */
  async function seriesOf(figure) {
    const ids = figure.dataset.runs.split(" ").filter(Boolean);
    const metrics = figure.dataset.metrics ? JSON.parse(figure.dataset.metrics) : [figure.dataset.metric];
    const runs = (await Promise.all(ids.map(SG.run))).filter(Boolean);
    const found = runs.flatMap((run) => metrics.map((metric) => oneSeries(run, metric))).filter(Boolean);
    return figure.dataset.groups ? grouped(found, JSON.parse(figure.dataset.groups)) : label(found, ids, metrics);
  }

  /** One series for each group `[label, colour, run ids]`: the mean of its runs, with a band around it. */
  function grouped(series, groups) {
    return groups.map(function ([name, slot, ids]) {
      const members = series.filter((one) => ids.includes(one.run.id));
      return { members, label: name, slot, dash: undefined, run: null, metric: members.length ? members[0].metric : "" };
    }).filter((group) => group.members.length > 1);
  }

  function oneSeries(run, metric) {
    const coded = run.curves.find((curve) => curve.k === metric);
    return coded && { run, metric, curve: SG.curve(coded), thinned: coded.of > coded.n };
  }

  /** Names and colours: of runs where there are several, else of metrics. */
  function label(series, ids, metrics) {
    const byRun = ids.length > 1 || metrics.length === 1;
    const colours = SG.colours(byRun ? ids : metrics);
    series.forEach(function (one, i) {
      one.label = ids.length > 1 && metrics.length > 1 ? one.run.name + " · " + one.metric : byRun ? one.run.name : one.metric;
      one.slot = colours.get(byRun ? one.run.id : one.metric);
      one.dash = i >= 8 || (ids.length > 1 && one.metric !== metrics[0]) ? DASH : undefined;
    });
    return series;
  }

  /** The horizontal values of a curve: steps, seconds since its first point, or seconds since 1970. */
  function horizontal(curve, kind) {
    if (kind === "step") return curve.x;
    const start = kind === "relative" ? curve.t[0] : 0;
    return curve.t.map((t) => (t - start) / 1000);
  }

  /** Points in order of x, the last of those with the same x; uPlot wants x to grow. */
  function ordered(xs, ys) {
    const order = xs.map((_, i) => i).sort((a, b) => xs[a] - xs[b] || a - b);
    const kept = order.filter((at, i) => i === order.length - 1 || xs[at] !== xs[order[i + 1]]);
    return [kept.map((at) => xs[at]), kept.map((at) => ys[at])];
  }

  /** De-biased exponential moving average, weighted by distance: `weight` holds over a mean step; null stays a gap. */
  function smoothed(xs, ys, weight) {
    const mean = (xs[xs.length - 1] - xs[0]) / Math.max(1, xs.length - 1) || 1;
    let sum = 0, total = 0, last = xs[0];
    return ys.map(function (y, i) {
      if (y === null) return null;
      const keep = Math.pow(weight, (xs[i] - last) / mean);
      sum = sum * keep + y;
      total = total * keep + 1;
      last = xs[i];
      return sum / total;
    });
  }

  /** What is drawn: aligned data for uPlot, and how many values a log axis cannot show. */
  function prepare(series, options) {
    let dropped = 0;
    const tables = [];
    for (const one of series) {
      if (one.members) {
        tables.push(...bandTables(one, options));
        continue;
      }
      const [xs, raw] = ordered(horizontal(one.curve, options.x), one.curve.y);
      const ys = options.log ? raw.map((y) => (y !== null && y <= 0 ? (dropped++, null) : y)) : raw;
      tables.push([xs, ys]);
      if (options.smooth) tables.push([xs, smoothed(xs, ys, options.smooth)]);
    }
    return { data: tables.length ? uPlot.join(tables, tables.map((table) => table.map(() => 1))) : [[]], dropped };
  }

  /** Mean, lower and upper edge of a group; on a log axis an edge that is not above 0 lies on the lowest that is. */
  function bandTables(group, options) {
    const found = SG.bands.band(group.members.map((one) => [Array.from(horizontal(one.curve, options.x)), Array.from(one.curve.y)]));
    if (!found) return [[[], []], [[], []], [[], []]];
    const smooth = (ys) => (options.smooth ? smoothed(found.xs, ys, options.smooth) : ys);
    const floor = options.log ? Math.min(...found.low.filter((y) => y > 0)) : -Infinity;
    const lifted = (y) => (!options.log || y === null || y > 0 ? y : Number.isFinite(floor) ? floor : null);
    return [smooth(found.mean).map((y) => (options.log && y <= 0 ? null : y)), smooth(found.low).map(lifted), smooth(found.high).map(lifted)]
      .map((ys) => [found.xs, ys]);
  }

  /** How many of the drawing's lines belong to one series. */
  const linesOf = (one, options) => (one.members ? 3 : options.smooth ? 2 : 1);

  // ---- Drawing ----

  const UNITS = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];

  function seconds(value) {
    const [size, unit] = UNITS.find(([size]) => Math.abs(value) >= size) || [1, "s"];
    return SG.number(value / size) + " " + unit;
  }

  function axes(options) {
    const stroke = SG.token("muted") || "#57616c";
    const line = { stroke: SG.token("line") || "#d8dde4", width: 1 };
    const common = { stroke, grid: line, ticks: line, font: "12px system-ui, sans-serif" };
    const names = { step: "Step", relative: "Time since start", time: "Time (UTC)" };
    const x = { ...common, label: names[options.x], labelFont: common.font, labelSize: 18, size: 34 };
    if (options.x === "step") x.values = (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? SG.number(tick) : ""));
    if (options.x === "relative") x.values = (_, ticks) => ticks.map(seconds);
    return [x, { ...common, size: 62, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : SG.number(tick))) }];
  }

  function lines(series, options, shown) {
    const out = [{}];
    series.forEach(function (one, i) {
      const stroke = SG.token("c" + one.slot) || "#0062d2";
      if (one.members) {
        out.push({ stroke, width: 1.75, show: shown[i], points: { show: false }, spanGaps: false }, edge(shown[i]), edge(shown[i]));
        return;
      }
      const points = { show: one.curve.x.length === 1, size: 6 };
      const base = { stroke, width: 1.5, dash: one.dash, show: shown[i], points, spanGaps: false };
      if (options.smooth) out.push({ ...base, alpha: 0.25, width: 1 });
      out.push(base);
    });
    return out;
  }

  const edge = (show) => ({ stroke: "transparent", width: 0, show, points: { show: false }, spanGaps: false });

  /** What is shaded: between the edges of each group's band. */
  function bands(series) {
    return series.flatMap((one, i) => (one.members ? [{ series: [i * 3 + 3, i * 3 + 2], fill: shade("c" + one.slot) }] : []));
  }

  /** A token's colour at the strength of a band. */
  function shade(token) {
    const hex = (SG.token(token) || "#0062d2").trim();
    return /^#[0-9a-f]{6}$/i.test(hex) ? hex + "38" : "rgba(128, 128, 128, .22)";
  }

  function settings(view) {
    const { state, series, shown } = view;
    return {
      width: Math.max(200, state.plot.clientWidth),
      height: Math.max(140, state.plot.clientHeight),
      legend: { show: false },
      padding: [8, 8, 0, 0],
      scales: { x: { time: state.options.x === "time" }, y: { distr: state.options.log ? 3 : 1, range: yRange(state.options.log) } },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: { points: { size: 6 }, focus: { prox: 24 } },
      axes: axes(state.options),
      series: lines(series, state.options, shown),
      bands: bands(series),
      hooks: { setCursor: [(plot) => readOut(view, plot)] },
    };
  }

  /** A flat or empty curve still gets an axis; a log axis is left to uPlot. */
  function yRange(log) {
    return function (plot, low, high) {
      if (low === null) return log ? [0.1, 10] : [0, 1];
      return log ? uPlot.rangeLog(low, high, 10, true) : uPlot.rangeNum(low, high, 0.05, true);
    };
  }

  /** The values under the pointer, in the legend. */
  function readOut(view, plot) {
    const at = plot.cursor.idx;
    view.keys.forEach(function (key, i) {
      const each = linesOf(view.series[i], view.state.options);
      const place = view.series[i].members ? i * each + 1 : (i + 1) * each;
      const value = at === null || at === undefined ? undefined : plot.data[place][at];
      key.value.textContent = value === null || value === undefined ? "" : SG.number(value);
    });
  }

  function legendKey(view, one, i) {
    const value = SG.el("span", { class: "value" });
    const button = SG.el("button", { type: "button", class: "key c" + one.slot, "aria-pressed": String(view.shown[i]), "data-run": one.run ? one.run.id : null },
      SG.el("span", { class: one.dash ? "swatch dashed" : "swatch", "aria-hidden": "true" }), SG.el("span", { class: "name", text: one.label }), value);
    button.addEventListener("click", function () {
      view.shown[i] = !view.shown[i];
      button.setAttribute("aria-pressed", String(view.shown[i]));
      render(view);
    });
    return { button, value };
  }

  function render(view) {
    view.plot?.destroy();
    const { data, dropped } = prepare(view.series, view.state.options);
    view.state.plot.replaceChildren();
    view.plot = new uPlot(settings(view), data, view.state.plot);
    view.dropped = dropped;
    tell(view);
  }

  function tell(view) {
    const said = [];
    if (!view.series.length) said.push("No run here has logged this metric more than once.");
    if (view.dropped) said.push(view.dropped + (view.dropped === 1 ? " value is" : " values are") + " not above 0 and not on the log axis.");
    SG.charts.note(view.state, said.join(" "));
  }

  /** The points as rows of a CSV file; thinned histories say so in their last column. */
  function rows(view) {
    const out = [["run_id", "run", "metric", "step", "time", "value", "thinned"]];
    for (const { run, metric, curve, thinned } of view.series.flatMap((one) => one.members || [one])) {
      curve.y.forEach((y, i) => out.push([run.id, run.name, metric, curve.x[i], new Date(curve.t[i]).toISOString(), y, thinned ? "yes" : "no"]));
    }
    return out;
  }

  /** Draw the figure of `state` (see charts.js); gives `{update, reset, theme, rows, destroy}`. */
  async function draw(state) {
    await Promise.all([SG.asset(UPLOT + "uPlot.iife.min.js"), SG.asset(UPLOT + "uPlot.min.css"), state.figure.dataset.groups ? SG.asset("js/bands.js") : null]);
    const series = await seriesOf(state.figure);
    const view = { state, series, shown: series.map(() => true), plot: null, dropped: 0 };
    view.keys = series.map((one, i) => legendKey(view, one, i));
    SG.charts.legend(state).replaceChildren(...view.keys.map((key) => key.button));
    render(view);
    const resize = new ResizeObserver(() => fit(view));
    resize.observe(state.plot);
    return {
      update: () => render(view),
      theme: () => render(view),
      reset: () => view.plot.setData(view.plot.data),
      rows: () => rows(view),
      destroy: () => (resize.disconnect(), view.plot.destroy()),
    };
  }

  function fit(view) {
    const width = Math.max(200, view.state.plot.clientWidth);
    if (Math.abs(width - view.plot.width) > 1) view.plot.setSize({ width, height: view.plot.height });
  }

  return { draw, smoothed };
})();
