// needs: sitegen.js
//
// Nested configurations: params whose keys are paths (`model/layers`, `optimizer.lr`) or whose values are JSON or
// Python dictionaries become leaves at paths, and the leaves a tree.
"use strict";

SG.nested = (function () {
  const MAX_LEAVES = 400;
  const TOKEN = /\s*(?:([{}[\](),:])|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s{}[\](),:'"]+))/y;
  const WORDS = { None: null, True: true, False: false, null: null, true: true, false: false };

  /** The dictionary or list that `text` writes down in JSON or as Python prints it; undefined for any other text. */
  function parsed(text) {
    if (!/^\s*[{[]/.test(text) || text.length > 50000) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return python(text);
    }
  }

  function python(text) {
    const tokens = [];
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < text.trimEnd().length) {
      const match = TOKEN.exec(text);
      if (!match) return undefined;
      tokens.push(match);
    }
    const reader = { tokens, at: 0 };
    try {
      const value = read(reader, 0);
      return reader.at === tokens.length ? value : undefined;
    } catch {
      return undefined;
    }
  }

  function read(reader, depth) {
    const token = reader.tokens[reader.at++];
    if (!token || depth > 40) throw new Error("ends early");
    if (token[1] === "{") return readMany(reader, "}", depth, true);
    if (token[1] === "[") return readMany(reader, "]", depth, false);
    if (token[1] === "(") return readMany(reader, ")", depth, false);
    if (token[1]) throw new Error("no value");
    if (token[4] === undefined) return token[2] ?? token[3];
    if (Object.hasOwn(WORDS, token[4])) return WORDS[token[4]];
    const number = Number(token[4]);
    if (Number.isNaN(number) && !/^[-+]?(nan|inf)$/.test(token[4])) throw new Error("no literal");
    return Number.isNaN(number) ? token[4] : number;
  }

  /** The members up to `end`; a dictionary as a list of pairs, since keys may be `__proto__`. */
  function readMany(reader, end, depth, isDictionary) {
    const items = [];
    while (reader.tokens[reader.at]?.[1] !== end) {
      const value = read(reader, depth + 1);
      if (isDictionary) {
        if (reader.tokens[reader.at++]?.[1] !== ":") throw new Error("no colon");
        items.push([String(value), read(reader, depth + 1)]);
      } else items.push(value);
      if (reader.tokens[reader.at]?.[1] === ",") reader.at++;
      else if (reader.tokens[reader.at]?.[1] !== end) throw new Error("no comma");
    }
    reader.at++;
    return isDictionary ? new Map(items) : items;
  }

  /** The members of a dictionary or of a list that holds any; null for what is shown as it is. */
  function members(value) {
    if (value instanceof Map) return Array.from(value);
    if (Array.isArray(value))
      return value.some((one) => one !== null && typeof one === "object")
        ? value.map((one, i) => [String(i), one])
        : null;
    return value !== null && typeof value === "object" ? Object.entries(value) : null;
  }

  const written = (value) => (typeof value === "string" ? value : value instanceof Map ? "{}" : JSON.stringify(value));

  function flatten(path, value, out) {
    const inside = members(value);
    if (!inside || !inside.length || out.length > MAX_LEAVES) out.push([path, written(value)]);
    else for (const [key, one] of inside) flatten(path.concat(key), one, out);
  }

  /**
   * The leaves `[path, text]` of a list of params; a value that is no dictionary or list of them is a leaf as it is.
   */
  function leaves(params) {
    const out = [];
    for (const [key, text] of params) {
      const path = key.split(/[./]/).filter(Boolean);
      const value = parsed(text);
      const found = [];
      if (value !== undefined && members(value)) flatten(path.length ? path : [key], value, found);
      out.push(...(found.length ? found : [[path.length ? path : [key], text]]));
    }
    return out;
  }

  /** Whether any of these params is a tree: a value with members, or two keys that begin with the same part. */
  function isTree(params) {
    const firsts = new Map();
    for (const [key, text] of params) {
      const path = key.split(/[./]/).filter(Boolean);
      const value = parsed(text);
      if (value !== undefined && members(value)?.length) return true;
      if (path.length > 1) firsts.set(path[0], (firsts.get(path[0]) || new Set()).add(key));
    }
    return Array.from(firsts.values()).some((keys) => keys.size > 1);
  }

  /**
   * Rows `{path, ...}` as a tree: `{name, row, children}`; a branch without a second leaf is one node with a longer
   * name.
   */
  function tree(rows) {
    const root = { name: "", row: null, children: new Map() };
    for (const row of rows) {
      let node = root;
      for (const part of row.path) {
        if (!node.children.has(part)) node.children.set(part, { name: part, row: null, children: new Map() });
        node = node.children.get(part);
      }
      node.row = row;
    }
    return Array.from(root.children.values()).map(folded);
  }

  function folded(node) {
    let children = Array.from(node.children.values());
    while (children.length === 1 && !node.row) {
      node = { name: node.name + "." + children[0].name, row: children[0].row, children: children[0].children };
      children = Array.from(node.children.values());
    }
    return { name: node.name, row: node.row, children: children.map(folded) };
  }

  return { leaves, isTree, tree, parsed };
})();
