// needs: curve-data.js, curve-frame.js, curve-ticks.js, decode.js
//
// The texts beside curves, where the finished drawing has them: names or last values at their ends. Loaded by curves.js.
"use strict";

SG.curveEnds = (function () {
  const LINE = 14;

  /** Earlier attempts are shown with the line of their run. */
  const isShown = (view, one) =>
    view.shown[view.listed.findIndex((main) => main.run === one.run && main.metric === one.metric)];

  /**
   * The curves that have a text at their end, and the texts: names, or the last value of one alone. None among charts
   * over runs, which have a legend, and where there is no room for them.
   */
  function endsOf(view) {
    const listed = view.series.filter((one) => !one.faint && isShown(view, one) && one.xs.length);
    if (view.bands || view.state.ofRuns || listed.length * LINE > view.size[1] - 50) return [];
    const alone = listed.length === 1;
    const most = view.size[0] * 0.22;
    const names = listed.map((one) => one.label);
    const texts = alone ? listed.map(lastValue) : SG.curveTicks.fittedApart(names, most);
    // Names that are cut to the same say nothing; they are in the legend.
    return new Set(texts).size < texts.length ? [] : listed.map((one, i) => ({ one, text: texts[i] }));
  }

  /** Whether a slot has no dash of its own, so that a line leads from the name to the curve. */
  const isPlain = (slot) => slot === SG.BEST_COLOUR || slot === SG.OTHER_COLOUR;

  const lastPoint = (one) => one.ys.findLastIndex((y) => y !== null);
  const lastValue = (one) => (lastPoint(one) < 0 ? "" : SG.curveTicks.short(one.ys[lastPoint(one)]));

  /** Where the frame ends at the right: what is left beside the texts, and the key of each where there are several. */
  function rightOf(view, ends) {
    const key = ends.length > 1 ? 28 : 12;
    const texts = ends.map(({ text }) => SG.curveTicks.textWidth(text)).filter(Boolean);
    const [width] = view.size;
    return Math.floor(width - Math.min(texts.length ? key + Math.max(...texts) : 16, width / 3));
  }

  function writeTexts(view, plot, ends) {
    const { ctx } = plot;
    const pixel = (window.devicePixelRatio || 1) * view.scale;
    const { right, top, bottom } = view.frame;
    ctx.save();
    SG.curveFrame.writeLabels(view, plot);
    ctx.textAlign = "left";
    const placed = placedEnds(view, plot, ends);
    for (const end of placed) drawMark(ctx, end, pixel);
    placed.sort((a, b) => a.y - b.y);
    for (const end of apart(placed, top * pixel, bottom * pixel, LINE * pixel))
      writeEnd(ctx, end, right * pixel, pixel);
    ctx.restore();
  }

  /** The ends inside the plot, in pixels of the canvas. */
  function placedEnds(view, plot, ends) {
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
      .map(function (end) {
        const value = Math.min(Math.max(end.one.ys[end.at], y.min), y.max);
        const [left, top] = SG.curveFrame.placeOf(view, plot, end.one.xs[end.at], value);
        return { ...end, x: left, y: top };
      });
  }

  /** `ends` with `text` at least a line from each other: down from the top, then up from the bottom. */
  function apart(ends, top, bottom, line) {
    let next = top;
    for (const end of ends) next = (end.textY = Math.max(end.y, next)) + line;
    next = bottom;
    for (const end of ends.toReversed()) next = (end.textY = Math.min(end.textY, next)) - line;
    return ends;
  }

  function drawMark(ctx, end, pixel) {
    ctx.fillStyle = SG.token("c" + end.slot) || "#0062d2";
    ctx.beginPath();
    if (SG.curveData.isSquare(end.slot)) ctx.rect(end.x - 3 * pixel, end.y - 3 * pixel, 6 * pixel, 6 * pixel);
    else ctx.arc(end.x, end.y, 3 * pixel, 0, 2 * Math.PI);
    ctx.fill();
  }

  function writeEnd(ctx, end, right, pixel) {
    ctx.strokeStyle = SG.token("c" + end.slot) || "#0062d2";
    ctx.lineCap = "round";
    const left = end.alone ? end.x + 8 * pixel : right + 8 * pixel;
    if (!end.alone && isPlain(end.slot)) {
      ctx.lineWidth = pixel;
      ctx.setLineDash([]);
      ctx.globalAlpha = 0.6;
      ctx.beginPath();
      ctx.moveTo(end.x + 4 * pixel, end.y);
      ctx.lineTo(left + 4 * pixel, end.textY);
      ctx.lineTo(left + 14 * pixel, end.textY);
      ctx.stroke();
      ctx.globalAlpha = 1;
    } else if (!end.alone) {
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

  return { isPlain, isShown, endsOf, rightOf, writeTexts };
})();
