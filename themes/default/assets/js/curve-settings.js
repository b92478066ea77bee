// needs: curve-axes.js, curve-data.js, curve-ends.js, curve-ticks.js, decode.js
//
// The settings of uPlot for a figure of curves: lines, grounds of bands, marks at the edge, ranges. Loaded by
// curves.js.
"use strict";

SG.curveSettings = (function () {
  const MARK = 8;

  function lines(view) {
    const {
      series,
      shown,
      state: { options },
    } = view;
    const out = [{}];
    const line = (slot, rest) => ({
      stroke: SG.token("c" + slot) || "#0062d2",
      width: 1.75,
      spanGaps: false,
      points: { show: false },
      ...rest,
    });
    if (view.bands)
      view.bands.forEach(function (band, i) {
        const edge = line(band.slot, { width: 0, show: shown[i] });
        out.push(line(band.slot, { width: 2, show: shown[i], dash: band.dash }), edge, { ...edge });
      });
    else
      for (const one of series) {
        const points = { show: one.curve.x.length === 1, size: 6 };
        // uPlot takes dashes in pixels of the canvas.
        const dash = one.dash?.map((length) => length * (window.devicePixelRatio || 1));
        const base = line(one.slot, {
          dash,
          show: SG.curveEnds.isShown(view, one),
          points,
          alpha: one.faint ? 0.35 : 1,
        });
        if (options.smooth) out.push({ ...base, alpha: 0.25, width: 1 });
        out.push(base);
      }
    return out;
  }

  /** The grounds between the lower and the upper lines of groups. */
  function grounds(view) {
    return (view.bands || []).map(function (band, i) {
      const colour = SG.token("c" + band.slot) || "#0062d2";
      return { series: [3 * i + 3, 3 * i + 2], fill: colour.length === 7 ? colour + "33" : colour };
    });
  }

  /** Triangles at the upper and lower edge for infinities and for values that lie beyond the range. */
  function markBeyond(view, plot) {
    if (view.bands) return;
    const { ctx, bbox } = plot;
    const { min, max } = plot.scales.y;
    for (const one of view.series.filter((each) => SG.curveEnds.isShown(view, each))) {
      const places = SG.curveData.placed(one, view.axis);
      ctx.fillStyle = SG.token("c" + one.slot) || "#0062d2";
      one.curve.logged.forEach(function (value, i) {
        if (value === null || places[i] === null || (value <= max && value >= min)) return;
        if (places[i] < plot.scales.x.min || places[i] > plot.scales.x.max || (view.state.options.log && value <= 0))
          return;
        triangle(
          ctx,
          plot.valToPos(places[i], "x", true),
          value > max ? bbox.top : bbox.top + bbox.height,
          value > max ? 1 : -1,
        );
      });
    }
  }

  function triangle(ctx, x, y, way) {
    const size = MARK * (window.devicePixelRatio || 1);
    ctx.beginPath();
    ctx.moveTo(x - size / 2, y + way * size);
    ctx.lineTo(x + size / 2, y + way * size);
    ctx.lineTo(x, y);
    ctx.fill();
  }

  const isNumber = (value) => typeof value === "number" && Number.isFinite(value);

  /**
   * The range that a few extreme values must not stretch, unless the reader asked for all or for a range of their own.
   */
  function limitsOf(view) {
    const { options } = view.state;
    if (options.outliers) return SG.curveData.withoutOutliers(view.series);
    if (options.all || options.log || isNumber(options.yMin) || isNumber(options.yMax)) return null;
    return SG.curveData.robustRange(view.series);
  }

  /** A flat or empty curve still gets an axis; what the reader fixed holds where the axis can show it. */
  function yRange(view) {
    const { log, yMin, yMax } = view.state.options;
    const middle = view.limits;
    return function (plot, low, high) {
      if (low === null) return log ? [0.1, 10] : [0, 1];
      if (middle && (!log || middle[0] > 0)) [low, high] = [Math.max(low, middle[0]), Math.min(high, middle[1])];
      if (log) return fixed(uPlot.rangeLog(low, high, 10, true), yMin, yMax, log);
      view.nice = SG.curveTicks.nice(low, high, 4, { widen: true });
      return fixed(view.nice.range, yMin, yMax, log);
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

  function settings(view) {
    const { state, axis } = view;
    const { options } = state;
    const ends = SG.curveEnds.endsOf(view);
    if (ends.length > 1 && SG.curveEnds.isPlain(ends[0].one.slot)) state.figure.dataset.named = "";
    return {
      width: Math.max(200, state.plot.clientWidth),
      height: Math.max(140, state.plot.clientHeight),
      legend: { show: false },
      padding: [12, SG.curveEnds.roomFor(ends), 0, 0],
      scales: {
        x: { time: axis.dates, distr: options.logX ? 3 : 1, range: xRange(options) },
        y: { distr: options.log ? 3 : 1, range: yRange(view) },
      },
      bands: grounds(view),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      // Curves over the same kind of axis share a cross-hair.
      cursor: { points: { size: 6 }, focus: { prox: 24 }, sync: { key: "sg-" + axis.kind, scales: ["x", null] } },
      axes: SG.curveAxes.settings(view),
      series: lines(view),
      hooks: {
        setCursor: [(plot) => view.readOut(plot)],
        draw: [(plot) => markBeyond(view, plot), (plot) => SG.curveEnds.writeTexts(view, plot, ends)],
      },
    };
  }

  return { settings, limitsOf, fixed, isNumber };
})();
