// needs: formats.js, parcoords-axes.js, parcoords-paint.js, sitegen.js
//
// Parallel coordinates by hand: names that are moved, brushes by drag and by fields, the run under the pointer.
"use strict";

SG.parcoordsInput = (function () {
  function names(view) {
    const focused = view.names.contains(document.activeElement) ? document.activeElement.dataset.axis : null;
    view.names.replaceChildren(...view.axes.map((axis, k) => nameOf(view, axis, k)));
    if (focused)
      Array.from(view.names.children)
        .find((button) => button.dataset.axis === focused)
        ?.focus();
  }

  function nameOf(view, axis, k) {
    const button = SG.el(
      "button",
      {
        type: "button",
        class: "parallel-name",
        "data-axis": axis.id,
        title: axis.title + (axis.log ? ", logarithmic" : "") + ": drag or use the arrow keys to move it",
        "aria-label": axis.title + ", axis " + (k + 1) + " of " + view.axes.length + ", arrow keys move it",
      },
      axis.title + (axis.log ? " (log)" : ""),
    );
    const gap = view.axes.length > 1 ? view.xs[1] - view.xs[0] : view.width;
    button.style.left = view.xs[k] + "px";
    button.style.maxWidth = Math.max(40, gap - 6) + "px";
    button.addEventListener("keydown", function (event) {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      event.preventDefault();
      moveTo(view, axis.id, k + step);
    });
    button.addEventListener("pointerdown", (event) => dragName(view, axis, button, event));
    return button;
  }

  function moveTo(view, id, to) {
    const order = view.order.filter((one) => one !== id);
    order.splice(Math.max(0, Math.min(order.length, to)), 0, id);
    if (order.join("\n") === view.order.join("\n")) return;
    view.order = order;
    const byId = new Map(view.axes.map((axis) => [axis.id, axis]));
    view.axes = order.map((one) => byId.get(one));
    view.state.reordered?.(order);
    view.place();
  }

  function dragName(view, axis, button, event) {
    button.setPointerCapture(event.pointerId);
    const start = event.clientX;
    const move = (moved) => (button.style.translate = moved.clientX - start + "px 0");
    const end = function (ended) {
      button.removeEventListener("pointermove", move);
      button.style.translate = "";
      const x = view.xs[view.order.indexOf(axis.id)] + ended.clientX - start;
      if (Math.abs(ended.clientX - start) > 6)
        moveTo(
          view,
          axis.id,
          view.xs.reduce((best, at, k) => (Math.abs(at - x) < Math.abs(view.xs[best] - x) ? k : best), 0),
        );
    };
    button.addEventListener("pointermove", move);
    button.addEventListener("pointerup", end, { once: true });
  }

  function fields(view) {
    const rows = view.axes.map((axis) => (axis.words ? wordField(view, axis) : rangeField(view, axis)));
    view.ranges.replaceChildren(...rows);
  }

  function setBrush(view, axis, brush) {
    if (brush) view.brushes.set(axis.id, brush);
    else view.brushes.delete(axis.id);
    SG.parcoordsPaint.render(view);
  }

  function rangeField(view, axis) {
    const brush = view.brushes.get(axis.id);
    const field = (label, at) =>
      SG.el("input", {
        type: "number",
        step: "any",
        "aria-label": axis.title + ", " + label,
        value: brush ? String(Number(axis.value(brush[at]).toPrecision(4))) : null,
      });
    const [from, to] = [field("from", 0), field("to", 1)];
    const share = (text, otherwise) =>
      text === "" || !Number.isFinite(Number(text)) || (axis.log && Number(text) <= 0)
        ? otherwise
        : SG.parcoordsAxes.inverse(axis, Number(text));
    const change = () =>
      setBrush(view, axis, from.value === "" && to.value === "" ? null : [share(from.value, 0), share(to.value, 1)]);
    for (const input of [from, to]) input.addEventListener("change", change);
    return SG.el("fieldset", null, SG.el("legend", { text: axis.title }), from, " to ", to);
  }

  function wordField(view, axis) {
    const brush = view.brushes.get(axis.id);
    const span = axis.high - axis.low || 1;
    const shareOf = (code) => (axis.high === axis.low ? 0.5 : (code - axis.low) / span);
    const select = SG.el(
      "select",
      { "aria-label": axis.title },
      SG.el("option", { value: "", text: "Any" }),
      ...axis.words.map((word, code) => SG.el("option", { value: String(code), text: word })),
    );
    const one =
      brush &&
      axis.words.findIndex(
        (_, code) => Math.abs(brush[0] - shareOf(code)) < 1e-6 && Math.abs(brush[1] - shareOf(code)) < 1e-6,
      );
    select.value = brush && one >= 0 ? String(one) : "";
    select.addEventListener("change", () =>
      setBrush(view, axis, select.value === "" ? null : [shareOf(Number(select.value)), shareOf(Number(select.value))]),
    );
    return SG.el("fieldset", null, SG.el("legend", { text: axis.title }), select);
  }

  function nearestAxis(view, x) {
    const at = view.xs.reduce((best, one, k) => (Math.abs(one - x) < Math.abs(view.xs[best] - x) ? k : best), 0);
    return Math.abs(view.xs[at] - x) <= 16 ? view.axes[at] : null;
  }

  function listen(view) {
    const share = (event) => {
      const bottom = view.height - view.foot;
      return Math.max(
        0,
        Math.min(
          1,
          (bottom - (event.clientY - view.front.getBoundingClientRect().top)) / (bottom - SG.parcoordsAxes.SIZES.top),
        ),
      );
    };
    const across = (event) => event.clientX - view.front.getBoundingClientRect().left;
    let drag = null;
    view.front.addEventListener("pointerdown", function (event) {
      const axis = nearestAxis(view, across(event));
      if (!axis) return;
      view.front.setPointerCapture(event.pointerId);
      drag = { axis, from: share(event), moved: false };
      event.preventDefault();
    });
    view.front.addEventListener("pointermove", function (event) {
      if (!drag) return hover(view, event, across(event));
      const at = share(event);
      if (Math.abs(at - drag.from) > 0.01) drag.moved = true;
      if (drag.moved) setBrush(view, drag.axis, [Math.min(at, drag.from), Math.max(at, drag.from)]);
    });
    view.front.addEventListener("pointerup", function () {
      if (drag && !drag.moved) setBrush(view, drag.axis, null);
      if (drag) fields(view);
      drag = null;
    });
    view.front.addEventListener("pointerleave", () => near(view, null));
    view.front.addEventListener(
      "click",
      () =>
        view.near !== null &&
        view.near !== undefined &&
        !view.brushes.size &&
        view.state.open?.(view.runs[view.near].id),
    );
  }

  function hover(view, event, x) {
    const axis = nearestAxis(view, x);
    view.front.style.cursor = axis ? "crosshair" : "default";
    const y = event.clientY - view.front.getBoundingClientRect().top;
    const k = Math.max(
      0,
      Math.min(
        view.xs.length - 2,
        view.xs.findLastIndex((one) => one <= x),
      ),
    );
    if (axis || view.xs.length < 2) return near(view, null);
    const share = (x - view.xs[k]) / (view.xs[k + 1] - view.xs[k]);
    let best = null,
      least = 6;
    for (const i of SG.parcoordsPaint.inside(view)) {
      const away = Math.abs(view.ys[k][i] + share * (view.ys[k + 1][i] - view.ys[k][i]) - y);
      if (away < least) [best, least] = [i, away];
    }
    near(view, best, event);
  }

  function near(view, i, event) {
    view.tip = view.tip || view.stage.appendChild(SG.el("div", { class: "chart-tip", role: "tooltip" }));
    view.tip.hidden = i === null;
    if (i !== null && event) {
      const value = (axis) =>
        axis.values[i] === null ? "none" : axis.words ? axis.words[axis.values[i]] : SG.number(axis.values[i]);
      view.tip.replaceChildren(
        SG.el("div", { text: view.runs[i].name }),
        ...view.axes.map((axis) =>
          SG.el("div", null, SG.el("span", { class: "muted", text: axis.title + " " }), value(axis)),
        ),
      );
      view.tip.style.left = Math.min(event.clientX + 12, window.innerWidth - view.tip.offsetWidth - 8) + "px";
      view.tip.style.top = Math.min(event.clientY + 12, window.innerHeight - view.tip.offsetHeight - 8) + "px";
    }
    if (view.near !== i) {
      view.near = i;
      SG.parcoordsPaint.render(view);
    }
  }

  return { names, fields, listen };
})();
