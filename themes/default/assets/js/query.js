// The search language in the browser: the twin of sitegen/query/, told in docs/search-language.md. Both are held to
// tests/query/vectors.json. Positions count UTF-16 units from 0; texts are Unicode characters, as in Python.
//
// SG.query.view(data)            what queries look at: the columns of data/experiments/<file>.js
// SG.query.compile(text)         {error, mlflow, keys, mask(view), test(view, row)}
// SG.query.order(text, view)     {error, mlflow, rows}: the rows in the order of "metrics.loss DESC, run_id"
// SG.query.complete(text, caret, view)  {from, to, items: [{text, kind, detail}]}
"use strict";

SG.query = (function () {
  // ---- Words of the language (sitegen/query/keys.py) ----

  const GROUPS = new Map(
    Object.entries({
      attribute: "attribute attributes attr run",
      metric: "metric metrics",
      param: "parameter parameters param params",
      tag: "tag tags",
      dataset: "dataset datasets",
    }).flatMap(([group, names]) => names.split(" ").map((name) => [name, group])),
  );
  const TEXTS = ["run_id", "run_name", "status", "user_id", "artifact_uri"];
  const TIMES = ["start_time", "end_time"];
  const OUR_TEXTS = ["experiment_id", "lifecycle_stage", "parent_run_id", "source_name", "git_commit"];
  const ATTRIBUTES = TEXTS.concat(TIMES, "duration", OUR_TEXTS);
  const ALIASES = new Map([["created", "start_time"], ["Created", "start_time"], ["run name", "run_name"], ["Run name", "run_name"], ["Run Name", "run_name"]]);
  const DATASET_KEYS = ["name", "digest", "context"];
  const REDUCERS = ["last", "min", "max", "first", "mean", "count"];
  const PATTERNS = ["LIKE", "ILIKE", "RLIKE"];
  const SYMBOLS = ["=", "!=", "<", "<=", ">", ">="];
  const OURS = new Map([["==", "="], ["<>", "!="]]);

  const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
  const MLFLOW_NUMBER = /^-?(?:\d+(?:\.\d+)?[eE]-?\d+|\d+\.?\d*|\.\d+)$/;
  const INFINITY = /^([+-]?)inf(?:inity)?$/i;
  const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d))?)?Z?$/;
  const SPAN = /^(\d+(?:\.\d+)?) ?(ms|s|min|h|d)$/;
  const SPANS = { ms: 1, s: 1e3, min: 6e4, h: 36e5, d: 864e5 };
  const STRING = { "'": /'(?:''|\\'|[^'])*'/y, '"': /"(?:""|\\"|[^"])*"/y, "`": /`(?:``|[^`])*`/y };
  const QUOTED = /'(?:''|\\'|[^'])*'|"(?:""|\\"|[^"])*"|`(?:``|[^`])*`/;
  const ONE_QUOTED = new RegExp("^(?:" + QUOTED.source + ")$");
  const PARTS = new RegExp(QUOTED.source + "|[^.]+", "g");
  const MLFLOW_PART = /^(?:[\p{L}_][\p{L}\p{N}_]*|\d(?![eE]-?\d|[xX][\dA-Fa-f])[A-Za-z_][\p{L}\p{N}_]*)$/u;
  const MLFLOW_KEYWORDS = ["case", "in", "values", "using", "from", "as"];

  const kindOf = (key) =>
    key.group === "param" || key.group === "tag" ? "either" : key.group === "metric" || TIMES.includes(key.name) || key.name === "duration" ? "number" : "text";
  const isMlflows = (key) => !key.reducer && !(key.group === "attribute" && (OUR_TEXTS.includes(key.name) || key.name === "duration"));
  const keyText = (key) => (key.group === "attribute" ? key.name : key.group + "s." + key.name + (key.reducer ? "." + key.reducer : ""));

  function attributeOf(name) {
    const known = ALIASES.get(name) || name;
    return ATTRIBUTES.includes(known) ? known : null;
  }

  // ---- Tokens (lexer.py) ----

  const MOST_CHARACTERS = 10000;
  const MOST_DEPTH = 50;

  function refuse(problem, at, length) {
    throw { query: true, at, length, message: "The query cannot be read at character " + (at + 1) + ": " + problem + "." };
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
    if (text.length > MOST_CHARACTERS) refuse("a query has at most 10,000 characters", MOST_CHARACTERS, text.length - MOST_CHARACTERS);
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

  // ---- Parsing (parser.py) ----

  function groupOf(token) {
    const dot = token.raw.indexOf(".");
    if (dot < 0 || token.kind !== "word") return undefined;
    const head = token.raw.slice(0, dot);
    return GROUPS.get(/^`.*`$/s.test(head) && head.length > 1 ? head.slice(1, -1) : head);
  }

  /** A key without its quotes, as MLflow takes them off: first those of either kind, then backticks. */
  function stripped(raw) {
    for (const quotes of ["'\"", "`"]) if (raw.length > 1 && raw[0] === raw[raw.length - 1] && quotes.includes(raw[0])) raw = raw.slice(1, -1);
    return raw;
  }

  function isMlflowKey(head, raw) {
    const parts = raw.match(PARTS) || [];
    const keyword = /^\p{N}/u.test(raw) && (head === "parameter" || head === "parameters");
    return parts.join(".") === raw && !keyword && parts.every((part) => ONE_QUOTED.test(part) || (MLFLOW_PART.test(part) && !MLFLOW_KEYWORDS.includes(part.toLowerCase())));
  }

  function numberIn(text) {
    if (NUMBER.test(text)) return Number(text);
    const found = INFINITY.exec(text);
    return found ? (found[1] === "-" ? -Infinity : Infinity) : null;
  }

  /** Milliseconds of a date (UTC) or of a span, for the keys that are times or durations. */
  function inUnits(key, text) {
    if (key.group !== "attribute") return null;
    const span = key.name === "duration" && SPAN.exec(text);
    if (span) return Number(span[1]) * SPANS[span[2]];
    const time = TIMES.includes(key.name) && TIME.exec(text);
    if (!time) return null;
    const [year, month, day, hour, minute, second] = time.slice(1).map((part) => Number(part || 0));
    const moment = new Date(0);
    moment.setUTCFullYear(year, month - 1, day);
    moment.setUTCHours(hour, minute, second);
    const same = moment.getUTCMonth() === month - 1 && moment.getUTCDate() === day && year > 0;
    return same && hour < 24 && minute < 60 && second < 60 ? moment.getTime() : null;
  }

  function unitsWanted(key) {
    if (key.group === "attribute" && TIMES.includes(key.name)) return "a time is milliseconds, or a date as '2024-01-31' or '2024-01-31 14:30'";
    if (key.group === "attribute" && key.name === "duration") return "a duration is milliseconds, or a span as '90 s', '5 min', '2 h' or '1 d'";
    return "a number without quotes is needed here";
  }

  const isNothing = (node) => node.kind === "and" && !node.parts.length;

  class Parser {
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

    whole() {
      const root = this.alternatives();
      if (!this.isAt("end")) this.refuse(said(this.here) + " closes nothing; quotes around it make it a text");
      return root;
    }

    alternatives() {
      const parts = [this.conjunction()];
      while (isKeyword(this.here, "OR")) {
        this.ours();
        this.take();
        parts.push(this.conjunction());
      }
      if (parts.length > 1 && parts.some(isNothing)) this.refuse("a condition is missing beside OR");
      return parts.length === 1 ? parts[0] : { kind: "or", parts };
    }

    conjunction() {
      const parts = [];
      let joined = true;
      while (!this.isAt("end", ")") && !isKeyword(this.here, "OR")) {
        if (isKeyword(this.here, "AND")) {
          this.take();
          joined = true;
          continue;
        }
        this.ours(joined || this.isSimple());
        parts.push(this.negation());
        joined = false;
      }
      return parts.length === 1 ? parts[0] : { kind: "and", parts };
    }

    negation() {
      if (!isKeyword(this.here, "NOT")) return this.condition();
      this.ours();
      const start = this.take();
      if (this.isAt("end", ")") || isKeyword(this.here, "AND", "OR")) this.refuse("a condition is missing behind NOT");
      this.enter(start);
      const of = this.negation();
      this.depth -= 1;
      return { kind: "not", of };
    }

    enter(token) {
      this.depth += 1;
      if (this.depth > MOST_DEPTH) this.refuse("conditions lie too deep in each other", token);
    }

    condition() {
      const token = this.here;
      if (token.kind === "(") return this.inside();
      if (!this.isAt("word", "string")) this.refuse("a condition begins with a key or a word, not with " + said(token));
      if (this.isKey()) return this.comparison(this.key(this.take()));
      this.ours();
      this.take();
      return { kind: "words", text: token.kind === "string" || token.raw[0] === "`" ? token.raw.slice(1, -1) : token.raw };
    }

    inside() {
      this.ours();
      const start = this.take();
      this.enter(start);
      const node = this.alternatives();
      if (!this.isAt(")")) this.refuse("this ( is not closed", start);
      if (isNothing(node)) this.refuse("the brackets hold no condition", start);
      this.take();
      this.depth -= 1;
      return node;
    }

    /** Whether a comparison begins here, as against a word to search for. */
    isKey() {
      const group = groupOf(this.here);
      if (this.ahead(1).kind === "operator" || (group && group !== "attribute")) return true;
      const raw = this.here.raw;
      const known = this.isAt("word") && attributeOf(stripped(group ? raw.slice(raw.indexOf(".") + 1) : raw)) !== null;
      if (isKeyword(this.ahead(1), "IS")) return known || isKeyword(this.ahead(2), "NOT", "NULL", "NAN");
      const behind = isKeyword(this.ahead(1), "NOT") ? 2 : 1;
      if (isKeyword(this.ahead(behind), "IN")) return known || this.ahead(behind + 1).kind === "(";
      return isKeyword(this.ahead(behind), ...PATTERNS, "BETWEEN");
    }

    isSimple() {
      return this.isKey() && (this.ahead(1).kind === "operator" || isKeyword(this.ahead(1), "LIKE", "ILIKE"));
    }

    key(token) {
      const key = this.keyOf(token);
      this.keys.push(key);
      return key;
    }

    keyOf(token) {
      const group = groupOf(token);
      if (numberIn(token.raw) !== null) this.refuse("a comparison begins with a key; its number comes last", token);
      const dot = token.raw.indexOf(".");
      if (token.kind === "string" || dot < 0) {
        this.ours(token.raw[0] !== "'");
        return this.attribute(token, stripped(token.raw));
      }
      const head = token.raw.slice(0, dot);
      const raw = token.raw.slice(dot + 1);
      if (!group) this.refuse(head + " is no group of keys; there are attributes, metrics, params, tags, datasets", token);
      if (!raw) this.refuse("a key is missing behind " + token.raw, token);
      this.ours(isMlflowKey(head, raw));
      const name = stripped(raw);
      if (group === "attribute") return this.attribute(token, name);
      if (group === "dataset" && !DATASET_KEYS.includes(name)) this.refuse("datasets have a name, a digest and a context, no " + name, token);
      return group === "metric" ? this.metric(raw, name) : { group, name, reducer: "" };
    }

    attribute(token, name) {
      const known = attributeOf(name);
      if (known === null) this.refuse("there is no attribute " + name + "; params." + name + " is a param, metrics." + name + " a metric", token);
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
      return this.refuse(keyText(key) + " needs a comparison here, such as = or LIKE", token);
    }

    symbol(key, token) {
      const op = OURS.get(token.raw) || token.raw;
      if (!SYMBOLS.includes(op)) this.refuse("there is no operator " + token.raw + "; there are = != < <= > >=", token);
      this.ours(op === token.raw);
      const kind = kindOf(key);
      if (kind === "number" || (kind === "either" && this.isAt("word"))) {
        this.ours(kind === "number");
        return { kind: "compare", key, op, value: this.number(key) };
      }
      const ordering = op !== "=" && op !== "!=";
      if (kind === "text" && ordering) this.refuse(keyText(key) + " is text, which " + token.raw + " does not compare", token);
      if (kind === "either" && ordering && this.isAt("string")) this.refuse(token.raw + " compares numbers; leave out the quotes");
      return { kind: "compare", key, op, value: this.text() };
    }

    pattern(key, token, op) {
      if (kindOf(key) === "number") this.refuse(keyText(key) + " is a number, which " + op + " does not compare", token);
      const value = this.text();
      if (op.endsWith("RLIKE")) {
        this.ours();
        const start = this.tokens[this.at - 1].at + 1;
        try {
          regex(value);
        } catch (error) {
          if (!error.pattern) throw error;
          const before = Array.from(value).slice(0, error.at).join("").length; // characters to UTF-16 units
          refuse(error.problem, start + before, Array.from(value).slice(error.at, error.at + error.length).join("").length);
        }
      }
      return { kind: "compare", key, op, value };
    }

    text() {
      if (!this.isAt("string")) this.refuse("a text in quotes is needed here");
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
        this.refuse((kindOf(key) === "either" ? "a number, or a text in quotes," : "a number") + " is needed here" + nan);
      }
      this.ours(MLFLOW_NUMBER.test(token.raw));
      this.take();
      return found;
    }

    members(key) {
      const start = this.expect("(", "IN needs a list in brackets");
      const kind = kindOf(key);
      const numbers = kind === "number" || (kind === "either" && !this.isAt("string"));
      this.ours((key.group === "attribute" && key.name === "run_id") || key.group === "dataset");
      const found = [];
      while (!this.isAt(")")) {
        found.push(numbers ? this.number(key) : this.text());
        if (!this.isAt(")")) this.expect(",", "a list has commas between its values and ) at its end");
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
        this.refuse("NULL or NOT NULL is needed here" + (key.group === "metric" ? ", NAN or NOT NAN" : ""));
      this.ours(key.group === "param" || key.group === "tag");
      this.take();
      return { kind: "compare", key, op: "IS " + (negated ? "NOT " : "") + token.raw.toUpperCase(), value: null };
    }

    rules() {
      const found = [];
      while (!this.isAt("end")) {
        found.push(this.rule());
        if (!this.isAt("end")) {
          this.expect(",", "a comma stands between two rules of an order");
          this.ours();
        }
      }
      return found;
    }

    rule() {
      const token = this.here;
      if (!this.isAt("word", "string")) this.refuse("an order begins with a key");
      const key = this.key(this.take());
      if (key.group === "dataset") this.refuse("runs have no order by dataset", token);
      const alias = stripped(token.raw.slice(token.raw.lastIndexOf(".") + 1));
      this.ours(isMlflows(key) && !(ALIASES.get(alias) === "run_name"));
      const ascending = !isKeyword(this.here, "DESC");
      if (isKeyword(this.here, "ASC", "DESC")) this.take();
      else if (!this.isAt("end", ",")) this.refuse("ASC or DESC may stand here");
      return { key, ascending };
    }
  }

  // ---- Patterns (patterns.py) ----

  const MOST_STATES = 2000;
  const MOST_TEXT = 10000;
  const MOST_REMEMBERED = 500;

  /** `%` stands for any characters but line ends, `_` for one; no part is tried twice (a lookahead is not gone back into). */
  function like(pattern, ignoreCase) {
    const escaped = pattern.split("%").map((part) => Array.from(part, (char) => (char === "_" ? "[^\\n]" : char.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&"))).join(""));
    const [head, ...rest] = escaped;
    const last = rest.pop();
    const middle = rest.map((part, at) => "(?=([^\\n]*?" + part + "))\\" + (at + 1)).join("");
    const end = last === undefined ? "\\n?$" : last ? "[^\\n]*" + last + "\\n?$" : "";
    const compiled = new RegExp("^" + head + middle + end, ignoreCase ? "iu" : "u");
    return (text) => compiled.test(text);
  }

  const DIGITS = "0123456789";
  const SETS = new Map([
    ["d", new Set(DIGITS)],
    ["w", new Set(DIGITS + "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")],
    ["s", new Set(" \t\n\r\f\v")],
  ]);
  const CONTROLS = new Map([["n", "\n"], ["t", "\t"], ["r", "\r"]]);

  /** The test whether `pattern` is found anywhere in a text: all possibilities are followed at once. */
  function regex(pattern) {
    const machine = { steps: new Compiler(pattern).steps(), states: new Map() };
    return (text) => isFound(machine, text);
  }

  function isFound(machine, text) {
    let state = stateOf(machine, [], "");
    let left = MOST_TEXT;
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
    const after = char === "" ? [] : reached.filter((step) => steps[step].test(state.before, char)).map((step) => steps[step].to[0]);
    return stateOf({ states }, Array.from(new Set(after)).sort((a, b) => a - b), char);
  }

  /** The state of these steps behind `before`, of which only counts whether it is a letter or there is none. */
  function stateOf({ states }, steps, before) {
    const kind = before && (isWord(before) ? "a" : "-");
    const id = steps.join() + kind;
    if (states.size > MOST_REMEMBERED) states.clear();
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
      if (this.at < this.chars.length) this.fail("this ) closes nothing; write \\) for the character", this.at);
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
      if (part.length > MOST_STATES) this.fail("the pattern is too large", 0, this.chars.length);
      return part;
    }

    repeated(part) {
      const start = this.at;
      const NOTHING = "nothing stands before this sign that it could repeat";
      if (!["*", "+", "?", "{"].includes(this.peek())) return part;
      if (part.length === 1 && part[0].kind === "mark") this.fail(NOTHING, start);
      const [low, high] = this.count();
      if (this.peek() === "?") this.at += 1;
      if (["*", "+", "{"].includes(this.peek())) this.fail(NOTHING, this.at);
      if (low * part.length > MOST_STATES || (high || 0) * (part.length + 1) > MOST_STATES) this.fail("this repeats too much", start, this.at - start);
      const more = high === null ? [star(part)] : new Array(high - low).fill(optional(part));
      return joined(...new Array(low).fill(part), ...more);
    }

    count() {
      const start = this.at;
      this.at += 1;
      const simple = { "*": [0, null], "+": [1, null], "?": [0, 1] }[this.chars[start]];
      if (simple) return simple;
      const found = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(this.chars.slice(start).join(""));
      if (!found) this.fail("{ must hold how often, as in {2} or {2,5}; write \\{ for the character", start);
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
      if ("*+?{}]".includes(char)) this.fail(char + " stands where it means nothing; write \\" + char + " for the character", start);
      return this.one(char);
    }

    one(wanted) {
      if (!this.ignoreCase) return charStep((char) => char === wanted);
      const small = wanted.toLowerCase();
      return charStep((char) => char.toLowerCase() === small);
    }

    group(start) {
      if (this.peek() === "?") {
        if (this.peek(2) !== "?:") this.fail("of groups that begin with (? only (?: is known, and (?i) as the start", start, 2);
        this.at += 2;
      }
      this.depth += 1;
      if (this.depth > 50) this.fail("groups lie too deep in each other", start);
      const part = this.alternatives();
      if (this.peek() !== ")") this.fail("this ( is not closed; write \\( for the character", start);
      this.at += 1;
      this.depth -= 1;
      return part;
    }

    escape(start) {
      const char = this.peek();
      this.at += 1;
      if (char === "b" || char === "B") return markStep((before, after) => (isWord(before) !== isWord(after)) === (char === "b"));
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
      if (char === "") this.fail("a backslash at the end means nothing; write \\\\ for the character", start);
      if (isWord(char) || char.codePointAt(0) > 126) this.fail("\\" + char + " is not known here", start, 2);
      return char;
    }

    charClass(start) {
      const negated = this.peek() === "^";
      if (negated) this.at += 1;
      const tests = [];
      while (this.peek() !== "]") tests.push(this.member(start));
      this.at += 1;
      if (!tests.length) this.fail("[ ] holds nothing", start, this.at - start);
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
      if (high.set || byCode(high.char, low.char) < 0) this.fail("a range goes from a character to a later one", at, this.at - at);
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

  // ---- What queries look at ----

  const RUN_COLUMNS = { run_id: "run_id", run_name: "name", status: "status", user_id: "user", start_time: "start_time", end_time: "end_time", duration: "duration", parent_run_id: "parent", source_name: "source" };

  /** The columns of an experiment's data file as a query asks for them; decoded when first asked for. */
  function view(data) {
    const raw = new Map();
    for (const column of data.columns.concat(data.more || [])) raw.set(idOf(column.g, column.n, column.r || (column.g === "metric" ? "last" : "")), column);
    for (const [tag, name] of data.same || []) raw.set(idOf("tag", tag, ""), raw.get(idOf("run", name, "")));
    const decoded = new Map();

    function stored(group, name, reducer = "") {
      const id = idOf(group, name, reducer);
      if (!decoded.has(id)) decoded.set(id, raw.has(id) ? decode(raw.get(id)) : null);
      return decoded.get(id);
    }

    /** `{words, codes}` (code -1: missing) or `{values}` (null: missing), or null where no run has such a thing. */
    function column(group, name, reducer = "") {
      if (group === "attribute") return attribute(name);
      if (group === "dataset") return stored("run", "datasets");
      if (group !== "metric") return stored(group, name);
      return stored("metric", name, reducer || "last") || ofSinglePoints(name, reducer);
    }

    /** A metric without a curve has one point a run, which is all that its history can be reduced to. */
    function ofSinglePoints(name, reducer) {
      const last = stored("metric", name, "last");
      if (!last || raw.has(idOf("metric", name, "min"))) return null;
      return reducer === "count" ? { values: last.values.map((value) => (value === null ? null : 1)) } : last;
    }

    function attribute(name) {
      if (name === "git_commit") return stored("tag", "mlflow.source.git.commit");
      if (name === "experiment_id") return constant(data.n, data.id);
      if (name === "lifecycle_stage") return stored("run", name) || constant(data.n, "active");
      if (name === "artifact_uri") return artifactUris(stored("run", name));
      const found = stored("run", RUN_COLUMNS[name]);
      return name === "user_id" ? withEmpty(found) : found;
    }

    function artifactUris(found) {
      if (!found) return constant(data.n, "");
      const ids = stored("run", "run_id").values;
      return { values: ids.map((id, row) => (found.words ? found.words[found.codes[row]] : found.values[row]).split("{run_id}").join(id)) };
    }

    const textColumns = once(function () {
      const own = ["name", "run_id", "status", "user", "source"].map((name) => ({ prefix: "", column: stored("run", name) }));
      const pairs = Array.from(raw.values()).filter((one) => one.g === "param" || (one.g === "tag" && !one.n.startsWith("mlflow.")));
      const keyed = pairs.map((one) => ({ prefix: one.n + "=", column: stored(one.g, one.n) }));
      const all = [...own, ...keyed, { prefix: "", column: stored("tag", "mlflow.note.content") }];
      return all.filter((one) => one.column).map((one) => ({ ...one, lines: once(() => linesOf(one)) }));
    });

    return { n: data.n, column, textColumns, names: (group) => namesOf(data, group), text: (row) => textOf(textColumns(), row) };
  }

  const idOf = (group, name, reducer) => group + "\n" + reducer + "\n" + name;
  const constant = (n, word) => ({ words: [word], codes: new Array(n).fill(0) });

  function once(make) {
    let made;
    return () => (made = made || make());
  }

  function decode(column) {
    return column.t === "d" ? { words: column.u, codes: column.v } : { values: SG.column(column) };
  }

  /** User names that are not known are empty, as MLflow has them. */
  function withEmpty(column) {
    return { words: [...column.words, ""], codes: column.codes.map((code) => (code < 0 ? column.words.length : code)) };
  }

  const valueAt = (column, row) => (column.words ? (column.codes[row] < 0 ? null : column.words[column.codes[row]]) : column.values[row]);

  /** What words are looked for in: a column in small letters, each value behind the key it belongs to. */
  function linesOf({ prefix, column }) {
    const line = (value) => (value === null ? null : (prefix + value).toLowerCase());
    return column.words ? { words: column.words.map(line), codes: column.codes } : { values: column.values.map(line) };
  }

  const textOf = (columns, row) => columns.map((one) => valueAt(one.lines(), row)).filter((line) => line !== null).join("\n");

  /** The keys of a group in the order of the data file, those of tables first. */
  function namesOf(data, group) {
    const names = data.columns.concat(data.more || []).filter((column) => column.g === group).map((column) => column.n);
    return Array.from(new Set(names.concat(group === "tag" ? (data.same || []).map(([name]) => name) : [])));
  }

  // ---- Which runs a query means (evaluate.py) ----

  /** The number that a param's text is, or null: what Python's float() reads, without `_`. */
  function numberOf(text) {
    const plain = text.trim();
    if (NUMBER.test(plain)) return Number(plain);
    const found = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(plain);
    if (!found) return null;
    return found[2].toLowerCase() === "nan" ? NaN : found[1] === "-" ? -Infinity : Infinity;
  }

  const COMPARE = {
    "=": (a, b) => a === b,
    "!=": (a, b) => a !== b,
    "<": (a, b) => a < b,
    "<=": (a, b) => a <= b,
    ">": (a, b) => a > b,
    ">=": (a, b) => a >= b,
  };

  /** The test of a value that is there. */
  function valueTest({ key, op, value }) {
    if (op === "IS NULL" || op === "IS NOT NULL") return () => true;
    if (op === "IS NAN") return (found) => Number.isNaN(found);
    if (op === "IS NOT NAN") return (found) => !Number.isNaN(found);
    const negated = op.startsWith("NOT ");
    const positive = negated ? op.slice(4) : op;
    const holds = positiveTest(key, positive, value);
    const asNumber = (key.group === "param" || key.group === "tag") && typeof (Array.isArray(value) ? value[0] : value) === "number";
    if (!asNumber) return negated ? (found) => !holds(found) : holds;
    return function (text) {
      const found = numberOf(text);
      return found !== null && holds(found) !== negated;
    };
  }

  function positiveTest(key, op, given) {
    // The data file has metrics at nine digits: what they are compared with is cut to as many.
    const short = (one) => (key.group === "metric" && Number.isFinite(one) ? Number(one.toPrecision(9)) : one);
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
      for (let row = 0; row < n; row++) mask[row] = column.values[row] === null ? missing : holds(column.values[row]) ? 1 : 0;
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
    const holds = isNull ? () => false : valueTest(node);
    if (node.key.group === "dataset") return ofAnyDataset(node, over, isNull, holds);
    return maskOf(over.n, columnOf(node.key, over), holds, isNull ? 1 : 0);
  }

  function ofAnyDataset({ key }, over, isNull, holds) {
    const at = DATASET_KEYS.indexOf(key.name);
    const values = (word) => JSON.parse(word).map((used) => used[at]).filter((value) => value !== null);
    const test = isNull ? (word) => !values(word).length : (word) => values(word).some(holds);
    return maskOf(over.n, over.column("dataset", key.name), test, isNull ? 1 : 0);
  }

  /** The column a key means; a metric named like a reduced one comes first, run by run. */
  function columnOf(key, over) {
    const own = over.column(key.group, key.name, key.reducer);
    const literal = key.literalFirst ? over.column("metric", key.name + "." + key.reducer) : null;
    if (!literal || !own) return literal || own;
    return { values: literal.values.map((value, row) => (value === null ? own.values[row] : value)) };
  }

  // ---- The face ----

  /** What `read` makes of the text, or what is wrong with it and where. */
  function parsed(text, read) {
    try {
      const parser = new Parser(tokenise(text));
      return { error: null, found: read(parser), mlflow: parser.mlflow, keys: parser.keys };
    } catch (error) {
      if (!error.query) throw error;
      return { error: { at: error.at, length: error.length, message: error.message }, found: null, mlflow: false, keys: [] };
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
    const sorted = typeof unique[0] === "string" ? unique.sort(unique.some((one) => HALVES.test(one)) ? compareTexts : undefined) : Float64Array.from(unique).sort();
    const rankOf = new Map();
    for (let rank = 0; rank < sorted.length; rank++) rankOf.set(sorted[rank], ascending ? rank : -rank);
    const keyOf = (value) => (value === null ? LAST.missing : Number.isNaN(value) ? LAST.nan : rankOf.get(value));
    if (!column.words) return Float64Array.from(column.values, keyOf);
    const keys = column.words.map(keyOf);
    return Float64Array.from(column.codes, (code) => (code < 0 ? LAST.missing : keys[code]));
  }

  // ---- Completion ----

  const MOST_ITEMS = 20;
  const FEW = 4;
  const OPERATORS = { number: ["<", "<=", ">", ">=", "=", "!=", "BETWEEN", "IS NULL"], text: ["=", "!=", "LIKE", "ILIKE", "IN", "RLIKE"], either: ["=", "!=", "<", ">", "LIKE", "ILIKE", "IN", "BETWEEN", "RLIKE", "IS NULL"] };
  const HINTS = { "<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "equal", "!=": "not equal", BETWEEN: "from AND to", LIKE: "pattern with % and _", ILIKE: "the same, any case", IN: "one of a list", RLIKE: "regular expression", "IS NULL": "missing" };

  /** What may stand at the caret: keys, operators, values, or what joins conditions. */
  function complete(text, caret, over) {
    const tokens = lenient(text.slice(0, caret));
    const last = tokens[tokens.length - 1];
    const open = last && last.at + last.raw.length === caret && !["(", ")", ",", "operator"].includes(last.kind) ? tokens.pop() : null;
    const from = open ? open.at : caret;
    const typed = open ? open.raw : "";
    const rest = /^[^\s()'"`<>=!~,]*/.exec(text.slice(caret))[0];
    const closing = open && open.kind === "string" && text[caret] === open.raw[0] ? 1 : 0;
    const items = expected(tokens, typed, over);
    return { from, to: caret + (open && open.kind === "string" ? closing : rest.length), items: items.slice(0, MOST_ITEMS) };
  }

  /** The tokens of a text that may end in the middle of one. */
  function lenient(text) {
    const found = [];
    let at = match(SPACE, text, 0).length;
    while (at < text.length) {
      let token;
      try {
        token = tokenAt(text, at);
      } catch (error) {
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
    if (key.wants === "operator") return listed(OPERATORS[kindOf(key.key)].map((op) => ({ text: op, kind: "operator", detail: HINTS[op] })), typed);
    return key.wants === "value" ? valueItems(key, typed, over) : [];
  }

  const joints = (typed) => listed([{ text: "AND", kind: "keyword", detail: "both" }, { text: "OR", kind: "keyword", detail: "either" }], typed);

  /** The key that the last tokens compare, and whether its operator or its value is wanted; null between conditions. */
  function openKey(tokens) {
    for (let at = tokens.length - 1; at >= 0 && at > tokens.length - 12; at--) {
      const key = keyIn(tokens[at]);
      if (!key) continue;
      const behind = tokens.slice(at + 1);
      if (!behind.length) return { key, wants: "operator" };
      const op = behind[0].kind === "operator" ? behind[0].raw : behind.map((token) => token.raw.toUpperCase()).join(" ");
      const [ops, wantsList] = [behind[0].kind === "operator" ? 1 : behind[0].raw.toUpperCase() === "NOT" ? 2 : 1, /^(NOT )?IN\b/.test(op)];
      const values = behind.slice(ops);
      if (behind[0].kind !== "operator" && !/^(NOT|LIKE|ILIKE|RLIKE|IN|BETWEEN|IS)\b/.test(op)) return null;
      if (/^(IS|NOT)$/.test(op) || op === "IS NOT") return { key, wants: "nothing" };
      if (wantsList) return !values.length || ["(", ","].includes(values[values.length - 1].kind) ? { key, wants: "value", list: !values.length } : values[values.length - 1].kind === ")" ? null : { key, wants: "nothing" };
      return values.length ? null : { key, wants: "value" };
    }
    return null;
  }

  function keyIn(token) {
    if (token.kind !== "word") return null;
    const parser = new Parser([token, { kind: "end", raw: "", at: 0 }]);
    try {
      const key = parser.keyOf(token);
      return key.group === "attribute" && !groupOf(token) && !attributeOf(stripped(token.raw)) ? null : key;
    } catch (error) {
      return null;
    }
  }

  const isComplete = (tokens) => tokens.length > 0 && !["(", "operator", ","].includes(tokens[tokens.length - 1].kind) && !isKeyword(tokens[tokens.length - 1], "AND", "OR", "NOT");

  /** Those that begin with what was typed, then those that hold it, whatever the case. */
  function listed(items, typed) {
    const wanted = typed.toLowerCase();
    const holding = items.filter((item) => item.text.toLowerCase().includes(wanted) && item.text !== typed);
    const starts = (item) => (item.text.toLowerCase().startsWith(wanted) ? 0 : 1);
    return holding.sort((a, b) => starts(a) - starts(b));
  }

  function keyItems(typed, over) {
    const own = ["metric", "param", "tag"].flatMap((group) => over.names(group).map((name) => keyItem(group, name)));
    const attributes = ATTRIBUTES.map((name) => ({ text: name, kind: "attribute", detail: kindOf({ group: "attribute", name }) }));
    const datasets = over.column("dataset", "name") ? DATASET_KEYS.map((name) => ({ text: "datasets." + name, kind: "dataset", detail: "text" })) : [];
    const keyword = { text: "NOT", kind: "keyword", detail: "what does not match" };
    const alias = groupOf({ kind: "word", raw: typed.includes(".") ? typed : "" });
    const wanted = alias && alias !== "attribute" ? alias + "s." + stripped(typed.slice(typed.indexOf(".") + 1)).replace(/^[`"']/, "") : typed;
    const plain = (item) => ({ ...item, text: item.search || item.text });
    const all = typed ? own.concat(attributes, datasets, keyword) : [...own, ...attributes, ...datasets, keyword].filter(fewOfEach());
    const ranked = listed(all.map((item) => ({ ...plain(item), insert: item.text })), wanted);
    return ranked.map(({ insert, kind, detail }) => ({ text: insert, kind, detail })).filter((item) => item.text !== typed);
  }

  /** A filter that lets the first few of each kind through. */
  function fewOfEach() {
    const seen = {};
    return (item) => (seen[item.kind] = (seen[item.kind] || 0) + 1) <= FEW;
  }

  function keyItem(group, name) {
    const plain = /^[\p{L}_][\p{L}\p{N}_/:@-]*(\.[\p{L}\p{N}_/:@-]+)*$/u.test(name) && !(group === "metric" && REDUCERS.includes(name.slice(name.lastIndexOf(".") + 1)) && name.includes("."));
    const quoted = name.includes("`") ? '"' + name + '"' : "`" + name + "`";
    return { text: group + "s." + (plain ? name : quoted), search: group + "s." + name, kind: group, detail: group === "metric" ? "number" : "text" };
  }

  /** Values that runs have, the commonest first. */
  function valueItems({ key, list }, typed, over) {
    if (kindOf(key) === "number") return [];
    const wanted = typed.replace(/^['"]/, "");
    const quoted = (value) => (value.includes("'") ? '"' + value + '"' : "'" + value + "'");
    const sayable = (value) => !value.includes("\n") && !(value.includes("'") && value.includes('"'));
    const fitting = Array.from(counted(key, over)).filter(([value]) => sayable(value) && value.toLowerCase().includes(wanted.toLowerCase()));
    fitting.sort((a, b) => b[1] - a[1] || compareTexts(a[0], b[0]));
    const items = fitting.map(([value, count]) => ({ text: value, kind: "value", detail: count === 1 ? "1 run" : count + " runs" }));
    return listed(items, wanted).map((item) => ({ ...item, text: (list ? "(" : "") + quoted(item.text) }));
  }

  /** How many runs have each value of a text, or of a dataset. */
  function counted(key, over) {
    const counts = new Map();
    const column = columnOf(key, over);
    const add = (value, runs) => counts.set(value, (counts.get(value) || 0) + runs);
    const at = DATASET_KEYS.indexOf(key.name);
    const parts = key.group === "dataset" ? (word) => new Set(JSON.parse(word).map((used) => used[at])) : (word) => [word];
    if (column && column.words) {
      const runs = new Uint32Array(column.words.length);
      for (const code of column.codes) if (code >= 0) runs[code] += 1;
      column.words.forEach((word, code) => runs[code] && parts(word).forEach((value) => value !== null && add(value, runs[code])));
    } else if (column) {
      for (const value of column.values) if (value !== null) add(value, 1);
    }
    return counts;
  }

  return { view, compile, order, complete };
})();
