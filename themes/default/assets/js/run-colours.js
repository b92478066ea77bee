// needs: charts.js, sitegen.js
//
// One colour for a run on its whole page: what the table selects has its hue in the curves and under the images too.
"use strict";

SG.runColours = (function () {
  /** Figures whose runs have the colours of the page. */
  const FIGURES = 'figure[data-kind="curves"]:is([data-best], [data-colours])';

  /**
   * Give the runs on the page the colours of `store` (explorer.js). A finished drawing with a selected run is drawn
   * anew when it is in view; it looks the same but for the colour.
   */
  function show(store) {
    SG.chosenColours = store.selected.size ? (id) => store.colour(id) : null;
    for (const figure of document.querySelectorAll(FIGURES)) {
      const state = SG.charts.adopt(figure);
      if (state.live) void state.live.refresh();
      else if (figure.dataset.runs.split(" ").some((id) => store.selected.has(id))) SG.charts.whenSeen(state);
    }
    for (const swatch of document.querySelectorAll(".across-list .swatch[data-run]"))
      swatch.className = "swatch c" + store.colour(swatch.dataset.run);
  }

  return { show };
})();
