// needs: decode.js, gallery-compare.js, lightbox.js, page.js, sitegen.js
//
// Images on a page: what opens the lightbox, series over steps, the tools of an experiment's images.
"use strict";

(function () {
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
      if (runs) await SG.gallery.compare(place, runs);
    }
    async function selected() {
      const ids = SG.readFragment().get("sel") || [];
      if (ids.length < 2) return SG.announce("Select at least two runs in the table first");
      const names = await Promise.all(ids.map((id) => SG.run(id)));
      look(ids.map((id, at) => ({ id, name: names[at] ? names[at].name : id.slice(0, 8), href: SG.runUrl(id) })));
    }
    const some = SG.el("button", {
      type: "button",
      class: "button small",
      text: "Compare the selected runs",
      hidden: (SG.readFragment().get("sel") || []).length < 2,
      onclick: selected,
    });
    document.addEventListener("sg:selection", (event) => (some.hidden = event.detail < 2));
    tools.append(
      SG.el("button", { type: "button", class: "button small", text: "Compare these", onclick: () => look(best) }),
      some,
      back,
    );
    list.after(place);
  }

  SG.start(function () {
    document.querySelectorAll(".series").forEach(makeSeries);
    document.querySelectorAll(".gallery").forEach((gallery) => gallery.addEventListener("click", SG.openLightbox));
    document.querySelectorAll("[data-across]").forEach(makeAcross);
  });
})();
