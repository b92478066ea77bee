// needs: query-keys.js, query-lexer.js, query-values.js, query-regex.js
//
// Comparisons of a query (sitegen/query/parser.py): a key, an operator and a value.
"use strict";

(function (parts) {
  const {
    DATASET_KEYS,
    REDUCERS,
    PATTERNS,
    SYMBOLS,
    OURS,
    MLFLOW_NUMBER,
    ONE_QUOTED,
    kindOf,
    isMlflows,
    keyText,
    attributeOf,
    refuse,
    isKeyword,
    groupOf,
    stripped,
    isMlflowKey,
    numberIn,
    inUnits,
    unitsWanted,
    regex,
  } = parts;

  class Comparisons {
    constructor(tokens) {
      this.tokens = tokens;
      this.at = 0;
      this.depth = 0;
      this.mlflow = true;
      this.keys = [];
    }

    get here() {
      return this.tokens[this.at];
    }

    ahead(distance) {
      return this.tokens[Math.min(this.at + distance, this.tokens.length - 1)];
    }

    isAt(...kinds) {
      return kinds.includes(this.here.kind);
    }

    take() {
      const token = this.here;
      this.at = Math.min(this.at + 1, this.tokens.length - 1);
      return token;
    }

    expect(kind, problem) {
      if (!this.isAt(kind)) this.refuse(problem);
      return this.take();
    }

    refuse(problem, token) {
      refuse(problem, (token || this.here).at, (token || this.here).raw.length);
    }

    /** Note that MLflow does not read this, `unless` it does. */
    ours(unless = false) {
      this.mlflow = this.mlflow && unless;
    }

    key(token) {
      const key = Object.assign(this.keyOf(token), { at: token.at, length: token.raw.length });
      this.keys.push(key);
      return key;
    }

    keyOf(token) {
      const group = groupOf(token);
      if (numberIn(token.raw) !== null) this.refuse("a comparison must begin with a key; the number comes last", token);
      const dot = token.raw.indexOf(".");
      if (token.kind === "string" || dot < 0) {
        this.ours(token.raw[0] !== "'");
        return this.attribute(token, stripped(token.raw), token.kind === "word");
      }
      const head = token.raw.slice(0, dot);
      const raw = token.raw.slice(dot + 1);
      if (!group)
        this.refuse(
          head + " is not a group of keys; the groups are attributes, metrics, params, tags, datasets",
          token,
        );
      if (!raw) this.refuse("a key is missing after " + token.raw, token);
      this.ours(isMlflowKey(head, raw));
      const name = stripped(raw);
      if (group === "attribute") return this.attribute(token, name);
      if (group === "dataset" && !DATASET_KEYS.includes(name))
        this.refuse("datasets have a name, a digest and a context, but not " + name, token);
      return group === "metric" ? this.metric(raw, name) : { group, name, reducer: "" };
    }

    /** An attribute; of a name without a group, which may be `bare`, else the key of a metric, param or tag. */
    attribute(token, name, bare = false) {
      const known = attributeOf(name);
      if (known === null && bare && name) {
        this.ours();
        return { group: "any", name, reducer: "" };
      }
      if (known === null)
        this.refuse(
          "no attribute is called " + name + "; params." + name + " is a param, metrics." + name + " a metric",
          token,
        );
      return { group: "attribute", name: known, reducer: "" };
    }

    metric(raw, name) {
      const dot = raw.lastIndexOf(".");
      const head = raw.slice(0, Math.max(dot, 0));
      const last = raw.slice(dot + 1);
      if (!head || !REDUCERS.includes(last) || ONE_QUOTED.test(raw)) return { group: "metric", name, reducer: "" };
      this.ours();
      if (ONE_QUOTED.test(head)) return { group: "metric", name: stripped(head), reducer: last };
      return { group: "metric", name: head, reducer: last, literalFirst: true };
    }

    comparison(key) {
      const token = this.take();
      this.ours(isMlflows(key));
      if (token.kind === "operator") return this.symbol(key, token);
      let op = token.kind === "word" ? token.raw.toUpperCase() : "";
      if (op === "NOT" && isKeyword(this.here, ...PATTERNS, "IN", "BETWEEN")) {
        this.ours(isKeyword(this.here, "IN"));
        op = "NOT " + this.take().raw.toUpperCase();
      }
      if (op.endsWith("LIKE")) return this.pattern(key, token, op);
      if (op.endsWith("BETWEEN")) {
        this.ours();
        const low = this.number(key);
        if (!isKeyword(this.here, "AND")) this.refuse("BETWEEN needs AND and a second number");
        this.take();
        return { kind: "compare", key, op, value: [low, this.number(key)] };
      }
      if (op === "IN" || op === "NOT IN") return { kind: "compare", key, op, value: this.members(key) };
      if (op === "IS") return this.state(key);
      return this.refuse(keyText(key) + " must be followed by a comparison, such as = or LIKE", token);
    }

    symbol(key, token) {
      const op = OURS.get(token.raw) || token.raw;
      if (!SYMBOLS.includes(op))
        this.refuse("unknown operator " + token.raw + "; the operators are = != < <= > >=", token);
      this.ours(op === token.raw);
      const kind = kindOf(key);
      if (kind === "number" || (kind === "either" && this.isAt("word"))) {
        this.ours(kind === "number");
        return { kind: "compare", key, op, value: this.number(key) };
      }
      const ordering = op !== "=" && op !== "!=";
      if (kind === "text" && ordering)
        this.refuse(keyText(key) + " is a string, which " + token.raw + " cannot compare", token);
      if (kind === "either" && ordering && this.isAt("string"))
        this.refuse(token.raw + " compares numbers; remove the quotes");
      return { kind: "compare", key, op, value: this.text() };
    }

    pattern(key, token, op) {
      if (kindOf(key) === "number") this.refuse(keyText(key) + " is a number, which " + op + " cannot compare", token);
      const value = this.text();
      if (op.endsWith("RLIKE")) {
        this.ours();
        const start = this.tokens[this.at - 1].at + 1;
        try {
          regex(value);
        } catch (error) {
          if (!error.pattern) throw error;
          const before = Array.from(value).slice(0, error.at).join("").length; // characters to UTF-16 units
          refuse(
            error.problem,
            start + before,
            Array.from(value)
              .slice(error.at, error.at + error.length)
              .join("").length,
          );
        }
      }
      return { kind: "compare", key, op, value };
    }

    text() {
      if (!this.isAt("string")) this.refuse("expected a string in quotes");
      return this.take().raw.slice(1, -1);
    }

    number(key) {
      const token = this.here;
      const value = token.kind === "string" ? inUnits(key, token.raw.slice(1, -1)) : null;
      if (value !== null) {
        this.ours();
        this.take();
        return value;
      }
      if (token.kind === "string") this.refuse(unitsWanted(key));
      const found = token.kind === "word" ? numberIn(token.raw) : null;
      if (found === null) {
        const nan = token.raw.toLowerCase() === "nan" ? "; IS NAN finds what is not a number" : "";
        this.refuse(
          (kindOf(key) === "either" ? "a number, or a string in quotes," : "a number") + " is needed here" + nan,
        );
      }
      this.ours(MLFLOW_NUMBER.test(token.raw));
      this.take();
      return found;
    }

    members(key) {
      const start = this.expect("(", "IN needs a list in parentheses");
      const kind = kindOf(key);
      const numbers = kind === "number" || (kind === "either" && !this.isAt("string"));
      this.ours((key.group === "attribute" && key.name === "run_id") || key.group === "dataset");
      const found = [];
      while (!this.isAt(")")) {
        found.push(numbers ? this.number(key) : this.text());
        if (!this.isAt(")")) this.expect(",", "separate the values of a list by commas and end it with )");
      }
      if (!found.length) this.refuse("the list is empty", start);
      this.take();
      return found;
    }

    state(key) {
      const negated = isKeyword(this.here, "NOT");
      if (negated) this.take();
      const token = this.here;
      if (!isKeyword(token, "NULL", "NAN") || (isKeyword(token, "NAN") && key.group !== "metric"))
        this.refuse("expected NULL or NOT NULL" + (key.group === "metric" ? ", NAN or NOT NAN" : ""));
      this.ours(key.group === "param" || key.group === "tag");
      this.take();
      return { kind: "compare", key, op: "IS " + (negated ? "NOT " : "") + token.raw.toUpperCase(), value: null };
    }
  }

  Object.assign(parts, { Comparisons });
})(SG.queryParts);
