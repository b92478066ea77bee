// needs: curve-axes.js, curve-data.js, curve-ends.js, curve-frame.js, curve-ticks.js, decode.js
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
      width: 1.75 * view.scale,
      cap: "round",
      spanGaps: false,
      points: { show: false },
      ...rest,
    });
    if (view.bands)
      view.bands.forEach(function (band, i) {
        const edge = line(band.slot, { width: 0, show: shown[i] });
        out.push(line(band.slot, { show: shown[i], dash: band.dash }), edge, { ...edge });
      });
    else
      for (const one of series) {
        const points = { show: one.curve.x.length === 1, size: 6 };
        // uPlot takes dashes in pixels of the canvas.
        const dash = one.dash?.map((length) => length * view.scale * (window.devicePixelRatio || 1));
        const base = line(one.slot, {
          dash,
          show: SG.curveEnds.isShown(view, one),
          points,
          alpha: one.faint ? 0.35 : 1,
          paths: options.smooth ? undefined : SG.curveFrame.pathsOf(view, one),
        });
        if (options.smooth) out.push({ ...base, alpha: 0.25, width: view.scale });
        out.push(base);
      }
    return out;
  }

  /** The grounds between the lower and the upper lines of groups. */
  function grounds(view) {
    return (view.bands || []).map(function (band, i) {
      const colour = SG.token("c" + band.slot) || "#0062d2";
      return { series: [3 * i + 3, 3 * i + 2], fill: colour.length === 7 ? colour + "38" : colour };
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
          view.scale,
        );
      });
    }
  }

  function triangle(ctx, x, y, way, scale) {
    const size = MARK * scale * (window.devicePixelRatio || 1);
    ctx.beginPath();
    ctx.moveTo(x - size / 2, y);
    ctx.lineTo(x + size / 2, y);
    ctx.lineTo(x, y - (way * size * 7) / 8);
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
      view.up = SG.curveAxes.up(low, high, log);
      return fixed(view.up.range, yMin, yMax, log);
    };
  }

  function fixed([low, high], from, to, log) {
    const start = isNumber(from) && (!log || from > 0) ? from : low;
    const end = isNumber(to) && (!log || to > 0) ? to : high;
    return start < end ? [start, end] : [low, high];
  }

  function xRange({ axis, state: { options } }) {
    return function (plot, low, high) {
      if (low === null) return options.logX ? [1, 10] : [0, 1];
      if (low === high && axis.dates) return [low - 1, high + 1];
      if (low === high) return options.logX ? [low / 2, low * 2] : SG.curveTicks.nice(low, high, 1).range;
      return [low, high];
    };
  }

  /**
   * The settings of uPlot's two axes: room alone, since curve-frame.js draws what is in it; in whole pixels, which
   * uPlot would else round up.
   */
  function axes(view) {
    const { scale } = view;
    const [, height] = view.size;
    const axis = (size, ticksOf) => ({
      size,
      gap: 0,
      grid: { show: false },
      ticks: { show: false },
      splits: (plot, _, low, high) => ticksOf(plot, low, high).ticks,
      values: (_, ticks) => ticks.map(() => ""),
    });
    return [
      axis(
        Math.round(height * scale) - Math.round((height - SG.curveFrame.BELOW) * scale),
        (plot, low, high) => (view.across = SG.curveAxes.across(view, plot.data[0], low, high, plot.width / scale)),
      ),
      axis(
        () => Math.round(SG.curveFrame.leftOf(view) * scale),
        (plot, low, high) => (view.upright = SG.curveAxes.upright(view, low, high)),
      ),
    ];
  }

  function settings(view) {
    const { state, axis } = view;
    const { options } = state;
    const ends = SG.curveEnds.endsOf(view);
    const { scale } = view;
    const [width, height] = view.size;
    view.right = SG.curveEnds.rightOf(view, ends);
    if (!state.still.length && ends.length > 1 && SG.curveEnds.isPlain(ends[0].one.slot))
      state.figure.dataset.named = "";
    return {
      width: Math.round(width * scale),
      height: Math.round(height * scale),
      legend: { show: false },
      padding: [
        Math.round(SG.curveFrame.TOP * scale),
        Math.round(width * scale) - Math.round(view.right * scale),
        0,
        0,
      ],
      pxAlign: 0,
      scales: {
        x: { time: axis.dates, distr: options.logX ? 3 : 1, range: xRange(view) },
        y: { distr: options.log ? 3 : 1, range: yRange(view) },
      },
      bands: grounds(view),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      // Curves over the same kind of axis share a cross-hair.
      cursor: { points: { size: 6 }, focus: { prox: 24 }, sync: { key: "sg-" + axis.kind, scales: ["x", null] } },
      axes: axes(view),
      series: lines(view),
      hooks: {
        setCursor: [(plot) => view.readOut(plot)],
        drawClear: [(plot) => SG.curveFrame.drawGrid(view, plot)],
        draw: [(plot) => markBeyond(view, plot), (plot) => SG.curveEnds.writeTexts(view, plot, ends)],
      },
    };
  }

  return { settings, limitsOf, fixed, isNumber };
})();
