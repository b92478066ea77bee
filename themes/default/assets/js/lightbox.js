// needs: sitegen.js
//
// The lightbox: an image at any size, the next and the one before by keys.
"use strict";

SG.openLightbox = (function () {
  const ZOOMS = [1, 1.5, 2, 3, 4, 6, 8];
  let box = null;

  function button(label, text, work, keys) {
    return SG.el("button", {
      type: "button",
      "aria-label": label,
      "aria-keyshortcuts": keys,
      title: label,
      text,
      onclick: work,
    });
  }

  function makeBox() {
    const image = SG.el("img", { alt: "" });
    const stage = SG.el("div", { class: "stage", tabindex: "0" }, image);
    const caption = SG.el("figcaption", { "aria-live": "polite" });
    const open = SG.el("a", { class: "button small", text: "Original" });
    const zoom = SG.el("output", { text: "100%" });
    const tools = SG.el(
      "div",
      { class: "lightbox-tools" },
      button("Previous image", "←", () => show(box.at - 1), "ArrowLeft"),
      button("Next image", "→", () => show(box.at + 1), "ArrowRight"),
      button("Smaller", "−", () => zoomTo(box.zoom - 1), "-"),
      zoom,
      button("Larger", "+", () => zoomTo(box.zoom + 1), "+"),
      open,
    );
    const close = SG.el("button", {
      type: "button",
      class: "close",
      "aria-label": "Close",
      text: "Esc",
      onclick: () => dialog.close(),
    });
    const dialog = SG.el(
      "dialog",
      { class: "lightbox", "aria-label": "Image" },
      SG.el("figure", null, stage, caption),
      tools,
      close,
    );
    dialog.addEventListener("keydown", onKey);
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    image.addEventListener("dblclick", () => zoomTo(box.zoom ? 0 : 2));
    dialog.addEventListener("close", () => box.from && box.from.focus());
    document.body.append(dialog);
    return { dialog, stage, image, caption, zoomed: zoom, open, images: [], at: 0, zoom: 0, from: null };
  }

  const KEYS = {
    ArrowLeft: () => show(box.at - 1),
    ArrowUp: () => show(box.at - 1),
    ArrowRight: () => show(box.at + 1),
    ArrowDown: () => show(box.at + 1),
    PageUp: () => show(box.at - 1),
    PageDown: () => show(box.at + 1),
    Home: () => show(0),
    End: () => show(box.images.length - 1),
    "+": () => zoomTo(box.zoom + 1),
    "=": () => zoomTo(box.zoom + 1),
    "-": () => zoomTo(box.zoom - 1),
    0: () => zoomTo(0),
  };

  function onKey(event) {
    // A zoomed image is moved by the arrow keys while it has the focus; PageUp and PageDown turn all the same.
    const moving = box.zoom > 0 && document.activeElement === box.stage && event.key.startsWith("Arrow");
    const work = KEYS[event.key];
    if (!work || moving || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    work();
  }

  function zoomTo(level) {
    box.zoom = Math.max(0, Math.min(ZOOMS.length - 1, level));
    const factor = ZOOMS[box.zoom];
    box.image.style.width = box.image.style.height = factor * 100 + "%";
    box.stage.classList.toggle("zoomed", factor > 1);
    box.zoomed.textContent = Math.round(factor * 100) + "%";
    box.stage.scrollLeft = (box.stage.scrollWidth - box.stage.clientWidth) / 2;
    box.stage.scrollTop = (box.stage.scrollHeight - box.stage.clientHeight) / 2;
  }

  function show(at) {
    const count = box.images.length;
    box.at = (at + count) % count;
    const image = box.images[box.at];
    const link = image.closest("a");
    const caption = image.alt || image.closest("figure")?.querySelector("figcaption")?.textContent || "";
    const svg = image.getAttribute("src").startsWith("data:");
    box.image.src = link && !svg ? link.href : image.src;
    box.image.alt = image.alt;
    box.open.href = link ? link.href : image.src;
    box.caption.textContent = caption + (count > 1 ? " (" + (box.at + 1) + " of " + count + ")" : "");
    box.from = link || image;
    zoomTo(box.zoom);
  }

  function openBox(event) {
    const chosen = event.target.closest("a.view, img") || event.target.closest("a");
    const gallery = event.target.closest(".gallery");
    const image = chosen && (chosen.matches("img") ? chosen : chosen.querySelector("img"));
    if (!image || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    box = box || makeBox();
    box.images = Array.from(gallery.querySelectorAll("img")).filter((one) => !one.closest("[hidden]"));
    if (gallery.closest(".series")) box.images = Array.from(gallery.querySelectorAll("img"));
    box.zoom = 0;
    show(box.images.indexOf(image));
    box.dialog.showModal();
  }

  return openBox;
})();
