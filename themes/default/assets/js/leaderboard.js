// needs: sitegen.js
//
// The verdict and the leaderboard by another metric: the elements of _leaderboard.html, from data/objectives. Loaded by
// metric-switch.js.
"use strict";

SG.leaderboard = (function () {
  const NS = "http://www.w3.org/2000/svg";
  const { el } = SG;

  function svg(tag, attributes, text = "") {
    const made = document.createElementNS(NS, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  const link = (href, text) => el("a", { href: SG.root + href, text });

  function verdict(board) {
    const { name, line, kind, chip, evidence, metric, notes } = board.verdict;
    return [
      el("p", { class: "verdict-line" }, ...(name ? [link(board.href, name), " · "] : []), line),
      el(
        "p",
        { class: "chips" },
        el("span", { class: "chip lead " + kind, title: evidence, text: chip }),
        metric ? el("span", { class: "chip", title: board.because, text: metric }) : null,
        el("span", { class: "of", text: board.objective }),
      ),
      ...(board.why ? [el("p", { class: "why", text: board.why })] : []),
      ...(notes.length ? [el("p", { class: "because", text: notes.join(" ") })] : []),
      el("p", { class: "because", text: evidence + " " + board.because }),
    ];
  }

  // ---- The runs ----

  function dot(d, axis) {
    const { width } = axis;
    const plot = svg("svg", { viewBox: `0 0 ${width} 24`, width, height: 24, "aria-hidden": "true" });
    plot.append(svg("path", { class: "grid", d: axis.ticks.map(([x]) => `M${x} 0v24`).join("") }));
    if (d.low) plot.append(svg("path", { class: "spread", d: `M${d.low} 12H${d.high}` }));
    const arrow = d.beyond === "right" ? "-4-5l8 5-8 5z" : "4-5l-8 5 8 5z";
    if (d.beyond) plot.append(svg("path", { class: "mark", d: `M${d.x} 12m${arrow}` }));
    else if (d.x) plot.append(svg("circle", { class: "mark", cx: d.x, cy: 12, r: 4.5 }));
    return el("td", { class: "dot" }, plot);
  }

  function axisHead(axis) {
    const { width } = axis;
    const plot = svg("svg", { viewBox: `0 0 ${width} 14`, width, height: 14, "aria-hidden": "true" });
    for (const [x, label] of axis.ticks) plot.append(svg("text", { x, y: 11, "text-anchor": "middle" }, label));
    const title = el("span", { class: "visually-hidden", text: axis.title + " on one axis" });
    return el("th", { scope: "col", class: "dot" }, title, plot);
  }

  const chips = (pairs) =>
    el(
      "span",
      { class: "chips" },
      ...pairs.map(([key, value]) => el("span", { class: "chip" }, el("b", { text: key }), " " + value)),
    );

  function row(run, board) {
    const status = run.status.toLowerCase();
    const pill = el("span", { class: "pill " + status, text: status[0].toUpperCase() + status.slice(1) });
    return el(
      "tr",
      run.is_best ? { class: "is-best" } : null,
      el("td", { text: run.rank }),
      el(
        "th",
        { scope: "row" },
        link(run.href, run.name),
        ...(run.status === "FINISHED" ? [] : [" ", pill]),
        run.sub ? el("div", { class: "sub", text: run.sub }) : null,
      ),
      board.axis && run.dot ? dot(run.dot, board.axis) : null,
      ...run.values.map(([text, title]) => el("td", { class: "num", title, text })),
      el("td", { class: "num", "data-label": "Gap to best", text: run.behind }),
      board.baseline ? el("td", { "data-label": "Against " + board.baseline, text: run.change }) : null,
      board.has_differs ? el("td", null, chips(run.differs)) : null,
    );
  }

  function table(runs, board, label) {
    const head = el(
      "tr",
      null,
      el("th", { scope: "col", text: "Rank" }),
      el("th", { scope: "col", text: "Run" }),
      board.axis ? axisHead(board.axis) : null,
      ...board.metrics.map((metric) => el("th", { scope: "col", class: "num", text: metric })),
      el("th", { scope: "col", class: "num", text: "Gap to best" }),
      board.baseline ? el("th", { scope: "col", text: "Against " + board.baseline }) : null,
      board.has_differs ? el("th", { scope: "col", text: "What differs" }) : null,
    );
    const body = el("tbody", null, ...runs.map((run) => row(run, board)));
    const made = el("table", { class: "cards compact leaders" }, el("thead", null, head), body);
    return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label }, made);
  }

  const folded = (line, content) => el("details", { class: "more-leaders" }, el("summary", { text: line }), content);

  function studies(board) {
    const items = board.studies.map((study) =>
      el(
        "li",
        null,
        study.label + ": ",
        study.href ? link(study.href, study.headline) : study.headline,
        " ",
        el("span", { class: "chip lead", text: study.chip }),
      ),
    );
    const hint = el("p", { class: "hint", text: "Ranked apart, as their results cannot be compared with these:" });
    return el("div", { class: "studies" }, hint, el("ul", { class: "left-out" }, ...items));
  }

  function leaders(board) {
    const out = board.left_out.map((run) =>
      el("li", null, link(run.href, run.name), " ", el("span", { class: "sub", text: run.why })),
    );
    return [
      table(board.leaders, board, "The best runs"),
      ...(board.more.length ? [folded(board.more_line, table(board.more, board, "Further runs"))] : []),
      ...(board.studies.length ? [studies(board)] : []),
      ...(out.length ? [folded(board.left_out_line, el("ul", { class: "left-out" }, ...out))] : []),
    ];
  }

  return { verdict, leaders };
})();
