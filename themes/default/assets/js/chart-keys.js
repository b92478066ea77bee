// needs: charts.js, sitegen.js
//
// The keyboard in a chart: left and right go through what is drawn, Home and End to its ends, Enter to the run. What is
// reached is shown as under the pointer, and read out. Loaded by charts.js when a key is pressed in a chart.
"use strict";

SG.chartKeys = (function () {
  const WAYS = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

  /** Where what is reached is read out. */
  function voiceOf(state) {
    if (!state.voice) {
      state.voice = SG.el("div", { class: "visually-hidden", role: "status" });
      state.figure.append(state.voice);
      state.plot.addEventListener("blur", () => state.live?.leave?.());
    }
    return state.voice;
  }

  /** Do what `key` asks of the figure of `state` (see charts.js), which goes live if it is not. */
  return async function (state, key) {
    const voice = voiceOf(state);
    const live = await SG.charts.hydrate(state);
    if (key === "Enter") live.open?.();
    else if (live.move) voice.textContent = live.move(WAYS[key]);
  };
})();
