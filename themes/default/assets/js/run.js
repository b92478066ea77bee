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
    nav.replaceChildren(
      SG.el("p", { class: "place-rank" }, headline(place, objective), ...rank(place, link(place.best, place.bestName))),
      SG.el(
        "p",
        { class: "place-links" },
        link(place.next, "Older: " + place.nextName, "next"),
        link(place.previous, "Newer: " + place.previousName, "prev"),
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

  /** "2nd of 6, 0.0037 behind cnn-more-dropout" and the link that compares the two; `best` is the link to the best. */
  function rank(place, best) {
    if (!best || place.best === place.id) return [SG.el("span", null, standing(place), note(place.margin, ", "))];
    const [amount, after] = place.margin.split(" behind");
    const behind = place.margin.includes(" behind") ? [", " + amount + " behind ", best, after] : tied(place, best);
    const ids = [place.best, place.id].map(encodeURIComponent).join(",");
    return [
      SG.el("span", null, standing(place), ...behind),
      SG.el("a", { href: SG.root + "compare.html#runs=" + ids, text: "Compare with the best" }),
    ];
  }

  const tied = (place, best) =>
    place.rank === null
      ? [" · best: ", best]
      : [place.rank === 1 ? ", tied with " : ", behind ", best, note(place.margin, ", ")];

  const note = (text, before) => (text ? before + text : null);

  function standing(place) {
    if (place.rank === null) return SG.el("strong", { text: "Not ranked" });
    if (place.of === 1) return SG.el("strong", { text: "The only ranked run" });
    const which = place.best === place.id ? "Best" : ordinal(place.rank);
    return SG.el("strong", { text: which + " of " + place.of.toLocaleString("en") });
  }

  /** 1st, 2nd, 3rd, 4th, 11th, 21st. */
  function ordinal(n) {
    const teen = n % 100 > 10 && n % 100 < 14;
    return n.toLocaleString("en") + ((!teen && ["th", "st", "nd", "rd"][n % 10]) || "th");
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
