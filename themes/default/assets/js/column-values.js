// needs: digits.js, formats.js, labels.js, points.js, sitegen.js
//
// What the rows of a decoded column (columns.js) hold: as numbers, for readers, for files, to sort by.
"use strict";

SG.columnValues = (function () {
  /** Characters that a cell of a table has room for. */
  const MAX_CELL = 34;

  /** The number in row `i`: null when missing; of a text column, the number that the text is. */
  function number(column, i) {
    if (!column) return null;
    if (column.numeric) return column.missing[i] ? null : column.values[i];
    const code = column.codes[i];
    if (code < 0) return null;
    return numberOf(column.words[code]);
  }

  /** The number that a whole text is, null where it is none. */
  function numberOf(text) {
    if (text.trim() === "") return null;
    const value = Number(text);
    if (!Number.isNaN(value)) return /^\s*[+-]?0[xob]/i.test(text) ? null : value;
    return /^\s*[+-]?nan\s*$/i.test(text)
      ? NaN
      : /^\s*[+-]?inf(inity)?\s*$/i.test(text)
        ? text.trim().startsWith("-")
          ? -Infinity
          : Infinity
        : null;
  }

  /** What a cell says of row `i`, told apart from what others say: numbers and long strings as short as that allows. */
  function text(column, i) {
    if (!column) return "";
    if (!column.numeric) return column.codes[i] < 0 ? "" : looks(column)(column.words[column.codes[i]]);
    if (column.missing[i]) return "";
    const value = column.values[i];
    if (column.group !== "run") return write(column, value);
    if (column.name === "duration") return SG.duration(value);
    return column.name === "start_time" || column.name === "end_time"
      ? SG.when(value).replace(" UTC", "")
      : String(value);
  }

  /** A number as this column writes its numbers. */
  function write(column, value) {
    const { places, count } = column;
    const isKnown = places !== undefined || count !== undefined;
    column.write = column.write || (isKnown ? SG.digitsAs(places, count) : SG.digits(column.values));
    return column.write(value);
  }

  /** What a number of this column lacks behind it, so that the points are below each other (points.js). */
  function pad(column, text) {
    if (column.group === "run" || column.reducer === "spark") return "";
    const number = SG.points.parts(text);
    if (!number) return "";
    if (!column.room) column.room = column.numeric ? roomOf(column) : wordsRoom(column);
    return SG.points.lacking(column.room, number.tail);
  }

  /** Room for the params or tags of a column, none where some are not numbers. */
  function wordsRoom(column) {
    const tails = column.words.map((word) => SG.points.parts(looks(column)(word))?.tail);
    return SG.points.room(tails.includes(undefined) ? [] : tails);
  }

  /**
   * Room for numbers written with significant digits, at most as much as the smallest and the largest take: to write
   * all of them would take long. Those with one number of decimals need none.
   */
  function roomOf(column) {
    write(column, 0);
    const { count } = column.write;
    if (!count) return new Map();
    let [least, hasSmall, hasLarge] = [Infinity, false, false];
    for (const value of column.values) {
      const size = Math.abs(value);
      if (!Number.isFinite(size) || Number.isInteger(value)) continue;
      if (size < 1e-4) hasSmall = true;
      else if (size >= 10 ** count) hasLarge = true;
      else if (size < least) least = size;
    }
    const tails = [];
    if (least < Infinity) tails.push("." + "0".repeat(count - 1 - Math.floor(Math.log10(least))));
    if (hasSmall) tails.push("." + "0".repeat(count + 2) + "e-");
    if (hasLarge) tails.push("." + "0".repeat(count + 2) + "e+");
    return SG.points.room(tails);
  }

  /** What stands for each string of a param or tag: cut apart, a word for the one that is empty. */
  function looks(column) {
    if (column.reducer === "spark" || (column.group === "run" && column.name !== "source")) return (word) => word;
    if (!column.looks) column.looks = SG.labels.values(column.words, MAX_CELL);
    return (word) => column.looks.get(word);
  }

  /** The value for a file: full numbers, times in ISO form, null when missing. */
  function value(column, i) {
    if (!column) return null;
    if (!column.numeric) return column.codes[i] < 0 ? null : column.words[column.codes[i]];
    if (column.missing[i]) return null;
    const isTime = column.group === "run" && (column.name === "start_time" || column.name === "end_time");
    return isTime ? new Date(column.values[i]).toISOString() : column.values[i];
  }

  /**
   * Numbers to sort by, NaN for what comes last both ways. Of strings, numbers come first by their size, then the rest.
   */
  function sortKeys(column) {
    if (column.keys) return column.keys;
    if (column.numeric) return (column.keys = column.values);
    const { words } = column;
    const present = Array.from(new Set(column.codes)).filter((code) => code >= 0);
    const sizes = new Map(present.map((code) => [code, numberOf(words[code]) ?? NaN]));
    const texts = present.filter((code) => Number.isNaN(sizes.get(code)));
    const keys = texts.length ? ranked(words, present, sizes, texts) : sizes;
    return (column.keys = Float64Array.from(column.codes, (code) => (code < 0 ? NaN : keys.get(code))));
  }

  /** The rank of each code: numbers by their size, then strings by their characters. */
  function ranked(words, present, sizes, texts) {
    const numbers = present.filter((code) => !Number.isNaN(sizes.get(code)));
    numbers.sort((a, b) => sizes.get(a) - sizes.get(b) || (words[a] < words[b] ? -1 : 1));
    texts.sort((a, b) => (words[a] < words[b] ? -1 : 1));
    return new Map([...numbers, ...texts].map((code, rank) => [code, rank]));
  }

  return { number, numberOf, text, pad, write, value, sortKeys };
})();
