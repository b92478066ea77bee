// needs: nothing
//
// On chart pages, before first paint: how a chart looks in a frame of another page. `#theme=light|dark|auto` and
// `ground=ffffff` in its address say it; without them it is transparent, and light until embed.js says what the page is.
"use strict";

(function () {
  if (window.parent === window) return;
  const root = document.documentElement;
  root.dataset.framed = "";
  const asked = (name, kind) => location.hash.match("[#&]" + name + "=(" + kind + ")(?=&|$)")?.[1];
  const theme = asked("theme", "light|dark|auto") || "light";
  const ground = asked("ground", "[0-9a-fA-F]{6}");
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  if (ground) root.style.background = "#" + ground;
})();
