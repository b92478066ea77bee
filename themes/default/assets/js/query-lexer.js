// needs: query-keys.js
//
// The tokens of a query (sitegen/query/lexer.py). Positions count UTF-16 units from 0.
"use strict";

(function (parts) {
  const { STRING } = parts;

  const MAX_CHARACTERS = 10000;
  const MAX_DEPTH = 50;

  function refuse(problem, at, length) {
    throw {
      query: true,
      at,
      length,
      message: "The query cannot be read at character " + (at + 1) + ": " + problem + ".",
    };
  }

  function match(sticky, text, at) {
    sticky.lastIndex = at;
    const found = sticky.exec(text);
    return found ? found[0] : "";
  }

  const SPACE = /\s*/y;
  const WORD = /[^\s()'"`<>=!~,]+/y;
  const OPERATOR = /[<>=!~]+/y;

  function tokenise(text) {
    if (text.length > MAX_CHARACTERS)
      refuse("a query has at most 10,000 characters", MAX_CHARACTERS, text.length - MAX_CHARACTERS);
    const found = [];
    let at = match(SPACE, text, 0).length;
    while (at < text.length) {
      const token = tokenAt(text, at);
      found.push(token);
      at += token.raw.length;
      at += match(SPACE, text, at).length;
    }
    found.push({ kind: "end", raw: "", at: text.length });
    return found;
  }

  function tokenAt(text, at) {
    const char = text[at];
    if ("(),".includes(char)) return { kind: char, raw: char, at };
    if (char === "'" || char === '"') return { kind: "string", raw: stringAt(text, at), at };
    const operator = match(OPERATOR, text, at);
    if (operator) return { kind: "operator", raw: operator, at };
    return { kind: "word", raw: text.slice(at, endOfWord(text, at)), at };
  }

  function stringAt(text, at) {
    const found = match(STRING[text[at]], text, at);
    if (!found) refuse("this quote is not closed", at, text.length - at);
    return found;
  }

  /** Where the word from `at` on ends: it may hold quoted parts, behind a dot or as its start. */
  function endOfWord(text, at) {
    let end = at;
    for (;;) {
      if (end < text.length && STRING[text[end]] && (end === at || text[end - 1] === ".")) {
        end += stringAt(text, end).length;
        if (text[end] !== ".") return end;
      } else {
        const plain = match(WORD, text, end);
        if (!plain) return end;
        end += plain.length;
      }
    }
  }

  const isKeyword = (token, ...words) => token.kind === "word" && words.includes(token.raw.toUpperCase());
  const said = (token) => (token.kind === "end" ? "the end" : token.raw);

  Object.assign(parts, { MAX_DEPTH, SPACE, isKeyword, match, refuse, said, tokenAt, tokenise });
})(SG.queryParts);
