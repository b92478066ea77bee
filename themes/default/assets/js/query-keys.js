// needs: sitegen.js
//
// The words of the search language (sitegen/query/keys.py): groups of keys, attributes, operators, how numbers look.
"use strict";

/** What the files of the search language have from each other. */
SG.queryParts = {};

(function (parts) {
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
  const ALIASES = new Map([
    ["created", "start_time"],
    ["Created", "start_time"],
    ["run name", "run_name"],
    ["Run name", "run_name"],
    ["Run Name", "run_name"],
  ]);
  const DATASET_KEYS = ["name", "digest", "context"];
  const REDUCERS = ["last", "min", "max", "first", "mean", "count"];
  const PATTERNS = ["LIKE", "ILIKE", "RLIKE"];
  const SYMBOLS = ["=", "!=", "<", "<=", ">", ">="];
  const OURS = new Map([
    ["==", "="],
    ["<>", "!="],
  ]);

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
    ["param", "tag", "any"].includes(key.group)
      ? "either"
      : key.group === "metric" || TIMES.includes(key.name) || key.name === "duration"
        ? "number"
        : "text";
  const isMlflows = (key) =>
    !key.reducer && !(key.group === "attribute" && (OUR_TEXTS.includes(key.name) || key.name === "duration"));
  const keyText = (key) =>
    key.group === "attribute" || key.group === "any"
      ? key.name
      : key.group + "s." + key.name + (key.reducer ? "." + key.reducer : "");

  function attributeOf(name) {
    const known = ALIASES.get(name) || name;
    return ATTRIBUTES.includes(known) ? known : null;
  }

  Object.assign(parts, {
    ALIASES,
    ATTRIBUTES,
    DATASET_KEYS,
    GROUPS,
    INFINITY,
    MLFLOW_KEYWORDS,
    MLFLOW_NUMBER,
    MLFLOW_PART,
    NUMBER,
    ONE_QUOTED,
    OURS,
    PARTS,
    PATTERNS,
    REDUCERS,
    SPAN,
    SPANS,
    STRING,
    SYMBOLS,
    TIME,
    TIMES,
    attributeOf,
    isMlflows,
    keyText,
    kindOf,
  });
})(SG.queryParts);
