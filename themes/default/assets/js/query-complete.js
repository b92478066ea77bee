// needs: query-keys.js, query-lexer.js, query-values.js, query-parser.js, query-evaluate.js, query.js
//
// What may stand at the caret of a query: keys, operators, values, or what joins conditions.
"use strict";

SG.query.complete = (function () {
  const {
    ATTRIBUTES,
    DATASET_KEYS,
    REDUCERS,
    kindOf,
    match,
    SPACE,
    tokenAt,
    isKeyword,
    groupOf,
    stripped,
    Parser,
    columnOf,
    compareTexts,
  } = SG.queryParts;

  const MAX_ITEMS = 20;
  const FEW = 4;
  const OPERATORS = {
    number: ["<", "<=", ">", ">=", "=", "!=", "BETWEEN", "IS NULL"],
    text: ["=", "!=", "LIKE", "ILIKE", "IN", "RLIKE"],
    either: ["=", "!=", "<", ">", "LIKE", "ILIKE", "IN", "BETWEEN", "RLIKE", "IS NULL"],
  };
  const HINTS = {
    "<": "less than",
    "<=": "at most",
    ">": "more than",
    ">=": "at least",
    "=": "equal",
    "!=": "not equal",
    BETWEEN: "from AND to",
    LIKE: "pattern with % and _",
    ILIKE: "the same, any case",
    IN: "one of a list",
    RLIKE: "regular expression",
    "IS NULL": "missing",
  };

  /** What may stand at the caret: keys, operators, values, or what joins conditions. */
  function complete(text, caret, over) {
    const tokens = lenient(text.slice(0, caret));
    const last = tokens[tokens.length - 1];
    const open =
      last && last.at + last.raw.length === caret && !["(", ")", ",", "operator"].includes(last.kind)
        ? tokens.pop()
        : null;
    const from = open ? open.at : caret;
    const typed = open ? open.raw : "";
    const rest = /^[^\s()'"`<>=!~,]*/.exec(text.slice(caret))[0];
    const closing = open && open.kind === "string" && text[caret] === open.raw[0] ? 1 : 0;
    const items = expected(tokens, typed, over);
    return {
      from,
      to: caret + (open && open.kind === "string" ? closing : rest.length),
      items: items.slice(0, MAX_ITEMS),
    };
  }

  /** The tokens of a text that may end in the middle of one. */
  function lenient(text) {
    const found = [];
    let at = match(SPACE, text, 0).length;
    while (at < text.length) {
      let token;
      try {
        token = tokenAt(text, at);
      } catch {
        token = { kind: "'\"".includes(text[at]) ? "string" : "word", raw: text.slice(at), at };
      }
      found.push(token);
      at += token.raw.length;
      at += match(SPACE, text, at).length;
    }
    return found;
  }

  function expected(tokens, typed, over) {
    const key = openKey(tokens);
    if (!key) return isComplete(tokens) ? joints(typed).concat(keyItems(typed, over)) : keyItems(typed, over);
    if (key.wants === "operator")
      return listed(
        OPERATORS[kindOf(key.key)].map((op) => ({ text: op, kind: "operator", detail: HINTS[op] })),
        typed,
      );
    return key.wants === "value" ? valueItems(key, typed, over) : [];
  }

  const joints = (typed) =>
    listed(
      [
        { text: "AND", kind: "keyword", detail: "both" },
        { text: "OR", kind: "keyword", detail: "either" },
      ],
      typed,
    );

  /** The key that the last tokens compare, and whether its operator or its value is wanted; null between conditions. */
  function openKey(tokens) {
    for (let at = tokens.length - 1; at >= 0 && at > tokens.length - 12; at--) {
      const key = keyIn(tokens[at]);
      if (!key) continue;
      const behind = tokens.slice(at + 1);
      if (!behind.length) return { key, wants: "operator" };
      const op =
        behind[0].kind === "operator" ? behind[0].raw : behind.map((token) => token.raw.toUpperCase()).join(" ");
      const [ops, wantsList] = [
        behind[0].kind === "operator" ? 1 : behind[0].raw.toUpperCase() === "NOT" ? 2 : 1,
        /^(NOT )?IN\b/.test(op),
      ];
      const values = behind.slice(ops);
      if (behind[0].kind !== "operator" && !/^(NOT|LIKE|ILIKE|RLIKE|IN|BETWEEN|IS)\b/.test(op)) return null;
      if (/^(IS|NOT)$/.test(op) || op === "IS NOT") return { key, wants: "nothing" };
      if (wantsList)
        return !values.length || ["(", ","].includes(values[values.length - 1].kind)
          ? { key, wants: "value", list: !values.length }
          : values[values.length - 1].kind === ")"
            ? null
            : { key, wants: "nothing" };
      return values.length ? null : { key, wants: "value" };
    }
    return null;
  }

  function keyIn(token) {
    if (token.kind !== "word") return null;
    const parser = new Parser([token, { kind: "end", raw: "", at: 0 }]);
    try {
      const key = parser.keyOf(token);
      return key.group === "any" ? null : key; // a word, or a key that is not written out yet
    } catch {
      return null;
    }
  }

  const isComplete = (tokens) =>
    tokens.length > 0 &&
    !["(", "operator", ","].includes(tokens[tokens.length - 1].kind) &&
    !isKeyword(tokens[tokens.length - 1], "AND", "OR", "NOT");

  /** Those that begin with what was typed, then those that hold it, whatever the case. */
  function listed(items, typed) {
    const wanted = typed.toLowerCase();
    const holding = items.filter((item) => item.text.toLowerCase().includes(wanted) && item.text !== typed);
    const starts = (item) => (item.text.toLowerCase().startsWith(wanted) ? 0 : 1);
    return holding.sort((a, b) => starts(a) - starts(b));
  }

  function keyItems(typed, over) {
    const own = ["metric", "param", "tag"].flatMap((group) => over.names(group).map((name) => keyItem(group, name)));
    const attributes = ATTRIBUTES.map((name) => ({
      text: name,
      kind: "attribute",
      detail: kindOf({ group: "attribute", name }),
    }));
    const datasets = over.column("dataset", "name")
      ? DATASET_KEYS.map((name) => ({ text: "datasets." + name, kind: "dataset", detail: "text" }))
      : [];
    const keyword = { text: "NOT", kind: "keyword", detail: "what does not match" };
    const alias = groupOf({ kind: "word", raw: typed.includes(".") ? typed : "" });
    const wanted =
      alias && alias !== "attribute"
        ? alias + "s." + stripped(typed.slice(typed.indexOf(".") + 1)).replace(/^[`"']/, "")
        : typed;
    const plain = (item) => ({ ...item, text: item.search || item.text });
    const all = typed
      ? own.concat(attributes, datasets, keyword)
      : [...own, ...attributes, ...datasets, keyword].filter(fewOfEach());
    const ranked = listed(
      all.map((item) => ({ ...plain(item), insert: item.text })),
      wanted,
    );
    return ranked
      .map(({ insert, kind, detail }) => ({ text: insert, kind, detail }))
      .filter((item) => item.text !== typed);
  }

  /** A filter that lets the first few of each kind through. */
  function fewOfEach() {
    const seen = {};
    return (item) => (seen[item.kind] = (seen[item.kind] || 0) + 1) <= FEW;
  }

  function keyItem(group, name) {
    const plain =
      /^[\p{L}_][\p{L}\p{N}_/:@-]*(\.[\p{L}\p{N}_/:@-]+)*$/u.test(name) &&
      !(group === "metric" && REDUCERS.includes(name.slice(name.lastIndexOf(".") + 1)) && name.includes("."));
    const quoted = name.includes("`") ? '"' + name + '"' : "`" + name + "`";
    return {
      text: group + "s." + (plain ? name : quoted),
      search: group + "s." + name,
      kind: group,
      detail: group === "metric" ? "number" : "text",
    };
  }

  /** Values that runs have, the commonest first. */
  function valueItems({ key, list }, typed, over) {
    if (kindOf(key) === "number") return [];
    const wanted = typed.replace(/^['"]/, "");
    const quoted = (value) => (value.includes("'") ? '"' + value + '"' : "'" + value + "'");
    const sayable = (value) => !value.includes("\n") && !(value.includes("'") && value.includes('"'));
    const fitting = Array.from(counted(key, over)).filter(
      ([value]) => sayable(value) && value.toLowerCase().includes(wanted.toLowerCase()),
    );
    fitting.sort((a, b) => b[1] - a[1] || compareTexts(a[0], b[0]));
    const items = fitting.map(([value, count]) => ({
      text: value,
      kind: "value",
      detail: count === 1 ? "1 run" : count + " runs",
    }));
    return listed(items, wanted).map((item) => ({ ...item, text: (list ? "(" : "") + quoted(item.text) }));
  }

  /** How many runs have each value of a text, or of a dataset. */
  function counted(key, over) {
    const counts = new Map();
    const column = columnOf(key, over);
    const add = (value, runs) => counts.set(value, (counts.get(value) || 0) + runs);
    const at = DATASET_KEYS.indexOf(key.name);
    const parts =
      key.group === "dataset" ? (word) => new Set(JSON.parse(word).map((used) => used[at])) : (word) => [word];
    if (column && column.words) {
      const runs = new Uint32Array(column.words.length);
      for (const code of column.codes) if (code >= 0) runs[code] += 1;
      column.words.forEach(
        (word, code) => runs[code] && parts(word).forEach((value) => value !== null && add(value, runs[code])),
      );
    } else if (column) {
      for (const value of column.values) if (value !== null) add(value, 1);
    }
    return counts;
  }

  Object.assign(SG.queryParts, { keyItem });

  return complete;
})();
