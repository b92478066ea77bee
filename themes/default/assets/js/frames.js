// needs: frame-guard.js, sitegen.js
//
// Frames of artifacts: scripts of HTML artifacts, run when the reader asks for it, and figures that plotly.js draws.
// A frame has no origin and no network: it reaches neither the site nor the reader's storage, and loads no address.
"use strict";

(function () {
  // Where the build left room for what a page needs before its own scripts (viewers/sandbox.py).
  const BASE = '<base target="_blank">';
  const OFF = '<script type="text/plain" data-sitegen-off';
  // Joins the policy of the page, which the frame inherits: HTML that a script makes goes through `frame-guard.js`.
  const STRICTER =
    '<meta http-equiv="x-dns-prefetch-control" content="off">' +
    '<meta http-equiv="Content-Security-Policy" content="require-trusted-types-for \'script\'; trusted-types default">';

  /** Runs in a frame, before the page: storage that forgets, since asking for the real one throws; and its links. */
  function prepareFrame() {
    function storage() {
      const kept = new Map();
      const own = {
        getItem: (key) => (kept.has(String(key)) ? kept.get(String(key)) : null),
        setItem: (key, value) => void kept.set(String(key), String(value)),
        removeItem: (key) => void kept.delete(String(key)),
        clear: () => kept.clear(),
        key: (at) => Array.from(kept.keys())[at] ?? null,
      };
      return new Proxy(own, {
        get: (target, key) => (key === "length" ? kept.size : key in target ? target[key] : kept.get(key)),
        set: (target, key, value) => Boolean(kept.set(String(key), String(value))),
        has: (target, key) => key in target || kept.has(key),
        deleteProperty: (target, key) => kept.delete(key) || true,
        ownKeys: () => Array.from(kept.keys()),
        getOwnPropertyDescriptor: (target, key) =>
          kept.has(key) ? { value: kept.get(key), enumerable: true, configurable: true, writable: true } : undefined,
      });
    }
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { value: storage(), configurable: true });
    }
    const cookies = new Map();
    Object.defineProperty(document, "cookie", {
      configurable: true,
      get: () => Array.from(cookies, ([name, value]) => name + "=" + value).join("; "),
      set(text) {
        const [name, value] = String(text).split(";")[0].split("=");
        cookies.set(name.trim(), (value || "").trim());
      },
    });
    // In the frame, a link may lead to a place in the page, or ask the site's page for another artifact.
    document.addEventListener("click", function (event) {
      const link = event.target instanceof Element && event.target.closest("a[href], area[href]");
      if (!link || event.defaultPrevented) return;
      const href = link.getAttribute("href").replace("about:srcdoc#", "#");
      const page = link.getAttribute("data-sitegen-page");
      if (href.startsWith("javascript:")) return;
      event.preventDefault();
      if (page !== null) parent.postMessage({ sitegen: "page", page: Number(page) }, "*");
      else if (href === "#" || href === "#top") scrollTo(0, 0);
      else if (href.startsWith("#")) document.getElementById(decodeURIComponent(href.slice(1)))?.scrollIntoView();
    });
  }

  /** Runs in a frame that is for one figure: draws what it is handed with the library that it is handed. */
  function drawInFrame() {
    addEventListener("message", async function (event) {
      if (event.source !== parent) return;
      const script = document.createElement("script");
      script.textContent = event.data.library;
      document.head.append(script);
      const { data, layout } = event.data.figure;
      // Outlines of countries and tiles of maps are on the web: without them, what lies on the map is drawn alone.
      const none = { type: "GeometryCollection", geometries: [] };
      const objects = new Proxy({}, { get: () => none });
      window.PlotlyGeoAssets = { topojson: new Proxy({}, { get: () => ({ type: "Topology", objects, arcs: [] }) }) };
      for (const name of ["map", "mapbox"]) layout[name] = { ...layout[name], style: "white-bg" };
      let problem = "";
      try {
        const config = { responsive: true, displaylogo: false, showSendToCloud: false, showEditInChartStudio: false };
        await window.Plotly.newPlot("figure", data, layout, config);
      } catch (error) {
        problem = String(error).slice(0, 200);
      }
      parent.postMessage({ sitegen: "drawn", problem }, "*");
    });
    parent.postMessage({ sitegen: "ready" }, "*");
  }

  const scriptOf = (work) => "<script>(" + work + ")();</" + "script>";

  // ---- HTML artifacts ----

  function runScripts(framed, button) {
    const frame = framed.querySelector("iframe");
    const at = frame.srcdoc.indexOf(BASE);
    const page = frame.srcdoc.slice(at).replaceAll(OFF, "<script");
    const source = frame.srcdoc.slice(0, at) + STRICTER + scriptOf(SG.closeWays) + scriptOf(prepareFrame) + page;
    // What a frame may do is settled when it is filled.
    frame.setAttribute("sandbox", "allow-scripts");
    frame.srcdoc = source;
    button.disabled = true;
    button.textContent = "Its scripts are running";
    addEventListener("message", function (event) {
      if (event.source !== frame.contentWindow || event.data?.sitegen !== "page") return;
      const link = framed.querySelectorAll(".hint a[href]")[event.data.page];
      // A page may be left by a click of the reader only.
      if (link && navigator.userActivation?.isActive !== false) location.assign(link.href);
    });
  }

  function offerScripts(framed) {
    const button = framed.querySelector("[data-action=run-scripts]");
    if (!button) return;
    button.addEventListener("click", () => runScripts(framed, button));
    if ("starts" in button.dataset) runScripts(framed, button);
  }

  // ---- Figures ----

  async function drawFigure(holder) {
    const frame = holder.querySelector("iframe");
    const figure = JSON.parse(holder.querySelector("script[type='application/json']").textContent);
    const library = await SG.load("libraries/plotly");
    addEventListener("message", function (event) {
      if (event.source !== frame.contentWindow) return;
      if (event.data?.sitegen === "ready") frame.contentWindow.postMessage({ library, figure }, "*");
      if (event.data?.sitegen === "drawn") finish(holder, String(event.data.problem || ""));
    });
    // 100% of a frame whose height the figure's own layout gave.
    const style = "html, body, #figure { height: 100%; margin: 0; background: #fff; }";
    frame.srcdoc = "<!doctype html><style>" + style + '</style><div id="figure"></div>' + scriptOf(drawInFrame);
  }

  function finish(holder, problem) {
    holder.dataset.drawn = "";
    if (problem) holder.append(SG.el("p", { class: "notice" }, "The figure could not be drawn: " + problem));
  }

  SG.start(function () {
    document.querySelectorAll(".framed").forEach(offerScripts);
    const waiting = new IntersectionObserver(
      function (entries) {
        for (const entry of entries) {
          if (!entry.isIntersecting) continue;
          waiting.unobserve(entry.target);
          drawFigure(entry.target).catch((error) => finish(entry.target, error.message));
        }
      },
      { rootMargin: "400px" },
    );
    for (const holder of document.querySelectorAll("figure.plotly")) waiting.observe(holder);
  });
})();
