// needs: addresses.js, share-dialog.js, sitegen.js, table-text.js; later: embed-box.js
//
// What the button "Share" gives: the address of the page as it is shown, as a link in the languages of documents, and
// its tables.
"use strict";

SG.share = (function () {
  const inMarkdown = (text) => text.replace(/[\\`*_[\]<>|]/g, "\\$&").replace(/\s+/g, " ");
  const inHtml = (text) => SG.el("i", { text }).innerHTML;
  const inRest = (text) => text.replace(/[\\`<>_*|]/g, "\\$&").replace(/\s+/g, " ");

  /** The last heading that stands before `table`. */
  function titleOf(table) {
    const before = Array.from(document.querySelectorAll("main :is(h1, h2, h3, caption, summary)")).filter(
      (one) => one.compareDocumentPosition(table) & Node.DOCUMENT_POSITION_FOLLOWING || table.contains(one),
    );
    return before.at(-1)?.innerText.trim().replace(/\s+/g, " ") || "Table";
  }

  /** The tables of the page as Markdown; those of runs have frames too, which their own menu gives. */
  function tables() {
    const found = [];
    for (const table of document.querySelectorAll("main table")) {
      const content = table.checkVisibility() && !table.closest(".runs") && SG.tableText.ofTable(table);
      if (content) found.push(["Table in Markdown: " + titleOf(table), SG.tableText.markdown(content)]);
    }
    return found;
  }

  async function open() {
    const title = document.querySelector("h1")?.innerText.trim().replace(/\s+/g, " ") || document.title;
    const address = await SG.addresses.ofView();
    SG.shareDialog("Share", title, [
      ["Link", address],
      ["Markdown", `[${inMarkdown(title)}](${address.replaceAll("(", "%28").replaceAll(")", "%29")})`],
      ["HTML", `<a href="${inHtml(address).replaceAll('"', "&quot;")}">${inHtml(title)}</a>`],
      ["reStructuredText", "`" + inRest(title) + " <" + address.replaceAll("_", "\\_") + ">`__"],
      ...tables(),
    ]);
  }

  return { open };
})();
