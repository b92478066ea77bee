// needs: page.js
//
// The view of a runs table in the fragment: short, versioned, by ids and keys and never by positions.
//
// `#v=1&q=...&cols=name,status,m.loss,p.lr&wide=m.loss*120&pin=p.lr&sort=-m.loss,name&group=p.model&open=...&fold=...
// &sel=...&hide=...&top=...&heat=m.loss`. What is as it would be anyway is left out; keys of others stay.
"use strict";

SG.viewState = (function () {
  const VERSION = "1";
  const LISTS = ["sel", "hide", "top", "fold"];
  const KEYS = ["v", "q", "cols", "wide", "pin", "sort", "group", "open", "heat", ...LISTS];
  const REDUCERS = ["min", "max", "first", "mean", "count", "spark"];

  /** `metric:loss:last` as `m.loss`, `metric:loss:min` as `min.loss`, `param:lr` as `p.lr`, `run:name` as `name`. */
  function short(id) {
    const [, group, rest] = /^(run|param|metric|tag):(.*)$/s.exec(id) || [];
    if (group === "run") return rest;
    if (group !== "metric") return (group || "")[0] + "." + rest;
    const at = rest.lastIndexOf(":");
    const reducer = rest.slice(at + 1);
    return (reducer === "last" ? "m" : reducer) + "." + rest.slice(0, at);
  }

  function long(text) {
    if (/^(run|param|metric|tag):/.test(text)) return text;
    const at = text.indexOf(".");
    const [head, rest] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 0) return "run:" + text;
    if (head === "p" || head === "t") return (head === "p" ? "param:" : "tag:") + rest;
    if (head === "m" || REDUCERS.includes(head)) return "metric:" + rest + ":" + (head === "m" ? "last" : head);
    return "run:" + text;
  }

  /** Twelve characters of a long id tell it from a million others. */
  const shortRun = (id) => (/^[0-9a-f]{32}$/.test(id) ? id.slice(0, 12) : id);

  /** The ids in `ids` that the short ones stand for. */
  function longRuns(shorts, ids) {
    if (!shorts.length) return [];
    const whole = new Set(ids);
    const byStart = new Map();
    for (const id of ids) byStart.set(id.slice(0, 12), id);
    return shorts.map((text) => (whole.has(text) ? text : byStart.get(text))).filter((id) => id !== undefined);
  }

  /**
   * The fragment, or `text` in its place, as `{q, cols, wide, pin, sort, group, open, heat, sel, hide, top, fold}`; run
   * ids are still short.
   */
  function read(text) {
    const state = SG.readFragment(text);
    const list = (key) => state.get(key) || [];
    const known = !state.has("v") || list("v")[0] === VERSION;
    const get = (key) => (known ? list(key) : []);
    const sort = get("sort").map((text) => ({ id: long(text.replace(/^-/, "")), down: text.startsWith("-") }));
    const wide = get("wide").map((text) => [
      long(text.slice(0, text.lastIndexOf("*"))),
      Number(text.slice(text.lastIndexOf("*") + 1)),
    ]);
    return {
      known,
      sort,
      q: get("q").join(","),
      cols: get("cols").length ? get("cols").map(long) : null,
      wide: new Map(wide.filter(([, px]) => px >= 40 && px <= 2000)),
      pin: get("pin").map(long),
      group: get("group").map(long)[0] || "",
      open: get("open"),
      heat: get("heat").map(long),
      ...Object.fromEntries(LISTS.map((key) => [key, get(key)])),
    };
  }

  /** Whether the fragment asks for a view. */
  const isAsked = () => KEYS.some((key) => SG.readFragment().has(key));

  /** The parts of a view as the fragment has them, a Map of key to list; what is empty is left out by the writer. */
  function coded(view) {
    const parts = new Map();
    parts.set("q", view.q);
    parts.set("cols", (view.cols || []).map(short));
    parts.set(
      "wide",
      Array.from(view.wide, ([id, px]) => short(id) + "*" + Math.round(px)),
    );
    parts.set("pin", view.pin.map(short));
    parts.set(
      "sort",
      view.sort.map((key) => (key.down ? "-" : "") + short(key.id)),
    );
    parts.set("group", view.group && short(view.group));
    parts.set("open", view.open);
    parts.set("heat", view.heat.map(short));
    for (const key of LISTS) parts.set(key, view[key].map(shortRun));
    return parts;
  }

  /** A view as the text of a fragment. */
  const text = (view) => SG.fragmentOf(new Map([["v", VERSION], ...coded(view)]));

  /**
   * Write a view; `newEntry` for a step that the back button takes back. A page that starts from a view of its own
   * writes the empty one too.
   */
  function write(view, newEntry, always) {
    const parts = coded(view);
    const state = new Map();
    if (always || Array.from(parts.values()).some((part) => part.length)) state.set("v", VERSION);
    for (const [key, part] of parts) state.set(key, part);
    for (const [key, part] of SG.readFragment()) if (!KEYS.includes(key)) state.set(key, part);
    SG.writeFragment(state, newEntry);
  }

  return { read, write, text, isAsked, short, long, longRuns, VERSION };
})();
