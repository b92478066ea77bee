// needs: labels.js, page.js, sitegen.js; later: search-details.js
//
// Search over experiments, runs, models and pages: an overlay (key "/" or a button) and search.html.
//
// The index is cut by the first character of words, and the documents by thousands; both load when they are asked for.
"use strict";

SG.search = (function () {
  const MOST = 60;
  const MAX_CHARACTERS = 80;
  const GROUPS = [
    ["experiment", "Experiments"],
    ["run", "Runs"],
    ["model", "Models"],
    ["dataset", "Datasets"],
    ["page", "Pages"],
  ];

  /** The words of a query, as search.py cuts them: no marks at their ends, at most 40 characters, 8 of an id. */
  function words(query) {
    const runs = query.toLowerCase().match(/[\p{L}\p{N}_.-]+/gu) || [];
    return runs
      .map(function (run) {
        const word = run.replace(/^[._-]+|[._-]+$/g, "");
        return /^[0-9a-f]{9,40}$/.test(word) && /\d/.test(word)
          ? word.slice(0, 8)
          : Array.from(word).slice(0, 40).join("");
      })
      .filter(Boolean);
  }

  const shardName = (word) => word.codePointAt(0).toString(16);

  /** "1*9 a b*3" as a Map of document number to weight, added to `found` (the larger weight wins). */
  function addPostings(found, postings) {
    let doc = 0;
    for (const posting of postings.split(" ")) {
      const [step, weight] = posting.split("*");
      doc += parseInt(step, 36);
      found.set(doc, Math.max(found.get(doc) || 0, Number(weight || 1)));
    }
  }

  /** The words of the index that begin as `word` does, a line each after a line break, or nothing. */
  const linesFor = async (word, meta) =>
    meta.shards.includes(shardName(word)) ? "\n" + (await SG.load("search/" + shardName(word))).words : "";

  /** Documents with a word that starts with `word`, a Map of number to weight; whole words weigh double. */
  async function matches(word, meta) {
    const found = new Map();
    const lines = await linesFor(word, meta);
    for (let at = lines.indexOf("\n" + word); at >= 0; at = lines.indexOf("\n" + word, at + 1)) {
      const end = lines.indexOf("\n", at + 1);
      const [entry, postings] = lines.slice(at + 1, end < 0 ? undefined : end).split("\t");
      const part = new Map();
      addPostings(part, postings);
      for (const [doc, weight] of part)
        found.set(doc, Math.max(found.get(doc) || 0, entry === word ? 2 * weight : weight));
    }
    return found;
  }

  /** Numbers of the documents that match every word, the best first. */
  function meet(all) {
    const [first, ...rest] = all;
    const scored = [];
    for (const [doc, weight] of first) {
      if (rest.every((found) => found.has(doc)))
        scored.push([doc, rest.reduce((sum, found) => sum + found.get(doc), weight)]);
    }
    return scored.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  }

  /**
   * As `matches`; a word that is nowhere as it stands is looked for by its parts: "more-dropout" by "more" and
   * "dropout".
   */
  async function matchesOrParts(word, meta) {
    const whole = await matches(word, meta);
    const parts = word.split(/[-_.]+/).filter(Boolean);
    if (whole.size) return whole;
    if (parts.length < 2) return matchesNearly(word, meta);
    const met = meet(await Promise.all(parts.map((part) => matches(part, meta))));
    return new Map(met.map(([doc, weight]) => [doc, weight / parts.length]));
  }

  const MIN_FORGIVEN = 4;

  /** Documents with a word that is `word` but for one letter, which is not the first; those words are in `nearly`. */
  async function matchesNearly(word, meta) {
    const found = new Map();
    found.nearly = [];
    if (word.length < MIN_FORGIVEN) return found;
    for (const line of (await linesFor(word, meta)).split("\n")) {
      const [entry, postings] = line.split("\t");
      if (!postings || !isNear(word, entry)) continue;
      addPostings(found, postings);
      found.nearly.push(entry);
    }
    return found;
  }

  /** Whether one letter more, less or other, or two that changed places, makes `b` of `a`. */
  function isNear(a, b) {
    if (Math.abs(a.length - b.length) > 1) return false;
    let from = 0;
    while (from < a.length && a[from] === b[from]) from++;
    const [restA, restB] = [a.slice(from), b.slice(from)];
    if (a.length !== b.length) return a.length > b.length ? restA.slice(1) === restB : restA === restB.slice(1);
    const swapped = restA.length > 1 && restA[1] + restA[0] + restA.slice(2) === restB;
    return swapped || restA.slice(1) === restB.slice(1);
  }

  async function docAt(number) {
    const [kind, url, title, subtitle] = (await SG.load("search/docs-" + Math.floor(number / 1000))).docs[
      number % 1000
    ];
    return { kind, url, title, subtitle };
  }

  /** What matches `query`: `{total, docs: [{kind, url, title, subtitle, weight}], marked}`, the best first; `marked` are
   * the words that the query means. */
  async function find(query) {
    const asked = words(query);
    if (!asked.length) return { total: 0, docs: [], marked: [] };
    const meta = await SG.load("search/meta");
    const matched = await Promise.all(asked.map((word) => matchesOrParts(word, meta)));
    const scored = meet(matched);
    const marked = asked.flatMap((word, i) => matched[i].nearly || [word]);
    const best = scored.slice(0, MOST);
    const docs = await Promise.all(best.map(([number]) => docAt(number)));
    return { total: scored.length, docs: docs.map((doc, i) => ({ ...doc, weight: best[i][1] })), marked };
  }

  // ---- Results on a page ----

  const inside = (url) => (/^[a-z][a-z0-9+.-]*:|^\//i.test(url) ? "" : SG.root + url);

  /** What to call each result: runs of one name get the first characters of their ids; Map of doc to title. */
  function titles(docs) {
    const runs = docs.filter((doc) => doc.kind === "run");
    const labels = SG.labels.runs(
      runs.map((doc) => [runId(doc), doc.title]),
      MAX_CHARACTERS,
    );
    return new Map(docs.map((doc) => [doc, doc.kind === "run" ? labels.get(runId(doc)) : doc.title]));
  }

  const runId = (doc) => decodeURIComponent(doc.url.replace(/^.*[/#]/, "").replace(/\.html$/, ""));

  /** `text` with every place that begins with one of `words` marked. */
  function marked(text, words) {
    const lower = text.toLowerCase();
    const parts = [];
    let at = 0;
    while (at < text.length && lower.length === text.length) {
      const places = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([start]) => start >= 0);
      if (!places.length) break;
      const [start, length] = places.sort((a, b) => a[0] - b[0] || b[1] - a[1])[0];
      parts.push(text.slice(at, start), SG.el("mark", { text: text.slice(start, start + length) }));
      at = start + length;
    }
    return [...parts, text.slice(at)];
  }

  function resultItem(doc, title, words) {
    return SG.el(
      "a",
      { class: "result", href: inside(doc.url) },
      SG.el("span", { class: "result-title" }, ...marked(title, words)),
      SG.el("span", { class: "result-subtitle muted" }, ...marked(doc.subtitle, words)),
    );
  }

  /** The groups to show: by kind, and runs that match only in params, tags or notes apart. */
  function grouped(docs, wordCount) {
    const weak = (doc) => doc.kind === "run" && doc.weight < 9 * wordCount;
    const groups = GROUPS.map(([kind, title]) => [title, docs.filter((doc) => doc.kind === kind && !weak(doc))]);
    groups.push(["Runs, by their fields", docs.filter(weak)]);
    return groups.filter(([, members]) => members.length);
  }

  function draw(target, query, found) {
    const items = new Map();
    const wordCount = words(query).length;
    const called = titles(found.docs);
    const parts = grouped(found.docs, wordCount).map(([title, docs]) =>
      SG.el(
        "section",
        null,
        SG.el("h2", { class: "result-group", text: title }),
        ...docs.map(function (doc) {
          const item = resultItem(doc, called.get(doc), found.marked);
          items.set(item, doc);
          return item;
        }),
      ),
    );
    target.replaceChildren(...parts);
    const runs = Array.from(items).filter(([, doc]) => doc.kind === "run");
    if (runs.length)
      SG.scripts(["decode", "search-details"]).then(() =>
        SG.searchDetails(
          runs.map(([item, doc]) => [item, runId(doc)]),
          found.marked,
        ),
      );
    return summary(wordCount, found);
  }

  function summary(wordCount, found) {
    if (!wordCount) return "Type words from names, params, tags or notes. All of them must match.";
    if (!found.total) return "No match for all of these words.";
    const shown = found.docs.length < found.total ? ", the best " + found.docs.length + " shown" : "";
    return found.total + (found.total === 1 ? " match" : " matches") + shown;
  }

  /** A search box with results below; `onQuery` hears what was asked. */
  function panel(onQuery) {
    const input = SG.el("input", {
      type: "search",
      placeholder: "Search runs, params, tags…",
      "aria-label": "Search this site",
      autocomplete: "off",
      spellcheck: "false",
    });
    const note = SG.el("p", { class: "result-note muted", role: "status" });
    const results = SG.el("div", { class: "results" });
    const box = SG.el("div", { class: "search-panel" }, input, note, results);
    let asked = 0;
    async function ask() {
      const turn = ++asked;
      onQuery(input.value);
      try {
        const found = await find(input.value);
        if (turn === asked) note.textContent = draw(results, input.value, found);
      } catch (error) {
        note.textContent = "The search index is not there. " + error.message + ".";
      }
    }
    input.addEventListener("input", ask);
    box.addEventListener("keydown", (event) => walk(event, input, results));
    return { box, input, ask };
  }

  /** Arrow keys go through the results, Enter in the box opens the first. */
  function walk(event, input, results) {
    const stops = [input, ...results.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))].focus();
    } else if (event.key === "Enter" && at === 0 && stops.length > 1) {
      event.preventDefault();
      stops[1].click();
    }
  }

  // ---- Overlay and page ----

  let overlay = null;

  function makeOverlay() {
    const { box, input, ask } = panel(() => {});
    const close = SG.el("button", {
      type: "button",
      class: "close",
      "aria-label": "Close search",
      text: "Esc",
      onclick: () => dialog.close(),
    });
    const dialog = SG.el("dialog", { id: "search", "aria-label": "Search" }, close, box);
    dialog.addEventListener("click", function (event) {
      if (event.target === dialog || event.target.closest("a")) dialog.close();
    });
    // The browser's own Escape only empties a search box; here one press closes, as the button says.
    dialog.addEventListener("keydown", (event) => event.key === "Escape" && (event.preventDefault(), dialog.close()));
    document.body.append(dialog);
    return { dialog, input, ask };
  }

  /** Open the overlay; on search.html go to the box of the page instead. */
  function open() {
    const own = document.querySelector("#search-results input");
    if (own) return own.focus();
    overlay = overlay || makeOverlay();
    if (!overlay.dialog.open) overlay.dialog.showModal();
    overlay.input.select();
    return overlay.ask();
  }

  function fillPage() {
    const target = document.getElementById("search-results");
    if (!target) return undefined;
    const { box, input, ask } = panel((query) => SG.writeFragment(new Map([["q", query]])));
    const restore = () => {
      input.value = (SG.readFragment().get("q") || []).join(",");
      return ask();
    };
    target.replaceChildren(box);
    window.addEventListener("hashchange", restore);
    return restore();
  }

  if (document.documentElement.dataset.ready === undefined) SG.start(fillPage);

  return { open, find, marked };
})();
