// needs: curve-ticks.js
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
    if (chosen === "relative") return relativeAxis(curves, "");
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

  /** The time since the first point of each curve; `by` are the seconds of the unit that fits the longest. */
  function relativeAxis(curves, why) {
    const longest = largest(curves.map((curve) => largest(curve.t) - curve.start));
    const [, size, unit] = SPANS.find(([from]) => longest >= from) || SPANS[3];
    return {
      kind: "relative",
      title: `time since the first point (${unit})`,
      note: why && why + "over the time since the first point.",
      dates: false,
      by: size / 1000,
      place: (curve) => curve.t.map((t) => (t - curve.start) / 1000),
    };
  }

  function axisOfOneStep(curves, why) {
    const spans = curves.map((curve) => [least(curve.t), largest(curve.t)]);
    const [low, high] = [least(spans.map(([from]) => from)), largest(spans.map(([, to]) => to))];
    const longest = largest(spans.map(([from, to]) => to - from));
    if (!longest || low < EARLIEST || high > LATEST) return orderAxis(why);
    return high - low <= 2 * longest ? timeAxis(curves, why) : relativeAxis(curves, why);
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

  const DAY_SECONDS = 86400;
  const dayOf = (seconds) => Math.floor(seconds / DAY_SECONDS);

  /** The day of all points of `curves` on an axis of dates, where it is one. */
  function oneDay(axis, curves) {
    const places = axis.dates ? curves.flatMap((curve) => axis.place(curve)) : [];
    const [low, high] = [least(places), largest(places)];
    return places.length && high > low && Math.abs(low) < 1e11 && dayOf(low) === dayOf(high)
      ? new Date(low * 1000).toISOString().slice(0, 10)
      : "";
  }

  /** The title of the horizontal axis of `curves`, with their day where they have one. */
  const titleOf = (axis, curves) => [axis.title, oneDay(axis, curves)].filter(Boolean).join(", ");

  // ---- The axes as drawn ----

  /** `{ticks, labels}` of the horizontal axis from `low` to `high`, where the drawing is `width` wide. */
  function across({ axis, state: { options } }, xs, low, high, width) {
    if (xs.length === 1) [low, high] = [xs[0], xs[0]];
    const count = width > 480 ? 8 : 4;
    if (axis.dates) return seconds(SG.curveTicks.dates(low * 1000, high * 1000, width > 480 ? 5 : 3));
    if (options.logX)
      return written(SG.curveTicks.niceLog(low, high, count).ticks.filter((x) => x >= low && x <= high));
    const by = axis.by || 1;
    const { ticks } = SG.curveTicks.nice(low / by, high / by, count, { whole: ["step", "order"].includes(axis.kind) });
    const labels = low === high ? ticks.map(SG.curveTicks.short) : SG.curveTicks.labels(ticks);
    return { ticks: ticks.map((tick) => tick * by), labels };
  }

  const seconds = ({ ticks, labels }) => ({ ticks: ticks.map((tick) => tick / 1000), labels });
  const written = (ticks) => ({ ticks, labels: ticks.map(SG.curveTicks.short) });

  /** `{range, ticks, labels}` of the vertical axis that shows `low` to `high`. */
  function up(low, high, log) {
    const found = log ? SG.curveTicks.niceLog(low, high, 4) : SG.curveTicks.nice(low, high, 4, { widen: true });
    const isSingle = found.ticks.length === 1 || (log && high / low >= 2);
    return { ...found, labels: isSingle ? found.ticks.map(SG.curveTicks.short) : SG.curveTicks.labels(found.ticks) };
  }

  /** The vertical axis of a view: the one it was widened to, or ticks inside the range that the reader chose. */
  function upright(view, low, high) {
    if (view.up && view.up.range[0] === low && view.up.range[1] === high) return view.up;
    const { ticks, labels } = up(low, high, view.state.options.log);
    const kept = ticks.map((tick, i) => [tick, labels[i]]).filter(([tick]) => tick >= low && tick <= high);
    return { ticks: kept.map(([tick]) => tick), labels: kept.map(([, label]) => label) };
  }

  return { axisOf, titleOf, across, up, upright };
})();
