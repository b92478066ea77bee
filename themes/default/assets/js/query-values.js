// needs: query-keys.js
//
// Keys and values as a query writes them: quotes, numbers, dates, spans.
"use strict";

(function (parts) {
  const { GROUPS, TIMES, NUMBER, INFINITY, TIME, SPAN, SPANS, ONE_QUOTED, PARTS, MLFLOW_PART, MLFLOW_KEYWORDS } = parts;

  function groupOf(token) {
    const dot = token.raw.indexOf(".");
    if (dot < 0 || token.kind !== "word") return undefined;
    const head = token.raw.slice(0, dot);
    return GROUPS.get(/^`.*`$/s.test(head) && head.length > 1 ? head.slice(1, -1) : head);
  }

  /** A key without its quotes, as MLflow takes them off: first those of either kind, then backticks. */
  function stripped(raw) {
    for (const quotes of ["'\"", "`"])
      if (raw.length > 1 && raw[0] === raw[raw.length - 1] && quotes.includes(raw[0])) raw = raw.slice(1, -1);
    return raw;
  }

  function isMlflowKey(head, raw) {
    const parts = raw.match(PARTS) || [];
    const keyword = /^\p{N}/u.test(raw) && (head === "parameter" || head === "parameters");
    return (
      parts.join(".") === raw &&
      !keyword &&
      parts.every(
        (part) => ONE_QUOTED.test(part) || (MLFLOW_PART.test(part) && !MLFLOW_KEYWORDS.includes(part.toLowerCase())),
      )
    );
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
    if (key.group === "attribute" && TIMES.includes(key.name))
      return "a time is milliseconds, or a date as '2024-01-31' or '2024-01-31 14:30'";
    if (key.group === "attribute" && key.name === "duration")
      return "a duration is milliseconds, or a span as '90 s', '5 min', '2 h' or '1 d'";
    return "a number without quotes is needed here";
  }

  const isNothing = (node) => node.kind === "and" && !node.parts.length;

  Object.assign(parts, { groupOf, inUnits, isMlflowKey, isNothing, numberIn, stripped, unitsWanted });
})(SG.queryParts);
