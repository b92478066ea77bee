// needs: nothing
//
// The ticks of axes and their labels: the twin of sitegen/charts/axes.py. Loaded by curves.js.
"use strict";

SG.curveTicks = (function () {
  const NOISE = 1e-12;
  const UNITS = [
    [12, "T"],
    [9, "G"],
    [6, "M"],
    [3, "k"],
  ];
  const MINUS = "\u2212";

  const largest = (values) => values.reduce((a, b) => (b > a ? b : a), -Infinity);
  const least = (values) => values.reduce((a, b) => (b < a ? b : a), Infinity);

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
  function labels(ticks) {
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

  const FONT = "12px system-ui, sans-serif";
  let pen = null;

  /** How wide a text of a chart is. */
  function textWidth(text) {
    pen ||= document.createElement("canvas").getContext("2d");
    pen.font = FONT;
    return pen.measureText(text).width;
  }

  return { nice, labels, textWidth, FONT };
})();
