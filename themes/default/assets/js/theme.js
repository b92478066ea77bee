// needs: nothing
//
// Before first paint: say that scripts run, and take up the reader's choice of light or dark.
"use strict";

(function () {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("sitegen-theme");
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  } catch {
    // Storage can be forbidden; then the system's choice stands.
  }
})();
