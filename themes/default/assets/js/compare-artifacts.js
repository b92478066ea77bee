// needs: compare-cells.js, compare-files.js, compare-tables.js, diff.js, formats.js, gallery-compare.js, sitegen.js
//
// What the compared runs left behind: environments, artifacts side by side, and two texts line by line.
// The data of a run's artifacts (data/artifacts/<file>.js) are loaded when the run is compared, never before.
"use strict";

SG.compareArtifacts = (function () {
  const SIZES = [
    [1e9, "GB"],
    [1e6, "MB"],
    [1e3, "kB"],
  ];

  /** The artifacts of a run: `{files, texts: Map of path to text, env}`; nothing for a run without. */
  async function of(run) {
    if (!run.files) return { files: [], texts: new Map(), env: [] };
    try {
      const data = await SG.load("artifacts/" + run.file);
      return SG.compareFiles.alike(data);
    } catch {
      return { files: [], texts: new Map(), env: [] };
    }
  }

  function size(bytes) {
    const [unit, name] = SIZES.find(([unit]) => bytes >= unit) || [1, "B"];
    return SG.number(Number((bytes / unit).toPrecision(3))) + " " + name;
  }

  const shortCommit = (commit) => (/^[0-9a-f]{40}$/.test(commit) ? commit.slice(0, 12) : commit);

  function environment(view, found) {
    const pairs = (run) =>
      [
        ["source", run.source],
        ["commit", shortCommit(run.commit)],
        ...(run.env || []),
        ...found.get(run.id).env,
      ].filter(([, value]) => value);
    return SG.compareTables.texts("Environment", view, pairs, "fact of the environment");
  }

  // ---- The table of files ----

  function fileRows(view, found) {
    const pairs = (run) => found.get(run.id).files.map((file) => [file[0], file]);
    const rows = SG.compareCells.align(view.runs, pairs);
    for (const row of rows) {
      const texts = view.runs.map((run) => found.get(run.id).texts.get(row.key));
      row.text = texts.filter((text) => text !== undefined).length > 1;
      const known = texts.every((text) => text !== undefined);
      row.differs =
        row.values.some((file) => !file) ||
        (known
          ? texts.some((text) => text !== texts[0])
          : row.values.some((file) => file[1] !== row.values[0][1] || file[4] !== row.values[0][4]));
      // Images that runs share are above the table, large.
      row.hasThumbs = row.values.filter((file) => file && file[3] && !/\.svg$/i.test(file[2])).length < 2;
      row.same = known && !row.differs;
    }
    return rows.filter((row) => row.differs).concat(rows.filter((row) => !row.differs));
  }

  function fileCell(run, file, hasThumbs) {
    if (!file) return SG.el("td", { class: "muted", text: "(none)" });
    const [path, bytes, href, image, steps] = file;
    const name = path.split("/").pop();
    if (!href) return SG.el("td", { class: "muted", text: size(bytes) + ", not in this site" });
    const link = { href: SG.root + href.split("/").map(encodeURIComponent).join("/") };
    const text = (steps ? steps + (steps === 1 ? " step, " : " steps, ") : "") + size(bytes);
    if (image && hasThumbs)
      return SG.el(
        "td",
        null,
        SG.el(
          "a",
          { ...link, class: "thumb" },
          SG.el("img", { src: link.href, loading: "lazy", alt: name + " of " + run.name }),
        ),
      );
    return SG.el("td", null, SG.el("a", { ...link, text }));
  }

  function artifacts(view, found, change) {
    const rows = fileRows(view, found);
    if (!rows.length) return null;
    const shown = rows.filter((row) => row.differs || !view.different);
    const hidden = rows.filter((row) => !shown.includes(row));
    SG.compareTables.hide(view, hidden.filter((row) => row.same).length, "artifact");
    SG.compareTables.hide(view, hidden.filter((row) => !row.same).length, "artifact of the same size");
    if (!shown.length) return null;
    const note = rows.filter((row) => row.differs).length + " of " + rows.length + " differ or are not in every run";
    const body = shown.map((row) =>
      SG.el(
        "tr",
        { "data-differs": row.differs && view.runs.length > 1 },
        SG.el(
          "th",
          { scope: "row" },
          row.key,
          row.text && !row.same && view.runs.length > 1
            ? SG.el("button", {
                type: "button",
                class: "button small lines",
                text: "Compare lines",
                "aria-label": "Compare the lines of " + row.key,
                onclick: () => change({ file: row.key }),
              })
            : null,
        ),
        ...row.values.map(function (file, i) {
          const cell = fileCell(view.runs[i], file, row.hasThumbs);
          cell.setAttribute("data-label", view.runs[i].name);
          return cell;
        }),
      ),
    );
    const head = SG.el(
      "thead",
      null,
      SG.el(
        "tr",
        null,
        SG.el("th", { scope: "col", text: "File" }),
        ...view.runs.map((run) =>
          SG.el(
            "th",
            { scope: "col", class: "run", title: run.fullName },
            SG.el("span", { class: "swatch c" + view.slots.get(run.id), "aria-hidden": "true" }),
            " ",
            run.name,
          ),
        ),
      ),
    );
    return SG.compareTables.section(
      "Artifacts",
      [SG.el("span", { class: "hint", text: view.runs.length > 1 ? note : "" })],
      SG.el(
        "table",
        { class: "compare-table" + (view.runs.length > 2 ? " cards" : " narrow") },
        head,
        SG.el("tbody", null, ...body),
      ),
    );
  }

  // ---- The same image of several runs ----

  /** Images that runs have in common, side by side, blinking or under a slider; nothing where none is shared. */
  async function images(view, found) {
    // A run without an image that gallery.js knows of may have no file that tells of them.
    const having = view.runs.filter((run) =>
      found.get(run.id).files.some(([path, , , image]) => image && !/\.svg$/i.test(path)),
    );
    if (having.length < 2) return null;
    const box = SG.el("div");
    const shared = await SG.gallery.compare(box, having);
    return shared
      ? SG.el(
          "section",
          { class: "compare-section" },
          SG.compareTables.heading("Images", SG.el("span", { class: "hint", text: SG.number(shared) + " in common" })),
          box,
        )
      : null;
  }

  // ---- Two texts ----

  /** The lines of one text artifact in two runs, with boxes that choose the file and the runs. */
  function lines(view, found, state, change) {
    const paths = fileRows(view, found)
      .filter((row) => row.text && !row.same)
      .map((row) => row.key);
    if (!paths.length || view.runs.length < 2) return null;
    const path = paths.includes(state.file) ? state.file : null;
    const box = SG.el(
      "section",
      { class: "compare-section", id: "lines" },
      SG.compareTables.heading("Lines of a text"),
    );
    const having = view.runs.filter((run) => !path || found.get(run.id).texts.has(path));
    const pick = (label, value, options, work) => {
      const select = SG.el(
        "select",
        { "aria-label": label },
        ...options.map(([id, text]) => SG.el("option", { value: id, text })),
      );
      select.value = value;
      select.addEventListener("change", () => work(select.value));
      return SG.el("label", { class: "choice" }, label + " ", select);
    };
    const runs = having.map((run) => [run.id, run.name]);
    const from =
      having.find((run) => run.id === state.from) || having.find((run) => run.id === state.base) || having[0];
    const to = having.find((run) => run.id === state.to && run !== from) || having.find((run) => run !== from);
    const file = pick("File", path || "", [["", "Choose a file…"], ...paths.map((one) => [one, one])], (value) =>
      change({ file: value }),
    );
    box.append(
      SG.el(
        "div",
        { class: "compare-tools" },
        file,
        path ? pick("From", from.id, runs, (value) => change({ from: value })) : null,
        path
          ? pick(
              "To",
              to.id,
              runs.filter(([id]) => id !== from.id),
              (value) => change({ to: value }),
            )
          : null,
      ),
    );
    if (path)
      box.append(
        SG.diff.table(
          found.get(from.id).texts.get(path),
          found.get(to.id).texts.get(path),
          path + ", from " + from.name + " to " + to.name,
        ),
      );
    return box;
  }

  /** Fill `places` with what the runs' artifacts say, once it is there. */
  async function fill(view, state, change, places, isCurrent) {
    const found = new Map(await Promise.all(view.runs.map(async (run) => [run.id, await of(run)])));
    if (!isCurrent()) return;
    const put = (place, part) => place.replaceChildren(...(part ? [part] : []));
    put(places.environment, environment(view, found));
    put(places.artifacts, artifacts(view, found, change));
    put(places.lines, lines(view, found, state, change));
    view.sayHidden?.();
    const shared = await images(view, found);
    if (isCurrent()) put(places.images, shared);
  }

  return { fill };
})();
