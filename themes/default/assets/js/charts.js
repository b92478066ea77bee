// Figures: the finished drawing in the page becomes a live one when the reader turns to it.
//
// `curves` are drawn by uPlot (curves.js), every other kind by Vega (vega-figure.js); both load on first intent. This
// file makes the tools of a figure, decides when to go live, and saves figures as SVG, PNG and CSV.
"use strict";

SG.charts = (function () {
  const MOST_LIVE = 12;
  const figures = new Map();

  /** The script that draws a kind, loaded when needed; it gives `draw(state) -> Promise<live>`. */
  async function drawer(kind) {
    const [name, own] = { curves: ["curves", "curves"], parallel: ["parcoords", "parcoords"] }[kind] || ["vega-figure", "vegaFigure"];
    await SG.asset("js/" + name + ".js");
    return SG[own];
  }

  /**
   * Make a figure ready to go live; does nothing for a figure it knows. Charts over runs give `more`: `before()` (called
   * before each drawing), `bind()` (rows for Vega), `parallel()`, `colourOf(id)`, `bands`, `options`, `tools` (further tools), `changed(options)`, `over: true`.
   */
  function adopt(figure, more = {}) {
    if (figures.has(figure)) return figures.get(figure);
    const plot = figure.querySelector(".plot");
    const state = { figure, plot, kind: figure.dataset.kind, still: Array.from(plot.childNodes), live: null, promise: null, ...more, options: { log: false, smooth: 0, x: "step", ...more.options } };
    figures.set(figure, state);
    makeTools(state);
    if (!more.over) for (const type of ["pointerenter", "focusin"]) figure.addEventListener(type, () => hydrate(state).catch(() => undefined));
    return state;
  }

  /** Replace the finished drawing by a live one, of the same height. */
  function hydrate(state) {
    if (!state.promise) {
      state.promise = goLive(state);
      state.promise.catch((error) => fail(state, error));
    }
    return state.promise;
  }

  async function goLive(state) {
    const [draw] = await Promise.all([drawer(state.kind), state.before?.()]);
    if (!state.over) state.plot.style.minHeight = (state.plot.clientHeight || 260) + "px";
    state.live = await draw.draw(state);
    state.figure.dataset.live = "";
    watch(state);
    return state.live;
  }

  function fail(state, error) {
    note(state, error.message);
    state.promise = null;
  }

  /** A sentence below the plot; "" takes it away. */
  function note(state, text) {
    let line = state.figure.querySelector(".chart-note");
    if (!line && !text) return;
    if (!line) state.plot.after((line = SG.el("p", { class: "chart-note muted", role: "status" })));
    line.textContent = text;
    line.hidden = !text;
  }

  /** Where the legend is; the page has one for figures with more than one series, so that nothing moves. */
  function legend(state) {
    let box = state.figure.querySelector(".chart-legend");
    if (!box) state.plot.after((box = SG.el("div", { class: "chart-legend" })));
    return box;
  }

  // ---- Many figures: those out of sight go back to the finished drawing ----

  const visible = new Set();
  let observer = null;

  function watch(state) {
    observer = observer || new IntersectionObserver(onSight);
    observer.observe(state.figure);
  }

  function onSight(entries) {
    for (const entry of entries) {
      if (entry.isIntersecting) visible.add(entry.target);
      else visible.delete(entry.target);
    }
    const live = Array.from(figures.values()).filter((state) => state.live);
    for (const state of live.slice(0, Math.max(0, live.length - MOST_LIVE))) if (!visible.has(state.figure)) rest(state);
  }

  /** Take down the live drawing; a figure that had no finished one keeps its place and is drawn again in sight. */
  function rest(state) {
    if (!state.live) return;
    state.live.destroy();
    state.live = state.promise = null;
    delete state.figure.dataset.live;
    state.plot.replaceChildren(...state.still);
    observer.unobserve(state.figure);
    if (!state.still.length) whenSeen(state);
  }

  /** Go live when scrolled into view: for figures that scripts make, which have no finished drawing. */
  function whenSeen(state) {
    const once = new IntersectionObserver(function (entries) {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      once.disconnect();
      hydrate(state).catch(() => undefined);
    }, { rootMargin: "200px" });
    once.observe(state.figure);
  }

  /** Draw a live figure anew, at its new size or with other settings. */
  function redraw(state) {
    if (!state.live) return Promise.resolve();
    state.live.destroy();
    state.live = state.promise = null;
    return hydrate(state).catch(() => undefined);
  }

  /** Forget a figure that leaves the page. */
  function drop(figure) {
    const state = figures.get(figure);
    figures.delete(figure);
    visible.delete(figure);
    observer?.unobserve(figure);
    state?.live?.destroy();
  }

  // ---- Tools ----

  function makeTools(state) {
    const box = state.figure.querySelector(".chart-tools");
    if (!box) return;
    const href = state.figure.dataset.href;
    const full = SG.el("button", { type: "button", class: "tool", text: "Full screen", onclick: () => fullScreen(state) });
    box.replaceChildren(...(state.kind === "curves" ? curveTools(state) : []), ...(state.tools ? state.tools(state) : []), saveMenu(state), full,
      ...(href ? [SG.el("a", { class: "tool", href, text: "Open chart" })] : []));
  }

  /** The figure alone in a dialog; it goes back to its place when that closes. */
  function fullScreen(state) {
    const { figure } = state;
    if (figure.closest("dialog")) return figure.closest("dialog").close();
    const place = document.createComment("figure");
    const close = SG.el("button", { type: "button", class: "close", text: "Esc", "aria-label": "Close", onclick: () => dialog.close() });
    const dialog = SG.el("dialog", { class: "full-chart", "aria-label": figure.querySelector("figcaption")?.textContent || "Chart" }, close);
    figure.before(place);
    document.body.append(dialog);
    dialog.append(figure);
    dialog.addEventListener("close", function () {
      place.replaceWith(figure);
      dialog.remove();
      redraw(state);
      figure.querySelector(".chart-tools button:last-of-type")?.focus();
    });
    dialog.showModal();
    if (state.live) redraw(state);
    else hydrate(state).catch(() => undefined);
  }

  /** Change an option of a figure and show it. */
  async function setOption(state, name, value) {
    state.options[name] = value;
    state.changed?.(state.options);
    const live = await hydrate(state);
    live.update();
  }

  function curveTools(state) {
    const log = SG.el("button", { type: "button", class: "tool", "aria-pressed": String(state.options.log), text: "Log", title: "Logarithmic y axis" });
    log.addEventListener("click", function () {
      log.setAttribute("aria-pressed", String(!state.options.log));
      setOption(state, "log", !state.options.log);
    });
    const reset = SG.el("button", { type: "button", class: "tool", text: "Reset zoom", onclick: () => hydrate(state).then((live) => live.reset()) });
    // Charts over runs share one slider and one horizontal axis.
    return state.over ? [log, axesMenu(state), reset] : [log, smoothing(state), horizontalAxis(state), axesMenu(state), reset];
  }

  function smoothing(state) {
    const smooth = SG.el("input", { type: "range", min: "0", max: "0.99", step: "0.01", value: String(state.options.smooth) });
    smooth.addEventListener("input", () => setOption(state, "smooth", Number(smooth.value)));
    return SG.el("label", { class: "tool" }, "Smooth ", smooth);
  }

  function horizontalAxis(state) {
    const axis = SG.el("select", { "aria-label": "Horizontal axis" },
      ...[["step", "Step"], ["relative", "Relative time"], ["time", "Wall time"]].map(([value, text]) => SG.el("option", { value, text })));
    axis.addEventListener("change", () => setOption(state, "x", axis.value));
    return axis;
  }

  /** Ranges given by hand, a logarithmic x axis, a view without outliers. */
  function axesMenu(state) {
    const { options } = state;
    const flag = function (name, text) {
      const box = SG.el("input", { type: "checkbox" });
      box.checked = Boolean(options[name]);
      box.addEventListener("change", () => setOption(state, name, box.checked));
      return SG.el("label", null, box, text);
    };
    const limit = function (name, text) {
      const input = SG.el("input", { type: "number", step: "any", "aria-label": text, placeholder: "auto", value: options[name] ?? null });
      input.addEventListener("change", () => setOption(state, name, input.value === "" ? null : Number(input.value)));
      return input;
    };
    const menu = SG.el("details", { class: "tool-menu axes-menu" }, SG.el("summary", { class: "tool", text: "Axes" }), SG.el("div", { class: "tool-menu-items" },
      SG.el("span", null, "y ", limit("yMin", "y from"), " to ", limit("yMax", "y to")), SG.el("span", null, "x ", limit("xMin", "x from"), " to ", limit("xMax", "x to")),
      flag("logX", "Logarithmic x axis"), flag("outliers", "Ignore outliers")));
    menu.addEventListener("keydown", (event) => event.key === "Escape" && menu.open && (event.stopPropagation(), event.preventDefault(), (menu.open = false)));
    return menu;
  }

  function saveMenu(state) {
    const item = (text, work) => SG.el("button", { type: "button", class: "tool", text, onclick: () => attempt(state, work) });
    const menu = SG.el("details", { class: "tool-menu" }, SG.el("summary", { class: "tool", text: "Save" }),
      SG.el("div", { class: "tool-menu-items" },
        item("SVG", () => saveSvg(state)), item("PNG", () => savePng(state)), item("CSV", () => saveCsv(state)), state.over ? item("Vega-Lite JSON", () => saveSpec(state)) : null));
    menu.addEventListener("keydown", (event) => event.key === "Escape" && (menu.open = false));
    return menu;
  }

  async function attempt(state, work) {
    try {
      await work();
    } catch (error) {
      note(state, error.message);
    }
  }

  // ---- Saving ----

  const fileName = (state, ending) => (state.figure.id || "chart") + "." + ending;

  /** The drawing as SVG: what Vega shows, else the finished drawing of the page. */
  function svgOf(state) {
    const found = state.plot.querySelector("svg") || state.still.find((node) => node.nodeName.toLowerCase() === "svg");
    if (!found) throw new Error("This figure has no SVG; save it as PNG or CSV.");
    return found;
  }

  const STYLES = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline"];

  /** The text of an SVG that stands alone: what the page's style sheet gives is written into attributes. */
  function standaloneSvg(svg) {
    const copy = svg.cloneNode(true);
    const shown = svg.isConnected;
    const originals = [svg, ...svg.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach(function (element, i) {
      const style = shown ? getComputedStyle(originals[i]) : null;
      for (const name of STYLES) if (style && style.getPropertyValue(name)) element.setAttribute(name, style.getPropertyValue(name));
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
    const made = state.live && !state.plot.querySelector("svg") ? await files((tool) => tool.svg(state)) : svgText(state);
    SG.download(fileName(state, "svg"), "image/svg+xml", made);
  }

  /** What only Vega can make: see chart-files.js. */
  async function files(work) {
    await SG.asset("js/chart-files.js");
    return work(SG.chartFiles);
  }

  async function saveSpec(state) {
    await hydrate(state);
    const spec = await files((tool) => tool.vegaLite(state));
    SG.download(fileName(state, "vl.json"), "application/json", JSON.stringify(spec, null, 1));
  }

  async function savePng(state) {
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
    const live = await hydrate(state);
    SG.download(fileName(state, "csv"), "text/csv", SG.csv(live.rows()));
  }

  // ---- Start ----

  document.addEventListener("sg:theme", function () {
    for (const state of figures.values()) state.live?.theme();
  });

  SG.start(() => document.querySelectorAll("figure.chart[data-kind]").forEach(adopt));

  return { adopt, hydrate, whenSeen, redraw, drop, note, legend };
})();
