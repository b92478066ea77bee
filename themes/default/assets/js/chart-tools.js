// needs: sitegen.js; later: charts.js, chart-files.js
//
// The tools of a figure: log axis, smoothing, horizontal axis, saving, full screen.
"use strict";

SG.chartTools = (function () {
  function makeTools(state) {
    const box = state.figure.querySelector(".chart-tools");
    if (!box) return;
    const href = state.figure.dataset.href ?? ownPage(state.figure);
    const full = SG.el("button", {
      type: "button",
      class: "tool",
      text: "Full screen",
      onclick: () => attempt(state, "fullScreen"),
    });
    box.replaceChildren(
      ...(state.kind === "curves" ? curveTools(state) : []),
      ...(state.tools ? state.tools(state) : []),
      saveMenu(state),
      full,
      ...(href ? [SG.el("a", { class: "tool", href, text: "Open chart" })] : []),
    );
  }

  /** The page of a curve of a run's page; figures that scripts make have none. */
  function ownPage(figure) {
    if (document.documentElement.dataset.page !== "run") return "";
    const { runs, metric } = figure.dataset;
    return SG.root + "charts/curve.html#run=" + encodeURIComponent(runs) + "&metric=" + encodeURIComponent(metric);
  }

  /** Change an option of a figure and show it. */
  async function setOption(state, name, value) {
    state.options[name] = value;
    state.changed?.(state.options);
    const live = await SG.charts.hydrate(state);
    live.update();
  }

  function curveTools(state) {
    const log = SG.el("button", {
      type: "button",
      class: "tool",
      "aria-pressed": String(state.options.log),
      text: "Log",
      title: "Logarithmic y axis",
    });
    log.addEventListener("click", function () {
      log.setAttribute("aria-pressed", String(!state.options.log));
      setOption(state, "log", !state.options.log);
    });
    const reset = SG.el("button", {
      type: "button",
      class: "tool",
      text: "Reset zoom",
      onclick: () => SG.charts.hydrate(state).then((live) => live.reset()),
    });
    // Charts over runs share one slider and one horizontal axis.
    return state.ofRuns
      ? [log, axesMenu(state), reset]
      : [log, smoothing(state), horizontalAxis(state), axesMenu(state), reset];
  }

  function smoothing(state) {
    const smooth = SG.el("input", {
      type: "range",
      min: "0",
      max: "0.99",
      step: "0.01",
      value: String(state.options.smooth),
    });
    smooth.addEventListener("input", () => setOption(state, "smooth", Number(smooth.value)));
    return SG.el("label", { class: "tool" }, "Smooth ", smooth);
  }

  function horizontalAxis(state) {
    const axis = SG.el(
      "select",
      { "aria-label": "Horizontal axis" },
      ...[
        ["step", "Step"],
        ["relative", "Relative time"],
        ["time", "Wall time"],
        ["order", "Order of logging"],
      ].map(([value, text]) => SG.el("option", { value, text })),
    );
    axis.addEventListener("change", () => setOption(state, "x", axis.value));
    return axis;
  }

  /** Ranges and the like, filled when it is first opened. */
  function axesMenu(state) {
    const items = SG.el("div", { class: "tool-menu-items" });
    const menu = toolMenu("Axes", items);
    menu.classList.add("axes-menu");
    menu.addEventListener("toggle", () => !items.children.length && attempt(state, "axes", items));
    return menu;
  }

  function toolMenu(text, items) {
    const menu = SG.el("details", { class: "tool-menu" }, SG.el("summary", { class: "tool", text }), items);
    menu.addEventListener(
      "keydown",
      (event) =>
        event.key === "Escape" && menu.open && (event.stopPropagation(), event.preventDefault(), (menu.open = false)),
    );
    return menu;
  }

  function saveMenu(state) {
    const item = (text, work) =>
      SG.el("button", { type: "button", class: "tool", text, onclick: () => attempt(state, work) });
    return toolMenu(
      "Save",
      SG.el(
        "div",
        { class: "tool-menu-items" },
        item("SVG", "saveSvg"),
        item("PNG", "savePng"),
        item("CSV", "saveCsv"),
        state.ofRuns ? item("Vega-Lite JSON", "saveSpec") : null,
      ),
    );
  }

  /** Do what few readers do, by chart-files.js. */
  async function attempt(state, work, ...more) {
    try {
      await SG.asset("js/chart-files.js");
      await SG.chartFiles[work](state, ...more);
    } catch (error) {
      SG.charts.note(state, error.message);
    }
  }

  return { make: makeTools, setOption };
})();
