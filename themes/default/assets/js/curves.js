// Metric curves, live: uPlot on the thinned histories of runs. Loaded by charts.js when a figure goes live.
"use strict";

SG.curves = (function () {
  const UPLOT = "vendor/uplot-1.6.32/";
  const DASH = [6, 4];

  // ---- Data ----

  /** The series of a figure: `{run, metric, label, slot, dash, curve}` for each run and metric that has a curve. */
  async function seriesOf(figure, colourOf) {
    const ids = figure.dataset.runs.split(" ").filter(Boolean);
    const metrics = figure.dataset.metrics ? JSON.parse(figure.dataset.metrics) : [figure.dataset.metric];
    const runs = (await Promise.all(ids.map(SG.run))).filter(Boolean);
    const found = runs.flatMap((run) => metrics.map((metric) => oneSeries(run, metric))).filter(Boolean);
    return label(found, ids, metrics, colourOf);
  }

  function oneSeries(run, metric) {
    const coded = run.curves.find((curve) => curve.k === metric);
    return coded && { run, metric, curve: SG.curve(coded), thinned: coded.of > coded.n };
  }

  /** Names and colours: of runs where there are several, else of metrics. */
  function label(series, ids, metrics, colourOf) {
    const byRun = ids.length > 1 || metrics.length === 1;
    const colours = byRun && colourOf ? new Map(ids.map((id) => [id, colourOf(id)])) : SG.colours(byRun ? ids : metrics);
    const names = series.map((one) => one.run.name);
    const isTwice = (name) => metrics.length === 1 && names.indexOf(name) !== names.lastIndexOf(name);
    const seen = new Set();
    series.forEach(function (one, i) {
      one.label = ids.length > 1 && metrics.length > 1 ? one.run.name + " · " + one.metric : byRun ? one.run.name : one.metric;
      if (isTwice(one.run.name)) one.label += " · " + one.run.id.slice(0, 8);
      one.slot = colours.get(byRun ? one.run.id : one.metric);
      // Dashes tell metrics apart where there are several, else runs of the same colour.
      one.dash = (ids.length > 1 && metrics.length > 1 ? one.metric !== metrics[0] : i >= 8 || seen.has(one.slot)) ? DASH : undefined;
      seen.add(one.slot);
    });
    return series;
  }

  /** The horizontal values of a curve: steps, seconds since its first point or since 1970, or another metric's values. */
  function horizontal(one, kind) {
    const curve = one.curve;
    if (kind === "step") return curve.x;
    if (kind.startsWith("metric:")) return alongMetric(one, kind.slice(7));
    const start = kind === "relative" ? curve.t[0] : 0;
    return curve.t.map((t) => (t - start) / 1000);
  }

  /** The values of the run's metric `key` at the steps of the curve, between its own points on a straight line. */
  function alongMetric(one, key) {
    const coded = one.run.curves.find((curve) => curve.k === key);
    if (!coded) return one.curve.x.map(() => null);
    const other = SG.curve(coded);
    const at = other.x.map((_, i) => i).filter((i) => other.y[i] !== null);
    const [xs, ys] = [at.map((i) => other.x[i]), at.map((i) => other.y[i])];
    return one.curve.x.map((step) => valueAt(xs, ys, step));
  }

  /** The value at `x` of the line through points with growing `xs`; null outside of them. */
  function valueAt(xs, ys, x) {
    if (!xs.length || x < xs[0] || x > xs[xs.length - 1]) return null;
    let low = 0, high = xs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= x) low = middle;
      else high = middle;
    }
    if (xs[high] === xs[low] || xs[high] === x) return ys[xs[high] === x ? high : low];
    return ys[low] + ((ys[high] - ys[low]) * (x - xs[low])) / (xs[high] - xs[low]);
  }

  /** Points in order of x, the last of those with the same x; uPlot wants x to grow. */
  function ordered(xs, ys) {
    const order = xs.map((_, i) => i).filter((i) => xs[i] !== null).sort((a, b) => xs[a] - xs[b] || a - b);
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
  function prepare(view) {
    const { series, bands, state: { options } } = view;
    let dropped = 0;
    const above = (list, log) => (log ? list.map((value) => (value !== null && value <= 0 ? (dropped++, null) : value)) : list);
    const tables = [];
    for (const one of series) {
      const [xs, raw] = ordered(above(horizontal(one, options.x), options.logX), one.curve.y);
      const ys = above(raw, options.log);
      one.xs = xs;
      one.ys = options.smooth ? smoothed(xs, ys, options.smooth) : ys;
      if (bands) continue;
      tables.push([xs, ys]);
      if (options.smooth) tables.push([xs, one.ys]);
    }
    for (const band of bands || []) tables.push(bandTable(band, series, options));
    return { data: tables.length ? uPlot.join(tables, tables.map((table) => table.map(() => 1))) : [[]], dropped };
  }

  /** A group of runs as three lines: the mean, and the mean less and plus the standard deviation; of a lone run its own. */
  function bandTable(band, series, options) {
    const members = series.filter((one) => band.ids.has(one.run.id) && one.xs.length);
    if (members.length === 1) return [members[0].xs, members[0].ys, members[0].xs.map(() => null), members[0].xs.map(() => null)];
    const found = SG.bands.band(members.map((one) => [one.xs, one.ys]));
    if (!found) return [[], [], [], []];
    // On a log axis an edge that is not above 0 lies on the lowest that is.
    const floor = options.log ? Math.min(...found.low.filter((y) => y > 0)) : -Infinity;
    const lifted = (y) => (!options.log || y === null || y > 0 ? y : Number.isFinite(floor) ? floor : null);
    return [found.xs, found.mean.map((y) => (options.log && y <= 0 ? null : y)), found.low.map(lifted), found.high.map(lifted)];
  }

  /** The range that the middle nine tenths of all values need, and half as much on both sides; null when there are few. */
  function withoutOutliers(series) {
    const values = series.flatMap((one) => one.curve.y.filter((y) => y !== null)).sort((a, b) => a - b);
    const at = (share) => values[Math.round(share * (values.length - 1))];
    const span = at(0.95) - at(0.05);
    if (values.length < 20 || !span) return null;
    return [Math.max(values[0], at(0.05) - span / 2), Math.min(values[values.length - 1], at(0.95) + span / 2)];
  }

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
    const x = { ...common, label: names[options.x] || options.x.slice(7), labelFont: common.font, labelSize: 18, size: 34 };
    if (options.x === "step") x.values = (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? SG.number(tick) : ""));
    if (options.x.startsWith("metric:") || options.logX) x.values = (_, ticks) => ticks.map((tick) => (tick === null ? "" : SG.number(tick)));
    else if (options.x === "relative") x.values = (_, ticks) => ticks.map(seconds);
    return [x, { ...common, size: 62, values: (_, ticks) => ticks.map((tick) => (tick === null ? "" : SG.number(tick))) }];
  }

  function lines(view) {
    const { series, shown, state: { options } } = view;
    const out = [{}];
    const line = (slot, rest) => ({ stroke: SG.token("c" + slot) || "#0062d2", width: 1.5, spanGaps: false, points: { show: false }, ...rest });
    if (view.bands) view.bands.forEach(function (band, i) {
      const edge = line(band.slot, { width: 0, show: shown[i] });
      out.push(line(band.slot, { width: 2, show: shown[i], dash: band.dash }), edge, { ...edge });
    });
    else series.forEach(function (one, i) {
      const base = line(one.slot, { dash: one.dash, show: shown[i], points: { show: one.curve.x.length === 1, size: 6 } });
      if (options.smooth) out.push({ ...base, alpha: 0.25, width: 1 });
      out.push(base);
    });
    return out;
  }

  /** The grounds between the lower and the upper lines of groups. */
  function grounds(view) {
    return (view.bands || []).map(function (band, i) {
      const colour = SG.token("c" + band.slot) || "#0062d2";
      return { series: [3 * i + 3, 3 * i + 2], fill: colour.length === 7 ? colour + "33" : colour };
    });
  }

  function settings(view) {
    const { state, series } = view;
    const { options } = state;
    const middle = options.outliers ? withoutOutliers(series) : null;
    return {
      width: Math.max(200, state.plot.clientWidth),
      height: Math.max(140, state.plot.clientHeight),
      legend: { show: false },
      padding: [8, 8, 0, 0],
      scales: {
        x: { time: options.x === "time", distr: options.logX ? 3 : 1, range: xRange(options) },
        y: { distr: options.log ? 3 : 1, range: yRange(options, middle) },
      },
      bands: grounds(view),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: { points: { size: 6 }, focus: { prox: 24 } },
      axes: axes(options),
      series: lines(view),
      hooks: { setCursor: [(plot) => readOut(view, plot)] },
    };
  }

  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

  /** A flat or empty curve still gets an axis; what the reader fixed holds where the axis can show it. */
  function yRange(options, middle) {
    const { log, yMin, yMax } = options;
    return function (plot, low, high) {
      if (low === null) return log ? [0.1, 10] : [0, 1];
      if (middle && (!log || middle[0] > 0)) [low, high] = middle;
      return fixed(log ? uPlot.rangeLog(low, high, 10, true) : uPlot.rangeNum(low, high, 0.05, true), yMin, yMax, log);
    };
  }

  function fixed([low, high], from, to, log) {
    const start = isNumber(from) && (!log || from > 0) ? from : low;
    const end = isNumber(to) && (!log || to > 0) ? to : high;
    return start < end ? [start, end] : [low, high];
  }

  function xRange(options) {
    return function (plot, low, high) {
      if (low === null) return options.logX ? [1, 10] : [0, 1];
      if (low === high) return options.logX ? uPlot.rangeLog(low, high, 10, true) : [low - 0.5, high + 0.5];
      return [low, high];
    };
  }

  /** The values under the pointer, in the legend. */
  function readOut(view, plot) {
    const at = plot.cursor.idx;
    const each = view.bands ? 3 : view.state.options.smooth ? 2 : 1;
    view.keys.forEach(function (key, i) {
      const value = at === null || at === undefined ? undefined : plot.data[view.bands ? each * i + 1 : (i + 1) * each]?.[at];
      key.value.textContent = value === null || value === undefined ? "" : SG.number(value);
    });
  }

  function legendKey(view, one, i) {
    const value = SG.el("span", { class: "value" });
    const button = SG.el("button", { type: "button", class: "key c" + one.slot, "aria-pressed": String(view.shown[i]), "data-run": one.run?.id },
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
    const { data, dropped } = prepare(view);
    view.state.plot.replaceChildren();
    view.plot = new uPlot(settings(view), data, view.state.plot);
    const { xMin, xMax, logX } = view.state.options;
    if (isNumber(xMin) || isNumber(xMax)) {
      const { min, max } = view.plot.scales.x;
      const [from, to] = fixed([min, max], xMin, xMax, logX);
      view.plot.setScale("x", { min: from, max: to });
    }
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
    for (const { run, metric, curve, thinned } of view.series) {
      curve.y.forEach((y, i) => out.push([run.id, run.name, metric, curve.x[i], new Date(curve.t[i]).toISOString(), y, thinned ? "yes" : "no"]));
    }
    return out;
  }

  /** The groups that a finished figure shows instead of its runs: `data-groups`, a list of `[label, colour, run ids]`. */
  function groupsOf(figure) {
    const groups = JSON.parse(figure.dataset.groups || "[]");
    return groups.length ? groups.map(([label, slot, ids]) => ({ label, slot, ids: new Set(ids), dash: undefined })) : null;
  }

  /** The series and their legend, read anew: the runs of the figure may have changed. */
  async function fill(view) {
    const { state } = view;
    const series = await seriesOf(state.figure, state.colourOf);
    view.series = series;
    view.bands = state.bands?.length ? state.bands : groupsOf(state.figure);
    if (view.bands) await SG.asset("js/bands.js");
    const listed = view.bands || series;
    view.shown = listed.map(() => true);
    view.keys = listed.map((one, i) => legendKey(view, one, i));
    SG.charts.legend(state).replaceChildren(...view.keys.map((key) => key.button));
  }

  /** Draw the figure of `state` (see charts.js); gives `{update, reset, theme, rows, destroy}`. */
  async function draw(state) {
    await Promise.all([SG.asset(UPLOT + "uPlot.iife.min.js"), SG.asset(UPLOT + "uPlot.min.css")]);
    const view = { state, series: [], shown: [], bands: null, plot: null, dropped: 0 };
    await fill(view);
    render(view);
    const resize = new ResizeObserver(() => fit(view));
    resize.observe(state.plot);
    return {
      update: () => render(view),
      refresh: async () => (await fill(view), render(view)),
      theme: () => render(view),
      reset: () => view.plot.setData(view.plot.data),
      rows: () => rows(view),
      vegaRows: () => view.series.flatMap((one) => one.xs.map((x, i) => ({ x, y: one.ys[i], label: one.label }))),
      colours: () => view.series.map((one) => [one.label, one.slot]),
      destroy: () => (resize.disconnect(), view.plot.destroy()),
    };
  }

  function fit(view) {
    const width = Math.max(200, view.state.plot.clientWidth);
    if (Math.abs(width - view.plot.width) > 1) view.plot.setSize({ width, height: view.plot.height });
  }

  return { draw, smoothed };
})();
