// needs: charts.js, compare-artifacts.js, compare-tables.js, decode.js, formats.js, page.js, sitegen.js; later: explorer.js, run-charts-page.js, search.js
//
// compare.html#runs=a,b: runs side by side. Which runs, the baseline and the switches are in the fragment.
//
// This file knows the state, the runs' chips and the order of the page; tables are in compare-tables.js, artifacts in
// compare-artifacts.js, line differences in diff.js, nested params in nested.js.
"use strict";

(function () {
  const MOST_MATCHES = 8;
  const MOST_COLUMNS = 8;
  const MOST_OPEN_CHIPS = 16;

  /** What the fragment asks for; the baseline is the first run unless another is named. */
  function readState() {
    const fragment = SG.readFragment();
    const ids = Array.from(new Set(fragment.get("runs") || []));
    const base = (fragment.get("base") || [ids[0]])[0];
    const one = (key) => (fragment.get(key) || [""])[0];
    const known = (fragment.get("values") || (fragment.has("range") ? ["last", "min", "max"] : [])).filter((name) =>
      SG.compareTables.REDUCERS.includes(name),
    );
    return {
      ids,
      base: ids.includes(base) ? base : ids[0],
      different: fragment.has("different"),
      reducers: known.length ? known : ["last"],
      layout: one("layout"),
      file: one("file"),
      from: one("from"),
      to: one("to"),
      rest: fragment,
    };
  }

  const OWN = ["runs", "base", "different", "range", "values", "layout", "file", "from", "to"];

  function change(state, changes) {
    const next = { ...state, ...changes };
    const fragment = new Map([
      ["runs", next.ids],
      ["base", next.base && next.base !== next.ids[0] && next.ids.includes(next.base) ? next.base : ""],
      ["different", next.different ? "1" : ""],
      ["values", next.reducers.join() === "last" ? "" : next.reducers],
      ["layout", next.layout],
      ["file", next.file],
      ["from", next.file ? next.from : ""],
      ["to", next.file ? next.to : ""],
    ]);
    for (const [key, value] of SG.readFragment()) if (!OWN.includes(key)) fragment.set(key, value);
    SG.writeFragment(fragment, true);
    return show();
  }

  // ---- Chips, switches, adding ----

  function chips(state, runs, slots) {
    const chip = (run) =>
      SG.el(
        "li",
        { "data-run": run.id },
        SG.el("span", { class: "swatch c" + slots.get(run.id), "aria-hidden": "true" }),
        SG.el("a", { href: SG.runUrl(run.file), text: run.name }),
        state.several.has(run.name) ? SG.el("span", { class: "muted id", text: run.id.slice(0, 8) }) : null,
        baseline(state, run),
        SG.el("button", {
          type: "button",
          class: "button small icon",
          "data-remove": run.id,
          "aria-label": "Remove " + run.name,
          text: "×",
          onclick: () => change(state, { ids: state.ids.filter((id) => id !== run.id) }),
        }),
      );
    const list = SG.el("ul", { class: "compare-runs", "aria-label": "Runs" }, ...runs.map(chip));
    if (runs.length <= MOST_OPEN_CHIPS) return list;
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
    radio.addEventListener("change", () => change(state, { base: run.id }));
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
    const names = SG.compareTables.REDUCERS;
    const toggle = (name) =>
      state.reducers.includes(name)
        ? state.reducers.filter((one) => one !== name)
        : names.filter((one) => one === name || state.reducers.includes(one));
    return SG.el(
      "fieldset",
      { class: "reducers" },
      SG.el("legend", { class: "visually-hidden", text: "Values of each metric" }),
      ...names.map((name) =>
        switchBox("value-" + name, name, state.reducers.includes(name), () =>
          change(state, { reducers: toggle(name) }),
        ),
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
    const add = () => change(state, { ids: state.ids.concat(run.id) });
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
      await SG.asset("js/search.js");
      const runs = (await SG.search.find(query)).docs.filter((doc) => doc.kind === "run").map(withId);
      const fresh = runs.filter((run) => !present.includes(run.id)).slice(0, MOST_MATCHES);
      return fresh.length ? fresh : [{ title: "No other run matches." }];
    } catch (error) {
      return [{ title: error.message }];
    }
  }

  /** The id of a run found by search: the name of its page's file (ids that are no file names cannot be added here). */
  function withId(doc) {
    return { ...doc, id: decodeURIComponent(doc.url.replace(/^.*\//, "").replace(/\.html$/, "")) };
  }

  // ---- Curves ----

  /** Metrics with a curve, those that most runs share first. */
  function curveKeys(runs) {
    const counts = new Map();
    for (const run of runs) for (const curve of run.curves) counts.set(curve.k, (counts.get(curve.k) || 0) + 1);
    return Array.from(counts)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([key]) => key);
  }

  function curveFigure(runs, key, i) {
    const having = runs.filter((run) => run.curves.some((curve) => curve.k === key));
    return SG.el(
      "figure",
      {
        class: "chart",
        id: "compare-curve-" + i,
        "data-kind": "curves",
        "data-runs": having.map((run) => run.id).join(" "),
        "data-metrics": JSON.stringify([key]),
      },
      SG.el("figcaption", { text: key }),
      SG.el("div", { class: "chart-tools" }),
      SG.el("div", { class: "plot" }),
      SG.el("div", { class: "chart-legend" }),
    );
  }

  function curves(runs) {
    const figures = curveKeys(runs).map((key, i) => curveFigure(runs, key, i));
    return figures.length
      ? SG.el("section", null, SG.compareTables.heading("Curves"), SG.el("div", { class: "charts wide" }, ...figures))
      : null;
  }

  // ---- Charts: the panel of the experiment page, over the runs compared ----

  /** The runs as the columns of an experiment (data/experiments), which is what charts over runs are drawn from. */
  function asColumns(runs) {
    const texts = (group, name, list) => ({ g: group, n: name, t: "s", v: list.map((value) => value ?? null) });
    const keys = (pairsOf) =>
      Array.from(new Set(runs.flatMap((run) => pairsOf(run).map(([key]) => key)))).sort(SG.natural);
    const maps = (pairsOf) => runs.map((run) => new Map(pairsOf(run)));
    const of = (group, pairsOf) =>
      keys(pairsOf).map((key) =>
        texts(
          group,
          key,
          maps(pairsOf).map((map) => map.get(key)),
        ),
      );
    const numbers = (name, reducer, at, found) => ({
      g: "metric",
      n: name,
      r: reducer,
      t: "f",
      v: found.map((map) => (typeof map.get(name)?.[at] === "number" ? map.get(name)[at] : null)),
    });
    const found = runs.map((run) => new Map(run.metrics.map((metric) => [metric[0], metric])));
    const metrics = keys((run) => run.metrics).flatMap((key) =>
      [
        ["last", 1],
        ["min", 3],
        ["max", 5],
        ["first", 2],
        ["mean", 7],
      ].map(([reducer, at]) => numbers(key, reducer, at, found)),
    );
    const own = [
      ["run_id", (run) => run.id],
      ["name", (run) => run.name],
      ["status", (run) => run.status],
      ["user", (run) => run.user || null],
      ["source", (run) => run.source || null],
    ];
    return [
      ...own.map(([name, of]) => texts("run", name, runs.map(of))),
      ...of("param", (run) => run.params),
      ...metrics,
      ...of("tag", (run) => run.tags),
    ];
  }

  async function fillCharts(box, state, runs) {
    const key = "compared-" + runs.map((run) => run.id).join("-");
    const [metric, direction] = Array.from(state.objectives)[0] || [];
    SG.put("experiments/" + key, {
      id: key,
      name: "",
      n: runs.length,
      best: null,
      objective: metric ? { metric, direction, reducer: "last" } : null,
      files: runs.map((run) => [run.id, run.file]),
      columns: asColumns(runs),
    });
    await SG.asset("js/run-charts-page.js");
    const panel = await SG.runChartsPage.load();
    const store = await SG.explorer(key);
    store.select(runs.map((run) => run.id));
    await panel.open(box, store, { isCompare: true });
  }

  /** A section that is filled when it comes into sight: the library that draws is large. */
  function charts(state, runs) {
    if (runs.length < 2) return null;
    const box = SG.el("div", { class: "run-charts" });
    const seen = new IntersectionObserver(
      function (entries) {
        if (!entries.some((entry) => entry.isIntersecting)) return;
        seen.disconnect();
        fillCharts(box, state, runs).catch((error) =>
          box.replaceChildren(SG.el("p", { class: "notice", role: "status", text: error.message })),
        );
      },
      { rootMargin: "200px" },
    );
    seen.observe(box);
    return SG.el(
      "section",
      null,
      SG.compareTables.heading("Charts", SG.el("span", { class: "hint", text: "over the runs compared" })),
      box,
    );
  }

  // ---- Facts ----

  const duration = (run) =>
    run.start === null || run.end === null ? null : SG.duration(Math.max(0, run.end - run.start));

  const facts = (state) => (run) =>
    [
      ["experiment", state.experiments.get(run.exp) ?? run.exp],
      ["run id", run.id],
      ["status", run.status],
      ["start", SG.when(run.start)],
      ["duration", duration(run)],
      ["user", run.user],
    ].filter((pair) => pair[1]);

  const datasets = (run) =>
    (run.datasets || []).map(([name, digest, context]) => [
      context ? name + " (" + context + ")" : name,
      digest || "used",
    ]);

  /** Links to the page of the code's host that compares the baseline's commit with those of the other runs. */
  function codeLinks(view) {
    const from = view.runs[view.at];
    const pairs = view.runs.filter((run) => run.code && run.code === from.code && run.commit !== from.commit);
    if (!pairs.length) return null;
    const commits = new Map(pairs.map((run) => [run.commit, run]));
    const items = Array.from(commits.values(), (run) =>
      SG.el(
        "li",
        null,
        SG.el("a", {
          href: from.code.replace("{from}", from.commit).replace("{to}", run.commit),
          rel: "noopener noreferrer nofollow",
          text: from.commit.slice(0, 10) + " … " + run.commit.slice(0, 10),
        }),
        SG.el("span", { class: "muted", text: " " + from.name + " to " + run.name }),
      ),
    );
    return SG.el(
      "section",
      { class: "compare-section" },
      SG.compareTables.heading(
        "Code",
        SG.el("span", { class: "hint", text: "what changed between the commits, at the code's host" }),
      ),
      SG.el("ul", { class: "code-links" }, ...items),
    );
  }

  // ---- The page ----

  function unknown(ids) {
    if (!ids.length) return null;
    const text =
      ids.length === 1 ? "This site has no run " + ids[0] + "." : "This site has no runs " + ids.join(", ") + ".";
    return SG.el("p", { class: "notice", role: "status", text });
  }

  function empty() {
    return SG.el("p", {
      class: "empty",
      text: "No runs chosen yet. Tick runs in the table of an experiment and press Compare, or search for a run below.",
    });
  }

  const toggled = new Map();

  /** What tables need to know: runs, colours, the place of the baseline, which branches of nested params are open. */
  function makeView(state, runs) {
    const slots = SG.colours(runs.map((run) => run.id));
    const defaults = new Map();
    return {
      runs,
      slots,
      defaults,
      at: runs.findIndex((run) => run.id === state.base),
      different: state.different,
      reducers: state.reducers,
      objectives: state.objectives,
      flip: state.layout ? state.layout === "rows" : runs.length > MOST_COLUMNS,
      isOpen: (branch) => toggled.get(branch) ?? defaults.get(branch) ?? true,
      toggle: (branch, open) => (toggled.set(branch, open), show()),
    };
  }

  function tools(state, view) {
    return SG.el(
      "div",
      { class: "compare-tools" },
      addBox(state),
      switchBox("different", "Only differences", state.different, () => change(state, { different: !state.different })),
      view.runs.length > 1
        ? switchBox("flip", "Runs as rows", view.flip, () => change(state, { layout: view.flip ? "columns" : "rows" }))
        : null,
    );
  }

  function parts(state, runs, missing) {
    if (!runs.length) return { content: [unknown(missing), empty(), addBox(state)], fill: () => undefined };
    const view = makeView(state, runs);
    const places = { environment: SG.el("div"), artifacts: SG.el("div"), lines: SG.el("div"), images: SG.el("div") };
    const content = [
      unknown(missing),
      chips(state, runs, view.slots),
      tools(state, view),
      SG.compareTables.params(view),
      SG.compareTables.metrics(view, reducerChoice(state)),
      curves(runs),
      charts(state, runs),
      SG.compareTables.texts("Run", view, facts(state)),
      SG.compareTables.texts("Tags", view, (run) => run.tags),
      SG.compareTables.texts("Datasets", view, datasets),
      places.environment,
      codeLinks(view),
      places.images,
      places.artifacts,
      places.lines,
    ];
    return {
      content,
      fill: (isCurrent) =>
        SG.compareArtifacts.fill(view, state, (changes) => change(state, changes), places, isCurrent),
    };
  }

  let turn = 0;

  async function show() {
    const own = ++turn;
    const state = readState();
    const [site, ...found] = await Promise.all([SG.load("site"), ...state.ids.map(SG.run)]);
    if (own !== turn) return;
    state.experiments = new Map(site.experiments.map(([, file, name]) => [file, name]));
    const runs = found.filter(Boolean);
    const missing = state.ids.filter((_, i) => !found[i]);
    const names = runs.map((run) => run.name);
    state.several = new Set(names.filter((name, i) => names.indexOf(name) !== i));
    state.objectives = new Map(
      site.experiments
        .filter(([, file]) => runs.some((run) => run.exp === file))
        .flatMap(([, , , , judged]) => judged || []),
    );
    if (!runs.some((run) => run.id === state.base)) state.base = runs[0]?.id;
    const { content, fill } = parts(state, runs, missing);
    put(content.filter(Boolean));
    await fill(() => own === turn);
  }

  /** Show `content`, with the focus on what had it, so that the page can be used by keys alone. */
  function put(content) {
    const main = document.getElementById("compare");
    const body = document.getElementById("compare-body") || main.appendChild(SG.el("div", { id: "compare-body" }));
    const place = focusPlace(body);
    body.querySelectorAll("figure.chart").forEach(SG.charts.drop);
    body.replaceChildren(...content);
    body.querySelectorAll("figure.chart").forEach((figure) => SG.charts.whenSeen(SG.charts.adopt(figure)));
    place?.();
  }

  /** How to find, in the new content, what has the focus now. */
  function focusPlace(body) {
    const focused = document.activeElement;
    if (!body.contains(focused)) return null;
    const named =
      focused.name && (focused.type === "radio" ? `input[name="${focused.name}"]:checked` : `[name="${focused.name}"]`);
    const fold = focused.classList.contains("fold-branch") ? focused.textContent.slice(2) : null;
    return function () {
      const target =
        fold === null
          ? body.querySelector(named || "input[name=add]")
          : Array.from(body.querySelectorAll(".fold-branch")).find((button) => button.textContent.slice(2) === fold);
      (target || body.querySelector("input[name=add]"))?.focus({ preventScroll: true });
    };
  }

  SG.start(function () {
    document.getElementById("compare").classList.remove("needs-js"); // it is for paper too, once it is there
    window.addEventListener("hashchange", show);
    window.addEventListener("popstate", show);
    return show();
  });
})();
