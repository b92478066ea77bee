// needs: chart-tools.js, charts.js, decode.js, sitegen.js; later: vega-figure.js
//
// What few readers do with a chart: save it as SVG, PNG, CSV or Vega-Lite JSON, see it in full, set its axes by hand.
// Loaded by charts.js when it is asked for.
"use strict";

SG.chartFiles = (function () {
  const LOG_TICKS = 3;

  const isLog = (figure, channel) => (figure.dataset.log || "").split(" ").includes(channel);

  /** The titles of a figure's axes by channel. */
  function titlesOf(state) {
    const { xTitle = state.live?.axis?.().title || "", metric = "", zTitle = "" } = state.figure.dataset;
    const { yTitle = metric } = state.figure.dataset;
    return { x: xTitle, y: yTitle, color: zTitle };
  }

  function logOf(state, channel) {
    if (state.kind !== "curves") return isLog(state.figure, channel);
    return { x: state.options.logX, y: state.options.log }[channel];
  }

  /** Titles, log axes and colours in one encoding, as charts/kinds.py does it. */
  function titled(state, encoding) {
    const titles = titlesOf(state);
    const out = { ...encoding };
    for (const channel of ["x", "y"]) {
      if (!out[channel]) continue;
      if (out[channel].title !== null) out[channel] = { ...out[channel], title: titles[channel] || null };
      if (logOf(state, channel))
        out[channel] = { ...out[channel], scale: { type: "log" }, axis: { tickCount: LOG_TICKS } };
    }
    if (out.x && hasDates(state)) out.x = { ...out.x, type: "temporal", scale: { type: "utc" } };
    if (out.color?.title === "z") out.color = { ...out.color, title: titles.color || null };
    if (state.kind === "curves")
      out.color = {
        ...out.color,
        scale: { domain: colours(state).map(([label]) => label), range: colours(state).map(([, colour]) => colour) },
      };
    return out;
  }

  const hasDates = (state) => Boolean(state.live.axis?.().dates);

  const colours = (state) => state.live.colours().map(([label, slot]) => [label, SG.token("c" + slot)]);

  /** The chart as Vega-Lite, complete with its data. */
  async function vegaLite(state) {
    const spec = structuredClone((await SG.load("specs"))[state.kind]);
    if (!spec) throw new Error("There is no Vega-Lite form of this chart.");
    spec.title = state.figure.querySelector("figcaption > :first-child")?.textContent || "";
    spec.data = { values: state.live.vegaRows() };
    if (spec.layer) spec.layer = spec.layer.map((layer) => ({ ...layer, encoding: titled(state, layer.encoding) }));
    else spec.encoding = titled(state, spec.encoding);
    return spec;
  }

  /** The chart as the text of an SVG, drawn by Vega from its compiled kind, in the colours of the page. */
  async function svg(state) {
    await SG.asset("js/vega-figure.js");
    const kinds = await SG.vegaFigure.runtime();
    if (!Object.hasOwn(kinds, state.kind)) throw new Error("There is no SVG form of this chart.");
    const spec = structuredClone(kinds[state.kind]);
    for (const scale of spec.scales) {
      if (logOf(state, scale.name)) Object.assign(scale, { type: "log", zero: false });
      if (scale.name === "x" && hasDates(state)) Object.assign(scale, { type: "utc", zero: undefined });
      if (scale.name === "color" && state.kind === "curves")
        Object.assign(scale, {
          domain: colours(state).map(([label]) => label),
          range: colours(state).map(([, colour]) => colour),
        });
    }
    const refuse = () => Promise.reject(new Error("Charts load nothing"));
    const view = new vega.View(vega.parse(spec, {}, { ast: true }), {
      expr: vegaInterpreter.expressionInterpreter,
      renderer: "none",
      loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse },
      logLevel: vega.Error,
    });
    const titles = titlesOf(state);
    view
      .width(Math.max(480, state.plot.clientWidth))
      .signal("xTitle", titles.x)
      .signal("yTitle", titles.y)
      .signal("zTitle", titles.color)
      .data("data", state.live.vegaRows());
    const text = await view.toSVG();
    view.finalize();
    return text.replace(/var\(--([a-z0-9]+)\)/g, (whole, name) => SG.token(name) || whole);
  }

  // ---- Saving ----

  const fileName = (state, ending) => (state.figure.id || "chart") + "." + ending;

  /** The drawing as SVG: what Vega shows, else the finished drawing of the page. */
  function svgOf(state) {
    const found = state.plot.querySelector("svg") || state.still.find((node) => node.nodeName.toLowerCase() === "svg");
    if (!found) throw new Error("This figure has no SVG; save it as PNG or CSV.");
    return found;
  }

  const STYLES = (
    "fill fill-opacity stroke stroke-width stroke-opacity stroke-dasharray stroke-linejoin " +
    "opacity font-family font-size font-weight text-anchor dominant-baseline"
  ).split(" ");

  /** The text of an SVG that stands alone: what the page's style sheet gives is written into attributes. */
  function standaloneSvg(svg) {
    const copy = svg.cloneNode(true);
    const shown = svg.isConnected;
    const originals = [svg, ...svg.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach(function (element, i) {
      const style = shown ? getComputedStyle(originals[i]) : null;
      for (const name of STYLES)
        if (style && style.getPropertyValue(name)) element.setAttribute(name, style.getPropertyValue(name));
    });
    const box = svg.getBoundingClientRect();
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    copy.setAttribute("width", box.width || 640);
    copy.setAttribute("height", box.height || 360);
    return new XMLSerializer().serializeToString(copy);
  }

  /** The standalone text of the figure's SVG, put into the page for a moment where it is not shown. */
  function svgText(state) {
    const svg = svgOf(state);
    if (svg.isConnected) return standaloneSvg(svg);
    const live = Array.from(state.plot.childNodes);
    state.plot.append(svg);
    const text = standaloneSvg(svg);
    state.plot.replaceChildren(...live);
    return text;
  }

  async function saveSvg(state) {
    const isThere =
      state.plot.querySelector("svg") || state.still.some((node) => node.nodeName.toLowerCase() === "svg");
    if (!isThere) await SG.charts.hydrate(state);
    SG.download(fileName(state, "svg"), "image/svg+xml", isThere ? svgText(state) : await svg(state));
  }

  async function saveSpec(state) {
    await SG.charts.hydrate(state);
    const spec = await vegaLite(state);
    SG.download(fileName(state, "vl.json"), "application/json", JSON.stringify(spec, null, 1));
  }

  async function savePng(state) {
    if (!state.plot.querySelector("svg, canvas")) await SG.charts.hydrate(state);
    const live = state.live?.picture ? state.live.picture() : state.plot.querySelector("canvas");
    const canvas = onGround(live || (await imageOf(svgText(state))));
    canvas.toBlob((blob) => SG.download(fileName(state, "png"), "image/png", blob));
  }

  function imageOf(text) {
    return new Promise(function (resolve, reject) {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => reject(new Error("The drawing could not be made into an image."));
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    });
  }

  /** A canvas with `source` on the page's background; an SVG image is drawn at twice its size. */
  function onGround(source) {
    const factor = source instanceof HTMLCanvasElement ? 1 : 2;
    const canvas = SG.el("canvas", { width: String(source.width * factor), height: String(source.height * factor) });
    const context = canvas.getContext("2d");
    context.fillStyle = SG.token("bg") || "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(source, 0, 0, canvas.width, canvas.height);
    return canvas;
  }

  async function saveCsv(state) {
    const live = await SG.charts.hydrate(state);
    SG.download(fileName(state, "csv"), "text/csv", SG.csv(live.rows()));
  }

  // ---- Full screen, axes ----

  /** The figure alone in a dialog; it goes back to its place when that closes. */
  function fullScreen(state) {
    const { figure } = state;
    if (figure.closest("dialog")) return figure.closest("dialog").close();
    const place = document.createComment("figure");
    const close = SG.el("button", {
      type: "button",
      class: "close",
      text: "Esc",
      "aria-label": "Close",
      onclick: () => dialog.close(),
    });
    const dialog = SG.el(
      "dialog",
      { class: "full-chart", "aria-label": figure.querySelector("figcaption")?.textContent || "Chart" },
      close,
    );
    figure.before(place);
    document.body.append(dialog);
    dialog.append(figure);
    dialog.addEventListener("close", function () {
      place.replaceWith(figure);
      dialog.remove();
      SG.charts.redraw(state);
      figure.querySelector(".chart-tools summary")?.focus();
    });
    dialog.showModal();
    if (state.live) SG.charts.redraw(state);
    else SG.charts.hydrate(state).catch(() => undefined);
  }

  /** Fill the menu of the axes: ranges given by hand, a logarithmic x axis, a view without outliers. */
  function axes(state, items) {
    const { options } = state;
    const flag = function (name, text) {
      const box = SG.el("input", { type: "checkbox" });
      box.checked = Boolean(options[name]);
      box.addEventListener("change", () => SG.chartTools.setOption(state, name, box.checked));
      return SG.el("label", null, box, text);
    };
    const limit = function (name, text) {
      const input = SG.el("input", {
        type: "number",
        step: "any",
        "aria-label": text,
        placeholder: "auto",
        value: options[name] ?? null,
      });
      input.addEventListener("change", () =>
        SG.chartTools.setOption(state, name, input.value === "" ? null : Number(input.value)),
      );
      return input;
    };
    items.replaceChildren(
      SG.el("span", null, "y ", limit("yMin", "y from"), " to ", limit("yMax", "y to")),
      SG.el("span", null, "x ", limit("xMin", "x from"), " to ", limit("xMax", "x to")),
      flag("logX", "Logarithmic x axis"),
      flag("outliers", "Ignore outliers"),
    );
  }

  return { saveSvg, savePng, saveCsv, saveSpec, fullScreen, axes, vegaLite, svg };
})();
