// needs: nothing
//
// The core, on every page: loading data files, decoding, colours, the fragment, theme and copy buttons.
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
      return append(el(css ? "link" : "script", css ? { rel: "stylesheet", href: assets + path } : { src: assets + path }), path);
    });
  }

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
    const away = new Map(data.columns.filter((raw) => !raw.v && ids.includes(idOf(raw))).map((raw) => [idOf(raw), raw]));
    const files = new Set(Array.from(away.values(), (raw) => raw.at));
    await Promise.all(Array.from(files, async function (key) {
      for (const found of (await load(key)).columns) if (away.has(idOf(found))) Object.assign(away.get(idOf(found)), found);
    }));
    return data;
  }

  // ---- Elements ----

  const READ = new Set(["title", "aria-label", "alt", "placeholder"]);

  /** What a reader sees of `value`: control characters are shown as symbols, not obeyed. */
  const seen = (value) => (typeof value === "string" && SG.labels ? SG.labels.showControls(value) : value);

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

  // ---- Order ----

  const collator = new Intl.Collator("en", { numeric: true });

  /** Whether `a` stands before `b`: `layer2` before `layer10`, code by code where that says nothing. */
  const natural = (a, b) => collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);

  // ---- Ids ----

  /** FNV-1a, 32 bits, of the UTF-8 bytes of `text`. */
  function fnv(text) {
    let hash = 2166136261;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 16777619) >>> 0;
    return hash;
  }

  /** The name of the shard that holds run `id`. */
  function shardOf(id, digits) {
    return digits ? fnv(id).toString(16).padStart(8, "0").slice(0, digits) : "all";
  }

  /** The shard of `data/<folder>/` that run `id` is in. */
  async function shard(folder, id) {
    const site = await load("site");
    return load(folder + "/" + shardOf(id, site.digits));
  }

  /** The run of data/runs with this id, or undefined when the site has none. */
  async function run(id) {
    try {
      return (await shard("runs", id)).runs.find((one) => one.id === id);
    } catch {
      return undefined; // no shard: no run of this hash is in the site
    }
  }

  /** Where the page of run `id` is; `files` maps the rare ids that are no file names to their files. */
  function runUrl(id, files) {
    return root + "runs/" + encodeURIComponent((files && files.get(id)) || id) + ".html";
  }

  /** A slot 1-8 of the palette for each id: its hash, else the next that is free; Map of id to slot. */
  function colours(ids) {
    const slots = new Map();
    const taken = new Set();
    for (const id of ids) {
      let slot = fnv(id) % 8;
      while (taken.size < 8 && taken.has(slot)) slot = (slot + 1) % 8;
      taken.add(slot);
      slots.set(id, slot + 1);
    }
    return slots;
  }

  /** The value of a custom property of the theme, for what cannot say var(). */
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

  // ---- Decoding ----

  /** The values of a column as an Array; numbers as numbers with NaN and infinities, missing as null. */
  function column(data) {
    if (data.t === "d") return data.v.map((code) => (code < 0 ? null : data.u[code]));
    if (data.t === "i") return wholeNumbers(data);
    if (data.t === "f") return numbers(data);
    return data.v;
  }

  function wholeNumbers(data) {
    let sum = 0;
    const out = data.v.map((step) => (sum += step));
    for (const row of data.x || []) out[row] = null;
    return out;
  }

  function numbers(data) {
    const out = data.v.slice();
    for (const row of data.nan || []) out[row] = NaN;
    for (const row of data.inf || []) out[row] = Infinity;
    for (const row of data.ninf || []) out[row] = -Infinity;
    return out;
  }

  /** Differences with repeats (`[first, d, "x", count]`) as numbers. */
  function ints(coded) {
    const out = [];
    let last = 0;
    for (let at = 0; at < coded.length; at++) {
      const repeats = coded[at + 1] === "x" ? coded[at + 2] : 1;
      for (let i = 0; i < repeats; i++) out.push((last += Number(coded[at])));
      if (coded[at + 1] === "x") at += 2;
    }
    return out;
  }

  /** A curve as `{x: steps, t: milliseconds, y: number or null}`. */
  const curve = (data) => ({ x: ints(data.x), t: ints(data.t), y: curveValues(data) });

  function curveValues(data) {
    if (typeof data.y !== "string") return data.y;
    const bytes = atob(data.y);
    const scale = (data.hi - data.lo) / 65534;
    return Array.from({ length: bytes.length / 2 }, function (_, i) {
      const q = bytes.charCodeAt(2 * i) + 256 * bytes.charCodeAt(2 * i + 1);
      return q === 65535 ? null : data.lo + q * scale;
    });
  }

  // ---- The fragment: #q=text&runs=a,b ----

  const encode = (text) => encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2F", "/");

  function decode(text) {
    try {
      return decodeURIComponent(text.replaceAll("+", "%20"));
    } catch {
      return text;
    }
  }

  /** The fragment as a Map of key to list of texts; empty for a plain anchor. */
  function readFragment(text = location.hash.slice(1)) {
    const state = new Map();
    for (const part of text.split("&")) {
      const at = part.indexOf("=");
      if (at > 0 && at < part.length - 1) state.set(part.slice(0, at), part.slice(at + 1).split(",").map(decode));
    }
    return state;
  }

  /** Put a Map of key to text or list into the fragment; empty values are left out. */
  function writeFragment(state, newEntry) {
    const parts = [];
    for (const [key, value] of state) {
      const list = [].concat(value).filter((text) => text !== "");
      if (list.length) parts.push(key + "=" + list.map(encode).join(","));
    }
    const url = parts.length ? "#" + parts.join("&") : location.pathname + location.search;
    if (newEntry) history.pushState(null, "", url);
    else history.replaceState(null, "", url);
  }

  // ---- Theme, copy and search buttons ----

  const THEMES = ["auto", "light", "dark"];

  function setTheme(theme) {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      if (theme === "auto") localStorage.removeItem("sitegen-theme");
      else localStorage.setItem("sitegen-theme", theme);
    } catch {
      // Not remembered; it holds for this page.
    }
    document.querySelectorAll("[data-action=theme]").forEach(labelTheme);
    document.dispatchEvent(new CustomEvent("sg:theme"));
  }

  const currentTheme = () => document.documentElement.dataset.theme || "auto";

  function labelTheme(button) {
    const label = button.querySelector("[data-label]") || button;
    label.textContent = currentTheme()[0].toUpperCase() + currentTheme().slice(1);
    button.setAttribute("aria-label", "Theme: " + currentTheme() + ". Change theme");
  }

  async function copy(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = el("textarea", { class: "visually-hidden" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    if (!done) throw new Error("The browser did not let the page copy");
  }

  /** The snippets of charts name a page of this site: say its whole address, wherever the site is now. */
  function completeSnippets() {
    for (const code of document.querySelectorAll("code[data-embed]")) {
      if (location.protocol !== "file:") code.textContent = code.textContent.replace('src="' + code.dataset.embed, 'src="' + new URL(root + code.dataset.embed, location.href).href);
    }
  }

  async function copyFrom(button) {
    const from = button.dataset.copyFrom;
    const source = from === "previous" ? button.previousElementSibling : from && document.querySelector(from);
    try {
      await copy(source ? (source.href ?? source.value ?? source.textContent) : button.dataset.copy);
      button.dataset.state = "copied";
      announce("Copied");
    } catch (error) {
      announce(error.message);
    }
    setTimeout(() => delete button.dataset.state, 1500);
  }

  /** Say `text` to those who listen to the page instead of looking at it. */
  function announce(text) {
    let region = document.getElementById("sg-status");
    if (!region) document.body.append((region = el("div", { id: "sg-status", class: "visually-hidden", role: "status" })));
    region.textContent = text;
  }

  function onClick(event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.action === "theme") setTheme(THEMES[(THEMES.indexOf(currentTheme()) + 1) % 3]);
    else if (button.dataset.action === "search") openSearch();
    else if ("copy" in button.dataset || "copyFrom" in button.dataset) copyFrom(button);
  }

  function onKey(event) {
    const typing = event.target.closest("textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range])");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    openSearch();
  }

  function openSearch() {
    asset("js/search.js").then(() => SG.search.open(), (error) => announce(error.message));
  }

  // ---- Start ----

  /** Run `work` when the page is parsed; the page is ready when all of it is done. */
  function start(work) {
    starters.push(work);
  }

  async function begin() {
    document.addEventListener("click", onClick);
    document.addEventListener("keydown", onKey);
    document.querySelectorAll("[data-action=theme]").forEach(labelTheme);
    completeSnippets();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("sg:theme")));
    const results = await Promise.allSettled(starters.map(async (work) => work()));
    for (const result of results) if (result.status === "rejected") console.error(result.reason);
    document.documentElement.dataset.ready = "";
  }

  document.addEventListener("DOMContentLoaded", begin);

  return {
    root, put, load, experiment, asset, el, download, csv, fnv, shardOf, shard, run, runUrl, colours, token,
    column, curve, readFragment, writeFragment, natural, copy, announce, start,
  };
})();
