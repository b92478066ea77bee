// needs: chart-tools.js, sitegen.js; later: chart-keys.js, curves.js, parcoords.js, vega-figure.js
//
// Figures: the finished drawing in the page becomes a live one when the reader turns to it.
//
// `curves` are drawn by uPlot (curves.js), every other kind by Vega (vega-figure.js); both load on first intent. This
// file makes the tools of a figure and decides when to go live; chart-files.js saves figures and shows them in full.
"use strict";

SG.charts = (function () {
  const MAX_LIVE = 12;
  const figures = new Map();

  /** The script that draws a figure, loaded when needed; it gives `draw(state) -> Promise<live>`. */
  async function drawer(state) {
    const name = state.drawer || (state.kind === "curves" ? "curves" : "vega-figure");
    await SG.asset("js/" + name + ".js");
    return { curves: SG.curves, parcoords: SG.parcoords, "vega-figure": SG.vegaFigure }[name];
  }

  /**
   * Make a figure ready to go live; does nothing for a figure it knows. Charts over runs give `more`: `before()`
   * (called
   * before each drawing), `bind()` (rows for Vega), `parallel()`, `colourOf(id)`, `bands`, `options`, `tools` (further
   * tools), `changed(options)`, `ofRuns: true`.
   */
  function adopt(figure, more = {}) {
    if (figures.has(figure)) return figures.get(figure);
    const plot = figure.querySelector(".plot");
    const state = {
      figure,
      plot,
      kind: figure.dataset.kind,
      still: Array.from(plot.childNodes),
      live: null,
      promise: null,
      ...more,
      options: { ...optionsOf(figure), ...more.options },
    };
    figures.set(figure, state);
    SG.chartTools.make(state);
    if (!more.ofRuns || state.kind === "curves") reach(state);
    if (!more.ofRuns)
      for (const type of ["pointerenter", "focusin"])
        figure.addEventListener(type, () => hydrate(state).catch(() => undefined));
    return state;
  }

  /** Let the keyboard reach a figure, which then has one name; chart-keys.js goes through what is drawn. */
  function reach(state) {
    const { plot, figure } = state;
    const svg = plot.querySelector(".drawing");
    const name = (svg && svg.getAttribute("aria-label")) || figure.querySelector("figcaption")?.textContent;
    for (const one of plot.children) one.setAttribute("aria-hidden", "true");
    plot.tabIndex = 0;
    plot.setAttribute("role", "group");
    plot.setAttribute("aria-label", name || "Chart");
    plot.addEventListener("keydown", async function (event) {
      const isOurs = /^(Arrow(Left|Right)|Home|End|Enter)$/.test(event.key) && event.target === plot;
      if (!isOurs || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      await SG.asset("js/chart-keys.js");
      SG.chartKeys(state, event.key).catch(() => undefined);
    });
  }

  /** How the finished drawing shows its curves, which the live one begins with. */
  function optionsOf({ dataset }) {
    const log = (dataset.log || "").split(" ").includes("y");
    return { log, smooth: Number(dataset.smooth || 0), x: dataset.axis || "step" };
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
    const [draw] = await Promise.all([drawer(state), state.before?.()]);
    if (!state.ofRuns) state.plot.style.minHeight = (state.plot.getBoundingClientRect().height || 260) + "px";
    state.live = await draw.draw(state);
    state.figure.dataset.live = "";
    watch(state);
    return state.live;
  }

  function fail(state, error) {
    note(state, error.message);
    state.promise = null;
  }

  /** A sentence below the plot, with a button `[text, work]` behind it; "" takes it away. */
  function note(state, text, button = null) {
    let line = state.figure.querySelector(".chart-note");
    if (!line && !text) return;
    if (!line) state.plot.after((line = SG.el("p", { class: "chart-note muted", role: "status" })));
    line.replaceChildren(
      text,
      ...(button ? [" ", SG.el("button", { type: "button", class: "tool", text: button[0], onclick: button[1] })] : []),
    );
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
    for (const state of live.slice(0, Math.max(0, live.length - MAX_LIVE))) if (!visible.has(state.figure)) rest(state);
  }

  /** Take down the live drawing; a figure that had no finished one keeps its place and is drawn again in sight. */
  function rest(state) {
    if (!state.live) return;
    state.live.destroy();
    state.live = state.promise = null;
    delete state.figure.dataset.live;
    state.plot.replaceChildren(...state.still);
    observer.unobserve(state.figure);
    if (!state.still.length || state.still.some((node) => node.classList?.contains("spark"))) whenSeen(state);
  }

  /** Go live when scrolled into view: for figures that scripts make, which have no finished drawing. */
  function whenSeen(state) {
    const once = new IntersectionObserver(
      function (entries) {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        once.disconnect();
        hydrate(state).catch(() => undefined);
      },
      { rootMargin: "200px" },
    );
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

  // ---- Start ----

  document.addEventListener("sg:theme", function () {
    for (const state of figures.values()) state.live?.theme();
  });

  /** The figures of the page; those whose drawing has no axes are drawn when they come into view. */
  function start() {
    for (const figure of document.querySelectorAll("figure.chart[data-kind]")) {
      const state = adopt(figure);
      if (figure.querySelector(".plot > .spark")) whenSeen(state);
    }
  }

  SG.start(start);

  return { adopt, hydrate, whenSeen, redraw, rest, drop, note, legend };
})();
