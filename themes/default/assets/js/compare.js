// needs: charts.js, compare-artifacts.js, compare-charts.js, compare-scores.js, compare-state.js, compare-tables.js, compare-tools.js, compare-verdict.js, decode.js, formats.js, labels.js, points.js, sitegen.js
//
// compare.html#runs=a,b: runs side by side. Which runs, the baseline and the switches are in the fragment.
//
// This file knows the order of the page; its parts are in compare-*.js.
"use strict";

(function () {
  const MAX_COLUMNS = 8;
  /** Up to so many runs, what went in and what came out stand beside each other on a wide screen. */
  const MAX_BESIDE = 3;

  // ---- Facts ----

  const duration = (run) => (SG.span(run.start, run.end) === null ? null : SG.duration(SG.span(run.start, run.end)));

  /** What belongs to a run alone: that it is not the same in two runs says nothing. */
  const IDENTITY = ["run id", "start", "end", "duration"];

  const facts = (state) => (run) =>
    [
      ["experiment", state.experiments.get(run.exp) ?? run.exp],
      ["user", run.user],
      ["run id", run.id],
      ["start", SG.when(run.start)],
      ["end", SG.when(run.end)],
      ["duration", duration(run)],
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

  const BEST_PLACE = 8; // where a run's place (PLACE in run.js) names the best
  const toggled = new Map();

  /** What tables need to know: runs, colours, the place of the baseline, which branches of nested params are open. */
  function makeView(state, runs) {
    const slots = SG.colours(state.ids, state.best);
    const defaults = new Map();
    return {
      runs,
      slots,
      defaults,
      at: runs.findIndex((run) => run.id === state.base),
      different: state.different && runs.length > 1,
      judged: state.judged,
      hidden: new Map(),
      reducers: state.reducers,
      objectives: state.objectives,
      flip: state.layout ? state.layout === "rows" : runs.length > MAX_COLUMNS,
      isOpen: (branch) => toggled.get(branch) ?? defaults.get(branch) ?? true,
      toggle: (branch, open) => (toggled.set(branch, open), show()),
    };
  }

  function tools(state, view) {
    return SG.el(
      "div",
      { class: "compare-tools" },
      SG.compareTools.addBox(state),
      view.runs.length > 1
        ? SG.compareTools.switchBox("different", "Only differences", state.different, () =>
            state.change({ different: !state.different }),
          )
        : null,
      view.runs.length > 1
        ? SG.compareTools.switchBox("flip", "Runs as rows", view.flip, () =>
            state.change({ layout: view.flip ? "columns" : "rows" }),
          )
        : null,
    );
  }

  /** A line that counts what is not shown, as it is the same in all runs; `view.sayHidden` keeps it up to date. */
  function hiddenLine(view) {
    const line = SG.el("p", { class: "hint compare-hidden", role: "status" });
    view.sayHidden = function () {
      const counts = Array.from(view.hidden, ([noun, count]) => count + " " + plural(noun, count));
      line.textContent = counts.length ? "Hidden because equal: " + counts.join(", ") : "";
    };
    return line;
  }

  const plural = (noun, count) => (count === 1 ? noun : noun.replace(/^\w+/, (word) => word + "s"));

  function parts(state, runs, missing) {
    if (!runs.length)
      return { content: [unknown(missing), empty(), SG.compareTools.addBox(state)], fill: () => undefined };
    const view = makeView(state, runs);
    const places = { environment: SG.el("div"), artifacts: SG.el("div"), lines: SG.el("div"), images: SG.el("div") };
    const section = SG.compareTables;
    const inputs = [
      section.params(view),
      section.texts("Datasets", view, datasets, "dataset"),
      section.texts("Tags", view, (run) => run.tags, "tag"),
      section.texts("Run", view, facts(state), "", IDENTITY),
      places.environment,
      codeLinks(view),
    ].filter(Boolean);
    const results = [section.metrics(view, SG.compareTools.reducerChoice(state))].filter(Boolean);
    const isWide = view.flip || runs.length > MAX_BESIDE;
    const content = [
      unknown(missing),
      SG.compareVerdict.sentence(runs, state.judged),
      SG.compareTools.chips(state, runs, view.slots),
      tools(state, view),
      hiddenLine(view),
      SG.el(
        "div",
        { class: "compare-parts" + (isWide ? "" : " beside") },
        SG.el("div", null, ...inputs),
        results.length ? SG.el("div", null, ...results) : null,
      ),
      SG.compareCharts.curves(runs, view.slots, state.objectives),
      SG.compareCharts.charts(state, runs),
      SG.compareScores.section(view),
      places.images,
      places.artifacts,
      places.lines,
    ];
    view.sayHidden();
    return { content, fill: (isCurrent) => SG.compareArtifacts.fill(view, state, state.change, places, isCurrent) };
  }

  /** The runs, each by a `name` that no other of them has; `fullName` is what it was called. */
  function toldApart(runs) {
    const labels = SG.labels.runs(runs.map((run) => [run.id, run.name]));
    return runs.map((run) => ({ ...run, name: labels.get(run.id), fullName: run.name }));
  }

  /** The best run of the experiment that all of `runs` are in, which has the accent here too; "" for none. */
  async function bestRun(runs) {
    if (new Set(runs.map((run) => run.exp)).size !== 1) return "";
    const { id } = runs[0];
    const shard = await SG.shard("places", id).catch(() => null);
    return shard?.places?.find((place) => place[0] === id)?.[BEST_PLACE] || "";
  }

  let turn = 0;

  async function show() {
    const own = ++turn;
    const state = SG.compareState.read();
    state.change = function (changes) {
      SG.compareState.write(state, changes);
      return show();
    };
    const [site, ...found] = await Promise.all([SG.load("site"), ...state.ids.map(SG.run)]);
    if (own !== turn) return;
    state.experiments = new Map(site.experiments.map(([, file, name]) => [file, name]));
    const runs = toldApart(found.filter(Boolean));
    const missing = state.ids.filter((_, i) => !found[i]);
    const theirs = site.experiments.filter(([, file]) => runs.some((run) => run.exp === file));
    state.judged = new Map(theirs.map(([, file, , , judged]) => [file, judged || []]));
    state.objectives = new Map(Array.from(state.judged.values()).flat());
    if (!runs.some((run) => run.id === state.base)) state.base = runs[0]?.id;
    state.best = state.best || (await bestRun(runs));
    if (own !== turn) return;
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
    SG.points.align(body);
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
