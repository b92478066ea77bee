// needs: addresses.js, decode.js, share-dialog.js, sitegen.js; later: run-charts-data.js, runs-text.js, view-state.js
//
// How to show a chart or a runs table elsewhere: what to copy, for each tool that writes pages. Loaded on demand by
// chart-tools.js and table-menus.js. Charts of the reader's own have the lines that declare them in sitegen.toml.
"use strict";

SG.embedBox = (function () {
  const ROOM = "width:100%;aspect-ratio:2;min-height:320px;border:0";

  const attribute = (text) =>
    text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const inMarkdown = (text) => text.replace(/[\\`*_[\]<>|]/g, "\\$&").replace(/\s+/g, " ");
  const indented = (text) => text.replace(/^/gm, "   ");

  // ---- Snippets ----

  const frame = (address, title, room) =>
    `<iframe src="${attribute(address)}" data-sitegen title="${attribute(title)}"` +
    ` loading="lazy" style="${room}"></iframe>`;

  function picture(stem, title, page, endings) {
    const source = (ending, media) => `  <source media="${media}" srcset="${attribute(stem)}-${ending}.svg">\n`;
    const phone = "(max-width: 600px)";
    const dark = "(prefers-color-scheme: dark)";
    const narrow = endings.includes("narrow-light.svg")
      ? source("narrow-dark", phone + " and " + dark) + source("narrow-light", phone)
      : "";
    return (
      `<a href="${attribute(page)}"><picture>\n${narrow}${source("dark", dark)}` +
      `  <img src="${attribute(stem)}-light.svg" alt="${attribute(title)}">\n</picture></a>`
    );
  }

  /** What to copy, by where it goes, for a chart or table that has a page at `address`. */
  function snippets(base, address, title, pictures, room = ROOM) {
    const alone = frame(address, title, room);
    const html = alone + `\n<script src="${attribute(base)}charts/embed.js" async></script>`;
    const head = ["script", { src: base + "charts/embed.js", async: "" }];
    const found = [
      ["HTML", html],
      ["MkDocs, Zensical", html],
      ["VitePress", alone + "\n\n<!-- Once, in .vitepress/config: head: [" + JSON.stringify(head) + "] -->"],
      ["MyST", "```{raw} html\n" + html + "\n```"],
      ["reStructuredText", ".. raw:: html\n\n" + indented(html)],
      ["Address", address],
    ];
    if (address.includes("#")) return found;
    const stem = address.replace(/\.html$/, "");
    const endings = pictures.split(" ");
    if (pictures) {
      found.splice(1, 0, ["Picture (README)", picture(stem, title, address, endings)]);
      found.splice(3, 0, [
        "Material, light and dark pictures",
        `![${inMarkdown(title)}](${stem}-light.svg#only-light)\n![${inMarkdown(title)}](${stem}-dark.svg#only-dark)`,
      ]);
    }
    const image = stem + (endings.includes("png") ? ".png" : ".svg");
    found.push(
      ["Markdown picture", `[![${inMarkdown(title)}](${image})](${address})`],
      [
        "reStructuredText picture",
        `.. image:: ${image}\n   :alt: ${title.replace(/\s+/g, " ")}\n   :target: ${address}`,
      ],
      ["Vega-Lite", stem + ".vl.json"],
    );
    return found;
  }

  // ---- A view as a declared chart ----

  const toml = (value) => (Array.isArray(value) ? "[" + value.map(toml).join(", ") + "]" : JSON.stringify(value));

  /** A column as a key of the search language. */
  function keyOf(id) {
    const [group, key, reducer] = SG.runChartsData.parts(id);
    if (group === "run") return key;
    const quoted = /^[A-Za-z_]\w*$/.test(key) && group !== "metric" ? key : "`" + key + "`";
    return group + "s." + quoted + (group === "metric" ? "." + reducer : "");
  }

  /** What a declared chart can show of `view` (`{chart, runs, all, options}`); null where there is no such kind. */
  function declared(view) {
    const { chart, options } = view;
    const metric = (id) => SG.runChartsData.parts(id)[1];
    if (chart.kind === "curves") {
      const metrics = [chart.x, chart.y, chart.z].filter(Boolean).map(metric);
      const x = ["relative", "time"].includes(options.x) ? options.x : "step";
      return { metrics, x, log: options.log ? ["y"] : [], smoothing: Math.min(0.99, options.smooth || 0) };
    }
    if (chart.kind === "trend") return { metrics: [keyOf(chart.y)], x: keyOf(chart.x), log: chart.log };
    if (chart.kind === "box" && !chart.y.startsWith("run:"))
      return { metrics: [keyOf(chart.x)], x: keyOf(chart.y), log: [] };
    return null;
  }

  async function declaration(view, title) {
    const found = declared(view);
    if (!found || !view.runs.length) return null;
    const [{ exp }, { experiments }] = await Promise.all([SG.run(view.runs[0]), SG.load("site")]);
    const own = experiments.find(([, file]) => file === exp);
    const isAlone = experiments.filter(([, , name]) => name === own[2]).length === 1;
    const lines = [`[charts.${toml(title)}]`, `experiment = ${toml(isAlone ? own[2] : own[0])}`];
    lines.push(`metrics = ${toml(found.metrics)}`);
    if (!view.all) lines.push(`runs = ${toml(view.runs)}`);
    if (found.x !== "step") lines.push(`x = ${toml(found.x)}`);
    if (found.log.length) lines.push(`log = ${toml(found.log)}`);
    if (found.smoothing) lines.push(`smoothing = ${found.smoothing}`);
    return lines.join("\n") + "\n";
  }

  /** What to copy of a chart of the reader's own: it has no page, but a frame of curves, and this view has a link. */
  async function ofView(state, base, title) {
    const view = state.view();
    const found = [];
    const lines = await declaration(view, title);
    if (lines) found.push(["sitegen.toml (an address that stays)", lines]);
    if (view.chart.kind === "curves" && !view.chart.y && view.runs.length) {
      const { smooth, log, x } = view.options;
      const extra = (smooth ? "&smooth=" + smooth : "") + (log ? "&log=y" : "") + (x !== "step" ? "&x=" + x : "");
      const metric = encodeURIComponent(SG.runChartsData.parts(view.chart.x)[1]);
      const address = `${base}charts/curve.html#run=${view.runs.join(",")}&metric=${metric}${extra}`;
      found.push(...snippets(base, address, title, "").map(([name, text]) => [name + ", at once", text]));
    }
    return [...found, ["Link to this view", await SG.addresses.ofView()]];
  }

  // ---- Opening the dialog ----

  /** Open the dialog for the figure of `state`; `href` leads to the page of its chart, if it has one. */
  async function open(state, href) {
    const own = state.figure.querySelector("figcaption > :first-child")?.textContent || "Chart";
    const about = document.querySelector("h1")?.textContent.trim() || "";
    const title = about && about !== own && !state.view ? own + ", " + about : own;
    const base = await SG.addresses.base();
    const found = state.view
      ? await ofView(state, base, title)
      : snippets(base, await SG.addresses.ofPage(href, base), title, state.figure.dataset.pictures || "");
    SG.shareDialog("Embed", title, found);
  }

  /** Open it for a runs table as it is shown. */
  async function openRuns(table) {
    const { experiments } = await SG.load("site");
    const [, , name] = experiments.find(([, file]) => file === table.file);
    const view = { ...table.state, cols: table.shownIds(), sel: [] };
    const base = await SG.addresses.base();
    const address = base + "charts/table.html#exp=" + encodeURIComponent(table.file) + "&" + SG.viewState.text(view);
    const title = "Runs of " + name;
    const found = snippets(base, address, title, "", tableRoom(table.store.lines.length));
    const written = ["markdown", "latex"].map((kind) => SG.runsText[kind](table));
    SG.shareDialog("Embed", title, [...found, ["Markdown table", written[0]], ["LaTeX table", written[1]]]);
  }

  /** As high as its rows are, up to what a page can spare. */
  const tableRoom = (lines) => `width:100%;height:${Math.min(560, 64 + 34 * (lines + 1))}px;border:0`;

  return { open, openRuns };
})();
