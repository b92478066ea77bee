// needs: query-keys.js
//
// A regular expression as steps of a machine (sitegen/query/patterns.py).
"use strict";

(function (parts) {
  const MAX_STATES = 2000;
  const DIGITS = "0123456789";
  const SETS = new Map([
    ["d", new Set(DIGITS)],
    ["w", new Set(DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")],
    ["s", new Set(" \t\n\r\f\v")],
  ]);
  const CONTROLS = new Map([
    ["n", "\n"],
    ["t", "\t"],
    ["r", "\r"],
  ]);

  const fork = (...to) => ({ kind: "fork", to });
  const charStep = (test) => [{ kind: "char", test: (before, char) => test(char), to: [1] }];
  const markStep = (test) => [{ kind: "mark", test, to: [1] }];
  const isWord = (char) => SETS.get("w").has(char);

  function joined(...parts) {
    const out = [];
    for (const part of parts) {
      const base = out.length;
      for (const step of part) out.push({ ...step, to: (step.to || []).map((to) => to + base) });
    }
    return out;
  }

  const either = (one, other) => joined([fork(1, one.length + 2)], one, [fork(other.length + 1)], other);
  const optional = (part) => joined([fork(1, part.length + 1)], part);
  const star = (part) => joined([fork(1, part.length + 2)], part, [fork(-part.length - 1)]);
  const isSmall = (char) => char === char.toLowerCase() && char !== char.toUpperCase();
  const byCode = (a, b) => a.codePointAt(0) - b.codePointAt(0);

  class Compiler {
    constructor(pattern) {
      this.chars = Array.from(pattern);
      this.at = 0;
      this.depth = 0;
      this.ignoreCase = pattern.startsWith("(?i)");
    }

    fail(problem, at, length = 1) {
      throw { pattern: true, problem, at, length };
    }

    peek(length = 1) {
      return this.chars.slice(this.at, this.at + length).join("");
    }

    steps() {
      this.at = this.ignoreCase ? 4 : 0;
      const part = this.alternatives();
      if (this.at < this.chars.length) this.fail("this ) is unmatched; write \\) for the character", this.at);
      return [...part, { kind: "end", to: [] }];
    }

    alternatives() {
      let part = this.sequence();
      while (this.peek() === "|") {
        this.at += 1;
        part = this.checked(either(part, this.sequence()));
      }
      return part;
    }

    sequence() {
      let part = [];
      while (!["", "|", ")"].includes(this.peek())) part = this.checked(joined(part, this.repeated(this.atom())));
      return part;
    }

    checked(part) {
      if (part.length > MAX_STATES) this.fail("the pattern is too large", 0, this.chars.length);
      return part;
    }

    repeated(part) {
      const start = this.at;
      const NOTHING = "there is nothing before this to repeat";
      if (!["*", "+", "?", "{"].includes(this.peek())) return part;
      if (part.length === 1 && part[0].kind === "mark") this.fail(NOTHING, start);
      const [low, high] = this.count();
      if (this.peek() === "?") this.at += 1;
      if (["*", "+", "{"].includes(this.peek())) this.fail(NOTHING, this.at);
      if (low * part.length > MAX_STATES || (high || 0) * (part.length + 1) > MAX_STATES)
        this.fail("this repeats too much", start, this.at - start);
      const more = high === null ? [star(part)] : new Array(high - low).fill(optional(part));
      return joined(...new Array(low).fill(part), ...more);
    }

    count() {
      const start = this.at;
      this.at += 1;
      const simple = { "*": [0, null], "+": [1, null], "?": [0, 1] }[this.chars[start]];
      if (simple) return simple;
      const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.chars.slice(start).join(""));
      if (!found) this.fail("{ must contain a count, as in {2} or {2,5}; write \\{ for the character", start);
      this.at = start + found[0].length;
      const low = Number(found[1]);
      const high = found[2] === undefined ? low : found[3] ? Number(found[3]) : null;
      if (high !== null && high < low) this.fail("the second number is smaller than the first", start, this.at - start);
      return [low, high];
    }

    atom() {
      const char = this.peek();
      const start = this.at;
      this.at += 1;
      if (char === "(") return this.group(start);
      if (char === "[") return this.charClass(start);
      if (char === "\\") return this.escape(start);
      if (char === ".") return charStep((one) => one !== "\n");
      if (char === "^") return markStep((before) => before === "");
      if (char === "$") return markStep((before, after) => after === "");
      if ("*+?{}]".includes(char))
        this.fail(char + " has no meaning here; write \\" + char + " for the character", start);
      return this.one(char);
    }

    one(wanted) {
      if (!this.ignoreCase) return charStep((char) => char === wanted);
      const small = wanted.toLowerCase();
      return charStep((char) => char.toLowerCase() === small);
    }

    group(start) {
      if (this.peek() === "?") {
        if (this.peek(2) !== "?:")
          this.fail("of the groups that begin with (?, only (?: is supported, and (?i) at the start", start, 2);
        this.at += 2;
      }
      this.depth += 1;
      if (this.depth > 50) this.fail("groups are nested too deeply", start);
      const part = this.alternatives();
      if (this.peek() !== ")") this.fail("this ( is not closed; write \\( for the character", start);
      this.at += 1;
      this.depth -= 1;
      return part;
    }

    escape(start) {
      const char = this.peek();
      this.at += 1;
      if (char === "b" || char === "B")
        return markStep((before, after) => (isWord(before) !== isWord(after)) === (char === "b"));
      if (SETS.has(char.toLowerCase())) return charStep(this.shorthand(char));
      return this.one(this.escaped(char, start));
    }

    shorthand(char) {
      const members = SETS.get(char.toLowerCase());
      const inside = isSmall(char);
      return (one) => members.has(one) === inside;
    }

    escaped(char, start) {
      if (CONTROLS.has(char)) return CONTROLS.get(char);
      if (char === "") this.fail("a backslash at the end has no meaning; write \\\\ for the character", start);
      if (isWord(char) || char.codePointAt(0) > 126) this.fail("\\" + char + " is not supported here", start, 2);
      return char;
    }

    charClass(start) {
      const negated = this.peek() === "^";
      if (negated) this.at += 1;
      const tests = [];
      while (this.peek() !== "]") tests.push(this.member(start));
      this.at += 1;
      if (!tests.length) this.fail("[ ] is empty", start, this.at - start);
      const any = (char) => tests.some((test) => test(char));
      if (!this.ignoreCase) return charStep((char) => any(char) !== negated);
      return charStep((char) => (any(char) || any(char.toLowerCase()) || any(char.toUpperCase())) !== negated);
    }

    member(start) {
      const at = this.at;
      const low = this.classChar(start);
      if (low.set) return this.shorthand(low.set);
      if (this.peek() !== "-" || this.peek(2) === "-]") return (char) => char === low.char;
      this.at += 1;
      const high = this.classChar(start);
      if (high.set || byCode(high.char, low.char) < 0)
        this.fail("a range must go from a character to a later one", at, this.at - at);
      return (char) => Array.from(char).length === 1 && byCode(low.char, char) <= 0 && byCode(char, high.char) <= 0;
    }

    classChar(start) {
      const char = this.peek();
      const at = this.at;
      this.at += 1;
      if (char === "") this.fail("this [ is not closed; write \\[ for the character", start);
      if (char === "[") this.fail("write \\[ for the character", at);
      if (char !== "\\") return { char };
      const after = this.peek();
      this.at += 1;
      return SETS.has(after.toLowerCase()) ? { set: after } : { char: this.escaped(after, at) };
    }
  }

  Object.assign(parts, { Compiler, isWord });
})(SG.queryParts);
