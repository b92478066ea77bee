// needs: columns.js, decode.js, runs-text.js, sitegen.js, table-columns.js
//
// What is in the cells of a runs table: lines, names, values, shades, small curves.
"use strict";

SG.TableCells = (function () {
  const SPARK = "http://www.w3.org/2000/svg";
  const NAME = "run:name";
  const HEAT_LEVELS = 8;

  class TableCells extends SG.TableColumns {
    line(i) {
      const row = this.store.lines[i];
      if (row < 0) return this.groupLine(this.store.groups[-1 - row]);
      const id = this.store.ids[row];
      const tree = this.store.isTree();
      const depth = tree ? Math.min(this.store.depths[row], 3) : this.store.groups.length ? 1 : 0;
      const parent = tree && this.store.children.has(row) && !this.store.context?.has(row);
      return {
        id,
        level: this.isLevelled() ? depth + 1 : 0,
        expanded: parent ? !this.state.fold.includes(id) : undefined,
        selected: this.store.selected.has(id),
        name: this.store.name(row),
        data: { run: id, depth: String(depth), ...(id === this.store.best ? { best: "" } : {}) },
        css: this.isTop(id) ? "is-top" : this.store.context?.has(row) ? "is-context" : null,
      };
    }

    /** Whether rows stand below others; else they have no level, and the table is a plain grid. */
    isLevelled() {
      return this.store.isTree() || this.store.groups.length > 0;
    }

    groupLine(group) {
      return {
        id: group.label,
        level: 1,
        expanded: this.state.open.includes(group.label),
        name: group.label,
        css: "group-line",
        data: { group: group.label },
      };
    }

    isTop(id) {
      return this.state.top.includes(id);
    }

    /** Fill a cell of line `i`. */
    fill(cell, i, column) {
      const row = this.store.lines[i];
      if (row < 0) return this.fillGroup(cell, this.store.groups[-1 - row], column);
      if (column.id === NAME) return this.fillName(cell, row, i);
      const data = this.store.columns.get(column.id);
      const text = SG.columns.text(data, row);
      if (column.id === "run:status")
        cell.append(
          SG.el("span", { class: "pill " + text.toLowerCase(), text: text.charAt(0) + text.slice(1).toLowerCase() }),
        );
      else if (text && column.id.endsWith(":spark")) cell.append(spark(text, this.meta(column.id).name));
      else cell.textContent = text;
      if (text && data) cell.dataset.pad = SG.columns.pad(data, text);
      if (!data || !text) return;
      if (data.group !== "run") cell.title = SG.showControls(String(SG.columns.value(data, row)));
      if (column.id === this.bestColumn() && this.store.ids[row] === this.store.best) cell.classList.add("best-cell");
      if (data.numeric && this.state.heat.includes(column.id)) this.heat(cell, data, data.values[row]);
    }

    bestColumn() {
      const objective = this.store.columns.objective;
      return objective ? SG.columns.idOf("metric", objective.metric, objective.reducer) : "";
    }

    fillName(cell, row, i) {
      const id = this.store.ids[row];
      const name = this.store.name(row, this.nameRoom());
      const line = this.line(i);
      if (line.expanded !== undefined)
        cell.append(
          SG.el("button", {
            type: "button",
            class: "fold",
            tabindex: "-1",
            "data-fold": id,
            "aria-label": "Nested runs of " + name,
            "aria-expanded": String(line.expanded),
            text: line.expanded ? "▾" : "▸",
          }),
        );
      else if (this.store.isTree() && this.store.nested) cell.append(SG.el("span", { class: "fold-space" }));
      cell.classList.add("name");
      cell.title = SG.showControls(this.store.fullName(row)) || id;
      cell.append(
        SG.el("i", { class: "swatch c" + this.store.colour(id), "aria-hidden": "true" }),
        SG.el("a", { href: SG.runUrl(id, this.store.columns.files), tabindex: "-1", text: name }),
      );
      if (this.isTop(id)) cell.append(SG.el("span", { class: "visually-hidden", text: " (pinned)" }));
    }

    /** How many characters of a name there is room for, in steps, so that names are not cut anew for each width. */
    nameRoom() {
      const characters = (this.width(NAME) - 56) / 7.6;
      // The page made the column as wide as its names, unless it is small or the reader has sized the column.
      const isNarrow = this.scroll.clientWidth < 560 || this.state.wide.has(NAME);
      return Math.max(isNarrow ? 8 : 24, Math.min(40, Math.floor(characters / 4) * 4));
    }

    recolour(tr, i) {
      const swatch = tr.querySelector(".name .swatch");
      const row = this.store.lines[i];
      if (swatch && row >= 0) swatch.className = "swatch c" + this.store.colour(this.store.ids[row]);
    }

    fillGroup(cell, group, column) {
      if (column.id === NAME) {
        const open = this.state.open.includes(group.label);
        cell.classList.add("name");
        cell.append(
          SG.el("button", {
            type: "button",
            class: "fold",
            tabindex: "-1",
            "aria-label": "Runs of this group",
            "aria-expanded": String(open),
            text: open ? "▾" : "▸",
          }),
          SG.el("span", { text: this.look(this.state.group).label + " = " + group.label }),
          SG.el("span", { class: "muted", text: " " + group.rows.length }),
        );
        return;
      }
      const summary = SG.runsText.groupValue(this.store, this.store.columns.get(column.id), group);
      cell.textContent = summary.text;
      if (summary.title) cell.title = summary.title;
      if (summary.muted) cell.classList.add("muted");
      if (summary.mean !== undefined && this.state.heat.includes(column.id))
        this.heat(cell, this.store.columns.get(column.id), summary.mean);
    }

    /** One of eight shades by where the value lies among those on display; the better end is the strong one. */
    heat(cell, data, value) {
      this.ranges = this.ranges || new Map();
      if (!this.ranges.has(data.id)) this.ranges.set(data.id, range(data, this.store.rows));
      const [low, high] = this.ranges.get(data.id);
      if (!Number.isFinite(value) || !(high > low)) return;
      const part = Math.max(0, Math.min(1, (value - low) / (high - low)));
      const down = this.meta(data.id).better === "min";
      cell.classList.add("heat" + Math.round((down ? 1 - part : part) * HEAT_LEVELS));
    }
  }

  /** The fifth and the ninety-fifth hundredth of the finite values: one odd run does not take all the colour. */
  function range(data, rows) {
    const values = Float64Array.from(rows, (row) => data.values[row])
      .filter(Number.isFinite)
      .sort();
    const at = (part) => values[Math.round(part * (values.length - 1))];
    return values.length ? [at(0.05), at(0.95)] : [0, 0];
  }

  /** A small curve from letters (see docs/architecture.md): how high the metric stood along its steps. */
  function spark(letters, key) {
    const svg = document.createElementNS(SPARK, "svg");
    svg.setAttribute("viewBox", "0 0 96 20");
    svg.setAttribute("class", "sparkline");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", key + " over its steps");
    let line = "";
    Array.from(letters).forEach(function (letter, i) {
      const level = SG.columns.LEVELS.indexOf(letter);
      if (level < 0) line += " ";
      else
        line +=
          (line === "" || line.endsWith(" ") ? "M" : "L") +
          ((i * 94) / (letters.length - 1 || 1) + 1).toFixed(1) +
          " " +
          (18.5 - (level * 17) / (SG.columns.LEVELS.length - 1)).toFixed(1);
    });
    const path = document.createElementNS(SPARK, "path");
    path.setAttribute("d", line);
    svg.append(path);
    return svg;
  }

  return TableCells;
})();
