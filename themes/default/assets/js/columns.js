// needs: column-values.js, sitegen.js, unpack.js; later: query.js
//
// The runs of an experiment as columns: data/experiments/<file>.js decoded into typed arrays, a column when it is asked
// for.
//
// A decoded column is `{id, group, name, reducer, numeric, ...}`: numbers are `values` (Float64Array, NaN where
// missing) and `missing` (Uint8Array); texts are `codes` (Int32Array, -1 missing) into `words`, so that a text is
// looked at once.
"use strict";

SG.columns = (function () {
  /** The heights of a small curve, lowest first; any other letter is a gap. */
  const LEVELS = "0123456789abcdefghijklmnopqrstuvwxyz";

  /** What tables call the reducers that have other names there. */
  const SAID = { spark: "curve", count: "points" };

  /** What a link, a header and the state call a column: `run:name`, `param:lr`, `metric:loss:last`. */
  const idOf = (group, name, reducer) => group + ":" + name + (group === "metric" ? ":" + (reducer || "last") : "");

  function decodeNumbers(raw, n) {
    const values = new Float64Array(n);
    const missing = new Uint8Array(n);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const value = raw.v[i];
      if (raw.t === "i") values[i] = sum += value;
      else if (value === null) [values[i], missing[i]] = [NaN, 1];
      else values[i] = value;
    }
    for (const row of raw.x || []) [values[row], missing[row]] = [NaN, 1];
    for (const [list, value] of [
      ["nan", NaN],
      ["inf", Infinity],
      ["ninf", -Infinity],
    ]) {
      for (const row of raw[list] || []) [values[row], missing[row]] = [value, 0];
    }
    return { numeric: true, values, missing };
  }

  function decodeTexts(raw, n) {
    if (raw.t === "d") return { numeric: false, codes: Int32Array.from(raw.v), words: raw.u };
    const at = new Map();
    const words = [];
    const codes = new Int32Array(n);
    for (let i = 0; i < n; i++) {
      const text = raw.v[i];
      let code = text === null ? -1 : at.get(text);
      if (code === undefined) at.set(text, (code = words.push(text) - 1));
      codes[i] = code;
    }
    return { numeric: false, codes, words };
  }

  /** The columns of one experiment; those that lie in files of their own are there after `need`. */
  class Columns {
    constructor(data) {
      this.data = data;
      this.n = data.n;
      this.best = data.best;
      this.objective = data.objective;
      this.raw = new Map(data.columns.concat(data.more || []).map((raw) => [idOf(raw.g, raw.n, raw.r), raw]));
      this.unlisted = new Set(
        (data.more || []).filter((raw) => raw.g !== "metric").map((raw) => idOf(raw.g, raw.n, raw.r)),
      );
      this.decoded = new Map();
      this.files = new Map(data.files || []);
    }

    /** `[{id, group, name, reducer, better, numeric}]` of every column that a table may show, loaded or not. */
    get list() {
      return Array.from(this.raw)
        .filter(([id]) => !this.unlisted.has(id))
        .map(([id, raw]) => ({
          id,
          group: raw.g,
          name: raw.n,
          reducer: raw.r,
          better: raw.better,
          numeric: raw.t === "f" || raw.t === "i",
        }));
    }

    has(id) {
      return this.raw.has(id);
    }

    /** The decoded column, null when there is none or it has not been loaded. */
    get(id) {
      if (this.decoded.has(id)) return this.decoded.get(id);
      const raw = this.raw.get(id);
      if (!raw || !raw.v) return null;
      SG.unpacked(raw);
      const column = {
        id,
        group: raw.g,
        name: raw.n,
        reducer: raw.r || "",
        places: raw.d,
        count: raw.c,
        ...(raw.t === "f" || raw.t === "i" ? decodeNumbers(raw, this.n) : decodeTexts(raw, this.n)),
      };
      this.decoded.set(id, column);
      return column;
    }

    /** Load the files that these columns lie in; ids that mean nothing are passed over. */
    async need(ids) {
      const wanted = new Set();
      for (const id of ids) {
        const raw = this.raw.get(id);
        if (raw && !raw.v) wanted.add(raw.at);
      }
      await Promise.all(
        Array.from(wanted, async (key) => {
          for (const raw of (await SG.load(key)).columns) this.fill(raw);
        }),
      );
    }

    fill(raw) {
      const known = this.raw.get(idOf(raw.g, raw.n, raw.r));
      if (!known || known.v) return;
      Object.assign(known, raw);
      this.looked = null;
    }

    /**
     * `{view, asked}`: what queries look at (`query.js`), and the ids of the columns that they asked for and that have
     * not been loaded. Those look empty until then: load them, take a new view, ask again.
     */
    queryView() {
      if (!this.looked) {
        const asked = new Set();
        const lazy = (raw) => (raw.v ? raw : standIn(raw, this.n, asked));
        const data = { ...this.data, columns: this.data.columns.map(lazy), more: (this.data.more || []).map(lazy) };
        this.looked = { view: SG.query.view(data), asked };
      }
      return this.looked;
    }
  }

  /** An empty column of the same type, which notes that it was looked at. */
  function standIn(raw, n, asked) {
    const type = raw.t === "f" || raw.t === "i" ? "f" : "d";
    return {
      g: raw.g,
      n: raw.n,
      r: raw.r,
      u: [],
      v: new Array(n).fill(type === "f" ? null : -1),
      get t() {
        asked.add(idOf(raw.g, raw.n, raw.r));
        return type;
      },
    };
  }

  const opened = new Map();

  /** The columns of experiment `file`, loaded once a page. */
  function open(file) {
    if (!opened.has(file)) {
      const promise = SG.load("experiments/" + file).then(async function (data) {
        const columns = new Columns(data);
        await columns.need(["run:run_id", "run:name", "run:parent"]);
        return columns;
      });
      opened.set(file, promise);
      promise.catch(() => opened.delete(file));
    }
    return opened.get(file);
  }

  return { LEVELS, SAID, open, idOf, ...SG.columnValues };
})();
