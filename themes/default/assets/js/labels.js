// needs: sitegen.js
//
// Labels that can be told apart: the twin of sitegen/analysis/labels.py, which says the rules.
"use strict";

SG.labels = (function () {
  const [SHORT_ID, MAX_LABEL, CONTEXT, KEPT] = [6, 40, 12, 3];
  const EMPTY = "(empty)";
  const SEPARATORS = "/\\_-.:=,|@ ";
  const PLAIN = /^[!-~]*$/;
  const DROPPED = /[\t\n\r\xa0]|^ | $|(?<= ) /g;

  /** `text` for one line of a page, with line breaks, tabs and spaces that HTML drops in sight. */
  const oneLine = (text) => (PLAIN.test(text) ? text : SG.showControls(text).replace(DROPPED, SG.symbol));

  // ---- Cutting strings apart ----

  /** Each of `texts` on one line of about `most` characters, cut where it agrees with others; Map of text to label. */
  function cutApart(texts, most = MAX_LABEL) {
    const lines = new Map(Array.from(texts, (text) => [text, oneLine(text)]));
    const shown = cutLines(new Set(lines.values()), most);
    return distinct(new Map(Array.from(lines, ([text, line]) => [text, shown.get(line)])), lines);
  }

  function cutLines(lines, most) {
    const shown = new Map();
    const long = [];
    for (const line of lines) {
      const characters = line.length <= most ? null : Array.from(line);
      if (!characters || characters.length <= most) shown.set(line, line);
      else long.push(characters);
    }
    const todo = [[long, 0]];
    while (todo.length) {
      const [group, start] = todo.pop();
      for (const [look, alike] of grouped(group, (line) => lookFrom(line, start, most))) {
        if (alike.length === 1) shown.set(alike[0].join(""), look);
        else todo.push([alike, Math.max(start + 1, cutAt(alike[0], agreement(alike), most / 2))]);
      }
    }
    return shown;
  }

  function grouped(items, key) {
    const groups = new Map();
    for (const item of items) {
      const name = key(item);
      const found = groups.get(name);
      if (found) found.push(item);
      else groups.set(name, [item]);
    }
    return groups;
  }

  function lookFrom(line, start, most) {
    const head = start ? "…" : "";
    const length = head.length + line.length - start;
    return length <= most
      ? head + line.slice(start).join("")
      : head + line.slice(start, start + most - 1 - head.length).join("") + "…";
  }

  /** How many characters all of `lines` have in common at their beginning. */
  function agreement(lines) {
    let agreed = lines[0].length;
    for (const line of lines) {
      agreed = Math.min(agreed, line.length);
      for (let at = 0; at < agreed; at++) if (line[at] !== lines[0][at]) agreed = at;
    }
    return agreed;
  }

  /** Where to cut a beginning of `agreed` characters: at the first separator of its last twelve, where there is one. */
  function cutAt(line, agreed, most) {
    const near = Math.max(0, agreed - Math.min(CONTEXT, Math.floor(most)));
    const found = line.slice(near, agreed).findIndex((character) => SEPARATORS.includes(character));
    const at = found < 0 ? Math.max(0, agreed - KEPT) : near + found;
    return line[at] === " " ? at + 1 : at;
  }

  /** `out`, in full wherever two that differ still look the same. */
  function distinct(out, full) {
    for (;;) {
      const clashing = [];
      for (const alike of grouped(Array.from(out.keys()), (text) => out.get(text)).values()) {
        if (alike.length > 1) clashing.push(...alike.filter((text) => out.get(text) !== full.get(text)));
      }
      if (clashing.length === 0) return out;
      for (const text of clashing) out.set(text, full.get(text));
    }
  }

  /** What to write for each value of one param or tag: cut apart, a word for the one that is empty; Map. */
  function values(found, most = MAX_LABEL) {
    const labels = cutApart(found, most);
    if (labels.has("")) labels.set("", EMPTY);
    return labels;
  }

  // ---- Runs ----

  /** What to call each of `runs` ([id, name]) where they stand together: Map of id to label, such as `cnn · 3f2a9c`. */
  function runs(pairs, most = MAX_LABEL) {
    const names = new Map(Array.from(pairs, ([id, name]) => [id, name && name.trim() ? name : ""]));
    const looks = cutApart(new Set(Array.from(names.values()).filter(Boolean)), most);
    const labels = new Map();
    for (const [look, ids] of grouped(Array.from(names.keys()), (id) => looks.get(names.get(id)) || "")) {
      const short = ids.length > 1 || !look ? shortIds(ids) : new Map();
      for (const id of ids) labels.set(id, [look, short.get(id)].filter(Boolean).join(" · "));
    }
    return labels;
  }

  /**
   * The first 6 characters of each run id; the last 6, else more, where those do not tell them apart; Map of id to
   * these.
   */
  function shortIds(ids) {
    const known = Array.from(new Set(ids), (id) => Array.from(id));
    const isApart = (texts) => new Set(texts).size === known.length;
    const heads = (length) => known.map((id) => id.slice(0, length).join(""));
    let cut = heads(SHORT_ID);
    if (!isApart(cut)) cut = known.map((id) => (id.length <= SHORT_ID ? "" : "…") + id.slice(-SHORT_ID).join(""));
    for (let length = SHORT_ID + 1; !isApart(cut); length++) cut = heads(length);
    return new Map(known.map((id, i) => [id.join(""), oneLine(cut[i])]));
  }

  return { MAX_LABEL, EMPTY, oneLine, cutApart, values, runs, shortIds };
})();
