// needs: sitegen.js
//
// How numbers, durations and moments are written: the twin of sitegen/analysis/words.py and digits.py.
"use strict";

Object.assign(
  SG,
  (function () {
    const NOT_FINITE = { NaN: "NaN", Infinity: "∞", "-Infinity": "−∞" };
    const BOUNDS = [1, 100];
    const [MIN_DIGITS, MAX_DIGITS, MIN_DIGITS_OF_SMALLEST, FULL] = [4, 12, 3, 17];
    const [FIXED_FROM, FIXED_TO, FIXED_SPAN] = [-5, 8, 5];

    const isWhole = (value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 53;

    /** One number on its own: whole numbers whole, others with four significant digits; "" when missing. */
    function number(value) {
      if (value === null || value === undefined) return "";
      if (typeof value === "string") return NOT_FINITE[value] || value;
      if (!Number.isFinite(value)) return NOT_FINITE[String(value)];
      if (isWhole(value)) return String(value);
      for (let digits = MIN_DIGITS; ; digits++) {
        const text = general(value, digits);
        if (digits === MAX_DIGITS || !BOUNDS.includes(Math.abs(Number(text)))) return text;
      }
    }

    /** As Python's %g writes it: a tie goes to the even digit, trailing zeros are dropped. */
    function general(value, digits) {
      const [mantissa, power] = exponential(value, digits - 1);
      if (power >= -4 && power < digits) return trimZeros(pointMoved(mantissa, power));
      const places = Math.abs(power) < 10 ? "0" + Math.abs(power) : Math.abs(power);
      return trimZeros(mantissa) + "e" + (power < 0 ? "-" : "+") + places;
    }

    /** Mantissa with `places` decimals, and the power of ten. */
    function exponential(value, places) {
      let [mantissa, power] = value.toExponential(places).split("e");
      if (isTie(value.toExponential(places + 1).split("e")[0]) && Number(mantissa.slice(-1)) % 2) {
        const long = value.toExponential(places + 25).split("e");
        if (/^50*$/.test(long[0].slice(-25))) [mantissa, power] = [long[0].slice(0, places ? -25 : -26), long[1]];
      }
      return [mantissa, Number(power)];
    }

    /** `1.234` and -2 as `0.01234`. */
    function pointMoved(mantissa, power) {
      const sign = mantissa.startsWith("-") ? "-" : "";
      const digits = mantissa.replace(/[-.]/g, "");
      if (power < 0) return sign + "0." + "0".repeat(-power - 1) + digits;
      const rest = digits.slice(power + 1);
      return sign + digits.slice(0, power + 1) + (rest ? "." + rest : "");
    }

    const isTie = (text) => text.endsWith("5");
    const trimZeros = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

    /**
     * With `places` decimals; of two that are as near the even one, as Python has it, where toFixed takes the larger.
     */
    function fixed(value, places) {
      const text = (value + 0).toFixed(places);
      if (!isTie(value.toFixed(places + 1)) || Number(text.slice(-1)) % 2 === 0) return text;
      const long = value.toFixed(places + 25);
      return /^50*$/.test(long.slice(-25)) ? long.slice(0, places ? -25 : -26) : text;
    }

    /** All of it, with as few digits as tell it from its neighbours. */
    function full(value) {
      for (let digits = MAX_DIGITS + 1; ; digits++) {
        const text = general(value, digits);
        if (digits === FULL || Number(text) === value) return text;
      }
    }

    // ---- The numbers of a column (digits.py says the rules) ----

    /** A function that writes the numbers of a column of `values`, with as many digits as tell them apart. */
    function digits(values) {
      const finite = Float64Array.from(values).filter(Number.isFinite).sort();
      if (finite.every(isWhole)) return written((value) => someDigits(value, MIN_DIGITS));
      const bounds = BOUNDS.filter((bound) => finite[0] - 1 < bound && bound < finite.at(-1) + 1);
      const apart = Float64Array.from([...finite, ...bounds]).sort();
      const places = decimals(finite, apart);
      if (places !== null) return written((value) => fixed(value, places));
      const count = significant(apart);
      return written((value) => someDigits(value, count));
    }

    /** As `digits` finds for a column of which it is known: with `places` decimals, else with `count` digits. */
    const digitsAs = (places, count) =>
      written((value) => (places === undefined ? someDigits(value, count) : fixed(value, places)));

    const written = (write) => (value) =>
      typeof value === "number" && Number.isFinite(value) ? write(value || 0) : number(value);

    function someDigits(value, count) {
      if (isWhole(value)) return String(value);
      return count < FULL ? general(value, count) : full(value);
    }

    /** The fewest decimals that do; null where the values are too far apart, or too close. */
    function decimals(finite, apart) {
      let [largest, smallest] = [0, Infinity];
      for (const value of finite) {
        if (value) [largest, smallest] = [Math.max(largest, Math.abs(value)), Math.min(smallest, Math.abs(value))];
      }
      const [top, bottom] = [powerOf(largest), powerOf(smallest)];
      if (bottom < FIXED_FROM || top > FIXED_TO || top - bottom > FIXED_SPAN) return null;
      const wanted = Math.max(0, MIN_DIGITS - 1 - top, MIN_DIGITS_OF_SMALLEST - 1 - bottom);
      for (let places = exactDecimals(finite, wanted); places < MAX_DIGITS - Math.max(top, 0); places++) {
        if (differ(apart, (value) => fixed(value, places), Number("1e-" + places))) return places;
      }
      return null;
    }

    const powerOf = (size) => Number(size.toExponential(16).split("e")[1]);

    function exactDecimals(finite, most) {
      let least = 0;
      for (const value of finite) {
        const exact = Number(value.toPrecision(MAX_DIGITS)); // what lies beyond is noise: 0.4 - 0.3 is 0.1
        while (least < most && Number(fixed(value, least)) !== exact) least++;
        if (least === most) break;
      }
      return least;
    }

    function significant(apart) {
      for (let count = MIN_DIGITS; count <= MAX_DIGITS; count++) {
        if (differ(apart, (value) => someDigits(value, count), Infinity)) return count;
      }
      return FULL;
    }

    /** Whether sorted values that differ are read as different numbers; those further apart than `unit` surely are. */
    function differ(sorted, write, unit) {
      for (let i = 1; i < sorted.length; i++) {
        const [a, b] = [sorted[i - 1], sorted[i]];
        if (a !== b && b - a <= unit && Number(write(a)) === Number(write(b))) return false;
      }
      return true;
    }

    // ---- Times ----

    /** Milliseconds in the two largest units, rounded: "450 ms", "12.3 s", "5 min 12 s", "2 h 3 min", "3 d 4 h". */
    function duration(ms) {
      if (ms === null || ms === undefined) return "";
      if (ms < 1000) return Math.floor(ms) + " ms";
      if (ms < 59950) return seconds(ms) + " s";
      const [s, min, h] = [1000, 60000, 3600000].map((unit) => Math.floor((2 * ms + unit) / (2 * unit)));
      if (s < 3600) return twoUnits(s, 60, "min", "s");
      return min < 1440 ? twoUnits(min, 60, "h", "min") : twoUnits(h, 24, "d", "h");
    }

    const seconds = (ms) => fixed(ms / 1000, 1).replace(/\.0$/, "");

    function twoUnits(small, ratio, bigName, smallName) {
      const rest = small % ratio;
      return Math.floor(small / ratio) + " " + bigName + (rest ? " " + rest + " " + smallName : "");
    }

    /** Whether a recorded time can be right: one outside of 2000 to 2100 was not written in milliseconds. */
    const isPossible = (ms) => ms >= 946684800000 && ms <= 4102444800000;

    /** Milliseconds from start to end; null where one is not known, cannot be right, or the end is before the start. */
    function span(start, end) {
      return isPossible(start) && isPossible(end) && end >= start ? end - start : null;
    }

    /** Milliseconds since 1970 as "2023-11-14 22:13 UTC"; a time that cannot be right is said to be wrong. */
    function when(ms) {
      if (ms === null || ms === undefined) return "";
      const date = new Date(ms);
      const year = date.getUTCFullYear();
      if (!(year >= 1 && year <= 9999)) return ms + " ms (wrong)";
      if (!isPossible(ms)) return date.toISOString().slice(0, 10) + " (wrong)";
      return date.toISOString().slice(0, 16).replace("T", " ") + " UTC";
    }

    return { number, digits, digitsAs, duration, when, span };
  })(),
);
