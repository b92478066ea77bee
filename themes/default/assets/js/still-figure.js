// needs: sitegen.js
//
// Dots and bars that stay as they were drawn: the finished drawing is the live chart, which says what is under the
// pointer, or what the arrow keys reach, and leads to its run. Loaded by vega-figure.js.
"use strict";

SG.stillFigure = (function () {
  const NS = "http://www.w3.org/2000/svg";
  const [TOP, NEAR] = [6, 16];

  /** The finished drawing of a figure, where it knows its axes and shows what the reader wants to see. */
  function drawingOf({ still, figure, options }) {
    const svg = still.find((node) => node.dataset?.x);
    return svg && !options.all && !figure.closest("dialog") ? svg : null;
  }

  /** What places values of an axis (`axis_hook` in sitegen/charts/drawing.py), and what gives the value at a place. */
  function axisOf(hook) {
    const [low, high, start, end] = hook.split(" ").map(Number);
    const [on, off] = hook.endsWith("log") ? [Math.log10, (value) => 10 ** value] : [Number, Number];
    const factor = (end - start) / (on(high) - on(low));
    return {
      place: (value) => start + (on(value) - on(low)) * factor,
      value: (place) => off((place - start) / factor + on(low)),
    };
  }

  // ---- Marks: `{x, y, row}`, in pixels of the drawing ----

  /** The dots of the rows. A category's dots are spread over its row, so each run takes one of those at its place. */
  function dots(svg, rows) {
    const x = axisOf(svg.dataset.x);
    if (svg.dataset.y) {
      const y = axisOf(svg.dataset.y);
      return rows.map((row) => ({ x: x.place(row.x), y: y.place(row.y), row }));
    }
    const free = drawnDots(svg);
    const order = Array.from(new Set(rows.map((row) => row.y)));
    const [, bottom] = svg
      .querySelector(".axis")
      .getAttribute("d")
      .match(/[\d.]+/g)
      .map(Number);
    const height = (bottom - TOP) / order.length;
    return rows.map(function (row) {
      const at = { x: x.place(row.x), y: TOP + height * (order.indexOf(row.y) + 0.5), row };
      const found = free.findIndex((dot) => Math.abs(dot.x - at.x) < 1 && Math.abs(dot.y - at.y) < height / 2);
      return found < 0 ? at : { ...at, ...free.splice(found, 1)[0] };
    });
  }

  function drawnDots(svg) {
    const pieces = Array.from(svg.querySelectorAll(".dots"), (path) =>
      path.getAttribute("d").match(/[\d.-]+ [\d.-]+/g),
    );
    return pieces.flat().map(function (piece) {
      const [x, y] = piece.slice(1).split(" ").map(Number);
      return { x, y };
    });
  }

  /** The bars of a histogram, whose corners say from where to where they go and how many runs they hold. */
  function bars(svg) {
    const [x, y] = [axisOf(svg.dataset.x), axisOf(svg.dataset.y)];
    const drawn = svg.querySelector(".fill").getAttribute("d").split("z").filter(Boolean);
    return drawn.map(function (bar) {
      const corners = bar.match(/[\d.]+/g).map(Number);
      // `M l b V t H r V b`, or with all corners in full where chart-fit.js has laid it out anew.
      const [left, , a, b, c] = corners;
      const [top, right] = bar.includes("V") ? [a, b] : [b, c];
      const [from, to] = [left - 0.5, right + 0.5].map((place) => Number(x.value(place).toPrecision(4)));
      return { x: (left + right) / 2, y: top, left, right, row: { x: from, x2: to, y: Math.round(y.value(top)) } };
    });
  }

  // ---- What is near ----

  function nearest(view, event) {
    const box = view.svg.getBoundingClientRect();
    const scale = box.width / view.svg.viewBox.baseVal.width;
    const [x, y] = [(event.clientX - box.left) / scale, (event.clientY - box.top) / scale];
    if (view.isBars) return view.marks.findIndex((mark) => x >= mark.left && x <= mark.right);
    const far = view.marks.map((mark) => Math.hypot(mark.x - x, mark.y - y));
    const at = far.indexOf(Math.min(...far));
    return far[at] * scale <= NEAR ? at : -1;
  }

  /** Show what is said of mark number `at` beside it; of none when it is -1. */
  function show(view, at) {
    view.at = at;
    const mark = view.marks[at];
    view.ring.setAttribute("display", mark ? "inline" : "none");
    view.svg.style.cursor = mark?.row.id ? "pointer" : "";
    view.tip.hidden = !mark;
    if (!mark) return;
    const lines = view.lines(mark.row);
    view.tip.replaceChildren(...lines.map(([name, text]) => SG.el("div", null, name && muted(name), text)));
    view.ring.setAttribute("cx", mark.x);
    view.ring.setAttribute("cy", mark.y);
    const scale = view.svg.getBoundingClientRect().width / view.svg.viewBox.baseVal.width;
    const width = view.state.plot.clientWidth;
    view.tip.style.left = Math.max(0, Math.min(mark.x * scale + 12, width - view.tip.offsetWidth)) + "px";
    view.tip.style.top = mark.y * scale + 12 + "px";
  }

  const muted = (name) => SG.el("span", { class: "muted", text: name + " " });

  function ringOf(svg) {
    const ring = document.createElementNS(NS, "circle");
    const looks = { r: 7, fill: "none", stroke: "currentColor", "stroke-width": 1.5, display: "none" };
    for (const [name, value] of Object.entries(looks)) ring.setAttribute(name, value);
    svg.append(ring);
    return ring;
  }

  function listen(view, open) {
    const { svg } = view;
    const on = { pointermove: (event) => show(view, nearest(view, event)), pointerleave: () => show(view, -1), click };
    function click(event) {
      const mark = view.marks[nearest(view, event)];
      if (mark) open(mark.row);
    }
    for (const [type, work] of Object.entries(on)) svg.addEventListener(type, work);
    return () => Object.entries(on).forEach(([type, work]) => svg.removeEventListener(type, work));
  }

  /**
   * Let the finished drawing `svg` answer: `rows` are those of its runs, `lines(row)` what is said of one, `open(row)`
   * goes to it. Gives `{move, open, leave, destroy}`: `move(by)` goes to the next mark and returns what it says.
   */
  function start(state, svg, rows, lines, open) {
    const isBars = state.kind === "histogram";
    const marks = isBars ? bars(svg) : dots(svg, rows);
    const order = marks.map((_, i) => i).sort((a, b) => marks[a].x - marks[b].x || marks[a].y - marks[b].y);
    const tip = SG.el("div", { class: "chart-tip", role: "tooltip", hidden: "" });
    state.plot.replaceChildren(...state.still, tip);
    const view = { state, svg, marks, isBars, lines, tip, ring: ringOf(svg), at: -1 };
    const stop = listen(view, open);
    return {
      move: function (by) {
        const next = view.at < 0 ? (by > 0 ? 0 : order.length - 1) : order.indexOf(view.at) + by;
        show(view, order[Math.max(0, Math.min(order.length - 1, next))]);
        return lines(marks[view.at].row)
          .map((line) => line.filter(Boolean).join(" "))
          .join(", ");
      },
      open: () => view.at >= 0 && open(marks[view.at].row),
      leave: () => show(view, -1),
      destroy: () => (stop(), view.ring.remove(), tip.remove()),
    };
  }

  return { drawingOf, start };
})();
