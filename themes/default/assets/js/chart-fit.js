// needs: charts.js, sitegen.js
//
// On the page of one chart: lays the finished drawing out anew for the width and height that it gets, so that its words
// keep their size. What is inside the axes is stretched, what is beside them moves; words that would meet are left out.
"use strict";

(function () {
  const NARROW = 520; // below this the names beside the curves are in the legend
  const LINE = 14;
  const LETTER = 7.2; // about the width of a letter of 12 px, as in sitegen/charts/drawing.py

  const numbers = (text) => text.match(/-?\d*\.?\d+/g).map(Number);
  const tenth = (value) => String(Math.round(value * 10) / 10);

  /** The frame of a drawing, from its axis and the lines of its grid. */
  function frameOf(svg) {
    const [left, bottom, right] = numbers(svg.querySelector(".axis").getAttribute("d"));
    const grid = numbers(svg.querySelector(".grid").getAttribute("d"));
    const [, , width, height] = numbers(svg.getAttribute("viewBox"));
    const isRows = svg.querySelector(".grid").nextElementSibling.classList.contains("axis");
    const top = isRows ? 6 : Math.min(...grid.filter((_, at) => at % 3 === 1));
    return { left, right, top, bottom, width, height };
  }

  /** The points of a path: `[letter, x, y]`, from the letters that drawings have, in pixels from the corner. */
  function pointsOf(path) {
    const out = [];
    let [x, y] = [0, 0];
    for (const [, letter, rest] of path.matchAll(/([MLHVhvlz])([^MLHVhvlz]*)/g)) {
      const given = rest ? numbers(rest) : [];
      if (letter === "z") out.push(["z"]);
      for (let at = 0; at < given.length; at += "hvHV".includes(letter) ? 1 : 2) {
        const [a, b] = [given[at], given[at + 1]];
        if (letter === "M" || letter === "L") [x, y] = [a, b];
        else if (letter === "l") [x, y] = [x + a, y + b];
        else if (letter === "H") x = a;
        else if (letter === "h") x += a;
        else if (letter === "V") y = a;
        else y += a;
        out.push([letter === "M" && !at ? "M" : "L", x, y]);
      }
    }
    return out;
  }

  const written = (points) =>
    points.map(([letter, x, y]) => (letter === "z" ? letter : letter + tenth(x) + " " + tenth(y))).join("");

  /** From one frame to another: the same outside of it, in proportion within. */
  function between(from, to) {
    const moved = (a, b, start, end) => (value) =>
      value <= a
        ? value + start - a
        : value >= b
          ? value + end - b
          : start + ((value - a) * (end - start)) / (b - a || 1);
    return [moved(from.left, from.right, to.left, to.right), moved(from.top, from.bottom, to.top, to.bottom)];
  }

  /** Ascending places at least a line apart, moved as little as needed (`_apart` of sitegen/charts/curves_svg.py). */
  function apart(places, top, bottom) {
    const out = [];
    for (const place of places) out.push(Math.max(place, out.length ? out.at(-1) + LINE : top));
    let limit = bottom;
    for (let at = out.length - 1; at >= 0; at--) limit = (out[at] = Math.min(out[at], limit)) - LINE;
    return out;
  }

  const attribute = (element, name) => Number(element.getAttribute(name));

  /** The names beside curves, from the top down, each with its key. */
  function namesOf(svg, frame) {
    return Array.from(svg.querySelectorAll(":scope > text.strong"))
      .filter((text) => attribute(text, "x") > frame.right && text.previousElementSibling.localName === "path")
      .map((text) => ({ text, key: text.previousElementSibling }))
      .sort((a, b) => attribute(a.text, "y") - attribute(b.text, "y"));
  }

  const roomOf = ({ text }) => Math.ceil(text.getComputedTextLength()) + 29;

  function placeNames(names, [x, y], frame) {
    const heights = apart(
      names.map(({ text }) => y(attribute(text, "y") - 4)),
      frame.top,
      frame.bottom,
    );
    names.forEach(function ({ text, key }, at) {
      const points = pointsOf(key.getAttribute("d"));
      const leads = key.classList.contains("lead");
      const moved = points.map(([letter, px, py], n) => [letter, x(px), leads && !n ? y(py) : heights[at]]);
      key.setAttribute("d", written(moved));
      text.setAttribute("x", tenth(x(attribute(text, "x"))));
      text.setAttribute("y", tenth(heights[at] + 4));
    });
  }

  /** Leave out the words of an axis that would meet those before them. */
  function thin(texts, placeOf, sizeOf) {
    let last = -Infinity;
    for (const text of texts) {
      const [place, half] = [placeOf(text), sizeOf(text) / 2];
      const fits = place - half >= last;
      text.toggleAttribute("data-hidden", !fits);
      if (fits) last = place + half;
    }
  }

  function thinAxes(svg) {
    const [up, across] = ["end", "middle"].map((anchor) =>
      svg.querySelectorAll(`:scope > g[text-anchor=${anchor}] > text`),
    );
    thin(
      across,
      (text) => attribute(text, "x"),
      (text) => LETTER * text.textContent.length + 6,
    );
    thin(
      up,
      (text) => -attribute(text, "y"),
      () => LINE,
    );
  }

  /** A title of an axis that is wider than its room ends with an ellipsis. */
  function cut(text, room) {
    text.whole = text.whole ?? text.textContent;
    const most = Math.max(4, Math.floor(room / LETTER));
    text.textContent = text.whole.length > most ? text.whole.slice(0, most - 1).trimEnd() + "…" : text.whole;
  }

  /** The drawing `svg`, as it was made, for `width` and `height`; in place. */
  function layOut(figure, svg, width, height) {
    const from = frameOf(svg);
    const names = namesOf(svg, from);
    const legend = figure.querySelector(".chart-legend");
    const isTight = width < NARROW || names.length * LINE > height - 60;
    const listed = Boolean(legend && names.length && isTight);
    figure.toggleAttribute("data-listed", listed);
    if (listed) for (const part of names.flatMap(({ text, key }) => [text, key])) part.remove();
    const beside = listed ? 16 : Math.min(Math.max(from.width - from.right, ...names.map(roomOf)), width / 2);
    const to = { ...from, right: width - beside, bottom: height - (from.height - from.bottom) };
    const maps = between(from, to);
    const kept = new Set(listed ? [] : names.flatMap(({ text, key }) => [text, key]));
    for (const path of svg.querySelectorAll("path"))
      if (!kept.has(path))
        path.setAttribute(
          "d",
          written(pointsOf(path.getAttribute("d")).map(([letter, x, y]) => [letter, maps[0](x), maps[1](y)])),
        );
    for (const text of svg.querySelectorAll("text")) {
      if (kept.has(text)) continue;
      text.setAttribute("x", tenth(maps[0](attribute(text, "x"))));
      text.setAttribute("y", tenth(maps[1](attribute(text, "y") - 4) + 4));
    }
    if (!listed) placeNames(names, maps, to);
    for (const title of svg.querySelectorAll(":scope > text:not(.strong)")) cut(title, to.right - 8);
    thinAxes(svg);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    ["x", "y"].forEach((axis, n) => moveAxis(svg, axis, maps[n]));
  }

  /** Where the ends of an axis are, for still-figure.js. */
  function moveAxis({ dataset }, axis, moved) {
    const [low, high, start, end, ...log] = (dataset[axis] || "").split(" ");
    if (end) dataset[axis] = [low, high, tenth(moved(Number(start))), tenth(moved(Number(end))), ...log].join(" ");
  }

  function start() {
    const figure = document.querySelector("figure.chart");
    const plot = figure?.querySelector(".plot");
    const made = plot?.querySelector("svg.drawing");
    if (!made?.querySelector(".axis")) return;
    const state = SG.charts.adopt(figure);
    plot.replaceChildren((state.still = [made])[0]); // without the one for narrow screens
    const whole = made.cloneNode(true);
    let size = "";
    function fit() {
      const [width, height] = [plot.clientWidth, plot.clientHeight];
      if (size === width + " " + height || width < 80 || height < 80) return;
      size = width + " " + height;
      made.replaceChildren(...whole.cloneNode(true).childNodes);
      made.setAttribute("viewBox", whole.getAttribute("viewBox"));
      Object.assign(made.dataset, whole.dataset);
      layOut(figure, made, width, height);
      if (state.live) SG.charts.redraw(state);
    }
    figure.dataset.fitted = "";
    // Rows of categories have a height of their own.
    if (figure.dataset.kind === "strip") plot.dataset.height = numbers(whole.getAttribute("viewBox"))[3];
    fit();
    new ResizeObserver(fit).observe(plot);
  }

  SG.start(start);
})();
