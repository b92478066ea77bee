// needs: labels.js, page.js, search-index.js, sitegen.js; later: search-details.js
//
// Search over experiments, runs, models and pages: an overlay (key "/" or a button) and search.html.
"use strict";

SG.search = (function () {
  const { words, find } = SG.searchIndex;
  const MAX_CHARACTERS = 80;
  const GROUPS = [
    ["experiment", "Experiments"],
    ["run", "Runs"],
    ["model", "Models"],
    ["dataset", "Datasets"],
    ["page", "Pages"],
  ];

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

  function resultItem(doc, title) {
    return SG.el(
      "a",
      { class: "result", href: inside(doc.url) },
      SG.el("span", { class: "result-title", text: title }),
      SG.el("span", { class: "result-subtitle muted", text: doc.subtitle }),
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
          const item = resultItem(doc, called.get(doc));
          items.set(item, doc);
          return item;
        }),
      ),
    );
    target.replaceChildren(...parts);
    if (items.size) SG.scripts(["decode", "search-details"]).then(() => SG.searchDetails(items, found.marked, runId));
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

  return { open, find };
})();
