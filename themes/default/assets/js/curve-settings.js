// needs: curve-axes.js, curve-data.js, decode.js
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
        const base = line(one.slot, { dash, show: isShown(view, one), points, alpha: one.faint ? 0.35 : 1 });
        if (options.smooth) out.push({ ...base, alpha: 0.25, width: 1 });
        out.push(base);
      }
    return out;
  }

  /** Earlier attempts are shown with the line of their run. */
  const isShown = (view, one) =>
    view.shown[view.listed.findIndex((main) => main.run === one.run && main.metric === one.metric)];

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
    for (const one of view.series.filter((each) => isShown(view, each))) {
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

  // ---- The texts beside and below the curves, where the finished drawing has them ----

  const LINE = 14;

  /**
   * The curves that have a text at their end, and the texts: names, or the last value of one alone. None among charts
   * over runs, which have a legend, and where there is no room for them.
   */
  function endsOf(view) {
    const listed = view.series.filter((one) => !one.faint && isShown(view, one) && one.xs.length);
    if (view.bands || view.state.ofRuns || listed.length * LINE > view.state.plot.clientHeight - 50) return [];
    const alone = listed.length === 1;
    const most = view.state.plot.clientWidth * 0.22;
    const ends = listed.map((one) => ({ one, text: alone ? lastValue(one) : cut(one.label, most) }));
    // Names that are cut to the same say nothing; they are in the legend.
    return new Set(ends.map(({ text }) => text)).size < ends.length ? [] : ends;
  }

  const lastPoint = (one) => one.ys.findLastIndex((y) => y !== null);
  const lastValue = (one) => (lastPoint(one) < 0 ? "" : SG.number(one.ys[lastPoint(one)]));

  function cut(text, room) {
    if (SG.curveAxes.textWidth(text) <= room) return text;
    let kept = text;
    while (kept && SG.curveAxes.textWidth(kept + "…") > room) kept = kept.slice(0, -1);
    return kept.trimEnd() + "…";
  }

  /** The room at the right: for the texts, and for the key of each where there are several. */
  function roomFor(ends) {
    const key = ends.length > 1 ? 28 : 12;
    return ends.length ? key + Math.max(...ends.map(({ text }) => SG.curveAxes.textWidth(text))) : 16;
  }

  function writeTexts(view, plot, ends) {
    const { ctx, bbox } = plot;
    const pixel = window.devicePixelRatio || 1;
    const [right, bottom] = [bbox.left + bbox.width, bbox.top + bbox.height];
    ctx.save();
    ctx.font = 12 * pixel + "px system-ui, sans-serif";
    ctx.textAlign = "right";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = SG.token("muted") || "#57616c";
    // Above the line of the grid that is at the same place.
    ctx.fillRect(bbox.left, Math.round(bottom - pixel / 2), bbox.width, pixel);
    const curves = view.series.map((one) => one.curve);
    ctx.fillText(SG.curveAxes.titleOf(view.axis, curves), right, bottom + 33 * pixel);
    ctx.textAlign = "left";
    for (const end of apart(placedEnds(plot, ends), bbox, LINE * pixel)) writeEnd(ctx, end, right, pixel);
    ctx.restore();
  }

  /** The ends inside the plot, in pixels of the canvas, from the top down. */
  function placedEnds(plot, ends) {
    const { x, y } = plot.scales;
    return ends
      .map(({ one, text }) => ({
        text,
        slot: one.slot,
        dash: one.dash,
        alone: ends.length === 1,
        at: lastPoint(one),
        one,
      }))
      .filter(({ at, one }) => at >= 0 && one.xs[at] >= x.min && one.xs[at] <= x.max)
      .map((end) => ({
        ...end,
        x: plot.valToPos(end.one.xs[end.at], "x", true),
        y: plot.valToPos(Math.min(Math.max(end.one.ys[end.at], y.min), y.max), "y", true),
      }))
      .sort((a, b) => a.y - b.y);
  }

  /** `ends` with `text` at least a line from each other: down from the top, then up from the bottom. */
  function apart(ends, bbox, line) {
    let next = bbox.top;
    for (const end of ends) next = (end.textY = Math.max(end.y, next)) + line;
    next = bbox.top + bbox.height;
    for (const end of ends.toReversed()) next = (end.textY = Math.min(end.textY, next)) - line;
    return ends;
  }

  function writeEnd(ctx, end, right, pixel) {
    ctx.fillStyle = ctx.strokeStyle = SG.token("c" + end.slot) || "#0062d2";
    ctx.beginPath();
    ctx.arc(end.x, end.y, 3 * pixel, 0, 2 * Math.PI);
    ctx.fill();
    const left = end.alone ? end.x + 8 * pixel : right + 8 * pixel;
    if (!end.alone) {
      ctx.lineWidth = 1.75 * pixel;
      ctx.setLineDash((end.dash || []).map((length) => length * pixel));
      ctx.beginPath();
      ctx.moveTo(left, end.textY);
      ctx.lineTo(left + 14 * pixel, end.textY);
      ctx.stroke();
    }
    ctx.fillStyle = SG.token("fg") || "#1a1f26";
    ctx.fillText(end.text, end.alone ? left : left + 19 * pixel, end.textY + 4 * pixel);
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
      view.nice = SG.curveAxes.nice(low, high, 4, { widen: true });
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
    const ends = endsOf(view);
    return {
      width: Math.max(200, state.plot.clientWidth),
      height: Math.max(140, state.plot.clientHeight),
      legend: { show: false },
      padding: [12, roomFor(ends), 0, 0],
      scales: {
        x: { time: axis.dates, distr: options.logX ? 3 : 1, range: xRange(options) },
        y: { distr: options.log ? 3 : 1, range: yRange(view) },
      },
      bands: grounds(view),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      cursor: { points: { size: 6 }, focus: { prox: 24 } },
      axes: SG.curveAxes.settings(view),
      series: lines(view),
      hooks: {
        setCursor: [(plot) => view.readOut(plot)],
        draw: [(plot) => markBeyond(view, plot), (plot) => writeTexts(view, plot, ends)],
      },
    };
  }

  return { settings, limitsOf, fixed, isNumber };
})();
