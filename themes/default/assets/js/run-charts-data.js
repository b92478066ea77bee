// needs: decode.js, sitegen.js
//
// The columns of runs as charts need them: what they are called, their numbers and words, how far two go together.
"use strict";

SG.runChartsData = (function () {
  const MAX_WORDS = 40;
  /** Positive values that span more than two decades get a logarithmic axis. */
  const LOG_FROM = 100;
  /** Runs that it takes for a line of least squares to say something: as many as for what mattered. */
  const MIN_FITTED = 8;

  /** `metric:loss:last` in its parts. */
  function parts(id) {
    const [, group, rest] = /^(run|param|metric|tag):(.*)$/s.exec(id) || [];
    if (group !== "metric") return [group, rest, ""];
    const at = rest.lastIndexOf(":");
    return [group, rest.slice(0, at), rest.slice(at + 1)];
  }

  const RUN_NAMES = {
    start_time: "Start",
    end_time: "End",
    duration: "Duration (ms)",
    rank: "Rank",
    user: "User",
    source: "Source",
    status: "Status",
    name: "Name",
  };

  /** What an axis says: the key, and the reducer where it is not the last value. */
  function title(id) {
    const [group, key, reducer] = parts(id);
    if (group === "run") return RUN_NAMES[key] || key;
    return reducer && reducer !== "last" ? key + " (" + reducer + ")" : key;
  }

  const columnOf = (store, id) => (id ? store.column(...parts(id)) : null);

  /** Numbers and texts of a column for the rows given: `{numbers, texts, isNumeric, distinct, low, high}`. */
  function look(store, id, rows) {
    const column = columnOf(store, id);
    const numbers = [],
      texts = [];
    let numeric = column !== null,
      low = Infinity,
      high = -Infinity;
    const distinct = new Set();
    for (const row of rows) {
      const number = column ? store.number(column, row) : null;
      const text = column ? store.text(column, row) : "";
      const finite = number !== null && Number.isFinite(number);
      numbers.push(finite ? number : null);
      texts.push(text);
      if (text !== "" && text !== null && number === null) numeric = false;
      if (text !== "" && text !== null) distinct.add(text);
      if (finite) [low, high] = [Math.min(low, number), Math.max(high, number)];
    }
    return { id, numbers, texts, isNumeric: numeric && low <= high, distinct, low, high };
  }

  const wantsLog = (found) => found.isNumeric && found.low > 0 && found.high / found.low > LOG_FROM;

  /** Slope and start of the line of least squares, and the correlation r; null where there is none. */
  function leastSquares(pairs) {
    const n = pairs.length;
    if (n < 3) return null;
    const mx = pairs.reduce((sum, [x]) => sum + x, 0) / n,
      my = pairs.reduce((sum, [, y]) => sum + y, 0) / n;
    let xx = 0,
      yy = 0,
      xy = 0;
    for (const [x, y] of pairs) {
      xx += (x - mx) ** 2;
      yy += (y - my) ** 2;
      xy += (x - mx) * (y - my);
    }
    return xx && yy ? { slope: xy / xx, start: my - (xy / xx) * mx, r: xy / Math.sqrt(xx * yy) } : null;
  }

  // ---- Parallel coordinates ----

  function parallel(store, chart, rows) {
    const list = Array.from(rows);
    const axes = chart.axes.map((id) => parallelAxis(look(store, id, list), id)).filter(Boolean);
    const whole = list.map((row) => ({ id: store.ids[row], name: store.name(row) }));
    return { runs: whole, axes, colour: chart.z };
  }

  function parallelAxis(found, id) {
    if (found.isNumeric) return { id, title: title(id), values: found.numbers, words: null };
    if (!found.distinct.size || found.distinct.size > MAX_WORDS) return null;
    const words = Array.from(found.distinct).sort(SG.natural);
    const codes = new Map(words.map((word, code) => [word, code]));
    return { id, title: title(id), values: found.texts.map((text) => codes.get(text) ?? null), words };
  }

  /** How far two columns go together: |r| of least squares, on logarithms where a column spans powers. */
  function strength(store, a, b) {
    const rows = Array.from(store.rows);
    const [x, y] = [look(store, a, rows), look(store, b, rows)];
    const log = wantsLog(x);
    const pairs = x.numbers
      .map((value, i) => [log ? Math.log10(value) : value, y.numbers[i]])
      .filter(([value, other], i) => x.numbers[i] !== null && other !== null && Number.isFinite(value));
    const fit = leastSquares(pairs);
    return fit ? Math.abs(fit.r) : 0;
  }

  return { parallel, strength, look, wantsLog, parts, title, leastSquares, MIN_FITTED };
})();
