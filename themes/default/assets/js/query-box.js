// needs: sitegen.js
//
// The search box above a runs table: completes keys, operators and values, and shows an error at its place.
//
// A combobox as ARIA describes it: the focus stays in the input, arrow keys walk the list, Enter or Tab takes an entry.
"use strict";

SG.QueryBox = (function () {
  let boxes = 0;

  class QueryBox {
    /** `onInput(text)` hears every change; `store()` gives the store whose keys and values are offered, or null. */
    constructor(text, store, onInput) {
      Object.assign(this, { store, onInput, at: -1, items: [], name: "query" + ++boxes });
      this.input = SG.el("input", {
        type: "search",
        class: "runs-filter",
        role: "combobox",
        "aria-autocomplete": "list",
        "aria-expanded": "false",
        "aria-controls": this.name + "-list",
        "aria-describedby": this.name + "-note",
        "aria-label": "Filter runs",
        placeholder: "Filter runs: words, or metrics.loss < 0.5",
        autocomplete: "off",
        spellcheck: "false",
        autocapitalize: "off",
      });
      this.input.value = text;
      this.list = SG.el("ul", {
        class: "query-list",
        role: "listbox",
        id: this.name + "-list",
        "aria-label": "Suggestions",
        hidden: true,
      });
      this.note = SG.el("p", { class: "query-note", id: this.name + "-note", hidden: true });
      this.box = SG.el("div", { class: "query" }, this.input, this.list);
      this.input.addEventListener("input", () => (this.onInput(this.input.value), this.offer()));
      this.input.addEventListener("keydown", (event) => this.onKey(event));
      this.input.addEventListener("blur", () => this.close());
      this.input.addEventListener("click", () => this.offer());
      this.list.addEventListener("pointerdown", (event) => this.onPress(event));
    }

    get text() {
      return this.input.value;
    }

    set text(text) {
      if (text !== this.input.value) this.input.value = text;
    }

    // -- Suggestions --

    async offer() {
      const [store, text, caret] = [this.store(), this.input.value, this.input.selectionStart];
      if (!store) return;
      const turn = (this.turn = (this.turn || 0) + 1);
      this.pending = true;
      const found = await store.complete(text, caret);
      if (turn !== this.turn || document.activeElement !== this.input) return; // the reader went on
      this.pending = false;
      this.range = [found.from, found.to];
      this.items = this.isOffering ? [] : found.items.slice(0, 12);
      this.at = -1;
      this.draw();
    }

    draw() {
      this.list.hidden = !this.items.length;
      this.input.setAttribute("aria-expanded", String(!this.list.hidden));
      this.list.replaceChildren(
        ...this.items.map((item, i) =>
          SG.el(
            "li",
            { role: "option", id: this.name + "-" + i, "aria-selected": String(i === this.at) },
            SG.el("span", { text: item.text.trim() }),
            item.detail || item.kind ? SG.el("span", { class: "muted", text: item.detail || item.kind }) : null,
          ),
        ),
      );
      if (this.at >= 0) this.input.setAttribute("aria-activedescendant", this.name + "-" + this.at);
      else this.input.removeAttribute("aria-activedescendant");
      this.list.children[this.at]?.scrollIntoView({ block: "nearest" });
    }

    close() {
      this.turn = (this.turn || 0) + 1;
      this.pending = false;
      this.items = [];
      this.at = -1;
      this.draw();
    }

    take(i) {
      const [from, to] = this.range;
      const text = this.items[i].text;
      this.input.setRangeText(text, from, to, "end");
      this.onInput(this.input.value);
      this.offer();
    }

    onKey(event) {
      const count = this.items.length;
      if (event.key === "ArrowDown" && !count) this.offer();
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (!count) return;
        this.at = (this.at + (event.key === "ArrowDown" ? 1 : this.at < 0 ? 0 : -1) + count) % count;
        this.draw();
      } else if ((event.key === "Enter" || event.key === "Tab") && this.at >= 0) this.take(this.at);
      else if (event.key === "Escape" && (count || this.pending)) this.close();
      else return;
      event.preventDefault();
    }

    onPress(event) {
      const option = event.target.closest("li");
      event.preventDefault();
      if (option) this.take(Array.from(this.list.children).indexOf(option));
    }

    // -- What is said about the query --

    /** Show an error with its place marked, or quietly that the query is ours alone, or nothing. */
    tell(error, mlflow) {
      this.input.setAttribute("aria-invalid", String(Boolean(error)));
      this.note.classList.toggle("is-error", Boolean(error));
      // The list would cover what is offered.
      this.isOffering = Boolean(error?.offers?.length);
      if (this.isOffering) this.close();
      this.note.hidden = !error && (mlflow || !this.text.trim());
      if (error) this.note.replaceChildren(this.marked(error), " ", error.message, ...this.offers(error));
      else if (!this.note.hidden) this.note.textContent = "Works here, not in MLflow.";
    }

    /** "Did you mean params.lr?": each a button that puts the key into the query. */
    offers({ at, length, offers }) {
      return (offers || []).flatMap((key, i) => [
        " ",
        SG.el("button", {
          type: "button",
          class: "button small",
          text: i ? key + "?" : "Did you mean " + key + "?",
          onclick: () => {
            this.input.setRangeText(key, at, at + length, "end");
            this.input.focus();
            this.onInput(this.input.value);
          },
        }),
      ]);
    }

    /** The text around an error, at most 24 characters each side, the wrong part marked. */
    marked(error) {
      const text = this.text;
      const end = Math.max(error.at + 1, error.at + (error.length || 1));
      const before = text.slice(Math.max(0, error.at - 24), error.at);
      return SG.el(
        "code",
        null,
        (error.at > 24 ? "…" : "") + before,
        SG.el("mark", { text: text.slice(error.at, end) || "␣" }),
        text.slice(end, end + 24),
      );
    }
  }

  return QueryBox;
})();
