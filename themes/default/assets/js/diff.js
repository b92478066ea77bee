// needs: sitegen.js
//
// Which lines of two texts are the same: a longest common subsequence, and texts side by side from it.
"use strict";

SG.diff = (function () {
  const MAX_CELLS = 4e6;
  const CONTEXT = 3;

  /**
   * The changes that make `before` into `after`: a list of `[sign, line, number before, number after]`, sign " ", "-"
   * or "+".
   */
  function lines(before, after) {
    const a = before.split("\n"),
      b = after.split("\n");
    const out = [];
    walk(a, 0, a.length, b, 0, b.length, out);
    return out;
  }

  /** Compare `a[i..n)` with `b[j..m)`: what both begin and end with is the same, the rest is searched. */
  function walk(a, i, n, b, j, m, out) {
    while (i < n && j < m && a[i] === b[j]) out.push([" ", a[i], ++i, ++j]);
    let tail = 0;
    while (n - tail > i && m - tail > j && a[n - tail - 1] === b[m - tail - 1]) tail++;
    middle(a, i, n - tail, b, j, m - tail, out);
    for (let k = tail; k > 0; k--) out.push([" ", a[n - k], n - k + 1, m - k + 1]);
  }

  function middle(a, i, n, b, j, m, out) {
    if ((n - i) * (m - j) <= MAX_CELLS) return byTable(a, i, n, b, j, m, out);
    const anchor = rareLine(a, i, n, b, j, m);
    if (!anchor) return replaced(a, i, n, b, j, m, out);
    walk(a, i, anchor[0], b, j, anchor[1], out);
    walk(a, anchor[0], n, b, anchor[1], m, out);
  }

  /** Where a line stands that each text has once, as near to the middle as there is one. */
  function rareLine(a, i, n, b, j, m) {
    const places = (list, from, to) => {
      const at = new Map();
      for (let k = from; k < to; k++) at.set(list[k], at.has(list[k]) ? -1 : k);
      return at;
    };
    const inB = places(b, j, m);
    const half = (i + n) / 2;
    let best = null;
    for (const [line, at] of places(a, i, n)) {
      const there = inB.get(line);
      if (at > i && there > j && (!best || Math.abs(at - half) < Math.abs(best[0] - half))) best = [at, there];
    }
    return best;
  }

  function replaced(a, i, n, b, j, m, out) {
    for (; i < n; i++) out.push(["-", a[i], i + 1, null]);
    for (; j < m; j++) out.push(["+", b[j], null, j + 1]);
  }

  function byTable(a, i, n, b, j, m, out) {
    const width = m - j + 1;
    const longest = new Uint16Array((n - i + 1) * width);
    for (let x = n - 1; x >= i; x--) {
      for (let y = m - 1; y >= j; y--) {
        const at = (x - i) * width + (y - j);
        longest[at] = a[x] === b[y] ? longest[at + width + 1] + 1 : Math.max(longest[at + width], longest[at + 1]);
      }
    }
    let x = i,
      y = j;
    while (x < n && y < m) {
      const at = (x - i) * width + (y - j);
      if (a[x] === b[y]) out.push([" ", a[x], ++x, ++y]);
      else if (longest[at + width] >= longest[at + 1]) out.push(["-", a[x], ++x, null]);
      else out.push(["+", b[y], null, ++y]);
    }
    replaced(a, x, n, b, y, m, out);
  }

  /** The changes with a few lines around each; what is left out is `["…", "12 lines are the same", null, null]`. */
  function hunks(changes) {
    const keep = new Uint8Array(changes.length);
    changes.forEach(function ([sign], at) {
      if (sign !== " ") keep.fill(1, Math.max(0, at - CONTEXT), Math.min(changes.length, at + CONTEXT + 1));
    });
    const out = [];
    for (let at = 0; at < changes.length; at++) {
      if (keep[at]) {
        out.push(changes[at]);
        continue;
      }
      const start = at;
      while (at + 1 < changes.length && !keep[at + 1]) at++;
      const count = at - start + 1;
      out.push(["…", count === 1 ? "1 line is the same" : count + " lines are the same", null, null]);
    }
    return out;
  }

  /** A table of the changes; signs say what colour says. */
  function table(before, after, label) {
    const row = ([sign, text, from, to]) =>
      SG.el(
        "tr",
        { class: { "-": "gone", "+": "come", "…": "skipped" }[sign] || null },
        SG.el("td", { class: "line-number", text: from === null ? "" : String(from) }),
        SG.el("td", { class: "line-number", text: to === null ? "" : String(to) }),
        SG.el(
          "td",
          { class: "sign" },
          sign === " " ? "" : sign,
          sign === "-" || sign === "+"
            ? SG.el("span", { class: "visually-hidden", text: sign === "-" ? "removed" : "added" })
            : null,
        ),
        SG.el("td", { class: "line-text", text }),
      );
    return SG.el(
      "div",
      { class: "scroll diff", tabindex: "0", role: "group", "aria-label": label },
      SG.el("table", null, SG.el("tbody", null, ...hunks(lines(before, after)).map(row))),
    );
  }

  return { lines, hunks, table };
})();
