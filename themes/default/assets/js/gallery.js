// needs: decode.js, page.js, sitegen.js
//
// Images: the lightbox, series over steps, and the same image of several runs (SG.gallery.compare).
"use strict";

(function () {
  // ---- Lightbox ----

  const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
  let box = null;

  function button(label, text, work, keys) {
    return SG.el("button", {
      type: "button",
      "aria-label": label,
      "aria-keyshortcuts": keys,
      title: label,
      text,
      onclick: work,
    });
  }

  function makeBox() {
    const image = SG.el("img", { alt: "" });
    const stage = SG.el("div", { class: "stage", tabindex: "0" }, image);
    const caption = SG.el("figcaption", { "aria-live": "polite" });
    const open = SG.el("a", { class: "button small", text: "Original" });
    const zoom = SG.el("output", { text: "100%" });
    const tools = SG.el(
      "div",
      { class: "lightbox-tools" },
      button("Previous image", "←", () => show(box.at - 1), "ArrowLeft"),
      button("Next image", "→", () => show(box.at + 1), "ArrowRight"),
      button("Smaller", "−", () => zoomTo(box.zoom - 1), "-"),
      zoom,
      button("Larger", "+", () => zoomTo(box.zoom + 1), "+"),
      open,
    );
    const close = SG.el("button", {
      type: "button",
      class: "close",
      "aria-label": "Close",
      text: "Esc",
      onclick: () => dialog.close(),
    });
    const dialog = SG.el(
      "dialog",
      { class: "lightbox", "aria-label": "Image" },
      SG.el("figure", null, stage, caption),
      tools,
      close,
    );
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    image.addEventListener("dblclick", () => zoomTo(box.zoom ? 0 : 2));
    dialog.addEventListener("close", () => box.from && box.from.focus());
    document.body.append(dialog);
    return { dialog, stage, image, caption, zoomed: zoom, open, images: [], at: 0, zoom: 0, from: null };
  }

  const KEYS = {
    ArrowLeft: () => show(box.at - 1),
    ArrowUp: () => show(box.at - 1),
    ArrowRight: () => show(box.at + 1),
    ArrowDown: () => show(box.at + 1),
    PageUp: () => show(box.at - 1),
    PageDown: () => show(box.at + 1),
    Home: () => show(0),
    End: () => show(box.images.length - 1),
    "+": () => zoomTo(box.zoom + 1),
    "=": () => zoomTo(box.zoom + 1),
    "-": () => zoomTo(box.zoom - 1),
    0: () => zoomTo(0),
  };

  function onKey(event) {
    // A zoomed image is moved by the arrow keys while it has the focus; PageUp and PageDown turn all the same.
    const moving = box.zoom > 0 && document.activeElement === box.stage && event.key.startsWith("Arrow");
    const work = KEYS[event.key];
    if (!work || moving || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    work();
  }

  function zoomTo(level) {
    box.zoom = Math.max(0, Math.min(ZOOMS.length - 1, level));
    const factor = ZOOMS[box.zoom];
    box.image.style.width = box.image.style.height = factor * 100 + "%";
    box.stage.classList.toggle("zoomed", factor > 1);
    box.zoomed.textContent = Math.round(factor * 100) + "%";
    box.stage.scrollLeft = (box.stage.scrollWidth - box.stage.clientWidth) / 2;
    box.stage.scrollTop = (box.stage.scrollHeight - box.stage.clientHeight) / 2;
  }

  function show(at) {
    const count = box.images.length;
    box.at = (at + count) % count;
    const image = box.images[box.at];
    const link = image.closest("a");
    const caption = image.alt || image.closest("figure")?.querySelector("figcaption")?.textContent || "";
    const svg = image.getAttribute("src").startsWith("data:");
    box.image.src = link && !svg ? link.href : image.src;
    box.image.alt = image.alt;
    box.open.href = link ? link.href : image.src;
    box.caption.textContent = caption + (count > 1 ? " (" + (box.at + 1) + " of " + count + ")" : "");
    box.from = link || image;
    zoomTo(box.zoom);
  }

  function openBox(event) {
    const chosen = event.target.closest("a.view, img") || event.target.closest("a");
    const gallery = event.target.closest(".gallery");
    const image = chosen && (chosen.matches("img") ? chosen : chosen.querySelector("img"));
    if (!image || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    box = box || makeBox();
    box.images = Array.from(gallery.querySelectorAll("img")).filter((one) => !one.closest("[hidden]"));
    if (gallery.closest(".series")) box.images = Array.from(gallery.querySelectorAll("img"));
    box.zoom = 0;
    show(box.images.indexOf(image));
    box.dialog.showModal();
  }

  // ---- A series over steps: one card with a slider, or all steps ----

  function makeSeries(series) {
    const items = Array.from(series.querySelectorAll(".gallery > li"));
    if (items.length < 2) return;
    const name = series.dataset.series;
    const step = SG.el("input", {
      type: "range",
      min: 0,
      max: items.length - 1,
      step: 1,
      "aria-label": "Step of " + name,
    });
    const said = SG.el("output");
    const all = SG.el("button", { type: "button", class: "button small", "aria-pressed": "false", text: "All steps" });
    function draw() {
      const everything = all.getAttribute("aria-pressed") === "true";
      items.forEach((item, at) => (item.hidden = !everything && at !== Number(step.value)));
      step.setAttribute("aria-valuetext", "step " + items[step.value].dataset.step);
      said.textContent = "step " + items[step.value].dataset.step;
      step.hidden = said.hidden = everything;
      series.toggleAttribute("data-folded", !everything);
    }
    step.value = items.length - 1;
    step.addEventListener("input", draw);
    all.addEventListener("click", function () {
      all.setAttribute("aria-pressed", String(all.getAttribute("aria-pressed") !== "true"));
      draw();
    });
    series.querySelector("h3").after(SG.el("div", { class: "series-tools" }, step, said, all));
    // While the slider moves, what it shows next is already there.
    step.addEventListener("focus", () => items.forEach((item) => (item.querySelector("img").loading = "eager")), {
      once: true,
    });
    draw();
  }

  // ---- The same image of several runs ----

  /** The images of run `id`: Map of name to list of {step, href, src}, steps ascending. */
  async function imagesOf(id) {
    let found;
    try {
      found = (await SG.shard("images", id)).runs.find((one) => one[0] === id);
    } catch {
      found = null; // no shard: none of its runs has an image
    }
    const names = new Map();
    for (const [name, step, href, thumb] of found ? found[1] : []) {
      if (!names.has(name)) names.set(name, []);
      names.get(name).push({ step, href: SG.root + href, src: SG.root + (thumb || href) });
    }
    for (const steps of names.values()) steps.sort((a, b) => (a.step || 0) - (b.step || 0));
    return names;
  }

  /**
   * Show the same image of several runs in `container`: side by side, blinking, or under a slider.
   * `runs` are run ids or {id, name, href?}. Resolves to the number of images that at least two of them share.
   */
  async function compare(container, runs) {
    const wanted = runs.map((run) => (typeof run === "string" ? { id: run, name: run.slice(0, 8) } : run));
    const images = await Promise.all(wanted.map((run) => imagesOf(run.id)));
    const having = wanted.map((run, at) => ({ ...run, images: images[at] })).filter((run) => run.images.size);
    const counts = new Map();
    for (const run of having) for (const name of run.images.keys()) counts.set(name, (counts.get(name) || 0) + 1);
    const shared = Array.from(counts)
      .filter(([, count]) => count > 1)
      .sort((a, b) => b[1] - a[1])
      .map(([name]) => name);
    if (!shared.length) {
      container.replaceChildren(SG.el("p", { class: "empty", text: "These runs have no image in common." }));
      return 0;
    }
    container.replaceChildren(new Comparison(having, shared).element);
    return shared.length;
  }

  /** The element of a comparison and its state: which image, which step, which way to look at it. */
  class Comparison {
    constructor(runs, names) {
      this.runs = runs;
      this.mode = "side";
      this.name = SG.el(
        "select",
        { "aria-label": "Image", onchange: () => this.choose() },
        ...names.map((name) => SG.el("option", { value: name, text: name })),
      );
      this.step = SG.el("input", { type: "range", min: 0, step: 1, "aria-label": "Step", oninput: () => this.draw() });
      this.said = SG.el("output");
      this.modes = [
        ["side", "Side by side"],
        ["blink", "Blink"],
        ["slide", "Slider"],
      ].map(([mode, text]) =>
        SG.el("button", {
          type: "button",
          class: "button small",
          "aria-pressed": String(mode === "side"),
          text,
          onclick: () => this.turn(mode),
        }),
      );
      this.pair = [0, 1].map((at) =>
        SG.el("select", { "aria-label": at ? "Second run" : "First run", onchange: () => this.draw() }),
      );
      this.pairs = SG.el("span", { class: "pair", hidden: true }, this.pair[0], " and ", this.pair[1]);
      this.body = SG.el("div", { class: "compare-images" });
      this.element = SG.el(
        "div",
        { class: "image-compare" },
        SG.el(
          "div",
          { class: "image-tools" },
          this.name,
          SG.el("span", { class: "modes", role: "group", "aria-label": "How to compare" }, ...this.modes),
          this.step,
          this.said,
          this.pairs,
        ),
        this.body,
      );
      this.element.addEventListener("click", (event) => event.target.closest(".gallery a.view") && openBox(event));
      this.choose();
    }

    /** A new image: its runs and steps. */
    choose() {
      this.having = this.runs.filter((run) => run.images.has(this.name.value));
      this.steps = Array.from(
        new Set(this.having.flatMap((run) => run.images.get(this.name.value).map((one) => one.step))),
      ).sort((a, b) => (a || 0) - (b || 0));
      this.step.max = this.steps.length - 1;
      this.step.value = this.steps.length - 1;
      this.step.hidden = this.said.hidden = this.steps.length < 2;
      this.pair.forEach((select, at) => {
        select.replaceChildren(...this.having.map((run, i) => SG.el("option", { value: i, text: run.name })));
        select.value = Math.min(at, this.having.length - 1);
      });
      this.draw();
    }

    turn(mode) {
      this.mode = mode;
      this.modes.forEach((one, at) =>
        one.setAttribute("aria-pressed", String(["side", "blink", "slide"][at] === mode)),
      );
      this.draw();
    }

    /** The image of a run at the chosen step, or at the last one before it. */
    at(run) {
      const chosen = this.steps[this.step.value];
      const steps = run.images.get(this.name.value);
      return steps.filter((one) => (one.step || 0) <= (chosen || 0)).pop() || steps[0];
    }

    draw() {
      clearInterval(this.blinking);
      const step = this.steps[this.step.value];
      this.said.textContent = step === null || step === undefined ? "" : "step " + step;
      this.step.setAttribute("aria-valuetext", this.said.textContent);
      this.pairs.hidden = this.mode === "side";
      if (this.mode === "side") this.body.replaceChildren(this.grid());
      else this.body.replaceChildren(this.stack(this.mode));
    }

    grid() {
      return SG.el(
        "ul",
        { class: "gallery" },
        ...this.having.map((run) => {
          const one = this.at(run);
          const label = this.name.value + " of " + run.name + (one.step === null ? "" : ", step " + one.step);
          return SG.el(
            "li",
            null,
            SG.el(
              "figure",
              null,
              SG.el(
                "a",
                { class: "view", href: one.href },
                SG.el("img", { src: one.src, alt: label, loading: "lazy" }),
              ),
              SG.el(
                "figcaption",
                null,
                run.href ? SG.el("a", { href: run.href, text: run.name }) : run.name,
                one.step === null ? null : SG.el("span", { class: "sub", text: " step " + one.step }),
              ),
            ),
          );
        }),
      );
    }

    /** Two images one upon the other: the upper one comes and goes, or is cut off where the slider stands. */
    stack(mode) {
      const [below, above] = this.pair.map((select) => this.having[Number(select.value)]);
      const [a, b] = [below, above].map((run) =>
        SG.el("img", { src: this.at(run).href, alt: this.name.value + " of " + run.name }),
      );
      b.classList.add("above");
      const stack = SG.el("div", { class: "stack" }, a, b);
      const caption = SG.el("p", { class: "hint" });
      return SG.el(
        "div",
        null,
        stack,
        mode === "slide" ? this.slider(b, below, above) : this.blinker(b, caption, below, above),
        caption,
      );
    }

    slider(image, below, above) {
      const cut = (value) => (image.style.clipPath = "inset(0 0 0 " + value + "%)");
      cut(50);
      return SG.el(
        "label",
        { class: "slide" },
        below.name,
        SG.el("input", {
          type: "range",
          min: 0,
          max: 100,
          value: 50,
          "aria-label": "How much of " + below.name + " is seen",
          oninput: (event) => cut(event.target.value),
        }),
        above.name,
      );
    }

    blinker(image, caption, below, above) {
      const say = () => (caption.textContent = "Now: " + (image.hidden ? below : above).name);
      const swap = () => {
        image.hidden = !image.hidden;
        say();
      };
      const pause = SG.el("button", {
        type: "button",
        class: "button small",
        "aria-pressed": "false",
        text: "Blink by itself",
      });
      pause.addEventListener("click", () => {
        const on = pause.getAttribute("aria-pressed") !== "true";
        pause.setAttribute("aria-pressed", String(on));
        clearInterval(this.blinking);
        if (on) this.blinking = setInterval(() => (image.isConnected ? swap() : clearInterval(this.blinking)), 700);
      });
      say();
      return SG.el(
        "div",
        { class: "image-tools" },
        SG.el("button", { type: "button", class: "button small", text: "Swap", onclick: swap }),
        pause,
      );
    }
  }

  // ---- Experiment pages: the best runs, or those that are selected in the table ----

  function makeAcross(tools) {
    const best = JSON.parse(tools.dataset.runs).map(([id, name]) => ({ id, name, href: SG.runUrl(id) }));
    const list = tools.parentElement.querySelector(".across-list");
    const place = SG.el("div", { class: "across-compare", hidden: true });
    const back = SG.el("button", {
      type: "button",
      class: "button small",
      text: "Show all images",
      hidden: true,
      onclick: () => look(null),
    });
    async function look(runs) {
      place.hidden = back.hidden = !runs;
      list.hidden = Boolean(runs);
      if (runs) await compare(place, runs);
    }
    async function selected() {
      const ids = SG.readFragment().get("sel") || [];
      if (ids.length < 2) return SG.announce("Select at least two runs in the table first");
      const names = await Promise.all(ids.map((id) => SG.run(id)));
      look(ids.map((id, at) => ({ id, name: names[at] ? names[at].name : id.slice(0, 8), href: SG.runUrl(id) })));
    }
    tools.append(
      SG.el("button", { type: "button", class: "button small", text: "Compare these", onclick: () => look(best) }),
      SG.el("button", { type: "button", class: "button small", text: "Compare the selected runs", onclick: selected }),
      back,
    );
    list.after(place);
  }

  SG.gallery = { compare };

  SG.start(function () {
    document.querySelectorAll(".series").forEach(makeSeries);
    document.querySelectorAll(".gallery").forEach((gallery) => gallery.addEventListener("click", openBox));
    document.querySelectorAll("[data-across]").forEach(makeAcross);
  });
})();
