// needs: curve-axes.js, curve-data.js, curve-ticks.js, decode.js, formats.js
//
// The texts beside and below curves, where the finished drawing has them: names or last values at the ends of curves,
// the title of the horizontal axis. Loaded by curves.js.
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
    if (view.bands || view.state.ofRuns || listed.length * LINE > view.state.plot.clientHeight - 50) return [];
    const alone = listed.length === 1;
    const most = view.state.plot.clientWidth * 0.22;
    const ends = listed.map((one) => ({ one, text: alone ? lastValue(one) : cut(one.label, most) }));
    // Names that are cut to the same say nothing; they are in the legend.
    const alike = new Set(ends.map(({ text }) => text)).size < ends.length;
    return alike && !("named" in view.state.figure.dataset) ? [] : ends;
  }

  /** Whether a slot has no dash of its own, so that a line leads from the name to the curve. */
  const isPlain = (slot) => slot === SG.BEST_COLOUR || slot === SG.OTHER_COLOUR;

  const lastPoint = (one) => one.ys.findLastIndex((y) => y !== null);
  const lastValue = (one) => (lastPoint(one) < 0 ? "" : SG.number(one.ys[lastPoint(one)]));

  function cut(text, room) {
    if (SG.curveTicks.textWidth(text) <= room) return text;
    let kept = text;
    while (kept && SG.curveTicks.textWidth(kept + "…") > room) kept = kept.slice(0, -1);
    return kept.trimEnd() + "…";
  }

  /** The room at the right: for the texts, and for the key of each where there are several. */
  function roomFor(ends) {
    const key = ends.length > 1 ? 28 : 12;
    return ends.length ? key + Math.max(...ends.map(({ text }) => SG.curveTicks.textWidth(text))) : 16;
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
    if (SG.curveData.isSquare(end.slot)) ctx.rect(end.x - 3 * pixel, end.y - 3 * pixel, 6 * pixel, 6 * pixel);
    else ctx.arc(end.x, end.y, 3 * pixel, 0, 2 * Math.PI);
    ctx.fill();
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

  return { isPlain, isShown, endsOf, roomFor, writeTexts };
})();
