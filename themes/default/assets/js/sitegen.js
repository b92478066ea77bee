// needs: nothing
//
// The core, on every page: loading data files and scripts, making elements, handing out files, starting the page.
//
// Everything a store holds is a stranger's text: it reaches the page as textContent only, and what is keyed by it is
// a Map. Pages open from disk, so data comes as classic scripts that call SG.put; there is no fetch.
"use strict";

window.SG = (function () {
  const root = document.documentElement.dataset.root || "";
  const values = new Map();
  const pending = new Map();
  const starters = [];

  // ---- Loading ----

  /** Called by data files: keep `value` under `key`. */
  function put(key, value) {
    values.set(key, value);
  }

  /** Append an element that loads `url`; resolves when it has loaded, rejects with a sentence. */
  function append(element, url) {
    element.async = false; // scripts that are added together run in this order
    return new Promise(function (resolve, reject) {
      element.addEventListener("load", () => resolve());
      element.addEventListener("error", () => reject(new Error("Could not load " + url)));
      document.head.append(element);
    });
  }

  /** Run `work` once per key; a failure is forgotten, so that it can be tried again. */
  function once(key, work) {
    if (!pending.has(key)) {
      const promise = work();
      pending.set(key, promise);
      promise.catch(() => pending.delete(key));
    }
    return pending.get(key);
  }

  // Styles and scripts lie in a folder named after their content, so that a host may keep them for ever.
  const assets = document.documentElement.dataset.assets || root + "assets/";

  /** Load a script or stylesheet of the theme, such as `js/search.js`. */
  function asset(path) {
    return once("asset:" + path, function () {
      const css = path.endsWith(".css");
      return append(
        el(css ? "link" : "script", css ? { rel: "stylesheet", href: assets + path } : { src: assets + path }),
        path,
      );
    });
  }

  /** Load scripts of the theme by their names, such as `search`, in this order; the page's own are there already. */
  const scripts = (names) => Promise.all(names.map((name) => isOwn(name) || asset("js/" + name + ".js")));

  const isOwn = (name) => document.querySelector('script[defer][src$="/js/' + name + '.js"]') !== null;

  /** The value that `data/<path>.js` puts. */
  function load(path) {
    if (values.has(path)) return Promise.resolve(values.get(path));
    return once("data:" + path, async function () {
      await append(el("script", { src: root + "data/" + path + ".js" }), "data/" + path + ".js");
      if (!values.has(path)) throw new Error("data/" + path + ".js holds nothing");
      return values.get(path);
    });
  }

  /** The data of experiment `file` with the columns `ids` in it, such as `metric:loss:last`, wherever they lie. */
  async function experiment(file, ids) {
    const data = await load("experiments/" + file);
    const idOf = (raw) => raw.g + ":" + raw.n + (raw.r ? ":" + raw.r : "");
    const away = new Map(
      data.columns.filter((raw) => !raw.v && ids.includes(idOf(raw))).map((raw) => [idOf(raw), raw]),
    );
    const files = new Set(Array.from(away.values(), (raw) => raw.at));
    await Promise.all(
      Array.from(files, async function (key) {
        for (const found of (await load(key)).columns)
          if (away.has(idOf(found))) Object.assign(away.get(idOf(found)), found);
      }),
    );
    return data;
  }

  // ---- Elements ----

  const READ = new Set(["title", "aria-label", "alt", "placeholder"]);

  // Controls, those of direction, and what has no width but the joiners, which some scripts and emoji need (labels.py).
  const CONTROL =
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

  /** What stands for a character that cannot be seen: `␀`, `⟨U+202E⟩`, `␣`. */
  function symbol(character) {
    if (character === " ") return "␣";
    if (character === "\xa0") return "⍽";
    const code = character.codePointAt(0);
    if (code < 0x20) return String.fromCodePoint(0x2400 + code);
    return code === 0x7f ? "␡" : "⟨U+" + code.toString(16).toUpperCase().padStart(4, "0") + "⟩";
  }

  /** `text` with characters that a browser obeys instead of showing as symbols; tabs and line breaks stay. */
  const showControls = (text) => text.replace(CONTROL, symbol);

  const seen = (value) => (typeof value === "string" ? showControls(value) : value);

  /** An element with attributes (`text` is its text; null, undefined and false are left out) and children. */
  function el(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "text") element.textContent = seen(value);
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : READ.has(name) ? seen(value) : value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined).map(seen));
    return element;
  }

  /** Hand `text` to the reader as a file. */
  function download(name, type, content) {
    const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
    el("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  /** A cell of a CSV file: quoted where needed, and text that a spreadsheet would run gets a leading quote mark. */
  function csvCell(value) {
    if (value === null || value === undefined) return "";
    let text = String(value);
    const isNumber = typeof value === "number" || /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
    if (!isNumber && /^[=+\-@\t\r]/.test(text)) text = "'" + text;
    return /[",\n\r]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
  }

  const csv = (rows) => rows.map((row) => row.map(csvCell).join(",") + "\r\n").join("");

  // ---- Start ----

  /** Run `work` when the page is parsed; the page is ready when all of it is done. */
  function start(work) {
    starters.push(work);
  }

  async function begin() {
    const results = await Promise.allSettled(starters.map(async (work) => work()));
    for (const result of results) if (result.status === "rejected") console.error(result.reason);
    document.documentElement.dataset.ready = "";
  }

  document.addEventListener("DOMContentLoaded", begin);

  return { root, put, load, experiment, asset, scripts, el, symbol, showControls, download, csv, start };
})();
