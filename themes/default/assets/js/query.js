// needs: query-keys.js, query-lexer.js, query-parser.js, query-evaluate.js, query-view.js
//
// The search language in the browser: the twin of sitegen/query/, described in docs/search-language.md. Both are tested
// with tests/query/vectors.json. Strings are Unicode characters, as in Python.
//
// SG.query.view(data)            what queries look at: the columns of data/experiments/<file>.js
// SG.query.compile(text)         {error, mlflow, keys, mask(view), test(view, row)}
// SG.query.order(text, view)     {error, mlflow, rows}: the rows in the order of "metrics.loss DESC, run_id"
// SG.query.complete(text, caret, view)  {from, to, items: [{text, kind, detail}]}
"use strict";

SG.query = (function () {
  const { tokenise, Parser, masked, columnOf, view } = SG.queryParts;

  /** What `read` makes of the text, or what is wrong with it and where. */
  function parsed(text, read) {
    try {
      const parser = new Parser(tokenise(text));
      return { error: null, found: read(parser), mlflow: parser.mlflow, keys: parser.keys };
    } catch (error) {
      if (!error.query) throw error;
      return {
        error: { at: error.at, length: error.length, message: error.message },
        found: null,
        mlflow: false,
        keys: [],
      };
    }
  }

  /** A query, ready to be asked. With an error no run matches. */
  function compile(text) {
    const { error, found, mlflow, keys } = parsed(text, (parser) => parser.whole());
    const known = new WeakMap();
    function mask(over) {
      if (!known.has(over)) known.set(over, found ? masked(found, over) : new Uint8Array(over.n));
      return known.get(over);
    }
    return { error, mlflow, keys, mask, test: (over, row) => mask(over)[row] === 1 };
  }

  /** Texts by their characters' numbers, as Python compares them; JavaScript's < goes by halves of them. */
  function compareTexts(a, b) {
    if (a === b) return 0;
    let at = 0;
    while (at < a.length && at < b.length && a[at] === b[at]) at++;
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one >= 0xd800 && other >= 0xd800) return isHalf(one) === isHalf(other) ? one - other : isHalf(one) ? 1 : -1;
    return a < b ? -1 : 1;
  }

  const isHalf = (unit) => unit < 0xe000;

  /** All rows in order: of `text`, then of the view. Missing values come last both ways, NaN just before them. */
  function order(text, over) {
    const { error, found, mlflow } = parsed(text, (parser) => parser.rules());
    const rows = Array.from({ length: over.n }, (_, row) => row);
    const keys = (found || []).map(({ key, ascending }) => ranks(columnOf(key, over), over.n, ascending));
    if (keys.length) rows.sort((a, b) => byKeys(keys, a, b));
    return { error, mlflow, rows };
  }

  function byKeys(keys, a, b) {
    for (const key of keys) if (key[a] !== key[b]) return key[a] - key[b];
    return a - b;
  }

  const HALVES = /[\ud800-\udfff]/; // without these JavaScript's own order, which is quick, is that of characters
  const LAST = { nan: 1e15, missing: 1e16 };

  /** A number for each row, by which rows stand in order: the rank of its value, turned round where it goes down. */
  function ranks(column, n, ascending) {
    if (!column) return new Float64Array(n);
    const all = (column.words || column.values).filter((value) => value !== null && !Number.isNaN(value));
    const unique = Array.from(new Set(all));
    const sorted =
      typeof unique[0] === "string"
        ? unique.sort(unique.some((one) => HALVES.test(one)) ? compareTexts : undefined)
        : Float64Array.from(unique).sort();
    const rankOf = new Map();
    for (let rank = 0; rank < sorted.length; rank++) rankOf.set(sorted[rank], ascending ? rank : -rank);
    const keyOf = (value) => (value === null ? LAST.missing : Number.isNaN(value) ? LAST.nan : rankOf.get(value));
    if (!column.words) return Float64Array.from(column.values, keyOf);
    const keys = column.words.map(keyOf);
    return Float64Array.from(column.codes, (code) => (code < 0 ? LAST.missing : keys[code]));
  }

  Object.assign(SG.queryParts, { compareTexts });

  return { view, compile, order };
})();
