// needs: formats.js, sitegen.js
//
// With how many digits the numbers of a column are written: the twin of sitegen/analysis/digits.py, which says the
// rules.
"use strict";

SG.digits = (function () {
  const BOUNDS = [1, 100];
  const [MIN_DIGITS, MAX_DIGITS, MIN_DIGITS_OF_SMALLEST, MIN_DECIMALS, FULL] = [4, 12, 3, 4, 17];
  const [FIXED_FROM, FIXED_TO, FIXED_SPAN] = [-5, 8, 5];

  const isWhole = (value) => Number.isInteger(value) && Math.abs(value) <= 2 ** 53;

  /** A function that writes the numbers of a column of `values`, with as many digits as tell them apart. */
  function digits(values) {
    const finite = Float64Array.from(values).filter(Number.isFinite).sort();
    if (finite.every(isWhole)) return SG.digitsAs(undefined, MIN_DIGITS);
    const bounds = BOUNDS.filter((bound) => finite[0] - 1 < bound && bound < finite.at(-1) + 1);
    const apart = Float64Array.from([...finite, ...bounds]).sort();
    const places = decimals(finite, apart);
    if (places !== null) return SG.digitsAs(places);
    return SG.digitsAs(undefined, significant(apart));
  }

  /** The fewest decimals that do; null where the values are too far apart, or too close. */
  function decimals(finite, apart) {
    let [largest, smallest] = [0, Infinity];
    for (const value of finite) {
      if (value) [largest, smallest] = [Math.max(largest, Math.abs(value)), Math.min(smallest, Math.abs(value))];
    }
    const [top, bottom] = [powerOf(largest), powerOf(smallest)];
    if (bottom < FIXED_FROM || top > FIXED_TO || top - bottom > FIXED_SPAN) return null;
    const atLeast = bottom < 0 ? MIN_DECIMALS : 0;
    const wanted = Math.max(atLeast, MIN_DIGITS - 1 - top, MIN_DIGITS_OF_SMALLEST - 1 - bottom);
    for (let places = exactDecimals(finite, wanted); places < MAX_DIGITS - Math.max(top, 0); places++) {
      if (differ(apart, (value) => SG.fixed(value, places), Number("1e-" + places))) return places;
    }
    return null;
  }

  const powerOf = (size) => Number(size.toExponential(16).split("e")[1]);

  function exactDecimals(finite, most) {
    let least = 0;
    for (const value of finite) {
      const exact = Number(value.toPrecision(MAX_DIGITS)); // what lies beyond is noise: 0.4 - 0.3 is 0.1
      while (least < most && Number(SG.fixed(value, least)) !== exact) least++;
      if (least === most) break;
    }
    return least;
  }

  function significant(apart) {
    for (let count = MIN_DIGITS; count <= MAX_DIGITS; count++) {
      if (differ(apart, SG.digitsAs(undefined, count), Infinity)) return count;
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

  return digits;
})();
