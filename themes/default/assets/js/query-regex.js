// needs: query-keys.js, query-regex-compiler.js
//
// LIKE and RLIKE (sitegen/query/patterns.py): time grows with the text times the pattern, whatever the pattern.
"use strict";

(function (parts) {
  const { isWord, Compiler } = parts;

  const MAX_TEXT = 10000;
  const MAX_REMEMBERED = 500;

  /**
   * `%` stands for any characters but line ends, `_` for one; no part is tried twice (a lookahead is not gone back
   * into).
   */
  function like(pattern, ignoreCase) {
    const escaped = pattern
      .split("%")
      .map((part) =>
        Array.from(part, (char) => (char === "_" ? "[^\\n]" : char.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"))).join(""),
      );
    const [head, ...rest] = escaped;
    const last = rest.pop();
    const middle = rest.map((part, at) => "(?=([^\\n]*?" + part + "))\\" + (at + 1)).join("");
    const end = last === undefined ? "\\n?$" : last ? "[^\\n]*" + last + "\\n?$" : "";
    const compiled = new RegExp("^" + head + middle + end, ignoreCase ? "iu" : "u");
    return (text) => compiled.test(text);
  }

  /** The test whether `pattern` is found anywhere in a text: all possibilities are followed at once. */
  function regex(pattern) {
    const machine = { steps: new Compiler(pattern).steps(), states: new Map() };
    return (text) => isFound(machine, text);
  }

  function isFound(machine, text) {
    let state = stateOf(machine, [], "");
    let left = MAX_TEXT;
    for (const char of text) {
      if (left-- === 0) break;
      state = next(machine, state, char);
      if (state === FOUND) return true;
    }
    return next(machine, state, "") === FOUND;
  }

  const FOUND = {};

  /** Where a character leads; once worked out it is remembered, so that most steps are one look-up. */
  function next(machine, state, char) {
    let following = state.next.get(char);
    if (!following) state.next.set(char, (following = workedOut(machine, state, char)));
    return following;
  }

  function workedOut({ steps, states }, state, char) {
    const seen = new Uint8Array(steps.length);
    const reached = [];
    for (const start of [...state.steps, 0]) follow(steps, start, seen, state.before, char, reached);
    if (reached.some((step) => steps[step].kind === "end")) return FOUND;
    const after =
      char === ""
        ? []
        : reached.filter((step) => steps[step].test(state.before, char)).map((step) => steps[step].to[0]);
    return stateOf(
      { states },
      Array.from(new Set(after)).sort((a, b) => a - b),
      char,
    );
  }

  /** The state of these steps behind `before`, of which only counts whether it is a letter or there is none. */
  function stateOf({ states }, steps, before) {
    const kind = before && (isWord(before) ? "a" : "-");
    const id = steps.join() + kind;
    if (states.size > MAX_REMEMBERED) states.clear();
    if (!states.has(id)) states.set(id, { steps, before: kind, next: new Map() });
    return states.get(id);
  }

  /** The steps that need a character, or are the end, that `start` leads to between `before` and `char`. */
  function follow(steps, start, seen, before, char, reached) {
    const todo = [start];
    while (todo.length) {
      const at = todo.pop();
      if (seen[at]) continue;
      seen[at] = 1;
      const step = steps[at];
      if (step.kind === "char" || step.kind === "end") reached.push(at);
      else if (step.kind === "fork" || step.test(before, char)) todo.push(...step.to);
    }
  }

  Object.assign(parts, { like, regex });
})(SG.queryParts);
