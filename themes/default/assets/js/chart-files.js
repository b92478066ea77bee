// Charts as files: the published Vega-Lite spec of a kind with a chart's rows in it, and an SVG of what is on a canvas.
// Loaded by charts.js when the reader saves.
"use strict";

SG.chartFiles = (function () {
  const LOG_TICKS = 3;

  const isLog = (figure, channel) => (figure.dataset.log || "").split(" ").includes(channel);

  /** The titles of a figure's axes by channel. */
  function titlesOf(state) {
    const { xTitle = "", yTitle = "", zTitle = "" } = state.figure.dataset;
    return { x: xTitle, y: yTitle, color: zTitle };
  }

  function logOf(state, channel) {
    if (state.kind !== "curves") return isLog(state.figure, channel);
    return { x: state.options.logX, y: state.options.log }[channel];
  }

  /** Titles, log axes and colours in one encoding, as charts/kinds.py does it. */
  function titled(state, encoding) {
    const titles = titlesOf(state);
    const out = { ...encoding };
    for (const channel of ["x", "y"]) {
      if (!out[channel]) continue;
      if (out[channel].title !== null) out[channel] = { ...out[channel], title: titles[channel] || null };
      if (logOf(state, channel)) out[channel] = { ...out[channel], scale: { type: "log" }, axis: { tickCount: LOG_TICKS } };
    }
    if (out.color?.title === "z") out.color = { ...out.color, title: titles.color || null };
    if (state.kind === "curves") out.color = { ...out.color, scale: { domain: colours(state).map(([label]) => label), range: colours(state).map(([, colour]) => colour) } };
    return out;
  }

  const colours = (state) => state.live.colours().map(([label, slot]) => [label, SG.token("c" + slot)]);

  /** The chart as Vega-Lite, complete with its data. */
  async function vegaLite(state) {
    const spec = structuredClone((await SG.load("specs"))[state.kind]);
    if (!spec) throw new Error("There is no Vega-Lite form of this chart.");
    spec.title = state.figure.querySelector("figcaption > :first-child")?.textContent || "";
    spec.data = { values: state.live.vegaRows() };
    if (spec.layer) spec.layer = spec.layer.map((layer) => ({ ...layer, encoding: titled(state, layer.encoding) }));
    else spec.encoding = titled(state, spec.encoding);
    return spec;
  }

  /** The chart as the text of an SVG, drawn by Vega from its compiled kind, in the colours of the page. */
  async function svg(state) {
    await SG.asset("js/vega-figure.js");
    const kinds = await SG.vegaFigure.runtime();
    if (!Object.hasOwn(kinds, state.kind)) throw new Error("There is no SVG form of this chart.");
    const spec = structuredClone(kinds[state.kind]);
    for (const scale of spec.scales) {
      if (logOf(state, scale.name)) Object.assign(scale, { type: "log", zero: false });
      if (scale.name === "color" && state.kind === "curves") Object.assign(scale, { domain: colours(state).map(([label]) => label), range: colours(state).map(([, colour]) => colour) });
    }
    const refuse = () => Promise.reject(new Error("Charts load nothing"));
    const view = new vega.View(vega.parse(spec, {}, { ast: true }), { expr: vegaInterpreter.expressionInterpreter, renderer: "none", loader: { load: refuse, sanitize: refuse, http: refuse, file: refuse }, logLevel: vega.Error });
    const titles = titlesOf(state);
    view.width(Math.max(480, state.plot.clientWidth)).signal("xTitle", titles.x).signal("yTitle", titles.y).signal("zTitle", titles.color).data("data", state.live.vegaRows());
    const text = await view.toSVG();
    view.finalize();
    return text.replace(/var\(--([a-z0-9]+)\)/g, (whole, name) => SG.token(name) || whole);
  }

  return { vegaLite, svg };
})();
