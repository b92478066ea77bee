// needs: sitegen.js; later: search.js, share.js
//
// What every page has: its view in the fragment (#q=text&runs=a,b), theme, copy and search buttons.
"use strict";

Object.assign(
  SG,
  (function () {
    const { root, el } = SG;

    // ---- The fragment ----

    const encode = (text) => encodeURIComponent(text).replaceAll("%3A", ":").replaceAll("%2F", "/");

    function decode(text) {
      try {
        return decodeURIComponent(text.replaceAll("+", "%20"));
      } catch {
        return text;
      }
    }

    /** The fragment as a Map of key to list of texts; empty for a plain anchor. */
    function readFragment(text = location.hash.slice(1)) {
      const state = new Map();
      for (const part of text.split("&")) {
        const at = part.indexOf("=");
        if (at > 0 && at < part.length - 1)
          state.set(
            part.slice(0, at),
            part
              .slice(at + 1)
              .split(",")
              .map(decode),
          );
      }
      return state;
    }

    /** A Map of key to text or list as a fragment; empty values are left out. */
    function fragmentOf(state) {
      const parts = [];
      for (const [key, value] of state) {
        const list = [].concat(value).filter((text) => text !== "");
        if (list.length) parts.push(key + "=" + list.map(encode).join(","));
      }
      return parts.join("&");
    }

    /** Put `state`, as `fragmentOf` takes it, into the fragment. */
    function writeFragment(state, newEntry) {
      const text = fragmentOf(state);
      const url = text ? "#" + text : location.pathname + location.search;
      if (newEntry) history.pushState(null, "", url);
      else history.replaceState(null, "", url);
    }

    // ---- Theme, copy and search buttons ----

    const THEMES = ["auto", "light", "dark"];

    function setTheme(theme) {
      if (theme === "auto") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = theme;
      try {
        if (theme === "auto") localStorage.removeItem("sitegen-theme");
        else localStorage.setItem("sitegen-theme", theme);
      } catch {
        // Not remembered; it holds for this page.
      }
      document.querySelectorAll("[data-action=theme]").forEach(labelTheme);
      document.dispatchEvent(new CustomEvent("sg:theme"));
    }

    const currentTheme = () => document.documentElement.dataset.theme || "auto";

    function labelTheme(button) {
      const label = button.querySelector("[data-label]") || button;
      label.textContent = currentTheme()[0].toUpperCase() + currentTheme().slice(1);
      button.setAttribute("aria-label", "Theme: " + currentTheme() + ". Change theme");
    }

    async function copy(text) {
      if (navigator.clipboard) return navigator.clipboard.writeText(text);
      const area = el("textarea", { class: "visually-hidden" });
      area.value = text;
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      if (!done) throw new Error("The browser did not let the page copy");
    }

    /** The snippets of charts name a page of this site: say its whole address, wherever the site is now. */
    function completeSnippets() {
      for (const code of document.querySelectorAll("code[data-embed]")) {
        if (location.protocol !== "file:")
          code.textContent = code.textContent.replace(
            'src="https://YOUR-SITE/' + code.dataset.embed,
            'src="' + new URL(root + code.dataset.embed, location.href).href,
          );
      }
    }

    /** What can be copied gets its button here: without scripts it would do nothing. */
    function addCopyButtons() {
      for (const pre of document.querySelectorAll(".copyable > pre:only-child"))
        pre.after(
          el("button", {
            type: "button",
            class: "button small",
            "data-copy-from": "previous",
            "aria-label": "Copy: " + pre.getAttribute("aria-label"),
            text: "Copy",
          }),
        );
    }

    async function copyFrom(button) {
      const from = button.dataset.copyFrom;
      const source = from === "previous" ? button.previousElementSibling : from && document.querySelector(from);
      try {
        await copy(source ? (source.href ?? source.value ?? source.textContent) : button.dataset.copy);
        button.dataset.state = "copied";
        announce("Copied");
      } catch (error) {
        announce(error.message);
      }
      setTimeout(() => delete button.dataset.state, 1500);
    }

    /** Say `text` to those who listen to the page instead of looking at it. */
    function announce(text) {
      let region = document.getElementById("sg-status");
      if (!region)
        document.body.append((region = el("div", { id: "sg-status", class: "visually-hidden", role: "status" })));
      region.textContent = text;
    }

    function onClick(event) {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.action === "theme") setTheme(THEMES[(THEMES.indexOf(currentTheme()) + 1) % 3]);
      else if (button.dataset.action === "search") openSearch();
      else if (button.dataset.action === "share")
        withScripts(["addresses", "share-dialog", "table-text", "share"], () => SG.share.open());
      else if ("copy" in button.dataset || "copyFrom" in button.dataset) copyFrom(button);
    }

    function onKey(event) {
      const typing = event.target.closest(
        "textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=range])",
      );
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      openSearch();
    }

    const openSearch = () => withScripts(["search-index", "search"], () => SG.search.open());

    /** Do what needs `names`; what fails is said. */
    const withScripts = (names, work) =>
      SG.scripts(names)
        .then(work)
        .catch((error) => announce(error.message));

    /** "Data as of" at the end of pages other than home, which must not change with the newest run of the store. */
    async function addDate() {
      const footer = document.querySelector(".site-footer > div");
      if (!footer || footer.querySelector("[data-as-of]")) return;
      const { asOf } = await SG.load("site");
      if (asOf) footer.firstElementChild.after(el("span", { "data-as-of": true, text: "Data as of " + asOf }));
    }

    SG.start(function () {
      addDate().catch(() => {}); // without the site's data, as in a page sent alone, there is no date
      document.addEventListener("click", onClick);
      document.addEventListener("keydown", onKey);
      document.querySelectorAll("[data-action=theme]").forEach(labelTheme);
      completeSnippets();
      addCopyButtons();
      const changed = () => document.dispatchEvent(new CustomEvent("sg:theme"));
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
    });

    return { readFragment, fragmentOf, writeFragment, copy, announce };
  })(),
);
