// needs: sitegen.js
//
// Whole addresses of this site, for what readers take along: where it is, this view, another page of it.
"use strict";

SG.addresses = (function () {
  const PLACEHOLDER = "https://YOUR-SITE/";
  const isOnDisk = location.protocol === "file:";
  const folder = new URL(SG.root || ".", location.href).href;

  /** Where the site is: as the build was told, else where the page was opened; on disk the word `otherwise`. */
  async function base(otherwise = PLACEHOLDER) {
    const { url } = await SG.load("site").catch(() => ({})); // a page sent alone has no data
    if (url) return url.replace(/\/*$/, "/");
    return isOnDisk ? otherwise : folder;
  }

  /** The address of a page of the site, which this page links to by `href`. */
  const ofPage = async (href, otherwise = folder) => (await base(otherwise)) + href.slice(SG.root.length);

  /** The address of this page as it is shown. */
  async function ofView() {
    const { href } = location;
    return href.startsWith(folder) ? (await base(folder)) + href.slice(folder.length) : href;
  }

  return { PLACEHOLDER, base, ofPage, ofView };
})();
