// needs: formats.js, sitegen.js
//
// The values of curves under the pointer, beside it, and those that the arrow keys reach. Loaded by curves.js.
"use strict";

SG.curveTip = (function () {
  /** The values under the pointer beside it, where names at the ends of the curves take the place of the legend. */
  function show(view, plot) {
    const { figure, plot: box } = view.state;
    const { idx, left } = plot.cursor;
    const isOn = left >= 0 && typeof idx === "number" && "named" in figure.dataset && !("legend" in figure.dataset);
    const rows = isOn
      ? view.keys.map((key, i) => [view.listed[i], key.value.textContent]).filter(([, text]) => text)
      : [];
    if (!rows.length) return view.tip?.remove();
    view.tip = view.tip || SG.el("div", { class: "curve-tip", "aria-hidden": "true" });
    const x = view.axis.dates ? "" : view.axis.title + " " + SG.number(plot.data[0][idx] / (view.axis.by || 1));
    view.tip.replaceChildren(
      SG.el("span", { class: "muted", text: x }),
      ...rows.map(([one, text]) =>
        SG.el(
          "span",
          { class: "c" + one.slot },
          SG.el("span", { class: "name", text: one.label }),
          " ",
          SG.el("b", { text }),
        ),
      ),
    );
    if (view.tip.parentNode !== box) box.append(view.tip);
    const at = plot.bbox.left / (window.devicePixelRatio || 1) + left;
    view.tip.style.left = left > plot.over.clientWidth / 2 ? "auto" : at + 12 + "px";
    view.tip.style.right = left > plot.over.clientWidth / 2 ? box.clientWidth - at + 12 + "px" : "auto";
  }

  // ---- The keyboard (chart-keys.js) ----

  const MIN_MOVE = 4;

  /** Go to the next point, or the first or last, at least some pixels on; gives what is read out. */
  function move(view, by) {
    const { plot } = view;
    const xs = plot.data[0];
    const place = (at) => plot.valToPos(xs[at], "x");
    const [way, last] = [Math.sign(by), xs.length - 1];
    let at = view.reached === undefined ? (by > 0 ? -1 : last + 1) : view.reached;
    const from = at < 0 || at > last ? -Infinity : place(at);
    do at += way;
    while (at > 0 && at < last && (Math.abs(by) > 1 || Math.abs(place(at) - from) < MIN_MOVE));
    view.reached = at = Math.max(0, Math.min(last, at));
    plot.setCursor({ left: place(at), top: plot.over.clientHeight / 2 });
    const x = view.axis.dates
      ? new Date(xs[at] * 1000).toISOString().slice(0, 19)
      : SG.number(xs[at] / (view.axis.by || 1));
    const values = view.keys.map((key, i) => [view.listed[i].label, key.value.textContent]).filter(([, text]) => text);
    return [view.axis.title + " " + x, ...values.map((pair) => pair.join(" "))].join(", ");
  }

  function leave(view) {
    view.reached = undefined;
    view.plot.setCursor({ left: -10, top: -10 });
  }

  return { show, move, leave };
})();
