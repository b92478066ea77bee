// needs: sitegen.js
//
// What keeps the scripts of an HTML artifact in its frame, where no policy does: run in the frame, before the page.
"use strict";

(function () {
  /**
   * Runs in a frame, before the page: closes the ways to the network that no policy closes. A browser connects to the
   * host of a `link` and of a nested frame whatever the policy says, and WebRTC knows no policy. So scripts get no such
   * elements, by no name and from no text of HTML, and no WebRTC. A page may later change every object that this
   * function uses; so it uses none but those that it took at the beginning. What stays open: a script may leave the
   * frame for an address.
   */
  function closeWays() {
    const { apply, deleteProperty, ownKeys } = Reflect;
    const { indexOf, lastIndexOf, slice, toLowerCase } = String.prototype;
    const never = { __proto__: null };
    for (const name of "link meta base iframe frame frameset fencedframe portal object embed applet !entity".split(
      " ",
    )) {
      never[name] = true;
    }
    const of = (method, text, ...rest) => apply(method, text, rest);
    const spaces = "\t\n\f\r />";

    /** The name of the tag that begins behind `at`, without a prefix. */
    function nameAt(text, at) {
      let end = at;
      while (end < text.length && of(indexOf, spaces, text[end]) < 0) end += 1;
      const name = of(toLowerCase, of(slice, text, at, end));
      return of(slice, name, of(lastIndexOf, name, ":") + 1);
    }

    /** HTML with the elements renamed that are not allowed. */
    function renamed(text) {
      let made = "";
      let from = 0;
      for (let at = of(indexOf, text, "<"); at >= 0; at = of(indexOf, text, "<", at + 1)) {
        const start = text[at + 1] === "/" ? at + 2 : at + 1;
        if (!never[nameAt(text, start)]) continue;
        made += of(slice, text, from, start) + "sitegen-";
        from = start;
      }
      return made + of(slice, text, from);
    }

    // A tag may be written in parts: what follows a "<" waits for its ">".
    let held = "";
    function written(text) {
      const whole = held + text;
      const open = of(lastIndexOf, whole, "<");
      const complete = open < 0 || of(indexOf, whole, ">", open) > 0 || whole[open + 1] === " ";
      held = complete ? "" : of(slice, whole, open);
      return renamed(complete ? whole : of(slice, whole, 0, open));
    }

    window.trustedTypes?.createPolicy("default", {
      createHTML: (text, type, sink) =>
        (sink === "Document write" || sink === "Document writeln" ? written : renamed)(text),
      createScript: (text, type, sink) => (sink === "Location href" ? null : text),
      createScriptURL: (text) => text,
    });

    const allowed = (name) => (never[nameAt(name, 0)] ? "sitegen-none" : name);
    /** Puts `make(native)` in the place of a method. */
    function replace(owner, method, make) {
      const native = owner?.[method];
      if (native) Object.defineProperty(owner, method, { value: make(native), configurable: true, writable: true });
    }
    const { prototype } = Document;
    replace(
      prototype,
      "createElement",
      (native) =>
        function (name, options) {
          return apply(native, this, [allowed(`${name}`), typeof options === "string" ? undefined : options]);
        },
    );
    replace(
      prototype,
      "createElementNS",
      (native) =>
        function (space, name) {
          return apply(native, this, [space, allowed(`${name}`)]);
        },
    );
    replace(
      DOMImplementation.prototype,
      "createDocument",
      (native) =>
        function (space, name) {
          return apply(native, this, [space, name && allowed(`${name}`), null]);
        },
    );
    // An element that extends a built-in one would be one of its kind.
    replace(
      CustomElementRegistry.prototype,
      "define",
      (native) =>
        function (name, made) {
          return apply(native, this, [name, made]);
        },
    );
    replace(prototype, "execCommand", () => () => false);
    replace(window, "open", () => () => null);

    // What makes elements or asks the network in ways of its own.
    const gone = /RTC|^(XSLTProcessor|PaymentRequest|PresentationRequest|MediaMetadata|IdentityCredential)$/;
    for (const name of ownKeys(window)) if (gone.test(String(name))) deleteProperty(window, name);
    for (const owner of [Element.prototype, ShadowRoot.prototype]) deleteProperty(owner, "setHTML");
    deleteProperty(Document, "parseHTML");
    for (const own of document.querySelectorAll("meta, script")) own.remove();
  }

  SG.closeWays = closeWays;
})();
