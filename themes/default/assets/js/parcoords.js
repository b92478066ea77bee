// needs: decode.js, parcoords-axes.js, parcoords-input.js, parcoords-paint.js, sitegen.js
//
// Parallel coordinates on a canvas: a line a run through axes that are brushed (drag on an axis), moved (drag its name,
// or the arrow keys on it) and turned into a selection of the table.
//
// `draw(state)` as in charts.js; `state.parallel()` gives `{runs: [{id, name}], axes: [{id, title, values, words}],
// colour}`: `values` are numbers or null, or codes into `words` where an axis holds texts; `colour` is the id of the
// axis that colours.
"use strict";

SG.parcoords = (function () {
  // ---- The view ----

  function layers(view) {
    const { plot } = view.state;
    const canvas = () => SG.el("canvas", { class: "parallel-layer" });
    view.back = canvas();
    view.front = canvas();
    view.front.setAttribute("role", "img");
    view.names = SG.el("div", { class: "parallel-names" });
    view.said = SG.el("span", { class: "parallel-said", role: "status" });
    view.pick = SG.el("button", {
      type: "button",
      class: "button small",
      text: "Select in the table",
      onclick: () => view.state.select(SG.parcoordsPaint.inside(view).map((i) => view.runs[i].id)),
    });
    view.clear = SG.el("button", {
      type: "button",
      class: "button small",
      text: "Clear",
      onclick: () => (view.brushes.clear(), SG.parcoordsInput.fields(view), SG.parcoordsPaint.render(view)),
    });
    view.ranges = SG.el("div", { class: "parallel-ranges" });
    view.stage = SG.el("div", { class: "parallel-stage" }, view.back, view.front, view.names);
    view.bar = SG.el(
      "div",
      { class: "parallel-bar" },
      view.said,
      view.pick,
      view.clear,
      SG.el("details", null, SG.el("summary", { text: "Ranges" }), view.ranges),
    );
    view.scroll = SG.el("div", { class: "parallel-scroll" }, view.stage);
    plot.replaceChildren(view.scroll, view.bar);
  }

  /** Sizes, axes and lines anew: for other data or another width. */
  function layout(view) {
    const given = view.state.parallel();
    view.runs = given.runs;
    const found = new Map(given.axes.map((axis) => [axis.id, SG.parcoordsAxes.scaled(axis)]));
    const order = view.order.filter((id) => found.has(id));
    view.axes = [
      ...order.map((id) => found.get(id)),
      ...Array.from(found.values()).filter((axis) => !order.includes(axis.id)),
    ];
    view.order = view.axes.map((axis) => axis.id);
    view.colour = found.get(given.colour) || view.axes[view.axes.length - 1];
    for (const id of view.brushes.keys()) if (!found.has(id)) view.brushes.delete(id);
    view.foot = view.axes.some((axis) => axis.shares.some((share) => share !== share))
      ? SG.parcoordsAxes.SIZES.bottom + SG.parcoordsAxes.SIZES.missing + 8
      : SG.parcoordsAxes.SIZES.bottom;
    // on a narrow screen the axes scroll
    view.stage.style.minWidth = SG.parcoordsAxes.SIZES.gap * view.axes.length + "px";
    view.width = Math.max(260, view.stage.clientWidth);
    view.height = Math.max(200, view.stage.clientHeight);
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of [view.back, view.front]) {
      canvas.width = Math.round(view.width * ratio);
      canvas.height = Math.round(view.height * ratio);
      canvas.getContext("2d").setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    place(view);
  }

  /** Where each axis and each line's corners are. */
  function place(view) {
    const gap = view.axes.length > 1 ? (view.width - 2 * SG.parcoordsAxes.edge(view)) / (view.axes.length - 1) : 0;
    view.xs = view.axes.map((_, i) => SG.parcoordsAxes.edge(view) + i * gap);
    const bottom = view.height - view.foot;
    view.ys = view.axes.map((axis) =>
      Float64Array.from(axis.shares, (share) =>
        share !== share
          ? bottom + SG.parcoordsAxes.SIZES.missing
          : bottom - share * (bottom - SG.parcoordsAxes.SIZES.top),
      ),
    );
    const shares = view.colour ? view.colour.shares : [];
    view.bins = Uint8Array.from(view.runs, (_, i) =>
      shares[i] === shares[i] ? Math.round((shares[i] || 0) * (SG.parcoordsAxes.BINS - 1)) : SG.parcoordsAxes.BINS,
    );
    view.tints = Array.from({ length: SG.parcoordsAxes.BINS }, (_, i) =>
      SG.parcoordsAxes.colourAt(i / (SG.parcoordsAxes.BINS - 1)),
    ).concat(SG.token("muted") || "#57616c");
    SG.parcoordsInput.names(view);
    SG.parcoordsInput.fields(view);
    SG.parcoordsPaint.behind(view);
    SG.parcoordsPaint.render(view);
  }

  // ---- For charts.js ----

  function table(view) {
    const value = (axis, i) =>
      axis.values[i] === null ? null : axis.words ? axis.words[axis.values[i]] : axis.values[i];
    return [
      ["run_id", "run", ...view.axes.map((axis) => axis.id)],
      ...SG.parcoordsPaint
        .inside(view)
        .map((i) => [view.runs[i].id, view.runs[i].name, ...view.axes.map((axis) => value(axis, i))]),
    ];
  }

  /** The runs inside the brushes as rows of the kind `parallel` (charts/kinds.py). */
  function rows(view) {
    return SG.parcoordsPaint
      .inside(view)
      .flatMap((i) =>
        view.axes.map((axis) => ({
          x: axis.title,
          y: axis.shares[i] === axis.shares[i] ? axis.shares[i] : null,
          z: view.colour.shares[i] === view.colour.shares[i] ? view.colour.values[i] : null,
          label: view.runs[i].name,
          id: view.runs[i].id,
        })),
      );
  }

  async function draw(state) {
    await SG.scripts(["parcoords-axes", "parcoords-paint", "parcoords-input"]);
    const view = {
      state,
      order: state.order || [],
      brushes: state.brushes || (state.brushes = new Map()),
      near: null,
      frame: 0,
    };
    view.place = () => place(view);
    layers(view);
    layout(view);
    SG.parcoordsInput.listen(view);
    let width = view.width;
    const resize = new ResizeObserver(function () {
      if (Math.abs(view.stage.clientWidth - width) < 2) return;
      width = view.stage.clientWidth;
      layout(view);
    });
    resize.observe(view.stage);
    return {
      update: () => layout(view),
      refresh: () => layout(view),
      theme: () => place(view),
      reset: () => view.clear.click(),
      rows: () => table(view),
      vegaRows: () => rows(view),
      picture: () => SG.parcoordsPaint.picture(view),
      destroy: () => (resize.disconnect(), cancelAnimationFrame(view.frame)),
    };
  }

  return { draw };
})();
