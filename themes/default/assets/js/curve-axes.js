// needs: curve-ticks.js, decode.js, formats.js, sitegen.js
//
// What a curve is drawn over: the twin of sitegen/analysis/curve_axes.py; and the axes beside it. Loaded by curves.js.
"use strict";

SG.curveAxes = (function () {
  const [EARLIEST, LATEST] = [1e11, 4102444800000];
  const [LARGE, NARROW] = [1e9, 1e-4];
  const DAY = 86400000;
  const STEP_UNITS = [1e6, 1e3, 1];
  const SPANS = [
    [2 * DAY, DAY, "d"],
    [7200000, 3600000, "h"],
    [120000, 60000, "min"],
    [0, 1000, "s"],
  ];
  const TIME_STEPS = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10800, 21600, 43200, 86400, 172800, 432000, 864000, 1728000, 4320000, 8640000, 17280000, 43200000,
  ];

  const least = (values) => values.reduce((a, b) => (b < a ? b : a), Infinity);
  const largest = (values) => values.reduce((a, b) => (b > a ? b : a), -Infinity);
  const stepsOf = (curve) => curve.steps || curve.x;
  const grouped = (whole) => String(whole).replace(/\B(?=(\d{3})+$)/g, ",");

  /**
   * The axis that `curves` share where the reader chose `chosen` (step, relative, time, order or metric:<key>): `{kind,
   * title, note, dates, place(curve)}`. Places are seconds on axes of time. Where all points are at one step, time or
   * the order of logging takes the place of steps, and `note` says so.
   */
  function axisOf(curves, chosen) {
    if (chosen === "time") return timeAxis(curves, "");
    if (chosen === "relative") return relativeAxis("");
    if (chosen === "order") return orderAxis("");
    const spans = curves.map((curve) => [least(stepsOf(curve)), largest(stepsOf(curve))]);
    if (!spans.length || spans.some(([low, high]) => low !== high)) return stepAxis(spans);
    const same = spans.every(([low]) => low === spans[0][0]);
    return axisOfOneStep(
      curves,
      "All points are at " + (same ? "step " + grouped(spans[0][0]) : "one step") + ": drawn ",
    );
  }

  const orderAxis = (why) => ({
    kind: "order",
    title: "order of logging",
    note: why && why + "in the order of logging.",
    dates: false,
    place: (curve) => curve.order || curve.x.map((_, i) => i),
  });

  function timeAxis(curves, why) {
    const odd = curves.some((curve) => curve.t.some((t) => t < EARLIEST || t > LATEST));
    const note = why ? why + "over time." : odd ? "Some of the times that were logged cannot be right." : "";
    return { kind: "time", title: "time (UTC)", note, dates: true, place: (curve) => curve.t.map((t) => t / 1000) };
  }

  function relativeAxis(why) {
    return {
      kind: "relative",
      title: "time since the first point",
      note: why && why + "over the time since the first point.",
      dates: false,
      place: (curve) => curve.t.map((t) => (t - curve.start) / 1000),
    };
  }

  function axisOfOneStep(curves, why) {
    const spans = curves.map((curve) => [least(curve.t), largest(curve.t)]);
    const [low, high] = [least(spans.map(([from]) => from)), largest(spans.map(([, to]) => to))];
    const longest = largest(spans.map(([from, to]) => to - from));
    if (!longest || low < EARLIEST || high > LATEST) return orderAxis(why);
    return high - low <= 2 * longest ? timeAxis(curves, why) : relativeAxis(why);
  }

  // ---- Steps ----

  function stepAxis(spans) {
    const [low, high] = [least(spans.map(([from]) => from)), largest(spans.map(([, to]) => to))];
    const step = { kind: "step", title: "step", note: "", dates: false, place: (curve) => curve.x };
    const unit = STEP_UNITS.find((size) => 1e12 * size <= low && high <= LATEST * size);
    if (unit)
      return {
        ...step,
        title: "step, read as a time (UTC)",
        dates: true,
        place: (curve) => stepsOf(curve).map((at) => Number(at) / unit / 1000),
      };
    const size = Math.max(Math.abs(Number(low)), Math.abs(Number(high)));
    if (size <= 2 ** 53 && (size < LARGE || Number(high) - Number(low) >= size * NARROW)) return step;
    const from = typeof low === "bigint" ? low : BigInt(low === Infinity ? 0 : low);
    return {
      ...step,
      title: "step after " + grouped(from),
      place: (curve) => stepsOf(curve).map((at) => Number(BigInt(at) - from)),
    };
  }

  // ---- Ticks ----

  /** Ticks of seconds, all in the unit that fits the largest. */
  function secondLabels(ticks) {
    const span = 1000 * largest(ticks.filter((tick) => tick !== null).map(Math.abs));
    const [, size, unit] = SPANS.find(([from]) => span >= from);
    return SG.curveTicks
      .labels(ticks.map((tick) => (tick === null ? null : (tick * 1000) / size)))
      .map((text) => text && text + " " + unit);
  }

  const DAY_SECONDS = 86400;
  const dayOf = (seconds) => Math.floor(seconds / DAY_SECONDS);

  /** Labels of dates in UTC, as fine as the ticks are: days, minutes, seconds. */
  function dateLabels(ticks, low, high) {
    const step = ticks.length > 1 ? least(ticks.slice(1).map((tick, i) => tick - ticks[i])) : high - low;
    const oneDay = dayOf(low) === dayOf(high);
    return ticks.map(function (tick) {
      const date = new Date(Math.round(tick * 1000));
      if (Number.isNaN(date.getTime())) return "";
      const text = date.toISOString();
      if (step >= DAY_SECONDS)
        return step > 27 * DAY_SECONDS && text.slice(8, 10) === "01" ? text.slice(0, 7) : text.slice(0, 10);
      const time = text.slice(11, step >= 60 ? 16 : step >= 1 ? 19 : 23);
      return oneDay ? time : text.slice(5, 10) + " " + time;
    });
  }

  /** The day of all points of `curves` on an axis of dates, where it is one. */
  function oneDay(axis, curves) {
    const places = axis.dates ? curves.flatMap((curve) => axis.place(curve)) : [];
    const [low, high] = [least(places), largest(places)];
    return places.length && high > low && Math.abs(low) < 1e11 && dayOf(low) === dayOf(high)
      ? new Date(low * 1000).toISOString().slice(0, 10)
      : "";
  }

  const numberLabels = (log) => (_, ticks) =>
    log ? ticks.map((tick) => (tick === null ? "" : SG.number(tick))) : SG.curveTicks.labels(ticks);

  /** The title of the horizontal axis of `curves`, with their day where they have one. */
  const titleOf = (axis, curves) => [axis.title, oneDay(axis, curves)].filter(Boolean).join(", ");

  /** The settings of uPlot's two axes for a view of curves; they look as those of the finished drawings. */
  function settings(view) {
    const {
      axis,
      state: { options },
    } = view;
    const line = SG.token("line") || "#d8dde4";
    const muted = SG.token("muted") || "#57616c";
    const common = { stroke: muted, font: SG.curveTicks.FONT };
    const x = { ...common, grid: { show: false }, ticks: { stroke: line, width: 1, size: 4 }, gap: 3, size: 38 };
    if (axis.kind === "relative") Object.assign(x, { incrs: TIME_STEPS, values: (_, ticks) => secondLabels(ticks) });
    else if (axis.dates)
      Object.assign(x, {
        space: 100,
        values: (plot, ticks) => dateLabels(ticks, plot.scales.x.min, plot.scales.x.max),
      });
    else x.values = numberLabels(options.logX);
    if (["step", "order"].includes(axis.kind) && !axis.dates && !options.logX)
      x.splits = (plot, _, low, high) => SG.curveTicks.nice(low, high, plot.width > 480 ? 8 : 4, { whole: true }).ticks;
    const y = {
      ...common,
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
      gap: 6,
      size: (_, texts) => Math.ceil(Math.max(0, ...(texts || []).map(SG.curveTicks.textWidth))) + 8,
      values: numberLabels(options.log),
    };
    if (!options.log) y.splits = (plot, _, low, high) => ticksOf(view, low, high);
    return [x, y];
  }

  /** The ticks of the vertical axis: those it was widened to, or others where the reader chose a range. */
  function ticksOf({ nice: found }, low, high) {
    return found && found.range[0] === low && found.range[1] === high
      ? found.ticks
      : SG.curveTicks.nice(low, high, 4).ticks;
  }

  return { axisOf, settings, titleOf };
})();
