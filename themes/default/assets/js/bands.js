// needs: sitegen.js
//
// Curves of groups: mean and standard deviation of their runs at each step. Loaded by curves.js for figures with
// groups.
//
// The same as sitegen/analysis/bands.py, which draws the finished picture; change both.
"use strict";

SG.bands = (function () {
  const POINTS = 300;

  /** Points in order of x, the last of those with the same x; nothing where no y is a number. */
  function line([xs, ys]) {
    const order = xs.map((_, i) => i).sort((a, b) => xs[a] - xs[b] || a - b);
    const kept = order.filter((at, i) => i === order.length - 1 || xs[at] !== xs[order[i + 1]]);
    return ys.some((y) => y !== null) ? [kept.map((at) => xs[at]), kept.map((at) => ys[at])] : [[], []];
  }

  /** Every x of any line while there are few, else even ones. */
  function gridOf(lines) {
    const union = Array.from(new Set(lines.flatMap(([xs]) => xs))).sort((a, b) => a - b);
    if (union.length <= POINTS) return union;
    const [first, last] = [union[0], union[union.length - 1]];
    return Array.from({ length: POINTS }, (_, i) =>
      i === POINTS - 1 ? last : first + (i * (last - first)) / (POINTS - 1),
    );
  }

  /** A line at each x of the grid: straight between its points, nothing outside of them or beside a gap. */
  function at(grid, [xs, ys]) {
    let right = 0;
    return grid.map(function (x) {
      while (right < xs.length && xs[right] < x) right++;
      if (right === xs.length) return null;
      if (xs[right] === x) return ys[right];
      if (right === 0 || ys[right] === null || ys[right - 1] === null) return null;
      const share = (x - xs[right - 1]) / (xs[right] - xs[right - 1]);
      return ys[right - 1] * (1 - share) + ys[right] * share;
    });
  }

  /** Mean and sample standard deviation of numbers. */
  function spread(values) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    return [mean, Math.sqrt(squares / (values.length - 1))];
  }

  /**
   * The band of lines `[xs, ys]`: `{xs, mean, low, high}` with null where fewer than two, or than half, have a value.
   */
  function band(tables) {
    const lines = tables.map(line).filter(([xs]) => xs.length);
    if (lines.length < 2) return null;
    const xs = gridOf(lines);
    const rows = lines.map((one) => at(xs, one));
    const found = { xs, mean: [], low: [], high: [] };
    xs.forEach(function (_, i) {
      const values = rows.map((row) => row[i]).filter((value) => value !== null);
      const [mean, std] = values.length >= 2 && 2 * values.length >= lines.length ? spread(values) : [null, null];
      found.mean.push(mean);
      found.low.push(mean === null ? null : mean - std);
      found.high.push(mean === null ? null : mean + std);
    });
    return found.mean.some((value) => value !== null) ? found : null;
  }

  return { band };
})();
