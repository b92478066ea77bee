// needs: sitegen.js
//
// How numbers, durations and moments are written: the twin of sitegen/analysis/words.py. How a column is
// written is decided in digits.js.
"use strict";

Object.assign(
  SG,
  (function () {
    const NOT_FINITE = { NaN: "NaN", Infinity: "∞", "-Infinity": "−∞" };
    const BOUNDS = [1, 100];
    const [MIN_DIGITS, MAX_DIGITS, FULL] = [4, 12, 17];

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

    // ---- The numbers of a column, once digits.js or the data file has said how ----

    /** As `digits` finds for a column of which it is known: with `places` decimals, else with `count` digits. */
    function digitsAs(places, count) {
      const write = written((value) => (places === undefined ? someDigits(value, count) : fixed(value, places)));
      return Object.assign(write, { count: places === undefined ? count : null });
    }

    const written = (write) => (value) =>
      typeof value === "number" && Number.isFinite(value) ? write(value || 0) : number(value);

    function someDigits(value, count) {
      if (isWhole(value)) return String(value);
      return count < FULL ? general(value, count) : full(value);
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

    return { number, digitsAs, fixed, duration, when, span };
  })(),
);
