// needs: decode.js, formats.js, sitegen.js
//
// What a curve is drawn over, and the ticks of its axes: the twin of sitegen/analysis/curve_axes.py and of tick_labels
// in sitegen/charts/axes.py. Loaded by curves.js.
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
  const UNITS = [
    [12, "T"],
    [9, "G"],
    [6, "M"],
    [3, "k"],
  ];
  const NOISE = 1e-12;
  const MINUS = "\u2212";

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

  const scaled = (whole, exponent) => (exponent >= 0 ? whole * 10 ** exponent : whole / 10 ** -exponent);

  /** The step of ticks, m * 10 ** exponent with m 1, 2 or 5, of which at most `count` fit into `span`. */
  function niceStep(span, count) {
    const exponent = Math.floor(Math.log10(span / count));
    for (const more of [0, 1])
      for (const m of [1, 2, 5])
        if (span <= count * (1 + NOISE) * scaled(m, exponent + more)) return [m, exponent + more];
    return [1, exponent + 2];
  }

  /**
   * The range of an axis, from its first to its last tick where `widen`, and its ticks, between which at most `count`
   * steps are: the twin of axis_between in sitegen/charts/axes.py.
   */
  function nice(low, high, count, { widen = false, whole = false } = {}) {
    if (high - low <= Math.max(Math.abs(low), Math.abs(high)) * NOISE || high - low < 1e-300) {
      const room = Math.abs(low) > 1e-300 ? Math.abs(low) / 2 : 1;
      return { range: [low - room, low + room], ticks: [low] };
    }
    let [m, exponent] = niceStep(high - low, count);
    if (whole && exponent < 0) [m, exponent] = [1, 0];
    const [step, slack] = [scaled(m, exponent), widen ? NOISE : -NOISE];
    const first = widen ? Math.floor(low / step + slack) : Math.ceil(low / step + slack);
    const last = widen ? Math.ceil(high / step - slack) : Math.floor(high / step - slack);
    const ticks = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => scaled((first + i) * m, exponent));
    return { range: widen ? [ticks[0], ticks[ticks.length - 1]] : [low, high], ticks };
  }

  /** Labels that tell even ticks apart: 0.25, 1500, 250k, 2e-5. */
  function tickLabels(ticks) {
    const known = ticks.filter((tick) => tick !== null);
    const top = largest(known.map(Math.abs));
    const step =
      known.length > 1 ? least(known.slice(1).map((tick, i) => Math.abs(tick - known[i]))) : Math.abs(top) || 1;
    const power = Math.floor(Math.log10(step || 1) + 1e-9);
    if (top && (top < 1e-3 || top >= 1e15))
      return ticks.map((tick) =>
        tick === null ? "" : scientific(tick, Math.max(0, Math.floor(Math.log10(top)) - power)),
      );
    let [exponent, unit] = (top >= 1e5 && UNITS.find(([p]) => top >= 10 ** p)) || [0, ""];
    if (exponent - power > 4) [exponent, unit] = [0, ""];
    const decimals = Math.min(15, Math.max(0, exponent - power));
    return ticks.map((tick) =>
      tick === null ? "" : tick ? (tick / 10 ** exponent).toFixed(decimals).replace("-", MINUS) + unit : "0",
    );
  }

  function scientific(value, digits) {
    if (!value) return "0";
    const [mantissa, exponent] = value.toExponential(Math.min(digits, 15)).split("e");
    return ((mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa) + "e" + Number(exponent)).replaceAll(
      "-",
      MINUS,
    );
  }

  /** Ticks of seconds, all in the unit that fits the largest. */
  function secondLabels(ticks) {
    const span = 1000 * largest(ticks.filter((tick) => tick !== null).map(Math.abs));
    const [, size, unit] = SPANS.find(([from]) => span >= from);
    return tickLabels(ticks.map((tick) => (tick === null ? null : (tick * 1000) / size))).map(
      (text) => text && text + " " + unit,
    );
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
    log ? ticks.map((tick) => (tick === null ? "" : SG.number(tick))) : tickLabels(ticks);

  const FONT = "12px system-ui, sans-serif";
  let pen = null;

  /** How wide a text of a chart is. */
  function textWidth(text) {
    pen ||= document.createElement("canvas").getContext("2d");
    pen.font = FONT;
    return pen.measureText(text).width;
  }

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
    const common = { stroke: muted, font: FONT };
    const x = { ...common, grid: { show: false }, ticks: { stroke: line, width: 1, size: 4 }, gap: 3, size: 38 };
    if (axis.kind === "relative") Object.assign(x, { incrs: TIME_STEPS, values: (_, ticks) => secondLabels(ticks) });
    else if (axis.dates)
      Object.assign(x, {
        space: 100,
        values: (plot, ticks) => dateLabels(ticks, plot.scales.x.min, plot.scales.x.max),
      });
    else x.values = numberLabels(options.logX);
    if (["step", "order"].includes(axis.kind) && !axis.dates && !options.logX)
      x.splits = (plot, _, low, high) => nice(low, high, plot.width > 480 ? 8 : 4, { whole: true }).ticks;
    const y = {
      ...common,
      grid: { stroke: line, width: 1 },
      ticks: { show: false },
      gap: 6,
      size: (_, texts) => Math.ceil(Math.max(0, ...(texts || []).map(textWidth))) + 8,
      values: numberLabels(options.log),
    };
    if (!options.log) y.splits = (plot, _, low, high) => ticksOf(view, low, high);
    return [x, y];
  }

  /** The ticks of the vertical axis: those it was widened to, or others where the reader chose a range. */
  function ticksOf({ nice: found }, low, high) {
    return found && found.range[0] === low && found.range[1] === high ? found.ticks : nice(low, high, 4).ticks;
  }

  return { axisOf, settings, tickLabels, nice, textWidth, titleOf };
})();
