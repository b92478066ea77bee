// needs: decode.js, sitegen.js; later: run-charts-data.js
//
// How to show a chart elsewhere: a dialog with what to copy, for each tool that writes pages. Loaded on demand by
// chart-tools.js. Charts of the reader's own have the lines that declare them in sitegen.toml.
"use strict";

SG.embedBox = (function () {
  const PLACEHOLDER = "https://YOUR-SITE/";
  const ROOM = "width:100%;aspect-ratio:2;min-height:320px;border:0";

  const attribute = (text) =>
    text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const inMarkdown = (text) => text.replace(/[\\`*_[\]<>|]/g, "\\$&").replace(/\s+/g, " ");
  const indented = (text) => text.replace(/^/gm, "   ");

  /** Where the site is: as the build was told, else where the page was opened, else a word to replace. */
  async function baseOf() {
    const { url } = await SG.load("site");
    if (url) return url.replace(/\/*$/, "/");
    return location.protocol === "file:" ? PLACEHOLDER : new URL(SG.root || ".", location.href).href;
  }

  /** The address of a page of the site, which this page links to by `href`. */
  const addressOf = (base, href) => base + href.slice(SG.root.length);

  // ---- Snippets ----

  const frame = (address, title) =>
    `<iframe src="${attribute(address)}" data-sitegen title="${attribute(title)}"` +
    ` loading="lazy" style="${ROOM}"></iframe>`;

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

  /** What to copy, by where it goes, for a chart that has a page at `address`. */
  function snippets(base, address, title, pictures) {
    const alone = frame(address, title);
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
    return [...found, ["Link to this view", location.href]];
  }

  // ---- The dialog ----

  function show(title, found) {
    const choice = SG.el("select", { "aria-label": "For" }, ...found.map(([name]) => SG.el("option", { text: name })));
    const text = SG.el("pre", { class: "block", tabindex: "0", "aria-label": "What to copy" });
    const copy = SG.el("button", { type: "button", class: "button", "data-copy-from": "#embed-text", text: "Copy" });
    text.id = "embed-text";
    const fill = () => (text.textContent = found[choice.selectedIndex][1]);
    choice.addEventListener("change", fill);
    fill();
    const close = SG.el("button", { type: "button", class: "close", text: "Esc", "aria-label": "Close" });
    const dialog = SG.el(
      "dialog",
      { class: "embed-box", "aria-label": "Embed " + title },
      close,
      SG.el("h2", { text: "Embed" }),
      SG.el("p", { class: "hint", text: title }),
      SG.el("p", null, choice, " ", copy),
      text,
      found.some(([, one]) => one.includes(PLACEHOLDER))
        ? SG.el("p", {
            class: "hint",
            text: "Replace " + PLACEHOLDER + " by the address of the site, or build with --site-url.",
          })
        : null,
    );
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    choice.focus();
  }

  /** Open the dialog for the figure of `state`; `href` leads to the page of its chart, if it has one. */
  async function open(state, href) {
    const own = state.figure.querySelector("figcaption > :first-child")?.textContent || "Chart";
    const about = document.querySelector("h1")?.textContent.trim() || "";
    const title = about && about !== own && !state.view ? own + ", " + about : own;
    const base = await baseOf();
    const found = state.view
      ? await ofView(state, base, title)
      : snippets(base, addressOf(base, href), title, state.figure.dataset.pictures || "");
    show(title, found);
  }

  return { open };
})();
