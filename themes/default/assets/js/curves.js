// needs: chart-tools.js, charts.js, curve-data.js, curve-settings.js, curve-tip.js, formats.js, sitegen.js; later: bands.js
//
// Metric curves, live: uPlot on the thinned histories of runs. Loaded by charts.js when a figure goes live.
"use strict";

SG.curves = (function () {
  /** Below this the words of a drawing are too small to read (11 px); it is never drawn larger than that. */
  const [MIN_SCALE, MAX_SCALE] = [11 / 12, 1.5];
  const UPLOT = "vendor/uplot-1.6.32/";

  // ---- What is drawn ----

  /** Aligned data for uPlot, and how many values a log axis cannot show. */
  function prepare(view) {
    const {
      series,
      bands,
      axis,
      state: { options },
    } = view;
    let dropped = 0;
    const above = (list, log) =>
      log ? list.map((value) => (value !== null && value <= 0 ? (dropped++, null) : value)) : list;
    const tables = [];
    for (const one of series) {
      const [xs, raw] = SG.curveData.ordered(above(SG.curveData.placed(one, axis), options.logX), one.curve.y);
      const ys = above(raw, options.log);
      one.xs = xs;
      one.ys = options.smooth ? SG.curveData.smoothed(xs, ys, options.smooth) : ys;
      if (bands) continue;
      tables.push([xs, ys]);
      if (options.smooth) tables.push([xs, one.ys]);
    }
    for (const band of bands || []) tables.push(bandTable(band, series, options));
    return {
      data: tables.length
        ? uPlot.join(
            tables,
            tables.map((table) => table.map(() => 1)),
          )
        : [[]],
      dropped,
    };
  }

  /**
   * A group of runs as three lines: the mean, and the mean less and plus the standard deviation; of a lone run its own.
   */
  function bandTable(band, series, options) {
    const members = series.filter((one) => band.ids.has(one.run.id) && one.xs.length && !one.faint);
    const none = members.length === 1 ? members[0].xs.map(() => null) : [];
    if (members.length === 1) return [members[0].xs, members[0].ys, none, none];
    const found = SG.bands.band(members.map((one) => [one.xs, one.ys]));
    if (!found) return [[], [], [], []];
    // On a log axis an edge that is not above 0 lies on the lowest that is.
    const floor = options.log ? Math.min(...found.low.filter((y) => y > 0)) : -Infinity;
    const lifted = (y) => (!options.log || y === null || y > 0 ? y : Number.isFinite(floor) ? floor : null);
    return [
      found.xs,
      found.mean.map((y) => (options.log && y <= 0 ? null : y)),
      found.low.map(lifted),
      found.high.map(lifted),
    ];
  }

  // ---- Drawing ----

  function render(view) {
    view.plot?.destroy();
    Object.assign(view, sizeOf(view.state));
    view.axis = SG.curveData.axisOf(view.series, view.state.options.x);
    view.limits = SG.curveSettings.limitsOf(view);
    const { data, dropped } = prepare(view);
    view.state.plot.replaceChildren();
    view.plot = new uPlot(SG.curveSettings.settings(view), data, view.state.plot);
    if (view.alone) view.state.plot.append(view.alone);
    const { xMin, xMax, logX } = view.state.options;
    if (SG.curveSettings.isNumber(xMin) || SG.curveSettings.isNumber(xMax)) {
      const { min, max } = view.plot.scales.x;
      const [from, to] = SG.curveSettings.fixed([min, max], xMin, xMax, logX);
      view.plot.setScale("x", { min: from, max: to });
    }
    tell(view, dropped);
  }

  /**
   * The size of the drawing in its own pixels, and how large one is on the page: as in the finished drawing, which the
   * page scales to its card, so that nothing changes its size when the figure goes live; 1 where there is none.
   */
  function sizeOf({ still, plot, figure }) {
    const [width, height] = [Math.max(200, plot.clientWidth), Math.max(140, plot.clientHeight)];
    const boxes = still.filter((node) => node.classList?.contains("drawing")).map((svg) => svg.viewBox.baseVal);
    const box = !figure.closest("dialog") && boxes.find((one) => width / one.width >= MIN_SCALE);
    if (!box) return { scale: 1, size: [width, height] };
    const scale = Math.min(width / box.width, MAX_SCALE);
    return { scale, size: [box.width, Math.abs(box.height * scale - height) < 1 ? box.height : height / scale] };
  }

  /** The sentence below the plot, and what shows values that are outside of it. */
  function tell(view, dropped) {
    const caption = view.state.figure.querySelector("figcaption")?.textContent.toLowerCase() || "";
    const why = caption.includes(view.axis.note.slice(0, -1).toLowerCase()) ? "" : view.axis.note;
    const sentences = [view.series.length ? why : "No run here has logged this metric more than once."];
    if (view.series.some((one) => one.faint)) sentences.push("Faint: earlier attempts of a run that was resumed.");
    if (dropped)
      sentences.push(dropped + (dropped === 1 ? " value is" : " values are") + " not above 0 and not on the log axis.");
    const infinite = view.series.flatMap((one) =>
      one.curve.logged.filter((value) => value !== null && Math.abs(value) > 1e300),
    ).length;
    if (infinite)
      sentences.push(infinite + (infinite === 1 ? " value is" : " values are") + " infinite, marked at the edge.");
    const beyond = view.limits ? countBeyond(view) : 0;
    if (beyond)
      sentences.push(
        beyond + (beyond === 1 ? " extreme value is" : " extreme values are") + " outside, marked at the edge.",
      );
    SG.charts.note(
      view.state,
      sentences.filter(Boolean).join(" "),
      beyond && !view.state.options.outliers
        ? ["Show all", () => SG.chartTools.setOption(view.state, "all", true)]
        : null,
    );
  }

  function countBeyond({ series, limits: [low, high] }) {
    return series.flatMap((one) => one.curve.y.filter((y) => y !== null && (y < low || y > high))).length;
  }

  // ---- Legend ----

  /** The values under the pointer, in the legend. */
  function readOut(view, plot) {
    const at = plot.cursor.idx;
    const each = view.bands ? 3 : view.state.options.smooth ? 2 : 1;
    view.keys.forEach(function (key, i) {
      const place = view.bands ? each * i + 1 : (view.series.indexOf(view.listed[i]) + 1) * each;
      const value = at === null || at === undefined ? undefined : plot.data[place]?.[at];
      key.value.textContent = value === null || value === undefined ? "" : SG.number(value);
    });
  }

  function legendKey(view, one, i) {
    const value = SG.el("span", { class: "value" });
    const swatch = SG.el("span", { class: one.dash ? "swatch dashed" : "swatch", "aria-hidden": "true" });
    const button = SG.el(
      "button",
      {
        type: "button",
        class: "key c" + one.slot,
        "aria-pressed": String(view.shown[i]),
        "aria-label": one.label, // where the style hides the name
        "data-run": one.run?.id,
      },
      swatch,
      SG.el("span", { class: "name", text: one.label }),
      value,
    );
    button.addEventListener("click", function () {
      view.shown[i] = !view.shown[i];
      button.setAttribute("aria-pressed", String(view.shown[i]));
      render(view);
    });
    return { button, value };
  }

  // ---- Start ----

  /**
   * The groups that a finished figure shows instead of its runs: `data-groups`, a list of `[label, colour, run ids]`.
   */
  function groupsOf(figure) {
    const groups = JSON.parse(figure.dataset.groups || "[]");
    return groups.length
      ? groups.map(([label, slot, ids]) => ({ label, slot, ids: new Set(ids), dash: SG.curveData.dashOf(slot) }))
      : null;
  }

  /** The series and their legend, read anew: the runs of the figure may have changed. */
  async function fill(view) {
    const { state } = view;
    const series = await SG.curveData.seriesOf(state.figure, state.colourOf);
    view.series = series;
    view.bands = state.bands?.length
      ? state.bands.map((band) => ({ ...band, dash: SG.curveData.dashOf(band.slot) }))
      : groupsOf(state.figure);
    if (view.bands) await SG.asset("js/bands.js");
    view.listed = view.bands || series.filter((one) => !one.faint);
    view.shown = view.listed.map(() => true);
    view.keys = view.listed.map((one, i) => legendKey(view, one, i));
    const buttons = view.keys.map((key) => key.button);
    // One curve has its name in the title: its legend, with the value at the pointer, takes no room.
    view.alone = buttons.length === 1 && !state.ofRuns && SG.el("div", { class: "chart-legend alone" }, ...buttons);
    if (!view.alone) SG.charts.legend(state).replaceChildren(...buttons);
  }

  /** Draw the figure of `state` (see charts.js); gives `{update, reset, theme, rows, destroy, plot}`. */
  async function draw(state) {
    await Promise.all(
      [
        UPLOT + "uPlot.iife.min.js",
        UPLOT + "uPlot.min.css",
        "js/ranges.js",
        "js/curve-ticks.js",
        "js/curve-axes.js",
        "js/curve-data.js",
        "js/curve-ends.js",
        "js/curve-frame.js",
        "js/curve-settings.js",
        "js/curve-tip.js",
      ].map((name) => SG.asset(name)),
    );
    const view = { state, series: [], listed: [], shown: [], bands: null, plot: null, axis: null, limits: null };
    view.readOut = (plot) => (readOut(view, plot), SG.curveTip.show(view, plot));
    await fill(view);
    render(view);
    const resize = new ResizeObserver(() => fit(view));
    resize.observe(state.plot);
    return {
      update: () => render(view),
      refresh: async () => (await fill(view), render(view)),
      theme: () => render(view),
      reset: () => view.plot.setData(view.plot.data),
      rows: () => SG.curveData.rows(view.series),
      // Dates are seconds in uPlot and milliseconds in Vega.
      vegaRows: () =>
        view.series.flatMap((one) =>
          one.xs.map((x, i) => ({ x: view.axis.dates ? x * 1000 : x, y: one.ys[i], label: one.label, id: one.run.id })),
        ),
      axis: () => view.axis,
      colours: () => view.listed.map((one) => [one.label, one.slot]),
      plot: () => view.plot,
      move: (by) => SG.curveTip.move(view, by),
      leave: () => SG.curveTip.leave(view),
      destroy: () => (resize.disconnect(), view.plot.destroy()),
    };
  }

  function fit(view) {
    const width = Math.max(200, view.state.plot.clientWidth);
    if (Math.abs(width - view.plot.width) > 1) render(view);
  }

  return { draw };
})();
