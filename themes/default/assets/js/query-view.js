// needs: query-keys.js, unpack.js
//
// What queries look at: the columns of data/experiments/<file>.js, decoded when first asked for.
"use strict";

(function (parts) {
  const RUN_COLUMNS = {
    run_id: "run_id",
    run_name: "name",
    status: "status",
    user_id: "user",
    start_time: "start_time",
    end_time: "end_time",
    duration: "duration",
    parent_run_id: "parent",
    source_name: "source",
  };

  /** The columns of an experiment's data file as a query asks for them; decoded when first asked for. */
  function view(data) {
    const raw = new Map();
    for (const column of data.columns.concat(data.more || []))
      raw.set(idOf(column.g, column.n, column.r || (column.g === "metric" ? "last" : "")), column);
    for (const [tag, name] of data.same || []) raw.set(idOf("tag", tag, ""), raw.get(idOf("run", name, "")));
    const decoded = new Map();

    function stored(group, name, reducer = "") {
      const id = idOf(group, name, reducer);
      if (!decoded.has(id)) decoded.set(id, raw.has(id) ? decode(raw.get(id)) : null);
      return decoded.get(id);
    }

    /** `{words, codes}` (code -1: missing) or `{values}` (null: missing), or null where no run has such a thing. */
    function column(group, name, reducer = "") {
      if (group === "attribute") return attribute(name);
      if (group === "dataset") return stored("run", "datasets");
      if (group !== "metric") return stored(group, name);
      return stored("metric", name, reducer || "last") || ofSinglePoints(name, reducer);
    }

    /** A metric without a curve has one point a run, which is all that its history can be reduced to. */
    function ofSinglePoints(name, reducer) {
      const last = stored("metric", name, "last");
      if (!last || raw.has(idOf("metric", name, "min"))) return null;
      return reducer === "count" ? { values: last.values.map((value) => (value === null ? null : 1)) } : last;
    }

    function attribute(name) {
      if (name === "git_commit") return stored("tag", "mlflow.source.git.commit");
      if (name === "experiment_id") return constant(data.n, data.id);
      if (name === "lifecycle_stage") return stored("run", name) || constant(data.n, "active");
      if (name === "artifact_uri") return artifactUris(stored("run", name));
      const found = stored("run", RUN_COLUMNS[name]);
      return name === "user_id" ? withEmpty(found) : found;
    }

    function artifactUris(found) {
      if (!found) return constant(data.n, "");
      const ids = stored("run", "run_id").values;
      return {
        values: ids.map((id, row) =>
          (found.words ? found.words[found.codes[row]] : found.values[row]).split("{run_id}").join(id),
        ),
      };
    }

    const textColumns = once(function () {
      const own = ["name", "run_id", "status", "user", "source"].map((name) => ({
        prefix: "",
        column: stored("run", name),
      }));
      const pairs = Array.from(raw.values()).filter(
        (one) => one.g === "param" || (one.g === "tag" && !one.n.startsWith("mlflow.")),
      );
      const keyed = pairs.map((one) => ({ prefix: one.n + "=", column: stored(one.g, one.n) }));
      const all = [...own, ...keyed, { prefix: "", column: stored("tag", "mlflow.note.content") }];
      return all.filter((one) => one.column).map((one) => ({ ...one, lines: once(() => linesOf(one)) }));
    });

    return {
      n: data.n,
      column,
      textColumns,
      names: (group) => namesOf(data, group),
      text: (row) => textOf(textColumns(), row),
    };
  }

  const idOf = (group, name, reducer) => group + "\n" + reducer + "\n" + name;
  const constant = (n, word) => ({ words: [word], codes: new Array(n).fill(0) });

  function once(make) {
    let made;
    return () => (made = made || make());
  }

  function decode(column) {
    const values = SG.column(column);
    return column.t === "d" ? { words: column.u, codes: column.v } : { values, cut: cutting(column) };
  }

  /** What a number that metrics are compared with is cut to, as those of the column are (pages/kept.py). */
  function cutting({ d, p = 9 }) {
    return function (value) {
      const short = Number(value.toPrecision(p));
      if (d === undefined || short.toFixed(d) === value.toFixed(d)) return short;
      const [mantissa, power] = value.toExponential(p - 1).split("e");
      const whole = Number(mantissa.replace(".", "")) + (value > short ? 1 : -1);
      return Number(whole + "e" + (power - p + 1));
    };
  }

  /** User names that are not known are empty, as MLflow has them. */
  function withEmpty(column) {
    return { words: [...column.words, ""], codes: column.codes.map((code) => (code < 0 ? column.words.length : code)) };
  }

  const valueAt = (column, row) =>
    column.words ? (column.codes[row] < 0 ? null : column.words[column.codes[row]]) : column.values[row];

  /** What words are looked for in: a column in small letters, each value behind the key it belongs to. */
  function linesOf({ prefix, column }) {
    const line = (value) => (value === null ? null : (prefix + value).toLowerCase());
    return column.words ? { words: column.words.map(line), codes: column.codes } : { values: column.values.map(line) };
  }

  const textOf = (columns, row) =>
    columns
      .map((one) => valueAt(one.lines(), row))
      .filter((line) => line !== null)
      .join("\n");

  /** The keys of a group in the order of the data file, those of tables first. */
  function namesOf(data, group) {
    const names = data.columns
      .concat(data.more || [])
      .filter((column) => column.g === group)
      .map((column) => column.n);
    return Array.from(new Set(names.concat(group === "tag" ? (data.same || []).map(([name]) => name) : [])));
  }

  Object.assign(parts, { view });
})(SG.queryParts);
