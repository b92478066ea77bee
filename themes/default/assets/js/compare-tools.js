// needs: compare-cells.js, decode.js, formats.js, labels.js, sitegen.js; later: search.js
//
// The chips of the runs that are compared, the switches, the box that adds a run. `state.change` changes the view.
"use strict";

SG.compareTools = (function () {
  const MAX_MATCHES = 8;
  const MAX_CHARACTERS = 80;
  const MAX_OPEN_CHIPS = 16;

  function chips(state, runs, slots) {
    const chip = (run) =>
      SG.el(
        "li",
        { "data-run": run.id },
        SG.el("span", { class: "swatch c" + slots.get(run.id), "aria-hidden": "true" }),
        SG.el("a", { href: SG.runUrl(run.file), text: run.name }),
        SG.compareCells.statusPill(run),
        SG.el("span", { class: "muted started", text: SG.when(run.start) }),
        runs.length > 1 ? baseline(state, run) : null,
        SG.el("button", {
          type: "button",
          class: "button small icon",
          "data-remove": run.id,
          "aria-label": "Remove " + run.name,
          text: "×",
          onclick: () => state.change({ ids: state.ids.filter((id) => id !== run.id) }),
        }),
      );
    const list = SG.el("ul", { class: "compare-runs", "aria-label": "Runs" }, ...runs.map(chip));
    if (runs.length <= MAX_OPEN_CHIPS) return list;
    return SG.el(
      "details",
      { class: "compare-many" },
      SG.el("summary", {
        text: runs.length + " runs; the baseline is " + runs.find((run) => run.id === state.base).name,
      }),
      list,
    );
  }

  function baseline(state, run) {
    const radio = SG.el("input", {
      type: "radio",
      name: "baseline",
      value: run.id,
      "aria-label": "Baseline: " + run.name,
    });
    radio.checked = run.id === state.base;
    radio.addEventListener("change", () => state.change({ base: run.id }));
    return SG.el("label", { class: "baseline" }, radio, " baseline");
  }

  function switchBox(name, text, on, work) {
    const box = SG.el("input", { type: "checkbox", name });
    box.checked = on;
    box.addEventListener("change", work);
    return SG.el("label", { class: "switch" }, box, " ", text);
  }

  /** Which of the numbers that sum a metric up are shown. */
  function reducerChoice(state) {
    const names = SG.compareCells.REDUCERS;
    const toggle = (name) =>
      state.reducers.includes(name)
        ? state.reducers.filter((one) => one !== name)
        : names.filter((one) => one === name || state.reducers.includes(one));
    return SG.el(
      "fieldset",
      { class: "reducers" },
      SG.el("legend", { class: "visually-hidden", text: "Values of each metric" }),
      ...names.map((name) =>
        switchBox("value-" + name, name, state.reducers.includes(name), () => state.change({ reducers: toggle(name) })),
      ),
    );
  }

  /** A box that finds runs by the search index and adds them; arrow keys walk the matches. */
  function addBox(state) {
    const input = SG.el("input", {
      type: "search",
      name: "add",
      placeholder: "Add a run…",
      "aria-label": "Add a run by name, param or tag",
      autocomplete: "off",
    });
    const list = SG.el("ul", { class: "add-matches" });
    let turn = 0;
    input.addEventListener("input", async function () {
      const own = ++turn;
      const found = await matchingRuns(input.value, state.ids);
      if (own === turn) list.replaceChildren(...found.map((run) => addItem(state, run)));
    });
    const box = SG.el("div", { class: "add-run" }, input, list);
    box.addEventListener("keydown", (event) => walk(event, [input, ...list.querySelectorAll("button")]));
    return box;
  }

  function walk(event, stops) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" && document.activeElement === stops[0] && stops[1]) stops[1].click();
    else if (step) stops[Math.max(0, Math.min(stops.length - 1, stops.indexOf(document.activeElement) + step))].focus();
    else return;
    event.preventDefault();
  }

  function addItem(state, run) {
    if (!run.id) return SG.el("li", { class: "muted", text: run.title });
    const add = () => state.change({ ids: state.ids.concat(run.id) });
    return SG.el(
      "li",
      null,
      SG.el("button", { type: "button", class: "button", text: run.title, onclick: add }),
      " ",
      SG.el("span", { class: "muted", text: run.subtitle }),
    );
  }

  async function matchingRuns(query, present) {
    if (!query.trim()) return [];
    try {
      await SG.scripts(["search-index", "search"]);
      const runs = (await SG.search.find(query)).docs.filter((doc) => doc.kind === "run").map(withId);
      const fresh = runs.filter((run) => !present.includes(run.id)).slice(0, MAX_MATCHES);
      const labels = SG.labels.runs(
        fresh.map((run) => [run.id, run.title]),
        MAX_CHARACTERS,
      );
      for (const run of fresh) run.title = labels.get(run.id);
      return fresh.length ? fresh : [{ title: "No other run matches." }];
    } catch (error) {
      return [{ title: error.message }];
    }
  }

  /** The id of a run found by search: the name of its page's file (ids that are no file names cannot be added here). */
  function withId(doc) {
    return { ...doc, id: decodeURIComponent(doc.url.replace(/^.*\//, "").replace(/\.html$/, "")) };
  }

  return { chips, switchBox, reducerChoice, addBox };
})();
