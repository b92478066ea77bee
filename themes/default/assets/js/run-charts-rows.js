// needs: decode.js, formats.js, labels.js, run-charts-data.js, sitegen.js
//
// What charts over runs draw: the rows of each kind that Vega draws (`fields` in sitegen/charts/kinds.py), from the
// columns of the runs on display. `SG.runChartsRows[kind](store, chart, rows)` gives `{rows, note, height?}`.
"use strict";

SG.runChartsRows = (function () {
  const MAX_POINTS = 5000;
  const MAX_CATEGORIES = 12;
  const GRID = [32, 22];
  const MAX_NEAR = 2000;

  const { parts, look, MIN_FITTED } = SG.runChartsData;

  function basics(store, row) {
    const status = store.column("run", "status");
    return {
      label: store.name(row),
      id: store.ids[row],
      status: status ? store.text(status, row) : "FINISHED",
      colour: store.colour(store.ids[row]),
    };
  }

  /** Rows in which all of `names` are numbers (above 0 on log axes), with the count of those left out. */
  function numbersOf(store, chart, names, rows) {
    const found = names.map((name) => look(store, chart[name], rows));
    const out = [];
    let left = 0;
    rows.forEach(function (row, i) {
      const values = found.map((one) => one.numbers[i]);
      const fits = values.every((value, k) => value !== null && !(chart.log.includes(names[k]) && value <= 0));
      if (!fits) return left++;
      out.push(Object.fromEntries(names.map((name, k) => [name, values[k]]).concat([["row", row]])));
    });
    return { points: out, left };
  }

  const leftOut = (count) => (count ? count + (count === 1 ? " run has" : " runs have") + " no such value." : "");

  const extremes = (values) => [
    values.reduce((a, b) => Math.min(a, b), Infinity),
    values.reduce((a, b) => Math.max(a, b), -Infinity),
  ];

  function bar(store, chart, rows) {
    const { points, left } = numbersOf(store, chart, ["x"], rows);
    const labels = SG.labels.runs(points.map(({ row }) => [store.ids[row], store.name(row)]));
    const made = points.map(({ row, x }) => ({ x, ...basics(store, row), label: labels.get(store.ids[row]) }));
    return { rows: made, note: leftOut(left), height: 28 * made.length + 52 };
  }

  function histogram(store, chart, rows) {
    const { points, left } = numbersOf(store, chart, ["x"], rows);
    return {
      rows: points.map(({ row, x }) => ({ x, label: store.name(row), id: store.ids[row] })),
      note: leftOut(left),
    };
  }

  /**
   * Runs as dots, from eight on with the line of least squares through them (on the axes as they are: logarithms where
   * those are).
   */
  function trend(store, chart, rows) {
    const { points, left } = numbersOf(store, chart, ["x", "y"], rows);
    const at = (value, axis) => (chart.log.includes(axis) ? Math.log10(value) : value);
    const pairs = points.map((point) => [at(point.x, "x"), at(point.y, "y")]);
    const fit = points.length < MIN_FITTED ? null : SG.runChartsData.leastSquares(pairs);
    const made = thinned(points, ["x", "y"]).map(({ row, x, y }) => ({ x, y, ...basics(store, row), line: false }));
    if (!fit) return { rows: made, note: leftOut(left) };
    const [low, high] = extremes(points.map((point) => at(point.x, "x")));
    const back = (value, axis) => (chart.log.includes(axis) ? 10 ** value : value);
    for (const x of [low, high]) made.push({ x: back(x, "x"), y: back(fit.slope * x + fit.start, "y"), line: true });
    const shown = points.length > MAX_POINTS ? " Of runs at one place, one is drawn." : "";
    return {
      rows: made,
      note:
        "Least squares over " +
        points.length +
        " runs: r = " +
        SG.number(Number(fit.r.toPrecision(3))) +
        ". " +
        leftOut(left) +
        shown,
    };
  }

  /** At most MAX_POINTS points: of those in one place, one. */
  function thinned(points, axes) {
    if (points.length <= MAX_POINTS) return points;
    const ranges = axes.map((axis) => extremes(points.map((point) => point[axis])));
    const firsts = new Map();
    for (const point of points) {
      const key = axes
        .map((axis, k) => Math.round((200 * (point[axis] - ranges[k][0])) / (ranges[k][1] - ranges[k][0] || 1)))
        .join(" ");
      if (!firsts.has(key)) firsts.set(key, point);
    }
    return Array.from(firsts.values()).slice(0, MAX_POINTS);
  }

  function box(store, chart, rows) {
    const { points, left } = numbersOf(store, chart, ["x"], rows);
    const words = store.column(...parts(chart.y));
    const counts = new Map();
    for (const point of points) {
      point.y = (words && String(store.text(words, point.row) ?? "")) || "(none)";
      counts.set(point.y, (counts.get(point.y) || 0) + 1);
    }
    const most = Array.from(counts)
      .sort((a, b) => b[1] - a[1] || SG.natural(a[0], b[0]))
      .slice(0, MAX_CATEGORIES)
      .map(([word]) => word)
      .sort(SG.natural);
    const place = new Map(most.map((word, i) => [word, i]));
    const kept = points.filter((point) => place.has(point.y)).sort((a, b) => place.get(a.y) - place.get(b.y));
    const made = kept.slice(0, MAX_POINTS).map(({ row, x, y }) => ({ x, y, ...basics(store, row) }));
    const more = counts.size > most.length ? "The " + most.length + " most used of " + counts.size + " values. " : "";
    return {
      rows: made,
      note: more + "Box: middle half and median; whiskers: smallest and largest. " + leftOut(left),
      height: 34 * most.length + 56,
    };
  }

  // ---- Contour: cells between runs, bare where no run is near ----

  function contour(store, chart, rows) {
    const { points, left } = numbersOf(store, chart, ["x", "y", "z"], rows);
    if (points.length < 3) return { rows: [], note: "A contour needs three runs with all three values." };
    const axes = ["x", "y"].map((name) =>
      makeAxis(
        points.map((point) => point[name]),
        chart.log.includes(name),
      ),
    );
    const near = points.slice(0, MAX_NEAR).map((point) => [axes[0].share(point.x), axes[1].share(point.y), point.z]);
    const reach = Math.min(0.16, Math.max(0.06, 0.9 / Math.sqrt(near.length)));
    const made = cells(near, axes, reach);
    const runs = thinned(points, ["x", "y"])
      .slice(0, MAX_POINTS - made.length)
      .map(({ row, x, y, z }) => ({ x, y, z, label: store.name(row), id: store.ids[row] }));
    return {
      rows: [...made, ...runs],
      note:
        "Cells: mean of " + points.length + " runs weighted by nearness; bare where no run is near. " + leftOut(left),
    };
  }

  function makeAxis(values, log) {
    const [low, high] = extremes(log ? values.map(Math.log10) : values);
    const span = high - low || 1;
    return {
      share: (value) => ((log ? Math.log10(value) : value) - low) / span,
      value: (share) => (log ? 10 ** (low + share * span) : low + share * span),
    };
  }

  function cells(near, [across, up], reach) {
    const out = [];
    const [columns, lines] = GRID;
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < lines; j++) {
        const z = weighted(near, (i + 0.5) / columns, (j + 0.5) / lines, reach);
        if (z !== null)
          out.push({
            x: across.value(i / columns),
            x2: across.value((i + 1) / columns),
            y: up.value(j / lines),
            y2: up.value((j + 1) / lines),
            z,
          });
      }
    }
    return out;
  }

  /** The mean of the runs near a place, by inverse squared distance; null when none is within `reach`. */
  function weighted(near, u, v, reach) {
    let sum = 0,
      total = 0,
      least = Infinity;
    for (const [x, y, z] of near) {
      const square = (x - u) ** 2 + (y - v) ** 2;
      if (square < least) least = square;
      if (square > 9 * reach * reach) continue;
      const weight = 1 / (square + 1e-4);
      sum += weight * z;
      total += weight;
    }
    return least <= reach * reach ? sum / total : null;
  }

  return { bar, histogram, trend, box, contour };
})();
