// needs: query-keys.js, query-regex.js
//
// Which runs a query means (sitegen/query/evaluate.py), a mask for each part.
"use strict";

(function (parts) {
  const { DATASET_KEYS, NUMBER, like, regex } = parts;

  /** The number that a param's text is, or null: what Python's float() reads, without `_`. */
  function numberOf(text) {
    const plain = text.trim();
    if (NUMBER.test(plain)) return Number(plain);
    const found = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(plain);
    if (!found) return null;
    return found[2].toLowerCase() === "nan" ? NaN : found[1] === "-" ? -Infinity : Infinity;
  }

  const WHOLE = (value) => value;
  const COMPARE = {
    "=": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
  };

  /** The test of a value that is there. */
  function valueTest({ key, op, value }, cut) {
    if (op === "IS NULL" || op === "IS NOT NULL") return () => true;
    if (op === "IS NAN") return (found) => Number.isNaN(found);
    if (op === "IS NOT NAN") return (found) => !Number.isNaN(found);
    const negated = op.startsWith("NOT ");
    const positive = negated ? op.slice(4) : op;
    const holds = positiveTest(key, positive, value, cut);
    const asNumber =
      (key.group === "param" || key.group === "tag") && typeof (Array.isArray(value) ? value[0] : value) === "number";
    if (!asNumber) return negated ? (found) => !holds(found) : holds;
    return function (text) {
      const found = numberOf(text);
      return found !== null && holds(found) !== negated;
    };
  }

  function positiveTest(key, op, given, cut) {
    // The data file has metrics cut, but whole numbers whole: what they are compared with is cut likewise.
    const isCut = (one) => key.group === "metric" && Number.isFinite(one) && !Number.isSafeInteger(one);
    const short = (one) => (isCut(one) ? cut(one) : one);
    const value = Array.isArray(given) ? given.map(short) : short(given);
    if (COMPARE[op]) return (found) => COMPARE[op](found, value);
    if (op === "BETWEEN") return (found) => value[0] <= found && found <= value[1];
    if (op === "IN") return (found) => value.includes(found) && !Number.isNaN(found);
    if (op === "RLIKE") return regex(value);
    return like(value, op === "ILIKE");
  }

  /** A 1 for each row of `column` whose value `holds`; `missing` is for rows without one. Each word is tested once. */
  function maskOf(n, column, holds, missing) {
    const mask = new Uint8Array(n);
    if (!column) return missing ? mask.fill(1) : mask;
    if (column.words) {
      const hits = Uint8Array.from(column.words, (word) => (holds(word) ? 1 : 0));
      for (let row = 0; row < n; row++) mask[row] = column.codes[row] < 0 ? missing : hits[column.codes[row]];
    } else {
      for (let row = 0; row < n; row++)
        mask[row] = column.values[row] === null ? missing : holds(column.values[row]) ? 1 : 0;
    }
    return mask;
  }

  function masked(node, over) {
    if (node.kind === "compare") return compared(node, over);
    if (node.kind === "words") return worded(node.text.toLowerCase(), over);
    if (node.kind === "not") return masked(node.of, over).map((one) => 1 - one);
    const all = node.kind === "and";
    const mask = new Uint8Array(over.n).fill(all ? 1 : 0);
    for (const part of node.parts) {
      const own = masked(part, over);
      for (let row = 0; row < over.n; row++) mask[row] = all ? mask[row] & own[row] : mask[row] | own[row];
    }
    return mask;
  }

  function worded(wanted, over) {
    const mask = new Uint8Array(over.n);
    for (const { lines } of over.textColumns()) {
      const own = maskOf(over.n, lines(), (line) => line.includes(wanted), 0);
      for (let row = 0; row < over.n; row++) mask[row] |= own[row];
    }
    return mask;
  }

  function compared(node, over) {
    const isNull = node.op === "IS NULL";
    if (node.key.group === "any") return ofAnyGroup(node, over, isNull);
    const column = node.key.group === "dataset" ? null : columnOf(node.key, over);
    const holds = isNull ? () => false : valueTest(node, column?.cut || WHOLE);
    if (node.key.group === "dataset") return ofAnyDataset(node, over, isNull, holds);
    return maskOf(over.n, column, holds, isNull ? 1 : 0);
  }

  /** A condition on whichever metric, param or tag has the name; none of a run has two (query-doubt.js). */
  function ofAnyGroup(node, over, isNull) {
    const isText = typeof (Array.isArray(node.value) ? node.value[0] : node.value) === "string";
    const mask = new Uint8Array(over.n).fill(isNull ? 1 : 0);
    for (const key of keysOfAny(node.key)) {
      if (key.group === "metric" && isText) continue; // a metric is never a string
      const own = compared({ ...node, key }, over);
      for (let row = 0; row < over.n; row++) mask[row] = isNull ? mask[row] & own[row] : mask[row] | own[row];
    }
    return mask;
  }

  const keysOfAny = ({ name }) => ["metric", "param", "tag"].map((group) => ({ group, name, reducer: "" }));

  function ofAnyDataset({ key }, over, isNull, holds) {
    const at = DATASET_KEYS.indexOf(key.name);
    const values = (word) =>
      JSON.parse(word)
        .map((used) => used[at])
        .filter((value) => value !== null);
    const test = isNull ? (word) => !values(word).length : (word) => values(word).some(holds);
    return maskOf(over.n, over.column("dataset", key.name), test, isNull ? 1 : 0);
  }

  /** The column a key means; a metric named like a reduced one comes first, run by run. */
  function columnOf(key, over) {
    if (key.group === "any") return keysOfAny(key).reduce((found, one) => found || columnOf(one, over), null);
    const own = over.column(key.group, key.name, key.reducer);
    const literal = key.literalFirst ? over.column("metric", key.name + "." + key.reducer) : null;
    if (!literal || !own) return literal || own;
    const values = literal.values.map((value, row) => (value === null ? own.values[row] : value));
    return { values, cut: literal.cut };
  }

  Object.assign(parts, { columnOf, keysOfAny, maskOf, masked });
})(SG.queryParts);
