// needs: curve-axes.js, decode.js, labels.js, ranges.js
//
// The numbers of metric curves: decoded, told apart, placed on their axis, smoothed, and their range; for curves.js.
"use strict";

SG.chosenColours = SG.chosenColours || null; // run-colours.js gives it while runs are selected
SG.curveData = (function () {
  const DASHES = [undefined, [5, 4], [2, 3], [9, 3, 2, 3], [12, 5]];

  /** The dash of a slot, as in finished drawings (DASHES in sitegen/charts/style.py); none for a whole line. */
  const dashOf = (slot) => (slot > SG.BEST_COLOUR && slot < SG.OTHER_COLOUR ? DASHES[(slot - 2) % 5] : undefined);

  /** Whether the marks of a slot are square: those of the second five hues, which have the dashes of the first. */
  const isSquare = (slot) => slot > 6 && slot < SG.OTHER_COLOUR;
  const MAX_DRAWN = 1e300;

  // ---- Decoding (docs/architecture.md, "Data files") ----

  /** Differences with repeats (`[first, d, "x", count]`) as numbers, as BigInts where one is text. */
  function ints(coded) {
    const exact = coded.some((part) => typeof part === "string" && part !== "x");
    const read = exact ? BigInt : Number;
    const out = [];
    let last = read(0);
    for (let at = 0; at < coded.length; at++) {
      const repeats = coded[at + 1] === "x" ? coded[at + 2] : 1;
      for (let i = 0; i < repeats; i++) out.push((last += read(coded[at])));
      if (coded[at + 1] === "x") at += 2;
    }
    return out;
  }

  /**
   * A curve: `x` steps (and exact ones in `steps` where numbers are not), `t` milliseconds and `start` the first of
   * them,
   * `y` what can be drawn or null, `logged` the same with infinities, `order` places among all points or null, `starts`
   * where the attempts of a resumed run begin.
   */
  function decode(data) {
    const x = ints(data.x);
    const t = times(data);
    const logged = values(data);
    for (const [name, value] of [
      ["inf", Infinity],
      ["ninf", -Infinity],
    ])
      for (const i of data[name] || []) logged[i] ??= value;
    return {
      x: x.map(Number),
      steps: typeof x[0] === "bigint" ? x : null,
      t,
      start: t.reduce((a, b) => Math.min(a, b), Infinity),
      y: logged.map((value) => (value !== null && Math.abs(value) <= MAX_DRAWN ? value : null)),
      logged,
      order: data.o ? ints(data.o) : null,
      starts: data.a || [],
    };
  }

  function times(data) {
    const t = ints(data.t);
    return t.map((value) => t[0] + Math.round((value - t[0]) * (data.u || 1)));
  }

  function values(data) {
    if (typeof data.y !== "string") return data.y.slice();
    const bytes = atob(data.y);
    const scale = (data.hi - data.lo) / 65534;
    return Array.from({ length: bytes.length / 2 }, function (_, i) {
      const q = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
      return q === 65535 ? null : data.lo + q * scale;
    });
  }

  /** The points `from` to `to` of a curve. */
  function part(curve, from, to) {
    const cut = Object.fromEntries(
      ["x", "steps", "t", "y", "logged", "order"].map((name) => [name, curve[name] && curve[name].slice(from, to)]),
    );
    return { ...curve, ...cut, starts: [] };
  }

  // ---- Series ----

  /**
   * Series `{run, metric, label, slot, dash, curve, faint, attempt}`: of a resumed run one for each attempt, all but
   * the last faint.
   */
  async function seriesOf(figure, colourOf) {
    const ids = figure.dataset.runs.split(" ").filter(Boolean);
    const metrics = figure.dataset.metrics ? JSON.parse(figure.dataset.metrics) : [figure.dataset.metric];
    const runs = (await Promise.all(ids.map(SG.run))).filter(Boolean);
    const found = runs.flatMap((run) => metrics.map((metric) => oneSeries(run, metric))).filter(Boolean);
    return named(found, ids, metrics, colourOf, figure).flatMap(attempts);
  }

  function oneSeries(run, metric) {
    const coded = run.curves.find((curve) => curve.k === metric);
    return coded && { run, metric, curve: decode(coded), thinned: coded.of > coded.n, faint: false, attempt: 1 };
  }

  function attempts(one) {
    const ends = [0, ...one.curve.starts, one.curve.x.length];
    const last = ends.length - 2;
    return ends
      .slice(0, -1)
      .map((from, i) => ({ ...one, curve: part(one.curve, from, ends[i + 1]), faint: i < last, attempt: i + 1 }));
  }

  /** Names and colours: of runs where there are several, else of metrics. */
  function named(series, ids, metrics, colourOf, figure) {
    const byRun = ids.length > 1 || metrics.length === 1;
    const colours = coloursOf(byRun ? ids : metrics, byRun && colourOf, byRun && figure);
    const labels = SG.labels.runs(series.map((one) => [one.run.id, one.run.name]));
    series.forEach(function (one) {
      const name = labels.get(one.run.id);
      one.label = ids.length > 1 && metrics.length > 1 ? name + " · " + one.metric : byRun ? name : one.metric;
      one.slot = colours.get(byRun ? one.run.id : one.metric);
      // Dashes tell the metrics of each run apart where there are several, else the hues, as in a finished drawing.
      const many = ids.length > 1 && metrics.length > 1;
      one.dash = many ? (one.metric === metrics[0] ? undefined : DASHES[1]) : dashOf(one.slot);
    });
    return series;
  }

  /** What is drawn alone has the accent, as in its finished drawing. */
  function coloursOf(keys, colourOf, figure) {
    if (colourOf) return new Map(keys.map((id) => [id, colourOf(id)]));
    if (figure && SG.chosenColours && (figure.dataset.best || figure.dataset.colours))
      return new Map(keys.map((id) => [id, SG.chosenColours(id)]));
    if (figure?.dataset.colours && !figure.dataset.best) {
      const slots = figure.dataset.colours.split(" ").map(Number);
      return new Map(keys.map((id, i) => [id, slots[i]]));
    }
    if (figure?.dataset.best)
      return new Map(keys.map((id) => [id, id === figure.dataset.best ? SG.BEST_COLOUR : SG.OTHER_COLOUR]));
    return keys.length === 1 ? new Map([[keys[0], SG.BEST_COLOUR]]) : SG.colours(keys);
  }

  // ---- Places ----

  /** The axis of the figure: see SG.curveAxes.axisOf; also another metric's values. */
  function axisOf(series, chosen) {
    if (!chosen.startsWith("metric:"))
      return SG.curveAxes.axisOf(
        series.map((one) => one.curve),
        chosen,
      );
    return { kind: "metric", title: chosen.slice(7), note: "", dates: false };
  }

  const placed = (one, axis) => (axis.kind === "metric" ? alongMetric(one, axis.title) : axis.place(one.curve));

  /** The values of the run's metric `key` at the steps of the curve, between its own points on a straight line. */
  function alongMetric(one, key) {
    const coded = one.run.curves.find((curve) => curve.k === key);
    if (!coded) return one.curve.x.map(() => null);
    const other = decode(coded);
    const [xs, ys] = ordered(
      other.x.filter((_, i) => other.y[i] !== null),
      other.y.filter((y) => y !== null),
    );
    return one.curve.x.map((step) => valueAt(xs, ys, step));
  }

  /** The value at `x` of the line through points with growing `xs`; null outside of them. */
  function valueAt(xs, ys, x) {
    if (!xs.length || x < xs[0] || x > xs[xs.length - 1]) return null;
    let low = 0,
      high = xs.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (xs[middle] <= x) low = middle;
      else high = middle;
    }
    if (xs[high] === xs[low] || xs[high] === x) return ys[xs[high] === x ? high : low];
    return ys[low] + ((ys[high] - ys[low]) * (x - xs[low])) / (xs[high] - xs[low]);
  }

  /** Points in order of x, the last of those with the same x; uPlot wants x to grow. */
  function ordered(xs, ys) {
    const order = xs
      .map((_, i) => i)
      .filter((i) => xs[i] !== null)
      .sort((a, b) => xs[a] - xs[b] || a - b);
    const kept = order.filter((at, i) => i === order.length - 1 || xs[at] !== xs[order[i + 1]]);
    return [kept.map((at) => xs[at]), kept.map((at) => ys[at])];
  }

  /** De-biased exponential moving average, weighted by distance: `weight` holds over a mean step; null stays a gap. */
  function smoothed(xs, ys, weight) {
    const mean = (xs[xs.length - 1] - xs[0]) / Math.max(1, xs.length - 1) || 1;
    let sum = 0,
      total = 0,
      last = xs[0];
    return ys.map(function (y, i) {
      if (y === null) return null;
      const keep = Math.pow(weight, (xs[i] - last) / mean);
      sum = sum * keep + y;
      total = total * keep + 1;
      last = xs[i];
      return sum / total;
    });
  }

  // ---- The range ----

  const robustRange = (series) => SG.ranges.robust(series.flatMap((one) => one.curve.y.filter((y) => y !== null)));

  /**
   * The range that the middle nine tenths of all values need, and half as much on both sides; null when there are few.
   */
  function withoutOutliers(series) {
    const numbers = series.flatMap((one) => one.curve.y.filter((y) => y !== null)).sort((a, b) => a - b);
    const at = (share) => numbers[Math.round(share * (numbers.length - 1))];
    const span = at(0.95) - at(0.05);
    if (numbers.length < 20 || !span) return null;
    return [Math.max(numbers[0], at(0.05) - span / 2), Math.min(numbers[numbers.length - 1], at(0.95) + span / 2)];
  }

  // ---- CSV ----

  /** The points as rows of a CSV file; thinned histories say so. */
  function rows(series) {
    const out = [["run_id", "run", "metric", "step", "time", "value", "thinned", "relative_seconds", "attempt"]];
    for (const { run, metric, curve, thinned, attempt } of series) {
      curve.logged.forEach((value, i) =>
        out.push([
          run.id,
          run.name,
          metric,
          curve.steps ? String(curve.steps[i]) : curve.x[i],
          moment(curve.t[i]),
          value,
          thinned ? "yes" : "no",
          (curve.t[i] - curve.start) / 1000,
          attempt,
        ]),
      );
    }
    return out;
  }

  function moment(t) {
    const date = new Date(t);
    return Number.isNaN(date.getTime()) ? t : date.toISOString();
  }

  return { dashOf, isSquare, decode, seriesOf, axisOf, placed, ordered, smoothed, robustRange, withoutOutliers, rows };
})();
