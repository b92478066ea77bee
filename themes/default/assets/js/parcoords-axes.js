// needs: formats.js, sitegen.js
//
// The axes of parallel coordinates: where values fall on them, their marks, the colours of lines.
"use strict";

SG.parcoordsAxes = (function () {
  /** Pixels above and below the axes, beside them, and down to where missing values are; the least between axes. */
  const SIZES = { top: 26, bottom: 14, side: 56, missing: 16, gap: 76 };
  const BINS = 24;
  /** Positive values that span more than two decades get a logarithmic axis. */
  const LOG_FROM = 100;
  // viridis up to 0.85, so that the lightest is seen on white
  const STOPS = [
    [68, 1, 84],
    [72, 40, 120],
    [62, 74, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [110, 206, 88],
    [160, 218, 57],
  ];

  function colourAt(share) {
    const at = Math.max(0, Math.min(1, share)) * (STOPS.length - 1);
    const low = Math.min(STOPS.length - 2, Math.floor(at));
    const mix = STOPS[low].map((value, i) => Math.round(value + (STOPS[low + 1][i] - value) * (at - low)));
    return "rgb(" + mix.join(",") + ")";
  }

  /** What an axis needs to place a value: its extremes and whether it is logarithmic (above 0, over several powers). */
  function scaled(axis) {
    const known = axis.values.filter((value) => value !== null && Number.isFinite(value));
    const low = known.reduce((a, b) => Math.min(a, b), Infinity);
    const high = known.reduce((a, b) => Math.max(a, b), -Infinity);
    const log = !axis.words && low > 0 && high / low > LOG_FROM;
    const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
    const span = to - from || 1;
    const shares = Float64Array.from(axis.values, (value) =>
      value === null || !Number.isFinite(value)
        ? NaN
        : known.length && to === from
          ? 0.5
          : ((log ? Math.log10(value) : value) - from) / span,
    );
    return {
      ...axis,
      low,
      high,
      log,
      shares,
      value: (share) => (log ? 10 ** (from + share * span) : from + share * span),
    };
  }

  /** Where marks stand on an axis: each word (some of many), or a few round numbers. */
  function ticks(axis) {
    if (axis.words) {
      const every = Math.ceil(axis.words.length / 12);
      const span = axis.high - axis.low || 1;
      return axis.words
        .map((word, code) => [axis.low === axis.high ? 0.5 : (code - axis.low) / span, word])
        .filter((_, code) => code % every === 0);
    }
    if (axis.low > axis.high) return [];
    if (axis.low === axis.high) return [[0.5, SG.number(axis.low)]];
    return [0, 0.25, 0.5, 0.75, 1].map((share) => [share, SG.number(Number(axis.value(share).toPrecision(3)))]);
  }

  function inverse(axis, value) {
    const [low, high, at] = axis.log ? [axis.low, axis.high, value].map(Math.log10) : [axis.low, axis.high, value];
    return high === low ? (at === low ? 0.5 : -1) : (at - low) / (high - low);
  }

  const edge = (view) => Math.min(SIZES.side, view.width / 8);

  return { SIZES, BINS, colourAt, scaled, ticks, inverse, edge };
})();
