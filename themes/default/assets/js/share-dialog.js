// needs: addresses.js, sitegen.js
//
// The dialog with what readers copy to show something elsewhere: a choice of forms, and the text of the chosen one.
"use strict";

/** Show `found`, a list of `[form, text]`, of what is called `title`. */
SG.shareDialog = function (heading, title, found) {
  const choice = SG.el("select", { "aria-label": "Form" }, ...found.map(([name]) => SG.el("option", { text: name })));
  const text = SG.el("pre", { class: "block", id: "share-text", tabindex: "0", "aria-label": "What to copy" });
  const fill = () => (text.textContent = found[choice.selectedIndex][1]);
  choice.addEventListener("change", fill);
  fill();
  const close = SG.el("button", { type: "button", class: "close", text: "Esc", "aria-label": "Close" });
  const dialog = SG.el(
    "dialog",
    { class: "share-box", "aria-label": heading + " " + title },
    close,
    SG.el("h2", { text: heading }),
    SG.el("p", { class: "hint", text: title }),
    SG.el(
      "p",
      null,
      choice,
      " ",
      SG.el("button", { type: "button", class: "button", "data-copy-from": "#share-text", text: "Copy" }),
    ),
    text,
    found.some(([, one]) => one.includes(SG.addresses.PLACEHOLDER))
      ? SG.el("p", {
          class: "hint",
          text: "Replace " + SG.addresses.PLACEHOLDER + " by the address of the site, or build with --site-url.",
        })
      : null,
  );
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  choice.focus();
};
