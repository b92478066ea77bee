// needs: nothing
//
// The ticks of axes and their labels: the twin of sitegen/charts/axes.py and times.py; how wide texts are. Loaded by
// curves.js.
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

  // ---- Logarithmic axes ----

  /** The range and ticks of a logarithmic axis: at powers of ten from two decades on, at 1, 2 and 5 below that. */
  function niceLog(low, high, count) {
    if (high / low < 1 + NOISE) return { range: [low / 2, low * 2], ticks: [low] };
    if (high / low < 2) return nice(low, high, count, { widen: true });
    const mantissas = high / low >= 100 ? [1] : [1, 2, 5];
    const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
    const marks = Array.from({ length: last - first + 1 }, (_, i) => mantissas.map((m) => scaled(m, first + i))).flat();
    const below = largest(marks.filter((mark) => mark <= low));
    const above = least(marks.filter((mark) => mark >= high));
    const inside = marks.filter((mark) => mark >= below && mark <= above);
    const every = Math.ceil(inside.length / (count + 1));
    return { range: [Math.min(low, below), Math.max(high, above)], ticks: inside.filter((_, i) => i % every === 0) };
  }

  /** A value in 4 significant digits; whole numbers below ten million keep all of theirs. */
  function short(value) {
    if (!Number.isFinite(value)) return String(value);
    const size = Math.abs(value);
    if (size && (size < 1e-4 || size >= 1e7)) return scientific(value, 3);
    return (size >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(4)))).replace("-", MINUS);
  }

  // ---- Dates: the twin of sitegen/charts/times.py ----

  const [SECOND, MINUTE, HOUR, DAY] = [1000, 60000, 3600000, 86400000];
  const times = (unit, ...counts) => counts.map((count) => unit * count);
  const STEPS = [
    ...times(1, 1, 2, 5, 10, 20, 50, 100, 200, 500),
    ...times(SECOND, 1, 2, 5, 10, 15, 30),
    ...times(MINUTE, 1, 2, 5, 10, 15, 30),
    ...times(HOUR, 1, 2, 3, 6, 12),
    ...times(DAY, 1, 2, 7, 14),
  ];
  const MONTHS = [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200];

  /** Ticks of dates between two times in ms, and their labels: as fine as the step is; the day where it is not one. */
  function dates(low, high, count) {
    if (high <= low) return { ticks: [low], labels: [moment(low).slice(0, 19)] };
    const step = STEPS.find((one) => high - low <= one * count);
    const ticks = step ? even(low, high, step) : months(low, high, count);
    const oneDay = Math.floor(low / DAY) === Math.floor(high / DAY);
    return { ticks, labels: ticks.map((tick) => dateLabel(moment(tick), step, oneDay)) };
  }

  function even(low, high, step) {
    const [first, last] = [Math.ceil(low / step), Math.floor(high / step)];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
  }

  /** The first days of every so many months. */
  function months(low, high, count) {
    const step = MONTHS.find((n) => high - low <= n * 30.44 * DAY * count) || 1200;
    const first = new Date(low);
    const found = [];
    let at = Math.floor((first.getUTCFullYear() * 12 + first.getUTCMonth()) / step) * step;
    for (let tick; (tick = monthStart(at)) <= high; at += step) if (tick >= low) found.push(tick);
    return found;
  }

  const monthStart = (months) => new Date(0).setUTCFullYear(Math.floor(months / 12), months % 12, 1);

  function moment(ms) {
    const date = new Date(Math.round(ms));
    return Number.isNaN(date.getTime()) ? "" : date.toISOString().replace("T", " ").slice(0, 23);
  }

  function dateLabel(text, step, oneDay) {
    if (!step) return text.slice(0, 7);
    if (step >= DAY) return text.slice(0, 10);
    const time = text.slice(11, step >= MINUTE ? 16 : step >= SECOND ? 19 : 23);
    return oneDay ? time : text.slice(5, 10) + " " + time;
  }

  // ---- Texts: the twins of text_width and fitted in sitegen/charts/drawing.py ----

  const WIDE =
    /[\u2026\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

  /** About how wide a text of 12 pixels is, the same whatever font the reader has. */
  const textWidth = (text) => Array.from(text).reduce((sum, one) => sum + (WIDE.test(one) ? 12 : 7.2), 0);

  /** `text`, cut with an ellipsis to be no wider than `room`. */
  function fitted(text, room) {
    if (textWidth(text) <= room + 0.1) return text;
    const kept = Array.from(text);
    while (kept.length && textWidth(kept.join("")) + 9 > room) kept.pop();
    return kept.join("").trimEnd() + "…";
  }

  /** Names beside each other, cut where they agree: the twin of fitted_apart in sitegen/charts/drawing.py. */
  function fittedApart(texts, room) {
    if (texts.every((text) => textWidth(text) <= room + 0.1)) return texts;
    const start = commonStart(texts);
    return texts.map((text) => cutMiddle(start ? "…" + text.slice(start) : text, room));
  }

  function commonStart(texts) {
    if (texts.length < 2) return 0;
    let same = 0;
    while (same < texts[0].length && texts.every((text) => text[same] === texts[0][same])) same++;
    const length = largest(Array.from("-_/.:= ", (one) => texts[0].slice(0, same).lastIndexOf(one))) + 1;
    return length > 2 && texts.every((text) => text.length > length) ? length : 0;
  }

  function cutMiddle(text, room) {
    if (textWidth(text) <= room + 0.1) return text;
    const all = Array.from(text);
    for (let kept = Math.min(all.length - 1, Math.floor(room / 7)); kept > 1; kept--) {
      const head = all.slice(0, (kept + 1) >> 1).join("");
      const tail = all.slice(all.length - (kept >> 1)).join("");
      const cut = head.trimEnd() + "…" + tail.trimStart();
      if (textWidth(cut) <= room + 0.1) return cut;
    }
    return fitted(text, room);
  }

  return { nice, niceLog, labels, short, dates, textWidth, fitted, fittedApart };
})();
