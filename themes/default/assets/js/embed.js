// needs: nothing
//
// For pages that show a chart of the site in <iframe data-sitegen>: gives the frame the height that its chart asks for.
// Stands alone; it needs no other script of the site.
"use strict";

(function () {
  const LEAST = 80;
  const MOST = 4000;

  /** The frame that sent the message; the origin says nothing, a page on disk and a sandboxed frame have none. */
  function senderOf(event) {
    return Array.from(document.querySelectorAll("iframe[data-sitegen]")).find(
      (frame) => frame.contentWindow === event.source,
    );
  }

  window.addEventListener("message", function (event) {
    const message = event.data;
    if (typeof message !== "object" || message === null || message.type !== "sitegen:height") return;
    const frame = senderOf(event);
    if (!frame || !Number.isFinite(message.height)) return;
    frame.style.height = Math.min(MOST, Math.max(LEAST, Math.ceil(message.height))) + "px";
  });
})();
