// needs: charts.js, compare-artifacts.js, compare-cells.js, compare-charts.js, compare-scores.js, compare-tables.js, decode.js, digits.js, formats.js, points.js, run.js, sitegen.js
//
// runs.html#<run id>: a run drawn from the data of its shard, in sites with too many runs for a page each. In other sites
// the address leads to the run's own page, so that it holds for ever.
"use strict";

(function () {
  const { heading, texts } = SG.compareTables;
  const [LAST, FIRST, MIN, MAX, MEAN, COUNT] = [1, 2, 3, 5, 7, 8];

  // ---- Parts of the page ----

  const told = (label, ...rest) => SG.el("p", { class: "training" }, SG.el("strong", { text: label }), " ", ...rest);

  function failure(run) {
    const [line, path, href] = run.failure;
    const address = href.split("/").map(encodeURIComponent).join("/");
    const label = run.status === "FAILED" ? "Failed with" : "Last error";
    return told(label, SG.el("code", { text: line }), ", in ", SG.el("a", { href: SG.root + address, text: path }));
  }

  function head(run) {
    const place = SG.el("nav", { class: "place", "data-place": run.id, "aria-label": "Place among the runs" });
    const facts = [
      ["Started", SG.when(run.start)],
      ["Took", SG.span(run.start, run.end) === null ? "" : SG.duration(SG.span(run.start, run.end))],
      ["By", run.user],
      ["Source", run.source],
      ["Commit", run.commit && run.commit.slice(0, 10)],
      ["Run id", run.id],
    ].filter(([, value]) => value);
    return SG.el(
      "div",
      { class: "page-head" },
      SG.el(
        "div",
        { class: "title" },
        SG.el("h1", { text: run.name }),
        SG.el("span", { class: "mono muted", text: run.id.slice(0, 8) }),
        SG.el("span", {
          class: "pill " + run.status.toLowerCase(),
          text: run.status[0] + run.status.slice(1).toLowerCase(),
        }),
      ),
      place,
      run.failure ? failure(run) : null,
      run.training ? told(run.training[0], run.training[1]) : null,
      SG.el(
        "dl",
        { class: "facts" },
        ...facts.map(([name, value]) => SG.el("div", null, SG.el("dt", { text: name }), SG.el("dd", { text: value }))),
      ),
      run.note ? SG.el("p", { class: "note packed-note", text: run.note }) : null,
    );
  }

  function section(title, hint, head, rows) {
    return SG.el(
      "section",
      { "aria-label": title },
      heading(title, SG.el("span", { class: "hint", text: hint })),
      SG.compareCells.scrolled(
        title,
        SG.el("table", null, SG.el("thead", null, SG.el("tr", null, ...head)), SG.el("tbody", null, ...rows)),
      ),
    );
  }

  const headCell = (text, i) => SG.el("th", { scope: "col", class: i ? "num" : null, text });
  const count = (n, word) => SG.number(n) + " " + word + (n === 1 ? "" : "s");

  /** As a run's page writes a metric: each number on its own, unless two that differ would look the same. */
  function writerOf(values) {
    const numbers = new Set(values.filter((value) => typeof value === "number"));
    return new Set(Array.from(numbers, SG.number)).size < numbers.size ? SG.digits(numbers) : SG.number;
  }

  function metrics(run) {
    if (!run.metrics.length) return null;
    const row = function (metric) {
      const values = [LAST, FIRST, MIN, MAX, MEAN].map((at) => metric[at]);
      const write = writerOf(values);
      const cells = values.map((value) => (typeof value === "number" ? write(value) : (value ?? "")));
      return SG.el(
        "tr",
        null,
        SG.el("td", { class: "key", text: metric[0] }),
        ...cells.map((text) => SG.el("td", { class: "num", text })),
        SG.el("td", { class: "num", text: SG.number(metric[COUNT]) }),
      );
    };
    const names = ["Metric", "Last", "First", "Min", "Max", "Mean", "Points"];
    return section("Metrics", count(run.metrics.length, "metric"), names.map(headCell), run.metrics.map(row));
  }

  function pairs(title, word, list) {
    if (!list.length) return null;
    const rows = list.map(([key, value]) =>
      SG.el("tr", null, SG.el("td", { class: "key", text: key }), SG.el("td", { class: "val", text: value })),
    );
    const heads = [word, "Value"].map((text) => SG.el("th", { scope: "col", text }));
    return section(title, count(list.length, word.toLowerCase()), heads, rows);
  }

  // ---- The page ----

  const view = (run) => ({
    runs: [run],
    slots: new Map([[run.id, SG.BEST_COLOUR]]),
    at: 0,
    different: false,
    flip: false,
  });

  const datasets = (run) =>
    (run.datasets || []).map(([name, digest, context]) => [context ? name + " (" + context + ")" : name, digest]);

  async function draw(main, run) {
    const places = { environment: SG.el("div"), artifacts: SG.el("div"), lines: SG.el("div"), images: SG.el("div") };
    const columns = SG.el("div", { class: "columns wide-left" });
    columns.append(...[metrics(run), pairs("Params", "Param", run.params)].filter(Boolean));
    const content = [
      head(run),
      SG.compareCharts.curves([run], view(run).slots),
      columns,
      SG.compareScores.section(view(run)),
      places.images,
      places.artifacts,
      texts("Datasets", view(run), datasets),
      places.environment,
      pairs("Tags", "Tag", run.tags),
    ];
    main.querySelectorAll("figure.chart").forEach(SG.charts.drop);
    main.replaceChildren(...content.filter(Boolean));
    SG.points.align(main);
    main.querySelectorAll("figure.chart").forEach((figure) => SG.charts.whenSeen(SG.charts.adopt(figure)));
    const state = { ids: [run.id], file: "", from: "", to: "" };
    await Promise.all([
      SG.fillPlace(main.querySelector("nav[data-place]")),
      SG.compareArtifacts.fill(
        view(run),
        state,
        () => undefined,
        places,
        () => main.contains(places.artifacts),
      ),
    ]);
  }

  function crumbs(site, run) {
    const found = site.experiments.find(([, file]) => file === run.exp);
    const link =
      found && SG.el("a", { href: SG.root + "experiments/" + encodeURIComponent(run.exp) + ".html", text: found[2] });
    document.getElementById("packed-run-experiment").replaceChildren(link || run.exp);
  }

  async function show() {
    const main = document.getElementById("packed-run");
    main.classList.remove("needs-js");
    const id = decodeURIComponent(location.hash.slice(1));
    const site = await SG.load("site");
    const run = id ? await SG.run(id) : null;
    if (!run) {
      const text = id ? "This site has no run " + id + "." : "Add a run's id to the address: runs.html#<run id>.";
      return main.replaceChildren(SG.el("h1", { text: "Run" }), SG.el("p", { class: "notice", role: "status", text }));
    }
    if (!site.packed) return location.replace(SG.runUrl(run.file));
    document.title = run.name + " · " + site.title;
    crumbs(site, run);
    return draw(main, run);
  }

  SG.start(function () {
    window.addEventListener("hashchange", show);
    return show();
  });
})();
