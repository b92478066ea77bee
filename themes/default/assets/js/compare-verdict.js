// needs: compare-cells.js, decode.js, digits.js, formats.js, labels.js, sitegen.js
//
// The sentence on top of the compare page: which run is better by the metric that the experiment is judged by, how sure
// that is (the words of sitegen/analysis/verdict.py), and in what the runs differ.
"use strict";

SG.compareVerdict = (function () {
  const MAX_NAMED = 5;
  const MAX_KEY = 40;
  const { PLACES, percent } = SG.compareCells;
  const WORDS = { KILLED: "was killed", FAILED: "failed", RUNNING: "is still running" };

  /** What all of `runs` are judged by, `{metric, way, reducer, reach}`; null unless one metric decides for each. */
  function target(runs, judged) {
    const found = Array.from(new Set(runs.map((run) => run.exp)), (file) => judged.get(file) || []);
    if (!found.length || found.some((list) => list.length !== 1 || !(list[0][2] in PLACES))) return null;
    const [metric, direction, reducer, reach, size] = found[0][0];
    if (found.some(([one]) => one[0] !== metric || one[1] !== direction || one[2] !== reducer)) return null;
    // The result of a child is one value; that of another run may be a mean of several, as of folds.
    const values = runs.some((run) => run.parent) ? 1 : size;
    const isKnown = found.length === 1 && typeof reach === "number";
    return { metric, way: direction === "max" ? 1 : -1, reducer, reach: isKnown ? reach / Math.sqrt(values) : null };
  }

  /** The runs with their results, the best first; those that have not finished apart. */
  function results(runs, goal) {
    const known = runs.map((run) => ({
      run,
      value: run.metrics.find((metric) => metric[0] === goal.metric)?.[PLACES[goal.reducer]],
    }));
    const ranked = known.filter(({ run, value }) => run.status === "FINISHED" && typeof value === "number");
    ranked.sort((a, b) => goal.way * (b.value - a.value));
    return { ranked, unfinished: runs.filter((run) => run.status !== "FINISHED") };
  }

  /** How sure it is that the first of `ranked` is the best: the words of the experiment's verdict. */
  function leadOf([first, second], goal) {
    const gap = Math.abs(first.value - second.value);
    if (gap === 0) return "Tie";
    if (goal.reach === null) return "Ahead, spread unknown";
    return gap <= goal.reach ? "Within noise" : "Clear";
  }

  const name = (run) => SG.el("b", { text: run.name });

  function amount(first, second) {
    const gap = Math.abs(first.value - second.value);
    const isTelling = second.value && gap / 1e3 < Math.abs(second.value);
    return SG.number(gap) + (isTelling ? " (" + percent(gap, second.value) + ")" : "");
  }

  /** Which run is better, as what a sentence is made of. */
  function lead(ranked, goal, chip) {
    const [first, second] = ranked;
    const on = " on " + title(goal);
    const write = SG.digits(ranked.map(({ value }) => value));
    const values = write(first.value) + " and " + write(second.value);
    if (chip === "Tie")
      return [name(first.run), " and ", name(second.run), " are equal" + on + ": " + write(first.value)];
    if (chip === "Within noise")
      return [name(first.run), " and ", name(second.run), " are within noise of each other" + on + ": " + values];
    if (ranked.length === 2)
      return [name(first.run), (chip === "Clear" ? " is better by " : " is ahead by ") + amount(first, second) + on];
    return [
      name(first.run),
      (chip === "Clear" ? " is the best of " : " is ahead of all ") + ranked.length + " finished runs" + on + ": ",
      write(first.value) + ", " + amount(first, second) + " ahead of ",
      name(second.run),
    ];
  }

  const title = (goal) => SG.labels.oneLine(goal.metric) + (goal.reducer === "last" ? "" : " (" + goal.reducer + ")");

  /** Which runs are not ranked as they have not finished. */
  function left(unfinished) {
    if (!unfinished.length) return [];
    if (unfinished.length > 1) return ["; " + unfinished.length + " unfinished runs are not ranked"];
    return [
      "; ",
      name(unfinished[0]),
      " " + (WORDS[unfinished[0].status] || "has not finished") + ", so it is not ranked",
    ];
  }

  /** In what the runs differ, and that their code or data are the same where that is known. */
  function differences(runs) {
    const tables = runs.map((run) => new Map(run.params));
    const keys = Array.from(new Set(runs.flatMap((run) => run.params.map(([key]) => key))))
      .filter((key) => tables.some((table) => table.get(key) !== tables[0].get(key)))
      .sort(SG.natural);
    const labels = SG.labels.cutApart(keys, MAX_KEY);
    const parts = keys.slice(0, keys.length > MAX_NAMED ? MAX_NAMED - 1 : MAX_NAMED).map((key) => labels.get(key));
    if (keys.length > parts.length) parts.push(keys.length - parts.length + " more params");
    const same = keys.length || !tables.some((table) => table.size) ? [] : ["params"];
    for (const [what, values] of [
      ["code", runs.map((run) => run.commit || "")],
      ["data", runs.map((run) => JSON.stringify(run.datasets || []).replace("[]", ""))],
    ]) {
      if (!values.every(Boolean)) continue;
      if (new Set(values).size > 1) parts.push(what);
      else same.push(what);
    }
    return { parts, same };
  }

  const listed = (parts) =>
    parts.length < 2 ? parts.join("") : parts.slice(0, -1).join(", ") + " and " + parts[parts.length - 1];

  /** The paragraph on `runs`; null for one run alone. `judged` has the metrics of each experiment, by its file. */
  function sentence(runs, judged) {
    if (runs.length < 2) return null;
    const goal = target(runs, judged);
    const { ranked, unfinished } = goal ? results(runs, goal) : { ranked: [], unfinished: [] };
    const chip = ranked.length > 1 ? leadOf(ranked, goal) : "No verdict";
    const first =
      ranked.length > 1
        ? [...lead(ranked, goal, chip), ...left(unfinished)]
        : goal && unfinished.length
          ? ["Fewer than two of these runs have finished, so none is called better on " + title(goal)]
          : [];
    const { parts, same } = differences(runs);
    const second = [parts.length ? "differences: " + listed(parts) : "", same.length ? "same " + listed(same) : ""];
    const rest = second.filter(Boolean).join("; ");
    if (!first.length && !rest) return null;
    return SG.el(
      "p",
      { class: "compare-verdict", role: "status" },
      first.length ? SG.el("span", { class: "chip lead" + (chip === "Clear" ? " clear" : ""), text: chip }) : null,
      first.length ? " " : null,
      ...first,
      first.length && rest ? ". " : null,
      rest ? rest.charAt(0).toUpperCase() + rest.slice(1) + "." : first.length ? "." : null,
    );
  }

  /** How far apart values of `metric` by `reducer` must be to be told apart; null where that is not known. */
  function reachOf(runs, judged, metric, reducer) {
    const goal = target(runs, judged);
    return goal && goal.metric === metric && goal.reducer === reducer ? goal.reach : null;
  }

  return { sentence, reachOf };
})();
