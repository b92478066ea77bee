// needs: decode.js, parcoords-axes.js, sitegen.js
//
// Parallel coordinates on their two canvases: all runs faintly, those inside the brushes in colour, axes over them.
"use strict";

SG.parcoordsPaint = (function () {
  const { SIZES, BINS, edge, ticks } = SG.parcoordsAxes;
  const { top: TOP, missing: MISSING } = SIZES;

  function trace(context, view, i) {
    context.moveTo(view.xs[0], view.ys[0][i]);
    for (let k = 1; k < view.xs.length; k++) context.lineTo(view.xs[k], view.ys[k][i]);
  }

  /** The ground: every run faintly. */
  function behind(view) {
    const context = view.back.getContext("2d");
    context.clearRect(0, 0, view.width, view.height);
    context.strokeStyle = SG.token("line") || "#d8dde4";
    context.lineWidth = 1;
    context.beginPath();
    for (let i = 0; i < view.runs.length; i++) trace(context, view, i);
    context.stroke();
  }

  /** The runs inside all brushes. */
  function inside(view) {
    const tests = view.axes.map((axis) => [axis.shares, view.brushes.get(axis.id)]).filter(([, brush]) => brush);
    const out = [];
    for (let i = 0; i < view.runs.length; i++)
      if (tests.every(([shares, [from, to]]) => shares[i] >= from - 1e-9 && shares[i] <= to + 1e-9)) out.push(i);
    return out;
  }

  /** Draw the lines inside the brushes, then axes over them: what a brush changes, once a frame. */
  function render(view) {
    if (view.frame) return;
    view.frame = requestAnimationFrame(function () {
      view.frame = 0;
      paint(view);
    });
  }

  function paint(view) {
    const context = view.front.getContext("2d");
    context.clearRect(0, 0, view.width, view.height);
    const shown = inside(view);
    const byBin = Array.from({ length: BINS + 1 }, () => []);
    for (const i of shown) byBin[view.bins[i]].push(i);
    context.lineWidth = shown.length > 200 ? 1 : 1.5;
    context.globalAlpha = shown.length > 1000 ? 0.35 : shown.length > 200 ? 0.55 : 0.85;
    byBin.forEach(function (members, bin) {
      if (!members.length) return;
      context.strokeStyle = view.tints[bin];
      context.beginPath();
      for (const i of members) trace(context, view, i);
      context.stroke();
    });
    context.globalAlpha = 1;
    if (view.near !== null && view.near !== undefined) highlight(context, view);
    view.axes.forEach((axis, k) => drawAxis(context, view, axis, view.xs[k]));
    tell(view, shown.length);
  }

  function highlight(context, view) {
    context.strokeStyle = SG.token("fg") || "#1a1f26";
    context.lineWidth = 2.5;
    context.beginPath();
    trace(context, view, view.near);
    context.stroke();
  }

  function drawAxis(context, view, axis, x) {
    const bottom = view.height - view.foot;
    const brush = view.brushes.get(axis.id);
    const [ground, ink, accent] = ["bg", "fg", "accent"].map((name) => SG.token(name));
    context.strokeStyle = SG.token("muted");
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, TOP);
    context.lineTo(x, bottom);
    context.stroke();
    if (brush) {
      const [top, low] = [bottom - brush[1] * (bottom - TOP), bottom - brush[0] * (bottom - TOP)];
      context.globalAlpha = 0.25;
      context.fillStyle = accent;
      context.fillRect(x - 8, top, 16, Math.max(2, low - top));
      context.globalAlpha = 1;
      context.strokeStyle = accent;
      context.lineWidth = 1.5;
      context.strokeRect(x - 8, top, 16, Math.max(2, low - top));
    }
    context.font = "12px system-ui, sans-serif";
    context.textAlign = x > view.width - 1.5 * edge(view) ? "right" : "left";
    const side = context.textAlign === "right" ? -6 : 6;
    const room = view.axes.length > 1 ? Math.max(30, (view.xs[1] - view.xs[0]) * 0.75) : 200;
    const mark = function (y, text) {
      context.lineWidth = 3;
      context.strokeStyle = ground;
      context.strokeText(text, x + side, y, room);
      context.fillStyle = ink;
      context.fillText(text, x + side, y, room);
    };
    for (const [share, text] of ticks(axis)) mark(bottom - share * (bottom - TOP) + 4, shortened(text));
    if (axis.shares.some((share) => share !== share)) mark(bottom + MISSING + 4, "none");
  }

  const shortened = (text) => (text.length > 16 ? text.slice(0, 15) + "…" : text);

  function tell(view, count) {
    const brushed = view.brushes.size > 0;
    const total = view.runs.length;
    view.said.textContent = brushed
      ? count + " of " + total + " runs"
      : total + (total === 1 ? " run" : " runs") + (total ? ". Drag along an axis to keep a part of it." : "");
    view.pick.hidden = view.clear.hidden = !brushed;
    view.front.setAttribute(
      "aria-label",
      "Parallel coordinates of " + total + " runs over " + view.axes.map((axis) => axis.title).join(", "),
    );
    view.stage.dataset.inside = String(count);
  }

  /** Lines and names on one canvas, for a picture. */
  function picture(view) {
    const canvas = SG.el("canvas", { width: String(view.front.width), height: String(view.front.height) });
    const context = canvas.getContext("2d");
    context.drawImage(view.back, 0, 0);
    context.drawImage(view.front, 0, 0);
    const ratio = view.front.width / view.width;
    context.scale(ratio, ratio);
    context.font = "600 12px system-ui, sans-serif";
    context.fillStyle = SG.token("fg");
    context.textAlign = "center";
    view.axes.forEach((axis, k) => context.fillText(axis.title, view.xs[k], 14, view.width / view.axes.length));
    return canvas;
  }

  return { behind, inside, render, picture };
})();
