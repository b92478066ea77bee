// needs: sitegen.js
//
// The contents of a page: the entry of the section on the screen is marked, and a link to a folded section opens it.
"use strict";

SG.contents = (function () {
  /** Open what is folded around the element that the address names. */
  function unfold() {
    const id = location.hash.slice(1);
    const target = id && !id.includes("=") && document.getElementById(decodeURIComponent(id));
    if (!target) return;
    for (let at = target.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
    target.scrollIntoView();
  }

  /** Mark the entry of the last section that begins in the upper part of the screen. */
  function mark(links) {
    const reached = links.filter(([, head]) => head.getBoundingClientRect().top < window.innerHeight * 0.35);
    const current = (reached[reached.length - 1] || links[0])?.[0];
    for (const [link] of links) {
      if (link === current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  function start() {
    window.addEventListener("hashchange", unfold);
    unfold();
    const links = Array.from(document.querySelectorAll(".contents a"), (link) => [
      link,
      document.getElementById(link.hash.slice(1)),
    ]).filter(([, head]) => head);
    if (!links.length) return;
    let asked = 0;
    const later = () => (asked = asked || requestAnimationFrame(() => ((asked = 0), mark(links))));
    window.addEventListener("scroll", later, { passive: true });
    mark(links);
  }

  SG.start(start);

  return { unfold };
})();
