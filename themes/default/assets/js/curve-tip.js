// needs: formats.js, sitegen.js
//
// The values of curves under the pointer, beside it. Loaded by curves.js.
"use strict";

SG.curveTip = (function () {
  /** The values under the pointer beside it, where names at the ends of the curves take the place of the legend. */
  return function (view, plot) {
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
  };
})();
