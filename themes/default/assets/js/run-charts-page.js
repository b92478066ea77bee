// needs: page.js, sitegen.js; later: explorer.js, run-charts.js
//
// Where charts over runs stand: on an experiment page behind a switch (the finished charts are the overview), and on
// the compare page. The scripts of the panel are loaded when it is first shown.
"use strict";

SG.runChartsPage = (function () {
  const SCRIPTS = [
    "unpack",
    "column-values",
    "columns",
    "explorer-tree",
    "explorer-order",
    "explorer",
    "counters",
    "run-charts-data",
    "run-charts-kinds",
    "run-charts-rows",
    "run-charts-cards",
    "run-charts-state",
    "run-charts-dialog",
    "run-charts-defaults",
    "run-charts",
  ];

  /** Load what the panel needs, in this order; scripts that the page has already are passed over. */
  async function load() {
    await SG.scripts(SCRIPTS);
    return SG.runCharts;
  }

  const isAsked = () => ["charts", "chart", "curves", "sections", "find"].some((key) => SG.readFragment().has(key));

  /** Show the overview or the charts over runs. */
  async function show(page, which, write) {
    const showsRuns = which === "runs";
    for (const button of page.buttons) button.setAttribute("aria-pressed", String(button.dataset.charts === which));
    page.box.hidden = !showsRuns;
    if (page.overview) page.overview.hidden = showsRuns;
    if (write) {
      const state = SG.readFragment();
      if (showsRuns) state.set("charts", "runs");
      else for (const key of ["charts", "chart", "curves", "sections", "find"]) state.delete(key);
      SG.writeFragment(state, true);
    }
    if (showsRuns) openFold(page);
    if (showsRuns && !page.panel) page.panel = await open(page);
  }

  /** On an experiment's page the charts are folded. */
  function openFold(page) {
    const fold = page.box.closest("details");
    if (fold) fold.open = true;
  }

  async function open(page) {
    try {
      const [panel, store] = await Promise.all([load(), load().then(() => SG.explorer(page.box.dataset.runCharts))]);
      return panel.open(page.box, store);
    } catch (error) {
      page.box.replaceChildren(SG.el("p", { class: "notice", role: "status", text: error.message }));
      return null;
    }
  }

  /** A link to a finished chart leads back to the overview. */
  function toAnchor(page) {
    const target =
      location.hash.length > 1 && !location.hash.includes("=") && document.getElementById(location.hash.slice(1));
    if (target && page.overview?.contains(target) && page.overview.hidden)
      show(page, "overview", false).then(() => target.scrollIntoView());
  }

  function start(box) {
    const page = {
      box,
      buttons: Array.from(document.querySelectorAll("[data-charts]")),
      overview: document.querySelector("[data-charts-overview]"),
      panel: null,
    };
    for (const button of page.buttons) button.addEventListener("click", () => show(page, button.dataset.charts, true));
    window.addEventListener("hashchange", () => toAnchor(page));
    window.addEventListener("popstate", async function () {
      const asked = isAsked();
      const had = page.panel;
      await show(page, asked ? "runs" : "overview", false);
      if (asked && had) page.panel.restore();
    });
    return isAsked() ? show(page, "runs", false) : undefined;
  }

  SG.start(function () {
    const box = document.querySelector("[data-run-charts]");
    return box ? start(box) : undefined;
  });

  return { load };
})();
