// needs: columns.js, explorer-tree.js
//
// In which order the runs of an experiment stand, and in which groups (see explorer.js).
"use strict";

SG.ExplorerOrder = (function () {
  class ExplorerOrder extends SG.ExplorerTree {
    sorted(rows, keys) {
      const columns = keys
        .map((key) => ({ keys: this.columns.get(key.id), sign: key.down ? -1 : 1 }))
        .filter((key) => key.keys);
      for (const key of columns) key.keys = SG.columns.sortKeys(key.keys);
      if (columns.length === 1) return sortByOne(rows, columns[0].keys, columns[0].sign);
      return Int32Array.from(rows).sort(function (a, b) {
        for (const { keys: of, sign } of columns) {
          const order = compare(of[a], of[b], sign);
          if (order) return order;
        }
        return a - b;
      });
    }

    /** `[{key, label, rows}]` by the values of a column: numbers by size, then texts, then the runs without one. */
    grouped(order, view) {
      const column = this.columns.get(view.group);
      if (!column) return [];
      const groups = new Map();
      for (const row of order) {
        const label = this.text(column, row) || "(none)";
        if (groups.has(label)) groups.get(label).rows.push(row);
        else {
          const key = SG.columns.value(column, row) ?? "";
          groups.set(label, { key, label, rows: [row], order: SG.columns.sortKeys(column)[row] });
        }
      }
      const found = Array.from(groups.values());
      if (view.sort.length) this.sortGroups(found, view.sort[0]);
      else found.sort((a, b) => compare(a.order, b.order, 1));
      for (const group of found) group.rows = Int32Array.from(group.rows);
      return found;
    }

    /** Groups by the mean of the first sort key; by what its first run has where that is no number. */
    sortGroups(groups, key) {
      const column = this.columns.get(key.id);
      if (!column) return;
      const keys = SG.columns.sortKeys(column);
      const means = new Map(
        groups.map((group) => [
          group,
          key.id === this.view.group
            ? group.order
            : column.numeric
              ? this.stats(column, group.rows).mean
              : keys[group.rows[0]],
        ]),
      );
      groups.sort((a, b) => compare(means.get(a), means.get(b), key.down ? -1 : 1));
    }

    groupLines() {
      const open = new Set(this.view.open);
      const lines = [];
      this.groups.forEach((group, at) => {
        lines.push(-1 - at);
        if (open.has(group.label)) lines.push(...group.rows);
      });
      return Int32Array.from(lines);
    }

    /** Mean, sample standard deviation and count of the finite numbers of `column` in `rows`. */
    stats(column, rows) {
      let n = 0;
      let sum = 0;
      for (const row of rows)
        if (Number.isFinite(this.number(column, row) ?? NaN)) [n, sum] = [n + 1, sum + this.number(column, row)];
      const mean = n ? sum / n : NaN;
      let squares = 0;
      for (const row of rows) {
        const value = this.number(column, row) ?? NaN;
        if (Number.isFinite(value)) squares += (value - mean) ** 2;
      }
      return { n, mean, std: n > 1 ? Math.sqrt(squares / (n - 1)) : NaN };
    }
  }

  /** Order of two sort keys, NaN last whatever the sign. */
  function compare(a, b, sign) {
    if (a === b) return 0;
    const aMissing = a !== a;
    if (aMissing || b !== b) return aMissing ? (b !== b ? 0 : 1) : -1;
    return a < b ? -sign : sign;
  }

  /** By one key: the known ones sorted, what is missing behind them in the order it had. */
  function sortByOne(rows, keys, sign) {
    const known = rows.filter((row) => keys[row] === keys[row]);
    known.sort((a, b) => sign * (keys[a] < keys[b] ? -1 : keys[a] > keys[b] ? 1 : 0) || a - b);
    return joined(
      known,
      rows.filter((row) => keys[row] !== keys[row]),
    );
  }

  function joined(a, b) {
    const out = new Int32Array(a.length + b.length);
    out.set(a);
    out.set(b, a.length);
    return out;
  }

  return ExplorerOrder;
})();
