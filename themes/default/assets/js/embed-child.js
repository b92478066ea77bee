// needs: nothing
//
// On chart pages: tells the page around, if there is one, how high the chart is. See embed.js.
"use strict";

(function () {
  if (window.parent === window) return;

  function post() {
    const height = document.body.scrollHeight;
    const id = document.querySelector("figure.chart")?.id || "";
    window.parent.postMessage({ type: "sitegen:height", id, height }, "*");
  }

  document.addEventListener("DOMContentLoaded", function () {
    post();
    new ResizeObserver(post).observe(document.body);
  });
})();
