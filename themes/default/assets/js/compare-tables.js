// needs: compare-cells.js, compare-verdict.js, decode.js, digits.js, nested.js, sitegen.js
//
// The tables of the compare page: what runs say under the same keys, one below the other or side by side.
//
// A row is `{key, path, values, differs, cells}`: `values` are those of the runs in their order, null where a run has
// none.
"use strict";

SG.compareTables = (function () {
  const { align, textCells, metricCell, bestOf, mayBeBest, statusPill, scrolled, PLACES } = SG.compareCells;

  const MAX_PHONE_COLUMNS = 2;

  // ---- Tables ----

  const runHead = (run, slots) =>
    SG.el(
      "th",
      { scope: "col", class: "run", title: run.fullName },
      SG.el("span", { class: "swatch c" + slots.get(run.id), "aria-hidden": "true" }),
      " ",
      SG.el("a", { href: SG.runUrl(run.file), text: run.name }),
      ...(run.status === "FINISHED" ? [] : [" ", statusPill(run)]),
    );

  const heading = (title, ...extra) => SG.el("div", { class: "section-head" }, SG.el("h2", { text: title }), ...extra);

  function section(title, extra, table, note) {
    return SG.el(
      "section",
      { class: "compare-section" },
      heading(title, ...extra),
      note ? SG.el("p", { class: "hint", text: note }) : null,
      scrolled(title, table),
    );
  }

  /** The table of `rows` in the layout that `view` asks for: runs as columns, or runs as rows. */
  function draw(view, rows) {
    return view.flip ? flipped(view, rows) : upright(view, rows);
  }

  function label(cell, text) {
    cell.setAttribute("data-label", text);
    return cell;
  }

  function upright(view, rows) {
    const { runs, slots } = view;
    const line = (row) =>
      SG.el(
        "tr",
        { "data-differs": row.differs && runs.length > 1 },
        SG.el(
          "th",
          { scope: "row", class: row.depth ? "depth-" + Math.min(6, row.depth) : null },
          row.head || row.name || row.key,
        ),
        ...row.cells.map((cell, i) => label(cell, runs[i].name)),
      );
    return SG.el(
      "table",
      { class: "compare-table" + (runs.length > MAX_PHONE_COLUMNS ? " cards" : " narrow") },
      SG.el(
        "thead",
        null,
        SG.el("tr", null, SG.el("th", { scope: "col", text: "Key" }), ...runs.map((run) => runHead(run, slots))),
      ),
      SG.el("tbody", null, ...rows.map((row) => (row.branch ? branchRow(view, row) : line(row)))),
    );
  }

  /** Runs as rows: the better form for many runs and few keys. */
  function flipped(view, rows) {
    const shown = rows.filter((row) => !row.branch);
    const head = shown.map((row) =>
      SG.el("th", { scope: "col", class: "key", text: row.path ? row.path.join(".") : row.key }),
    );
    const lines = view.runs.map((run, i) =>
      SG.el(
        "tr",
        null,
        SG.el(
          "th",
          { scope: "row" },
          SG.el("span", { class: "swatch c" + view.slots.get(run.id), "aria-hidden": "true" }),
          " ",
          SG.el("a", { href: SG.runUrl(run.file), text: run.name }),
          ...(run.status === "FINISHED" ? [] : [" ", statusPill(run)]),
        ),
        ...shown.map((row) => label(row.cells[i], row.path ? row.path.join(".") : row.key)),
      ),
    );
    return SG.el(
      "table",
      { class: "compare-table flipped cards" },
      SG.el("thead", null, SG.el("tr", null, SG.el("th", { scope: "col", text: "Run" }), ...head)),
      SG.el("tbody", null, ...lines),
    );
  }

  function branchRow(view, row) {
    const open = view.isOpen(row.branch);
    const count = row.count === 1 ? "1 key" : row.count + " keys";
    const button = SG.el(
      "button",
      {
        type: "button",
        class: "fold-branch",
        "aria-expanded": String(open),
        onclick: () => view.toggle(row.branch, !open),
      },
      SG.el("span", { "aria-hidden": "true", text: open ? "▾ " : "▸ " }),
      row.name,
    );
    const said = row.changed ? row.changed + (row.changed === 1 ? " differs" : " differ") : "all the same";
    return SG.el(
      "tr",
      { class: "branch" },
      SG.el("th", { scope: "row", class: row.depth ? "depth-" + Math.min(6, row.depth) : null }, button),
      SG.el("td", { class: "muted", colspan: String(view.runs.length), text: count + ", " + said }),
    );
  }

  /**
   * A section of texts, each of which is `noun`; null when no run has any, or when only differences are shown and there
   * is none. `identity` are keys that belong to a run alone, and so are no difference.
   */
  function texts(title, view, pairsOf, noun, identity = []) {
    const rows = align(view.runs, pairsOf);
    for (const row of rows) if (identity.includes(row.key)) row.differs = false;
    return finish(title, view, rows, rows, noun);
  }

  /** Note that `count` rows are not shown, as they are the same in all runs. */
  function hide(view, count, noun) {
    if (count && noun) view.hidden?.set(noun, (view.hidden.get(noun) || 0) + count);
  }

  function finish(title, view, all, rows, noun) {
    if (!all.length) return null;
    const shown = rows.filter((row) => row.branch || row.differs || !view.different);
    const differ = all.filter((row) => row.differs).length;
    if (view.different) hide(view, all.length - differ, noun);
    if (!shown.length) return null;
    const note =
      view.runs.length > 1
        ? differ
          ? differ + " of " + all.length + (differ === 1 ? " differs" : " differ")
          : noun
            ? "the same in all runs"
            : ""
        : "";
    for (const row of shown) if (!row.branch) row.cells = textCells(row.values, row.differs ? view.at : null);
    return section(title, [SG.el("span", { class: "hint", text: note })], draw(view, shown));
  }

  // ---- Params: flat, or as a tree where they are nested ----

  function params(view) {
    const flat = !view.runs.some((run) => SG.nested.isTree(run.params));
    if (flat) return texts("Params", view, (run) => run.params, "param");
    const named = (run) => SG.nested.leaves(run.params).map(([path, text]) => [JSON.stringify(path), text]);
    const rows = align(view.runs, named);
    for (const row of rows) row.path = JSON.parse(row.key);
    const shown = rows.filter((row) => row.differs || !view.different);
    return finish("Params", view, rows, view.flip ? shown : branches(view, SG.nested.tree(shown), 0, ""), "param");
  }

  /** The rows of a tree in the order they are shown; a closed branch holds its leaves back. */
  function branches(view, nodes, depth, above) {
    const out = [];
    const changed = (node) =>
      (node.row?.differs ? 1 : 0) + node.children.reduce((sum, child) => sum + changed(child), 0);
    const count = (node) => (node.row ? 1 : 0) + node.children.reduce((sum, child) => sum + count(child), 0);
    const ordered = nodes.filter(changed).concat(nodes.filter((node) => !changed(node)));
    for (const node of ordered) {
      if (node.row) out.push(Object.assign(node.row, { name: node.name, depth }));
      if (!node.children.length) continue;
      const branch = above + "\n" + node.name;
      out.push({ branch, name: node.name, depth, count: count(node), changed: changed(node) });
      view.defaults.set(branch, changed(node) > 0);
      if (view.isOpen(branch)) out.push(...branches(view, node.children, depth + 1, branch));
    }
    return out;
  }

  // ---- Metrics ----

  /** 1 where a higher value of a metric is better, -1 where a lower one is, 0 where nothing says. */
  function wayOf(view, metric) {
    const said = view.objectives.get(metric);
    if (said) return said === "max" ? 1 : -1;
    if (view.runs.some((run) => run.better?.up.includes(metric))) return 1;
    return view.runs.some((run) => run.better?.down.includes(metric)) ? -1 : 0;
  }

  function metrics(view, tools) {
    const pairs = (run) =>
      run.metrics.flatMap((metric) =>
        view.reducers.map((name) => [JSON.stringify([metric[0], name]), metric[PLACES[name]]]),
      );
    const rows = align(view.runs, pairs);
    if (!rows.length) return null;
    rows.sort((a, b) => SG.natural(a.key, b.key));
    const shown = rows.filter((row) => row.differs || !view.different);
    for (const row of shown) metricRow(view, row);
    if (view.different) hide(view, rows.length - shown.length, "metric");
    if (!shown.length) return null;
    const note = "change against " + view.runs[view.at].name + (view.runs.length > 1 ? ", the baseline" : "");
    return section(
      "Metrics",
      [SG.el("span", { class: "hint", text: view.runs.length > 1 ? note : "" }), tools],
      draw(view, shown),
    );
  }

  function metricRow(view, row) {
    const [metric, reducer] = JSON.parse(row.key);
    const way = wayOf(view, metric);
    const numbers = row.values.filter((value) => typeof value === "number");
    const top = bestOf(view.runs, row.values, way);
    const reach = SG.compareVerdict.reachOf(view.runs, view.judged, metric, reducer);
    const isClose = (value) => reach !== null && Math.abs(value - top) <= reach;
    const isLeft = (value, i) => typeof value === "number" && value !== top && mayBeBest(view.runs, i);
    const isBest = row.differs && top !== null && !row.values.some((value, i) => isLeft(value, i) && isClose(value));
    row.key = view.reducers.length > 1 || reducer !== "last" ? metric + " (" + reducer + ")" : metric;
    row.head = SG.el(
      "span",
      null,
      row.key,
      way ? SG.el("span", { class: "way muted", text: way > 0 ? " ↑ higher is better" : " ↓ lower is better" }) : null,
    );
    const write = SG.digits(numbers);
    row.cells = row.values.map((value, i) =>
      metricCell(
        write,
        value,
        i === view.at ? null : row.values[view.at],
        way,
        isBest && value === top && mayBeBest(view.runs, i),
        reach,
      ),
    );
    row.differs = false; // metrics nearly always differ: their change is written out instead
  }

  return { texts, params, metrics, draw, section, heading, hide };
})();
