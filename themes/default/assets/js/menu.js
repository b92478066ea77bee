// needs: sitegen.js
//
// A menu that pops up at an element: arrow keys walk, Enter does, Escape and a press elsewhere close.
"use strict";

/**
 * Open `items` (`{text, work, checked}`, or null for a line between) at `anchor`; focus returns to `back` when it
 * closes.
 */
SG.menu = function (anchor, label, items, back) {
  document.querySelector(".pop-menu")?.remove();
  const menu = SG.el("div", { class: "pop-menu", role: "menu", "aria-label": label }, ...items.map(item));
  const stops = Array.from(menu.querySelectorAll("button"));

  function item(one) {
    if (!one) return SG.el("hr", { role: "separator" });
    const role = one.checked === undefined ? "menuitem" : "menuitemcheckbox";
    return SG.el("button", {
      type: "button",
      role,
      tabindex: "-1",
      text: one.text,
      "aria-checked": one.checked === undefined ? null : String(one.checked),
      onclick: () => (close(), one.work()),
    });
  }

  function close() {
    document.removeEventListener("pointerdown", outside, true);
    anchor.removeAttribute("aria-expanded");
    menu.remove();
    back?.focus({ preventScroll: true });
  }

  function outside(event) {
    if (!menu.contains(event.target)) close();
  }

  menu.addEventListener("keydown", function (event) {
    const at = stops.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
    if (next !== undefined) stops[(next + stops.length) % stops.length].focus();
    else if (event.key === "Escape" || event.key === "Tab") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  document.body.append(menu);
  const box = anchor.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  menu.style.left =
    Math.max(8, Math.min(box.left, document.documentElement.clientWidth - size.width - 8)) + scrollX + "px";
  const above = box.bottom + size.height > innerHeight && box.top > size.height;
  menu.style.top = (above ? box.top - size.height - 4 : box.bottom + 4) + scrollY + "px";
  anchor.setAttribute("aria-expanded", "true");
  document.addEventListener("pointerdown", outside, true);
  stops[0]?.focus({ preventScroll: true });
};
