// needs: decode.js, labels.js, lightbox.js, sitegen.js
//
// The same image of several runs: side by side, blinking, or under a slider (SG.gallery.compare).
"use strict";

SG.gallery = (function () {
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
    const named = runs.map((run) => (typeof run === "string" ? { id: run, name: run.slice(0, 8) } : run));
    const labels = SG.labels.runs(named.map((run) => [run.id, run.name]));
    const wanted = named.map((run) => ({ ...run, name: labels.get(run.id) }));
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
      this.element.addEventListener(
        "click",
        (event) => event.target.closest(".gallery a.view") && SG.openLightbox(event),
      );
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

  return { compare };
})();
