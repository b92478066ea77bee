// needs: charts.js, page.js, points.js, sitegen.js; later: leaderboard.js
//
// Judge the runs of an experiment by another metric: what each changes was worked out when the site was built
// (data/objectives), this only chooses. Fragment: `metric=<key>,<min|max>`.
"use strict";

SG.metricSwitch = (function () {
  /** The chips as buttons, and one for the direction. */
  function make(box) {
    const chips = Array.from(box.querySelectorAll("[data-metric]"), (chip) => {
      const { metric, better } = chip.dataset;
      const button = SG.el("button", { type: "button", class: "chip", text: chip.textContent, "data-metric": metric });
      chip.replaceWith(button);
      return { button, metric, better };
    });
    const way = SG.el("button", { type: "button", class: "chip", "data-way": "" });
    box.append(way);
    const verdict = document.querySelector(".verdict");
    const leaders = document.querySelector(".leaderboard");
    return {
      box,
      chips,
      way,
      parts: [verdict, leaders],
      first: [verdict, leaders].map((part) => Array.from(part.childNodes)),
      now: [chips[0].metric, chips[0].better],
    };
  }

  const isFirst = (view, [metric, way]) => metric === view.chips[0].metric && way === view.chips[0].better;

  /** The metric and the direction that the fragment asks for, else the page's own. */
  function asked(view) {
    const [metric, way] = SG.readFragment().get("metric") || [];
    const chip = view.chips.find((one) => one.metric === metric) || view.chips[0];
    return [chip.metric, ["min", "max"].includes(way) && chip.metric === metric ? way : chip.better];
  }

  /** Show what the choice changes: verdict and leaderboard, charts, table. */
  async function show(view, choice, isChosen = false) {
    view.now = choice;
    showChoice(view);
    const { candidates } = await SG.load("objectives/" + view.box.dataset.metricSwitch);
    const board = candidates.find((one) => one.metric === choice[0])?.views[choice[1]];
    await SG.asset("js/leaderboard.js");
    if (!board || view.now !== choice) return;
    const drawn = isFirst(view, choice) ? view.first : [SG.leaderboard.verdict(board), SG.leaderboard.leaders(board)];
    view.parts.forEach((part, i) => part.replaceChildren(...drawn[i]));
    view.parts.forEach(SG.points.align);
    showCharts(view, board, isFirst(view, choice));
    const detail = { ...board, way: choice[1], isFirst: isFirst(view, choice), isChosen };
    document.dispatchEvent(new CustomEvent("sg:objective", { detail }));
  }

  function showChoice(view) {
    const [metric, way] = view.now;
    for (const chip of view.chips) chip.button.setAttribute("aria-pressed", String(chip.metric === metric));
    view.way.textContent = way === "min" ? "lowest is best" : "highest is best";
    view.way.title = "Judge by the " + (way === "min" ? "highest" : "lowest");
  }

  // ---- Charts ----

  /** The curves show the best runs by the metric, and its own curve across the page; results stand over it. */
  function showCharts(view, board, isFirst) {
    const hint = document.querySelector('section[aria-labelledby="curves"] > .section-head .hint');
    if (hint) hint.hidden = !isFirst; // it names the curve of the page's own objective
    for (const figure of document.querySelectorAll('section[aria-labelledby="curves"] figure')) {
      const across = figure.parentNode.classList.contains("one");
      figure.parentNode.hidden = across && !isFirst && !board.curve;
      const change = { runs: board.runs.join(" "), best: board.runs.includes(board.best) ? board.best : "" };
      if (across && board.curve) Object.assign(change, { metric: board.curve, title: board.curve });
      rebind(figure, isFirst ? null : change);
    }
    for (const figure of document.querySelectorAll('section[aria-labelledby="results"] figure[data-ranked]')) {
      const axis = figure.dataset.kind === "strip" ? "x" : "y";
      const change = { [axis]: ["metric", board.metric, board.reducer].join(":"), marked: board.best, ranked: null };
      const param = (figure.dataset[axis === "x" ? "y" : "x"] || "").replace(/^param:/, "");
      Object.assign(change, { [axis + "Title"]: board.metrics[0], title: board.metrics[0] + " against " + param });
      rebind(figure, isFirst ? null : change);
    }
  }

  /**
   * Let a finished figure show something else: `change` are other values of its data attributes (null: none) and its
   * `title`; null restores what the page had.
   */
  function rebind(figure, change) {
    const state = SG.charts.adopt(figure);
    const title = figure.querySelector("figcaption > :first-child");
    const sub = figure.querySelector("figcaption > .sub");
    const name = state.plot.getAttribute("aria-label");
    state.first = state.first || { data: { ...figure.dataset }, title: title.textContent, still: state.still, name };
    const { title: text = state.first.title, ...data } = change || {};
    const wanted = { ...state.first.data, ...data };
    for (const key of new Set([...Object.keys(figure.dataset), ...Object.keys(wanted)]))
      if (wanted[key] === undefined || wanted[key] === null) delete figure.dataset[key];
      else if (key !== "live") figure.dataset[key] = wanted[key];
    title.textContent = text;
    state.plot.setAttribute("aria-label", change ? text : state.first.name);
    if (sub) sub.hidden = Boolean(change);
    state.still = change ? [] : state.first.still;
    if (state.live) SG.charts.rest(state);
    else if (change) SG.charts.whenSeen(state);
    else state.plot.replaceChildren(...state.still);
  }

  // ---- Start ----

  function choose(view, choice) {
    const state = SG.readFragment();
    if (isFirst(view, choice)) state.delete("metric");
    else state.set("metric", choice);
    SG.writeFragment(state, true);
    return show(view, choice, true);
  }

  function start() {
    const box = document.querySelector("[data-metric-switch]");
    if (!box) return undefined;
    const view = make(box);
    showChoice(view);
    for (const chip of view.chips)
      chip.button.addEventListener("click", () => choose(view, [chip.metric, chip.better]));
    view.way.addEventListener("click", () => choose(view, [view.now[0], view.now[1] === "min" ? "max" : "min"]));
    for (const type of ["popstate", "hashchange"])
      window.addEventListener(type, () => String(asked(view)) !== String(view.now) && show(view, asked(view)));
    return isFirst(view, asked(view)) ? undefined : show(view, asked(view));
  }

  SG.start(start);

  return { start };
})();
