// needs: nothing
//
// For pages that show a chart of the site in <iframe data-sitegen>: gives the frame the height that its chart asks for,
// and tells the chart whether the page around it is light or dark.
"use strict";

(function () {
  const [LEAST, MOST] = [80, 4000];
  const frames = () => Array.from(document.querySelectorAll("iframe[data-sitegen]"));

  /** Whether the nearest ground below a frame is dark. */
  function isDark(frame) {
    for (let one = frame.parentElement; one; one = one.parentElement) {
      const [r, g, b, a = 1] = getComputedStyle(one)
        .backgroundColor.match(/[\d.]+/g)
        .map(Number);
      if (a > 0.5) return r + 2 * g + b < 510;
    }
    return getComputedStyle(document.documentElement).colorScheme === "dark";
  }

  function tell(frame) {
    const asked = frame.src.match(/[#&]theme=(light|dark)/);
    const theme = asked ? asked[1] : isDark(frame) ? "dark" : "light";
    frame.style.colorScheme = theme; // a frame whose scheme is not that of its page is not transparent
    frame.contentWindow?.postMessage({ type: "sitegen:theme", theme }, "*");
  }

  window.addEventListener("message", function ({ data, source }) {
    if (data?.type !== "sitegen:height" || !Number.isFinite(data.height)) return;
    // Not by the origin: pages on disk and sandboxed frames have none.
    const frame = frames().find((one) => one.contentWindow === source);
    if (!frame) return;
    const height = Math.min(MOST, Math.max(LEAST, Math.ceil(data.height))) + "px";
    Object.assign(frame.style, { aspectRatio: "auto", minHeight: 0, height });
    tell(frame);
  });

  const again = () => frames().forEach(tell);
  const watch = new MutationObserver(() => setTimeout(again, 300)); // colours may fade
  for (const one of [document.documentElement, document.body]) if (one) watch.observe(one, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
  again(); // frames may be there already
})();
