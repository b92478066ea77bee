// needs: counters.js, decode.js, run-charts-data.js
//
// Which charts over runs there are before the reader makes any: an overview of params against the objective, then a
// chart a metric, in sections by the prefix of the metric's key. Epochs and other counters have none.
"use strict";

SG.runChartsDefaults = (function () {
  const MAX_AXES = 8;
  const MAX_WORD = 32;
  const SEED = /(^|[._/-])(seed|random_state)$/i; // chance is no explanation
  const MAX_LOOKED_AT = 40;
  const MIN_COMPARED = 3;
  const MIN_DOTS = 5;
  const MIN_DISTRIBUTED = 20;

  /** Load what the choice of charts depends on: params and the objective. */
  function need(store) {
    const params = store.columns.list.filter((one) => one.group === "param").slice(0, MAX_LOOKED_AT);
    return store.columns.need([...params.map((one) => one.id), objective(store), "run:status"].filter(Boolean));
  }

  /** The params that differ among the runs, `{id, found}`; long texts are no axis. */
  function varying(store) {
    const rows = store.rows.length ? Array.from(store.rows) : store.ids.map((_, row) => row);
    const found = store.columns.list
      .filter((one) => one.group === "param" && store.columns.get(one.id) && !SEED.test(one.name))
      .map((one) => ({ id: one.id, found: SG.runChartsData.look(store, one.id, rows) }));
    const isShort = (one) => Array.from(one.distinct).every((text) => String(text).length <= MAX_WORD);
    return found.filter(
      ({ found: one }) => one.distinct.size > 1 && (one.isNumeric || (one.distinct.size <= 20 && isShort(one))),
    );
  }

  const metrics = (store) => store.columns.list.filter((one) => one.group === "metric");

  /** The column of the metric that the runs are judged by, else of the metric that most runs have. */
  function objective(store) {
    const said = store.columns.objective;
    const id = said && "metric:" + said.metric + ":" + said.reducer;
    if (id && store.columns.has(id)) return id;
    return metrics(store).find((one) => one.reducer === "last")?.id || "";
  }

  const logs = (...pairs) => pairs.filter(([, found]) => SG.runChartsData.wantsLog(found)).map(([axis]) => axis);

  function overview(store) {
    const params = varying(store);
    const goal = objective(store);
    const strength = new Map(
      params.map(({ id, found }) => [id, found.isNumeric && goal ? SG.runChartsData.strength(store, id, goal) : 0]),
    );
    const numeric = params
      .filter(({ found }) => found.isNumeric)
      .sort((a, b) => strength.get(b.id) - strength.get(a.id));
    const texts = params.filter(({ found }) => !found.isNumeric);
    const charts = [];
    const axes = [...numeric, ...texts].slice(0, MAX_AXES - 1).map(({ id }) => id);
    if (goal && axes.length) charts.push({ kind: "parallel", axes: [...axes, goal], z: goal, log: [], wide: true });
    if (!goal) return charts;
    charts.push({ kind: "bar", x: goal, y: "", z: "", log: [] });
    for (const { id, found } of numeric.slice(0, 2))
      charts.push({ kind: "trend", x: id, y: goal, z: "", log: logs(["x", found]) });
    if (numeric.length > 1)
      charts.push({
        kind: "contour",
        x: numeric[0].id,
        y: numeric[1].id,
        z: goal,
        log: logs(["x", numeric[0].found], ["y", numeric[1].found]),
      });
    for (const { id } of texts.slice(0, 1)) charts.push({ kind: "box", x: goal, y: id, z: "", log: [] });
    charts.push({ kind: "histogram", x: goal, y: "", z: "", log: [] });
    return charts;
  }

  /** Sections `{id, title, charts}`: params against the objective, then metrics by prefix; system metrics come last. */
  function sections(store) {
    const list = metrics(store);
    const curved = new Set(list.filter((one) => one.reducer === "min").map((one) => one.name));
    const byPrefix = new Map();
    for (const { name } of list.filter((one) => one.reducer === "last" && !SG.isCounter(one.name))) {
      const at = name.indexOf("/");
      const prefix = at > 0 ? name.slice(0, at) : "";
      const chart = { kind: curved.has(name) ? "curves" : "bar", x: "metric:" + name + ":last", y: "", z: "", log: [] };
      byPrefix.set(prefix, (byPrefix.get(prefix) || []).concat(chart));
    }
    const rank = (prefix) => (prefix === "system" ? 2 : prefix === "" ? 0 : 1);
    const prefixes = Array.from(byPrefix.keys()).sort((a, b) => rank(a) - rank(b) || SG.natural(a, b));
    const parts = prefixes.map((prefix) => ({
      id: "metrics-" + prefix,
      title: prefix ? prefix + "/" : "Metrics",
      charts: byPrefix.get(prefix),
      closed: prefix === "system",
    }));
    const first = overview(store);
    return first.length ? [{ id: "overview", title: "Params and results", charts: first }, ...parts] : parts;
  }

  /**
   * The sections of the compare page, whose tables and curves say the rest: params against the objective, from three
   * runs on; summaries of many runs only where there are many.
   */
  function comparedSections(store) {
    const kinds = ["parallel"];
    if (store.n >= MIN_DOTS) kinds.push("trend");
    if (store.n >= MIN_DISTRIBUTED) kinds.push("contour", "box", "histogram");
    const charts = store.n < MIN_COMPARED ? [] : overview(store).filter(({ kind }) => kinds.includes(kind));
    return [{ id: "overview", title: "Params and results", charts }];
  }

  return { need, sections, comparedSections };
})();
