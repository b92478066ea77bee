// needs: sitegen.js
//
// Ids, colours and data: where a run is and which file has its data.
"use strict";

Object.assign(
  SG,
  (function () {
    const { root, load } = SG;

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
        const found = (await shard("runs", id)).runs.find((one) => one.id === id);
        if (found) found.metrics = found.metrics.map(fullMetric);
        return found;
      } catch {
        return undefined; // no shard: no run of this hash is in the site
      }
    }

    /**
     * A metric in full: one with a single point is written as `[key, value, step]`, from which the rest follows.
     */
    function fullMetric(metric) {
      if (metric.length > 3) return metric;
      const [key, value, step] = metric;
      // NaN was reached nowhere.
      const at = value === "NaN" ? 0 : step;
      return [key, value, value, value, at, value, at, value, 1, step, typeof value === "string" ? 1 : 0];
    }

    /** Where the page of run `id` is; `files` maps the rare ids that are no file names to their files. */
    function runUrl(id, files) {
      if ("packed" in document.documentElement.dataset) return root + "runs.html#" + encodeURIComponent(id);
      return root + "runs/" + encodeURIComponent((files && files.get(id)) || id) + ".html";
    }

    // The accent, which the best run has and whatever is drawn alone; the grey of runs that were not chosen.
    const BEST_COLOUR = 1;
    const OTHER_COLOUR = 12;
    const HUES = 10;

    /**
     * The slots of runs (or groups, or metrics) that were chosen together; Map of id to slot. The best run has the
     * accent, up to ten others a hue each: that of their hash, else the next that is free. The twin of colours_of in
     * sitegen/pages/figures.py.
     */
    function colours(ids, best) {
      const slots = new Map();
      const taken = new Set();
      for (const id of ids) {
        let hue = fnv(id) % HUES;
        while (taken.size < HUES && taken.has(hue)) hue = (hue + 1) % HUES;
        const slot = id === best ? BEST_COLOUR : taken.size < HUES ? hue + 2 : OTHER_COLOUR;
        if (id !== best) taken.add(hue);
        slots.set(id, slot);
      }
      return slots;
    }

    /** Whether the page is dark: by the reader's choice, else by their system. */
    function isDark() {
      const scheme = getComputedStyle(document.documentElement).colorScheme;
      return scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
    }

    /** The value of a custom property of the theme, for what cannot say var(); of `light-dark(a, b)` the one shown. */
    function token(name) {
      const value = getComputedStyle(document.documentElement)
        .getPropertyValue("--" + name)
        .trim();
      const both = /^light-dark\(([^,()]+(?:\([^()]*\))?),(.+)\)$/.exec(value);
      return both ? both[isDark() ? 2 : 1].trim() : value;
    }

    return { natural, fnv, shardOf, shard, run, fullMetric, runUrl, colours, BEST_COLOUR, OTHER_COLOUR, token };
  })(),
);
