// needs: curve-axes.js, curve-ticks.js, decode.js
//
// The frame of live curves: grid, ticks and their labels, and how their lines are thinned: as in the finished drawing
// (`axes` and `x_ticks` in sitegen/charts/drawing.py), which is scaled to its card. Loaded by curves.js.
"use strict";

SG.curveFrame = (function () {
  const [TOP, BELOW] = [12, 38];
  const MAX_POINTS = 100; // SERIES_POINTS in sitegen/charts/series.py

  /** The rectangle inside the axes in pixels of the drawing, of which `view.scale` are one on the page. */
  function frameOf(view) {
    const [, height] = view.size;
    return { left: leftOf(view), right: view.right, top: TOP, bottom: height - BELOW };
  }

  /** The room of the labels at the left. */
  function leftOf(view) {
    const widest = Math.max(0, ...(view.upright?.labels || []).map(SG.curveTicks.textWidth));
    return Math.ceil(Math.min(widest + 8, view.size[0] / 2));
  }

  /** Where `value` is on a scale that is drawn from `start` to `end`. */
  function exact({ min, max, distr }, value, start, end) {
    const on = distr === 3 ? Math.log10 : (one) => one;
    return (on(value) - on(min)) * ((end - start) / (on(max) - on(min))) + start;
  }

  /** The same in whole pixels, as Python rounds them. */
  function placed(scale, value, start, end) {
    const place = exact(scale, value, start, end);
    const whole = Math.round(place);
    return whole - place === 0.5 && whole % 2 ? whole - 1 : whole;
  }

  /** The ticks of both axes, in whole pixels of the drawing. */
  function places({ across, upright, frame }, { scales: { x, y } }) {
    const { left, right, top, bottom } = frame;
    return [
      across.ticks.map((tick) => placed(x, tick, left, right)),
      upright.ticks.map((tick) => placed(y, tick, bottom, top)),
    ];
  }

  /** A rectangle of whole pixels, as browsers draw a thin line with crisp edges. */
  function crisp(ctx, x, y, width, height) {
    const [fromX, fromY] = [Math.round(x), Math.round(y)];
    ctx.fillRect(fromX, fromY, Math.max(1, Math.round(x + width) - fromX), Math.max(1, Math.round(y + height) - fromY));
  }

  /** The grid, the ticks below it and the line of the horizontal axis: before the curves, which are above. */
  function drawGrid(view, plot) {
    const { ctx } = plot;
    const pixel = (window.devicePixelRatio || 1) * view.scale;
    view.frame = frameOf(view);
    const { left, right, bottom } = view.frame;
    const [xs, ys] = places(view, plot);
    const across = (y) => crisp(ctx, left * pixel, (y - 0.5) * pixel, (right - left) * pixel, pixel);
    ctx.save();
    ctx.fillStyle = SG.token("line") || "#d8dde4";
    ys.forEach(across);
    for (const x of xs) crisp(ctx, (x - 0.5) * pixel, bottom * pixel, pixel, 4 * pixel);
    ctx.fillStyle = SG.token("muted") || "#57616c";
    across(bottom);
    ctx.restore();
  }

  /** The labels of both axes, and the title of the horizontal one. */
  function writeLabels(view, plot) {
    const { ctx } = plot;
    const pixel = (window.devicePixelRatio || 1) * view.scale;
    const { left, right, bottom } = view.frame;
    const [xs, ys] = places(view, plot);
    const write = (text, x, y) => ctx.fillText(text, x * pixel, y * pixel);
    ctx.font = 12 * pixel + "px system-ui, sans-serif";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = SG.token("muted") || "#57616c";
    ctx.textAlign = "right";
    view.upright.labels.forEach((text, i) => write(text, left - 6, ys[i] + 4));
    const title = SG.curveAxes.titleOf(
      view.axis,
      view.series.map((one) => one.curve),
    );
    write(SG.curveTicks.fitted(title, right - left), right, bottom + 33);
    ctx.textAlign = "center";
    view.across.labels.forEach((text, i) =>
      write(text, Math.min(xs[i], right + 14 - SG.curveTicks.textWidth(text) / 2), bottom + 17),
    );
  }

  // ---- Lines: as many points as the finished drawing has, until the reader zooms in ----

  /** The indices of `ys` that a line of many points shows: the twin of thinned in sitegen/charts/thinning.py. */
  function thinned(ys) {
    const last = ys.length - 1;
    const size = Math.ceil((last - 1) / ((MAX_POINTS - 2) >> 1));
    const kept = new Set([0, last]);
    for (let from = 1; from < last; from += size) {
      const bucket = Array.from({ length: Math.min(size, last - from) }, (_, i) => from + i);
      const known = bucket.filter((i) => ys[i] !== null);
      if (known.length < bucket.length) kept.add(bucket.find((i) => ys[i] === null));
      if (!known.length) continue;
      kept.add(known.reduce((a, b) => (ys[b] < ys[a] ? b : a)));
      kept.add(known.reduce((a, b) => (ys[b] > ys[a] ? b : a)));
    }
    return Array.from(kept).sort((a, b) => a - b);
  }

  /** Where a finished drawing has the point (x, y), in pixels of the canvas: values beyond the range are at its edge. */
  function placeOf(view, { scales }, x, y) {
    const pixel = (window.devicePixelRatio || 1) * view.scale;
    const { left, right, top, bottom } = frameOf(view);
    const [low, high] = view.limits || [-Infinity, Infinity];
    const shown = Math.min(Math.max(y, low), high);
    return [placed(scales.x, x, left, right) * pixel, exact(scales.y, shown, bottom, top) * pixel];
  }

  /** How uPlot draws the line of `one`: point by point where the finished drawing has it, while all of it is shown. */
  function pathsOf(view, one) {
    const whole = uPlot.paths.linear();
    return function (plot, i, from, to) {
      const { x } = plot.scales;
      if (x.min > one.xs[0] || x.max < one.xs[one.xs.length - 1]) return whole(plot, i, from, to);
      const stroke = new Path2D();
      let isOpen = false;
      for (const at of one.xs.length > MAX_POINTS ? thinned(one.ys) : one.xs.keys()) {
        const isKnown = one.ys[at] !== null;
        const place = isKnown && placeOf(view, plot, one.xs[at], one.ys[at]);
        if (isKnown && isOpen) stroke.lineTo(...place);
        else if (isKnown) stroke.moveTo(...place);
        isOpen = isKnown;
      }
      return { stroke, fill: null, clip: null, band: null, gaps: null, flags: 1 };
    };
  }

  return { TOP, BELOW, leftOf, drawGrid, writeLabels, placeOf, pathsOf };
})();
