// needs: page.js, sitegen.js; later: addresses.js, charts.js, chart-files.js, embed-box.js
//
// The tools of figures: one menu for each, and one bar for all curves of a section, which sets their axes and smoothing.
"use strict";

SG.chartTools = (function () {
  const AXES = [
    ["step", "Step"],
    ["relative", "Relative time"],
    ["time", "Wall time"],
    ["order", "Order of logging"],
  ];

  const button = (text, onclick) => SG.el("button", { type: "button", class: "tool", text, onclick });

  function makeTools(state) {
    const box = state.figure.querySelector(".chart-tools");
    if (!box) return;
    const curves = state.kind === "curves";
    const settings = !curves || state.ofRuns ? [] : barOf(state) ? [] : settingsOf([state]);
    box.replaceChildren(
      toolMenu(
        SG.el("summary", { class: "tool", text: "⋯", title: "Chart menu", "aria-label": "Menu of " + nameOf(state) }),
        ...(curves ? settings.concat(state.ofRuns ? logOf([state]) : [], axesMenu(state), reset(state)) : []),
        ...(state.tools ? state.tools(state) : []),
        ...saving(state),
        ...unfolding(state),
        ...opening(state),
        button("Full screen", () => attempt(state, "fullScreen")),
      ),
    );
  }

  const nameOf = (state) => state.figure.querySelector("figcaption > :first-child")?.textContent || "the chart";

  /** The page of a curve of a run's page; figures that scripts make have none. */
  function ownPage(figure) {
    if (document.documentElement.dataset.page !== "run") return "";
    const { runs, metric } = figure.dataset;
    return SG.root + "charts/curve.html#run=" + encodeURIComponent(runs) + "&metric=" + encodeURIComponent(metric);
  }

  function opening(state) {
    const href = state.figure.dataset.href ?? ownPage(state.figure);
    const embed = button(state.view ? "Embed this view" : "Embed", () => embedding(state, href));
    return [
      button("Copy link", () => copyLink(state, href)),
      ...(href || state.view ? [embed] : []),
      ...(href ? [SG.el("a", { class: "tool", href, text: "Open chart" })] : []),
    ];
  }

  async function embedding(state, href) {
    try {
      await SG.scripts(["addresses", "share-dialog", "table-text", "embed-box"]);
      closeMenu(state);
      await SG.embedBox.open(state, href);
    } catch (error) {
      SG.charts.note(state, error.message);
    }
  }

  /** Copy the address of the chart's page, of the view that it belongs to, else of where it stands on this page. */
  async function copyLink(state, href) {
    try {
      await SG.scripts(["addresses"]);
      const { ofPage, ofView } = SG.addresses;
      const here = async () => (await ofView()).replace(/#.*/s, "") + "#" + state.figure.id;
      await SG.copy(await (href ? ofPage(href) : state.view || !state.figure.id ? ofView() : here()));
      closeMenu(state);
      SG.announce("Link copied");
      SG.charts.note(state, "Link copied");
    } catch (error) {
      SG.charts.note(state, error.message);
    }
  }

  /** What is folded below the chart: its data, and how to embed it. */
  function unfolding(state) {
    const show = function (details) {
      details.open = true;
      closeMenu(state);
      details.querySelector("summary").focus();
    };
    const folded = Array.from(state.figure.querySelectorAll(".chart-foot > details:not(.embed)"), (details) =>
      button(details.querySelector("summary").textContent, () => show(details)),
    );
    const legend = state.figure.querySelector(".chart-legend");
    return legend && !state.ofRuns ? [...folded, button("Legend", () => showLegend(state))] : folded;
  }

  function showLegend(state) {
    state.figure.toggleAttribute("data-legend");
    closeMenu(state);
  }

  function closeMenu(state) {
    const menu = state.figure.querySelector(".chart-tools > details");
    menu.open = false;
    menu.querySelector("summary").focus();
  }

  /** Change an option of a figure and show it. */
  async function setOption(state, name, value) {
    state.options[name] = value;
    state.changed?.(state.options);
    const live = await SG.charts.hydrate(state);
    live.update();
  }

  // ---- Axes and smoothing of curves ----

  /** The bar above the curves of a section, None where there is one curve; `states` are the figures that it sets. */
  function barOf(state) {
    const section = state.figure.closest("section");
    const head = section?.querySelector(".section-head");
    if (!head || section.querySelectorAll('figure[data-kind="curves"] .chart-tools').length < 2) return null;
    if (!head.curves) {
      head.curves = [];
      head.append(SG.el("div", { class: "curve-tools" }, ...settingsOf(head.curves)));
    }
    head.curves.push(state);
    return head;
  }

  /** Set an option of several figures: of those out of sight when they come into view. */
  function setAll(states, name, value) {
    for (const state of states) {
      if (state.live || states.length === 1) setOption(state, name, value);
      else {
        state.options[name] = value;
        SG.charts.whenSeen(state);
      }
    }
  }

  const settingsOf = (states) => [...logOf(states), smoothing(states), horizontalAxis(states)];

  function logOf(states) {
    const log = SG.el("button", {
      type: "button",
      class: "tool",
      "aria-pressed": String(Boolean(states[0]?.options.log)),
      text: "Log",
      title: "Logarithmic y axis",
    });
    log.addEventListener("click", function () {
      const on = log.getAttribute("aria-pressed") !== "true";
      log.setAttribute("aria-pressed", String(on));
      setAll(states, "log", on);
    });
    return [log];
  }

  function smoothing(states) {
    const smooth = SG.el("input", {
      type: "range",
      min: "0",
      max: "0.99",
      step: "0.01",
      value: String(states[0]?.options.smooth || 0),
    });
    smooth.addEventListener("input", () => setAll(states, "smooth", Number(smooth.value)));
    return SG.el("label", { class: "tool" }, "Smooth ", smooth);
  }

  function horizontalAxis(states) {
    const axis = SG.el(
      "select",
      { "aria-label": "Horizontal axis" },
      ...AXES.map(([value, text]) => SG.el("option", { value, text })),
    );
    axis.addEventListener("change", () => setAll(states, "x", axis.value));
    return axis;
  }

  const reset = (state) => button("Reset zoom", () => SG.charts.hydrate(state).then((live) => live.reset()));

  /** Ranges and the like, filled when it is first opened. */
  function axesMenu(state) {
    const items = SG.el("div", { class: "axes-items" });
    const menu = SG.el("details", { class: "axes-menu" }, SG.el("summary", { class: "tool", text: "Axes" }), items);
    menu.addEventListener("toggle", () => !items.children.length && attempt(state, "axes", items));
    return menu;
  }

  // ---- The menu ----

  function toolMenu(summary, ...items) {
    const menu = SG.el(
      "details",
      { class: "tool-menu" },
      summary,
      SG.el("div", { class: "tool-menu-items" }, ...items),
    );
    menu.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !menu.open) return;
      event.stopPropagation();
      event.preventDefault();
      menu.open = false;
      summary.focus();
    });
    document.addEventListener("click", (event) => menu.open && !menu.contains(event.target) && (menu.open = false));
    return menu;
  }

  function saving(state) {
    const kinds = [
      ["SVG", "saveSvg"],
      ["PNG", "savePng"],
      ["CSV", "saveCsv"],
      ...(state.ofRuns ? [["Vega-Lite JSON", "saveSpec"]] : []),
    ];
    // In one row, so that the menu covers as little as may be of the charts below.
    const row = kinds.map(function ([text, work], i) {
      const save = button(i ? text.split(" ")[0] : "Save " + text, () => attempt(state, work));
      save.setAttribute("aria-label", "Save " + text);
      return save;
    });
    return [SG.el("div", {}, ...row)];
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
