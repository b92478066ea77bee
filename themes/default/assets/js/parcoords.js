// Parallel coordinates on a canvas: a line a run through axes that are brushed (drag on an axis), moved (drag its name,
// or the arrow keys on it) and turned into a selection of the table.
//
// `draw(state)` as in charts.js; `state.parallel()` gives `{runs: [{id, name}], axes: [{id, title, values, words}], colour}`:
// `values` are numbers or null, or codes into `words` where an axis holds texts; `colour` is the id of the axis that colours.
"use strict";

SG.parcoords = (function () {
  const TOP = 26, BOTTOM = 14, SIDE = 56, MISSING = 16;
  const LEAST_GAP = 76;
  const BINS = 24;
  const LOG_FROM = 500;
  // viridis up to 0.85, so that the lightest is seen on white
  const STOPS = [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [160, 218, 57]];

  function colourAt(share) {
    const at = Math.max(0, Math.min(1, share)) * (STOPS.length - 1);
    const low = Math.min(STOPS.length - 2, Math.floor(at));
    const mix = STOPS[low].map((value, i) => Math.round(value + (STOPS[low + 1][i] - value) * (at - low)));
    return "rgb(" + mix.join(",") + ")";
  }

  // ---- Axes ----

  /** What an axis needs to place a value: its extremes and whether it is logarithmic (above 0, over several powers). */
  function scaled(axis) {
    const known = axis.values.filter((value) => value !== null && Number.isFinite(value));
    const low = known.reduce((a, b) => Math.min(a, b), Infinity);
    const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
    const log = !axis.words && low > 0 && high / low >= LOG_FROM;
    const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
    const span = to - from || 1;
    const shares = Float64Array.from(axis.values, (value) => (value === null || !Number.isFinite(value) ? NaN : known.length && to === from ? 0.5 : ((log ? Math.log10(value) : value) - from) / span));
    return { ...axis, low, high, log, shares, value: (share) => (log ? 10 ** (from + share * span) : from + share * span) };
  }

  /** Where marks stand on an axis: each word (some of many), or a few round numbers. */
  function ticks(axis) {
    if (axis.words) {
      const every = Math.ceil(axis.words.length / 12);
      const span = axis.high - axis.low || 1;
      return axis.words.map((word, code) => [axis.low === axis.high ? 0.5 : (code - axis.low) / span, word]).filter((_, code) => code % every === 0);
    }
    if (axis.low > axis.high) return [];
    if (axis.low === axis.high) return [[0.5, SG.number(axis.low)]];
    return [0, 0.25, 0.5, 0.75, 1].map((share) => [share, SG.number(Number(axis.value(share).toPrecision(3)))]);
  }

  // ---- The view ----

  function layers(view) {
    const { plot } = view.state;
    const canvas = () => SG.el("canvas", { class: "parallel-layer" });
    view.back = canvas();
    view.front = canvas();
    view.front.setAttribute("role", "img");
    view.names = SG.el("div", { class: "parallel-names" });
    view.said = SG.el("span", { class: "parallel-said", role: "status" });
    view.pick = SG.el("button", { type: "button", class: "button small", text: "Select in the table", onclick: () => view.state.select(inside(view).map((i) => view.runs[i].id)) });
    view.clear = SG.el("button", { type: "button", class: "button small", text: "Clear", onclick: () => (view.brushes.clear(), fields(view), render(view)) });
    view.ranges = SG.el("div", { class: "parallel-ranges" });
    view.stage = SG.el("div", { class: "parallel-stage" }, view.back, view.front, view.names);
    view.bar = SG.el("div", { class: "parallel-bar" }, view.said, view.pick, view.clear, SG.el("details", null, SG.el("summary", { text: "Ranges" }), view.ranges));
    view.scroll = SG.el("div", { class: "parallel-scroll" }, view.stage);
    plot.replaceChildren(view.scroll, view.bar);
  }

  /** Sizes, axes and lines anew: for other data or another width. */
  function layout(view) {
    const given = view.state.parallel();
    view.runs = given.runs;
    const found = new Map(given.axes.map((axis) => [axis.id, scaled(axis)]));
    const order = view.order.filter((id) => found.has(id));
    view.axes = [...order.map((id) => found.get(id)), ...Array.from(found.values()).filter((axis) => !order.includes(axis.id))];
    view.order = view.axes.map((axis) => axis.id);
    view.colour = found.get(given.colour) || view.axes[view.axes.length - 1];
    for (const id of view.brushes.keys()) if (!found.has(id)) view.brushes.delete(id);
    view.foot = view.axes.some((axis) => axis.shares.some((share) => share !== share)) ? BOTTOM + MISSING + 8 : BOTTOM;
    view.stage.style.minWidth = LEAST_GAP * view.axes.length + "px"; // on a narrow screen the axes scroll
    view.width = Math.max(260, view.stage.clientWidth);
    view.height = Math.max(200, view.stage.clientHeight);
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [view.back, view.front]) {
      canvas.width = Math.round(view.width * ratio);
      canvas.height = Math.round(view.height * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    place(view);
  }

  const edge = (view) => Math.min(SIDE, view.width / 8);

  /** Where each axis and each line's corners are. */
  function place(view) {
    const gap = view.axes.length > 1 ? (view.width - 2 * edge(view)) / (view.axes.length - 1) : 0;
    view.xs = view.axes.map((_, i) => edge(view) + i * gap);
    const bottom = view.height - view.foot;
    view.ys = view.axes.map((axis) => Float64Array.from(axis.shares, (share) => (share !== share ? bottom + MISSING : bottom - share * (bottom - TOP))));
    const shares = view.colour ? view.colour.shares : [];
    view.bins = Uint8Array.from(view.runs, (_, i) => (shares[i] === shares[i] ? Math.round((shares[i] || 0) * (BINS - 1)) : BINS));
    view.tints = Array.from({ length: BINS }, (_, i) => colourAt(i / (BINS - 1))).concat(SG.token("muted") || "#57616c");
    names(view);
    fields(view);
    behind(view);
    render(view);
  }

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
    for (let i = 0; i < view.runs.length; i++) if (tests.every(([shares, [from, to]]) => shares[i] >= from - 1e-9 && shares[i] <= to + 1e-9)) out.push(i);
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
    view.said.textContent = brushed ? count + " of " + total + " runs" : total + (total === 1 ? " run" : " runs") + (total ? ". Drag along an axis to keep a part of it." : "");
    view.pick.hidden = view.clear.hidden = !brushed;
    view.front.setAttribute("aria-label", "Parallel coordinates of " + total + " runs over " + view.axes.map((axis) => axis.title).join(", "));
    view.stage.dataset.inside = String(count);
  }

  // ---- Names of axes: moved by drag and by arrow keys ----

  function names(view) {
    const focused = view.names.contains(document.activeElement) ? document.activeElement.dataset.axis : null;
    view.names.replaceChildren(...view.axes.map((axis, k) => nameOf(view, axis, k)));
    if (focused) Array.from(view.names.children).find((button) => button.dataset.axis === focused)?.focus();
  }

  function nameOf(view, axis, k) {
    const button = SG.el("button", { type: "button", class: "parallel-name", "data-axis": axis.id, title: axis.title + (axis.log ? ", logarithmic" : "") + ": drag or use the arrow keys to move it", "aria-label": axis.title + ", axis " + (k + 1) + " of " + view.axes.length + ", arrow keys move it" },
      axis.title + (axis.log ? " (log)" : ""));
    const gap = view.axes.length > 1 ? view.xs[1] - view.xs[0] : view.width;
    button.style.left = view.xs[k] + "px";
    button.style.maxWidth = Math.max(40, gap - 6) + "px";
    button.addEventListener("keydown", function (event) {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      moveTo(view, axis.id, k + step);
    });
    button.addEventListener("pointerdown", (event) => dragName(view, axis, button, event));
    return button;
  }

  function moveTo(view, id, to) {
    const order = view.order.filter((one) => one !== id);
    order.splice(Math.max(0, Math.min(order.length, to)), 0, id);
    if (order.join("\n") === view.order.join("\n")) return;
    view.order = order;
    const byId = new Map(view.axes.map((axis) => [axis.id, axis]));
    view.axes = order.map((one) => byId.get(one));
    view.state.reordered?.(order);
    place(view);
  }

  function dragName(view, axis, button, event) {
    button.setPointerCapture(event.pointerId);
    const start = event.clientX;
    const move = (moved) => (button.style.translate = moved.clientX - start + "px 0");
    const end = function (ended) {
      button.removeEventListener("pointermove", move);
      button.style.translate = "";
      const x = view.xs[view.order.indexOf(axis.id)] + ended.clientX - start;
      if (Math.abs(ended.clientX - start) > 6) moveTo(view, axis.id, view.xs.reduce((best, at, k) => (Math.abs(at - x) < Math.abs(view.xs[best] - x) ? k : best), 0));
    };
    button.addEventListener("pointermove", move);
    button.addEventListener("pointerup", end, { once: true });
  }

  // ---- Brushes: by drag, and by fields for the keyboard ----

  function fields(view) {
    const rows = view.axes.map((axis) => (axis.words ? wordField(view, axis) : rangeField(view, axis)));
    view.ranges.replaceChildren(...rows);
  }

  function setBrush(view, axis, brush) {
    if (brush) view.brushes.set(axis.id, brush);
    else view.brushes.delete(axis.id);
    render(view);
  }

  function rangeField(view, axis) {
    const brush = view.brushes.get(axis.id);
    const field = (label, at) => SG.el("input", { type: "number", step: "any", "aria-label": axis.title + ", " + label, value: brush ? String(Number(axis.value(brush[at]).toPrecision(4))) : null });
    const [from, to] = [field("from", 0), field("to", 1)];
    const share = (text, otherwise) => (text === "" || !Number.isFinite(Number(text)) || (axis.log && Number(text) <= 0) ? otherwise : inverse(axis, Number(text)));
    const change = () => setBrush(view, axis, from.value === "" && to.value === "" ? null : [share(from.value, 0), share(to.value, 1)]);
    for (const input of [from, to]) input.addEventListener("change", change);
    return SG.el("fieldset", null, SG.el("legend", { text: axis.title }), from, " to ", to);
  }

  function inverse(axis, value) {
    const [low, high, at] = axis.log ? [axis.low, axis.high, value].map(Math.log10) : [axis.low, axis.high, value];
    return high === low ? (at === low ? 0.5 : -1) : (at - low) / (high - low);
  }

  function wordField(view, axis) {
    const brush = view.brushes.get(axis.id);
    const span = axis.high - axis.low || 1;
    const shareOf = (code) => (axis.high === axis.low ? 0.5 : (code - axis.low) / span);
    const select = SG.el("select", { "aria-label": axis.title }, SG.el("option", { value: "", text: "Any" }), ...axis.words.map((word, code) => SG.el("option", { value: String(code), text: word })));
    const one = brush && axis.words.findIndex((_, code) => Math.abs(brush[0] - shareOf(code)) < 1e-6 && Math.abs(brush[1] - shareOf(code)) < 1e-6);
    select.value = brush && one >= 0 ? String(one) : "";
    select.addEventListener("change", () => setBrush(view, axis, select.value === "" ? null : [shareOf(Number(select.value)), shareOf(Number(select.value))]));
    return SG.el("fieldset", null, SG.el("legend", { text: axis.title }), select);
  }

  function nearestAxis(view, x) {
    const at = view.xs.reduce((best, one, k) => (Math.abs(one - x) < Math.abs(view.xs[best] - x) ? k : best), 0);
    return Math.abs(view.xs[at] - x) <= 16 ? view.axes[at] : null;
  }

  function listen(view) {
    const share = (event) => {
      const bottom = view.height - view.foot;
      return Math.max(0, Math.min(1, (bottom - (event.clientY - view.front.getBoundingClientRect().top)) / (bottom - TOP)));
    };
    const across = (event) => event.clientX - view.front.getBoundingClientRect().left;
    let drag = null;
    view.front.addEventListener("pointerdown", function (event) {
      const axis = nearestAxis(view, across(event));
      if (!axis) return;
      view.front.setPointerCapture(event.pointerId);
      drag = { axis, from: share(event), moved: false };
      event.preventDefault();
    });
    view.front.addEventListener("pointermove", function (event) {
      if (!drag) return hover(view, event, across(event));
      const at = share(event);
      if (Math.abs(at - drag.from) > 0.01) drag.moved = true;
      if (drag.moved) setBrush(view, drag.axis, [Math.min(at, drag.from), Math.max(at, drag.from)]);
    });
    view.front.addEventListener("pointerup", function () {
      if (drag && !drag.moved) setBrush(view, drag.axis, null);
      if (drag) fields(view);
      drag = null;
    });
    view.front.addEventListener("pointerleave", () => near(view, null));
    view.front.addEventListener("click", () => view.near !== null && view.near !== undefined && !view.brushes.size && view.state.open?.(view.runs[view.near].id));
  }

  // ---- The run under the pointer ----

  function hover(view, event, x) {
    const axis = nearestAxis(view, x);
    view.front.style.cursor = axis ? "crosshair" : "default";
    const y = event.clientY - view.front.getBoundingClientRect().top;
    const k = Math.max(0, Math.min(view.xs.length - 2, view.xs.findLastIndex((one) => one <= x)));
    if (axis || view.xs.length < 2) return near(view, null);
    const share = (x - view.xs[k]) / (view.xs[k + 1] - view.xs[k]);
    let best = null, least = 6;
    for (const i of inside(view)) {
      const away = Math.abs(view.ys[k][i] + share * (view.ys[k + 1][i] - view.ys[k][i]) - y);
      if (away < least) [best, least] = [i, away];
    }
    near(view, best, event);
  }

  function near(view, i, event) {
    view.tip = view.tip || view.stage.appendChild(SG.el("div", { class: "chart-tip", role: "tooltip" }));
    view.tip.hidden = i === null;
    if (i !== null && event) {
      const value = (axis) => (axis.values[i] === null ? "none" : axis.words ? axis.words[axis.values[i]] : SG.number(axis.values[i]));
      view.tip.replaceChildren(SG.el("div", { text: view.runs[i].name }), ...view.axes.map((axis) => SG.el("div", null, SG.el("span", { class: "muted", text: axis.title + " " }), value(axis))));
      view.tip.style.left = Math.min(event.clientX + 12, window.innerWidth - view.tip.offsetWidth - 8) + "px";
      view.tip.style.top = Math.min(event.clientY + 12, window.innerHeight - view.tip.offsetHeight - 8) + "px";
    }
    if (view.near !== i) {
      view.near = i;
      render(view);
    }
  }

  // ---- For charts.js ----

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

  function table(view) {
    const value = (axis, i) => (axis.values[i] === null ? null : axis.words ? axis.words[axis.values[i]] : axis.values[i]);
    return [["run_id", "run", ...view.axes.map((axis) => axis.id)], ...inside(view).map((i) => [view.runs[i].id, view.runs[i].name, ...view.axes.map((axis) => value(axis, i))])];
  }

  /** The runs inside the brushes as rows of the kind `parallel` (charts/kinds.py). */
  function rows(view) {
    return inside(view).flatMap((i) => view.axes.map((axis) => ({ x: axis.title, y: axis.shares[i] === axis.shares[i] ? axis.shares[i] : null, z: view.colour.shares[i] === view.colour.shares[i] ? view.colour.values[i] : null, label: view.runs[i].name, id: view.runs[i].id })));
  }

  async function draw(state) {
    const view = { state, order: state.order || [], brushes: state.brushes || (state.brushes = new Map()), near: null, frame: 0 };
    layers(view);
    layout(view);
    listen(view);
    let width = view.width;
    const resize = new ResizeObserver(function () {
      if (Math.abs(view.stage.clientWidth - width) < 2) return;
      width = view.stage.clientWidth;
      layout(view);
    });
    resize.observe(view.stage);
    return {
      update: () => layout(view), refresh: () => layout(view), theme: () => place(view), reset: () => view.clear.click(),
      rows: () => table(view), vegaRows: () => rows(view), picture: () => picture(view),
      destroy: () => (resize.disconnect(), cancelAnimationFrame(view.frame)),
    };
  }

  return { draw, colourAt };
})();
