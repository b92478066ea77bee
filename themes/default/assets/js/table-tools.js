// needs: menu.js, page.js, query-box.js, sitegen.js, table-menus.js; later: addresses.js
//
// The tools above a runs table: search, boxes to select runs, a menu; and what can be done with selected runs.
"use strict";

SG.TableTools = (function () {
  const plural = (count, word) => count + " " + word + (count === 1 ? "" : "s");
  const HELP =
    "Arrow keys move. Enter opens a run, or sorts by a column; Shift and Enter adds a sort key. " +
    "Space selects a run. Left and Right fold. " +
    "On a column head, Alt and Down opens its menu, Shift and arrow sizes it, Control and arrow moves it.";

  class TableTools {
    constructor(table) {
      this.table = table;
      this.query = new SG.QueryBox(
        table.state.q,
        () => table.store || null,
        (text) => this.onQuery(text),
      );
      this.query.input.addEventListener("focus", () => this.guard(() => this.getReady()), { once: true });
      this.count = SG.el("output", {
        class: "runs-count",
        role: "status",
        text: plural(Number(table.box.dataset.total), "run"),
      });
      this.help = SG.el("p", { id: "runs-help", class: "visually-hidden", text: HELP });
      this.picking = this.button("Select", () => this.showBoxes(!("picking" in table.box.dataset)));
      this.picking.setAttribute("aria-pressed", "false");
      this.makeSelection();
      table.box.querySelector(".runs-tools").replaceChildren(
        SG.el(
          "div",
          { class: "runs-row" },
          this.query.box,
          this.picking,
          this.menuButton("Table", () => SG.tableMenus.whole(table)),
        ),
        SG.el("div", { class: "runs-row runs-said" }, this.count, this.query.note, this.chosen),
        this.help,
      );
      this.showState();
    }

    button(text, work) {
      return SG.el("button", {
        type: "button",
        class: "button",
        text,
        onclick: () => this.guard(async () => (await this.table.live(), work())),
      });
    }

    /** Show or hide the boxes by which runs are selected; those of selected runs are always seen. */
    showBoxes(on) {
      this.table.box.toggleAttribute("data-picking", on);
      this.picking.setAttribute("aria-pressed", String(on));
    }

    menuButton(text, items) {
      const button = SG.el("button", {
        type: "button",
        class: "button has-menu",
        "aria-haspopup": "menu",
        text,
        onclick: () => this.guard(async () => (await this.table.live(), SG.menu(button, text, items(), button))),
      });
      return button;
    }

    /** Do `work`, which may need data; what fails is said beside the table. */
    async guard(work) {
      try {
        await work();
      } catch (error) {
        this.count.textContent = error.message;
      }
    }

    /** Load what words are looked for in, before they are typed. */
    async getReady() {
      await this.table.live();
      await this.table.store.loadAsked("_");
    }

    onQuery(text) {
      this.table.change({ q: text }, false);
    }

    makeSelection() {
      const { table } = this;
      this.compare = SG.el("a", { class: "button small primary runs-compare", text: "Compare" });
      this.chosen = SG.el(
        "div",
        { class: "runs-chosen", role: "group", "aria-label": "Selected runs", hidden: true },
        this.compare,
        this.small("Pin to top", () => this.toggleTop()),
        this.small("Hide", () =>
          table.change({
            hide: [...table.state.hide, ...table.state.sel.filter((id) => !table.state.hide.includes(id))],
            sel: [],
          }),
        ),
        this.small("Clear", () => table.change({ sel: [] }, false)),
      );
    }

    small(text, work) {
      return SG.el("button", { type: "button", class: "button small", text, onclick: () => this.guard(work) });
    }

    /** Pin the selected runs to the top of the table, or let them go when all of them are pinned. */
    toggleTop() {
      const { sel, top } = this.table.state;
      const all = sel.every((id) => top.includes(id));
      this.table.change({
        top: all ? top.filter((id) => !sel.includes(id)) : [...top, ...sel.filter((id) => !top.includes(id))],
      });
    }

    showSelection() {
      const ids = Array.from(this.table.store ? this.table.store.selected : this.table.state.sel);
      this.chosen.hidden = !ids.length;
      if (ids.length) this.showBoxes(true);
      document.dispatchEvent(new CustomEvent("sg:selection", { detail: ids.length }));
      this.compare.textContent = "Compare (" + ids.length + ")";
      const best = this.table.store?.best;
      const accent = best && ids.includes(best) ? "&best=" + encodeURIComponent(best) : "";
      if (ids.length)
        this.compare.href = SG.root + "compare.html#runs=" + ids.map(encodeURIComponent).join(",") + accent;
      else this.compare.removeAttribute("href");
      const all = this.table.grid?.pickAll;
      if (all)
        all.checked =
          ids.length > 0 &&
          Array.from(this.table.store.rows).every((row) => this.table.store.selected.has(this.table.store.ids[row]));
    }

    showCount() {
      const { store, state } = this.table;
      const parts = [
        store.matches === store.n && (store.error || !state.q.trim())
          ? plural(store.n, "run")
          : store.matches + " of " + plural(store.n, "run"),
      ];
      if (store.groups.length)
        parts.push(plural(store.groups.length, "group") + " by " + this.table.look(state.group).label);
      if (state.hide.length) parts.push(state.hide.length + " hidden");
      if (!store.lines.length && store.n) parts[0] = state.q.trim() && !store.matches ? "No run matches" : parts[0];
      this.count.textContent = parts.join(" · ");
      this.query.tell(store.error || store.doubt, store.mlflow);
    }

    /** Say what needs the store. */
    showStore() {
      this.showState();
      this.showCount();
    }

    showState() {
      const { state } = this.table;
      this.query.text = state.q;
      if (!state.known) SG.announce("This link was made by a newer version of the site; it shows all runs.");
      this.showSelection();
    }

    async copyLink() {
      await SG.scripts(["addresses"]);
      await SG.copy(await SG.addresses.ofView());
      this.count.textContent = "Link to this view copied";
      setTimeout(() => this.showCount(), 1500);
    }
  }

  return TableTools;
})();
