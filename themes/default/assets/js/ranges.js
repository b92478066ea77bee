// needs: nothing
//
// The range that a few extreme values do not flatten: the twin of sitegen/charts/ranges.py; change both.
"use strict";

SG.ranges = (function () {
  const [FEWEST, SHARE, FLATTENED] = [5, 50, 10];

  /** The range of all but a few extreme `values`, half as wide again at each end; null where all can be drawn. */
  function robust(values) {
    const numbers = values.toSorted((a, b) => a - b);
    const count = numbers.length;
    if (count < FEWEST) return null;
    const aside = Math.max(1, Math.floor(count / SHARE));
    const [innerLow, innerHigh] = [numbers[aside], numbers[count - 1 - aside]];
    const [first, last, room] = [numbers[0], numbers[count - 1], (innerHigh - innerLow) / 2];
    const [low, high] = [Math.max(first, innerLow - room), Math.min(last, innerHigh + room)];
    const most = FLATTENED * (high - low);
    // Only the end that has extreme values is cut.
    const range = [high - first <= most ? first : low, last - low <= most ? last : high];
    return room <= 0 || (range[0] === first && range[1] === last) ? null : range;
  }

  /** The rows whose `axes` lie in the robust ranges of all, unless one that must be shown (`keeps`) does not. */
  function within(rows, axes, keeps) {
    const ranges = axes.map((axis) => [axis, robust(rows.map((row) => row[axis]))]).filter(([, range]) => range);
    const isInside = (row) => ranges.every(([axis, [low, high]]) => row[axis] >= low && row[axis] <= high);
    return rows.some((row) => keeps(row) && !isInside(row)) ? rows : rows.filter(isInside);
  }

  return { robust, within };
})();
