// needs: page.js, run-charts-data.js, run-charts-kinds.js
//
// What a reader chose of the charts over runs, in the fragment: charts of their own, sections opened, search, curves.
"use strict";

SG.runChartsState = (function () {
  const REDUCERS = ["min", "max", "first", "mean"];
  const COUNTS = [10, 20, 50, 100];

  // ---- Codes: `s~p.lr~m.val/loss~~x` ----

  function short(id) {
    const [group, key, reducer] = SG.runChartsData.parts(id);
    if (group === "metric") return (reducer === "last" ? "m" : reducer) + "." + key;
    return { run: "r", param: "p", tag: "t" }[group] + "." + key;
  }

  function long(text) {
    const at = text.indexOf(".");
    const [head, key] = [text.slice(0, at), text.slice(at + 1)];
    if (head === "m" || REDUCERS.includes(head)) return "metric:" + key + ":" + (head === "m" ? "last" : head);
    const group = { r: "run", p: "param", t: "tag" }[head];
    return group ? group + ":" + key : null;
  }

  const escaped = (text) => text.replace(/[%~;]/g, (mark) => encodeURIComponent(mark).replace("~", "%7E"));

  function unescaped(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  /** A chart as a short text of kind, keys and logarithmic axes. */
  function code(chart) {
    const list = chart.kind === "parallel" ? chart.axes : [chart.x, chart.y, chart.z];
    const keys = list.map((id) => (id ? escaped(short(id)) : ""));
    while (keys.length && keys[keys.length - 1] === "") keys.pop();
    return [
      SG.runChartsKinds.get(chart.kind).letter + (chart.log.length ? "." + chart.log.join("") : ""),
      ...keys,
    ].join("~");
  }

  /** The chart that a code stands for; null for what is none. */
  function decode(text) {
    const [head, ...keys] = text.split("~").map(unescaped);
    const kind = SG.runChartsKinds.withLetter(head[0])?.kind;
    if (!kind || !keys.length) return null;
    const ids = keys.map((key) => (key ? long(key) : ""));
    if (ids.some((id) => id === null)) return null;
    const log = head
      .slice(2)
      .split("")
      .filter((axis) => axis === "x" || axis === "y");
    return kind === "parallel"
      ? { kind, axes: ids, z: ids[ids.length - 1], log: [] }
      : { kind, x: ids[0] || "", y: ids[1] || "", z: ids[2] || "", log };
  }

  // ---- State in the fragment ----

  const DEFAULTS = { smooth: 0, x: "step", count: 10, outliers: false };

  /** `{own: [chart], curves: {smooth, x, count, outliers}, closed: Map of section to closed, q}` */
  function read() {
    const fragment = SG.readFragment();
    const curves = { ...DEFAULTS };
    for (const item of fragment.get("curves") || []) {
      const [key, value] = [item[0], item.slice(1)];
      if (key === "s") curves.smooth = Math.max(0, Math.min(0.99, Number(value) || 0));
      if (key === "x") curves.x = value;
      if (key === "n" && COUNTS.includes(Number(value))) curves.count = Number(value);
      if (key === "o") curves.outliers = true;
    }
    const closed = new Map((fragment.get("sections") || []).map((item) => [item.slice(1), item[0] === "-"]));
    return {
      own: (fragment.get("chart") || []).map(decode).filter(Boolean),
      curves,
      closed,
      q: (fragment.get("find") || [""]).join(","),
    };
  }

  function write(panel, newEntry) {
    const { curves, own, closed, q } = panel.state;
    const parts = new Map([
      ["charts", panel.isCompare ? "" : "runs"],
      ["chart", own.map(code)],
      ["find", q],
      ["sections", Array.from(closed, ([id, shut]) => (shut ? "-" : "+") + id)],
      [
        "curves",
        [
          curves.smooth ? "s" + curves.smooth : "",
          curves.x !== "step" ? "x" + curves.x : "",
          curves.count !== 10 ? "n" + curves.count : "",
          curves.outliers ? "o" : "",
        ].filter(Boolean),
      ],
    ]);
    const state = new Map(Array.from(SG.readFragment()).filter(([key]) => !parts.has(key)));
    for (const [key, value] of parts) state.set(key, value);
    SG.writeFragment(state, newEntry);
  }

  return { COUNTS, read, write, code, decode };
})();
