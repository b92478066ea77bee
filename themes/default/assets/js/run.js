// needs: decode.js, sitegen.js
//
// Run pages: the run's place among the others of its experiment.
"use strict";

(function () {
  const PLACE = [
    "id",
    "rank",
    "of",
    "margin",
    "previous",
    "previousName",
    "next",
    "nextName",
    "best",
    "bestName",
    "siblings",
    "experiment",
    "value",
  ];

  const toPlace = (list) => Object.fromEntries(PLACE.map((name, i) => [name, list[i]]));

  async function fillPlace(nav) {
    const shard = await SG.shard("places", nav.dataset.place);
    const list = shard.places.find((place) => place[0] === nav.dataset.place);
    if (!list) return;
    const place = toPlace(list);
    const [, objective, varying] = (shard.experiments || []).find((one) => one[0] === place.experiment) || [
      null,
      "",
      [],
    ];
    drawPlace(nav, place, new Map(shard.files || []), objective);
    varyingFirst(new Set(varying));
  }

  /** Params that differ among the runs of the experiment come first: the page itself knows its own run only. */
  function varyingFirst(keys) {
    const body = document.querySelector("section[aria-labelledby=params] tbody");
    if (!body || !keys.size) return;
    const rows = Array.from(document.querySelectorAll("section[aria-labelledby=params] tbody tr")).filter((row) =>
      keys.has(row.cells[0].textContent),
    );
    if (!rows.length) return;
    rows.forEach((row) => (row.dataset.varies = ""));
    body.prepend(...rows);
    const hint = document.querySelector("section[aria-labelledby=params] .section-head .hint");
    if (hint)
      hint.textContent +=
        ", the " +
        (rows.length === 1 ? "one" : rows.length) +
        " that var" +
        (rows.length === 1 ? "ies" : "y") +
        " among the runs first";
  }

  function drawPlace(nav, place, files, objective) {
    const link = (id, text, rel) => (id === null ? null : SG.el("a", { href: SG.runUrl(id, files), rel, text }));
    const own = place.best === place.id;
    nav.replaceChildren(
      SG.el(
        "p",
        { class: "place-rank" },
        headline(place, objective),
        rankText(place),
        place.margin ? SG.el("span", { class: "muted", text: place.margin }) : null,
      ),
      SG.el(
        "p",
        { class: "place-links" },
        link(place.previous, "← " + place.previousName, "prev"),
        own ? null : link(place.best, "Best: " + place.bestName),
        link(place.next, place.nextName + " →", "next"),
      ),
      ...siblings(place, files),
    );
  }

  function headline(place, objective) {
    if (!objective || !place.value) return null;
    return SG.el(
      "span",
      { class: "headline" },
      SG.el("span", { class: "muted", text: objective + " " }),
      SG.el("b", { text: place.value }),
    );
  }

  function rankText(place) {
    const text = place.rank === null ? "Not ranked" : "Rank " + place.rank + " of " + place.of;
    return SG.el("strong", { text });
  }

  function siblings(place, files) {
    if (!place.siblings || !place.siblings.length) return [];
    const items = place.siblings.map(([id, name, status, value]) =>
      SG.el(
        "li",
        null,
        SG.el("a", { href: SG.runUrl(id, files), text: name }),
        " ",
        SG.el("span", { class: "muted", text: [status, value].filter(Boolean).join(", ") }),
      ),
    );
    const count = items.length + (items.length === 1 ? " sibling run" : " sibling runs");
    return [SG.el("details", { class: "siblings" }, SG.el("summary", { text: count }), SG.el("ul", null, ...items))];
  }

  /** Fill a `nav[data-place]` with the place of its run; says what went wrong in its stead. */
  SG.fillPlace = (nav) => fillPlace(nav).catch((error) => (nav.textContent = error.message));

  SG.start(async function () {
    const nav = document.querySelector("nav[data-place]");
    if (nav) await SG.fillPlace(nav);
  });
})();
