// needs: nothing
//
// On chart pages in a frame: tells the page around how high the chart would be at this width, and takes light or dark
// from it, where the address does not say. See embed.js.
"use strict";

(function () {
  if (window.parent === window) return;
  const [RATIO, LEAST, MOST] = [0.5, 180, 420];
  const TABLE = 640; // longer tables scroll
  const BELOW = 35; // what their style leaves for the line below
  let last = 0;
  let isHeard = false;

  /** What stands around the plot, and a plot as high as its width asks for: nothing that the frame's height changes. */
  function wanted() {
    const plot = document.querySelector(".plot");
    const main = document.querySelector("main");
    const rows = document.querySelector("#runs .scroll");
    if (rows) return Math.min(TABLE, rows.scrollHeight + rows.offsetHeight - rows.clientHeight + BELOW);
    if (!plot) return main.scrollHeight;
    const isOpen = document.querySelector(".chart-foot details[open]");
    const height = Number(plot.dataset.height) || Math.min(MOST, Math.max(LEAST, plot.clientWidth * RATIO));
    const around = Array.from(main.children).reduce((sum, one) => sum + one.offsetHeight, 0) - plot.offsetHeight;
    return around + height + (isOpen ? 0 : 1);
  }

  function post() {
    const height = wanted();
    if (height === last) return;
    const id = document.querySelector("figure.chart")?.id || "";
    window.parent.postMessage({ type: "sitegen:height", id, height }, "*");
    last = height;
  }

  window.addEventListener("message", function (event) {
    const { type, theme } = event.data || {};
    if (event.source !== window.parent || type !== "sitegen:theme" || !["light", "dark"].includes(theme)) return;
    if (!isHeard) post((last = 0)); // the page may have begun to listen just now
    isHeard = true;
    if (document.documentElement.dataset.theme === theme) return;
    document.documentElement.dataset.theme = theme;
    document.dispatchEvent(new CustomEvent("sg:theme"));
  });

  document.addEventListener("DOMContentLoaded", function () {
    post();
    const resized = new ResizeObserver(() => requestAnimationFrame(post));
    for (const one of [document.body, document.querySelector("main"), document.querySelector("figure.chart, #runs")])
      if (one) resized.observe(one);
  });
})();
