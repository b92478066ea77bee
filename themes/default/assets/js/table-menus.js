// needs: columns-dialog.js, runs-text.js, sitegen.js; later: embed-box.js
//
// The menus of a runs table: downloads, what can be done with the view, with a column.
// Each function gives the items of a menu (menu.js) for a `SG.RunsTable`.
"use strict";

SG.tableMenus = (function () {
  const EMBED = ["addresses", "share-dialog", "table-text", "embed-box"];
  const FILES = [
    ["CSV", "csv", "text/csv"],
    ["JSON", "json", "application/json"],
    ["LaTeX", "latex", "text/x-tex", "tex"],
    ["Markdown", "markdown", "text/markdown", "md", "table-text"],
  ];

  function downloads(table) {
    return FILES.map(([text, kind, type, ending, ...scripts]) => ({
      text: "Download " + text,
      work: async function () {
        await SG.scripts(scripts);
        SG.download("runs-" + table.file + "." + (ending || kind), type, SG.runsText[kind](table));
      },
    }));
  }

  /** The menu of the table: what it shows, what can be taken from it. */
  function whole(table) {
    return [
      { text: "Columns and groups…", work: () => SG.columnsDialog(table) },
      ...view(table),
      null,
      ...downloads(table),
      { text: "Copy link to this view", work: () => table.tools.copyLink() },
      { text: "Embed", work: () => SG.scripts(EMBED).then(() => SG.embedBox.openRuns(table)) },
    ];
  }

  function view(table) {
    const metrics = table.shownIds().filter((id) => table.meta(id).group === "metric" && table.meta(id).numeric);
    const lit = metrics.length > 0 && metrics.every((id) => table.state.heat.includes(id));
    const items = [
      { text: "Shade metrics by value", checked: lit, work: () => table.change({ heat: lit ? [] : metrics }) },
    ];
    const parents = Array.from(table.store.children.keys(), (row) => table.store.ids[row]);
    if (parents.length)
      items.push(
        { text: "Fold all nested runs", work: () => table.change({ fold: parents }) },
        { text: "Unfold all", work: () => table.change({ fold: [] }) },
      );
    if (table.store.groups.length)
      items.push(
        { text: "Open all groups", work: () => table.change({ open: table.store.groups.map((group) => group.label) }) },
        { text: "Close all groups", work: () => table.change({ open: [] }) },
      );
    if (table.state.hide.length) items.push({ text: "Show hidden runs", work: () => table.change({ hide: [] }) });
    if (table.state.top.length) items.push({ text: "Unpin all runs", work: () => table.change({ top: [] }) });
    items.push({ text: "Select all runs shown", work: () => table.onPickAll() }, null, {
      text: "Reset the view",
      work: () =>
        table.change({
          q: "",
          cols: null,
          wide: new Map(),
          pin: [],
          sort: [],
          group: "",
          open: [],
          heat: [],
          sel: [],
          hide: [],
          top: [],
          fold: [],
        }),
    });
    return items;
  }

  /** What can be done with a column: the menu of its head. */
  function columnItems(table, id) {
    const { state } = table;
    const sort = (down, add) => () =>
      table.change({ sort: [...(add ? state.sort.filter((key) => key.id !== id) : []), { id, down }] });
    const meta = table.meta(id);
    const isName = id === "run:name";
    const items = [
      { text: "Sort ascending", work: sort(false) },
      { text: "Sort descending", work: sort(true) },
    ];
    if (state.sort.some((key) => key.id !== id))
      items.push(
        { text: "Then by this, ascending", work: sort(false, true) },
        { text: "Then by this, descending", work: sort(true, true) },
      );
    if (state.sort.length) items.push({ text: "Do not sort", work: () => table.change({ sort: [] }) });
    items.push(
      null,
      { text: "Wider", work: () => table.onWidth(id, table.width(id) + 32, true) },
      { text: "Narrower", work: () => table.onWidth(id, table.width(id) - 32, true) },
    );
    if (!isName)
      items.push(
        { text: "Move left", work: () => table.onMove(id, -1) },
        { text: "Move right", work: () => table.onMove(id, 1) },
        { text: "Pin to the left", checked: state.pin.includes(id), work: () => table.togglePin(id) },
      );
    if (!isName)
      items.push({
        text: "Hide",
        work: () =>
          table.setColumns(
            table
              .columns()
              .map((column) => column.id)
              .filter((one) => one !== id),
          ),
      });
    if (meta.group === "metric" && meta.numeric)
      items.push(null, {
        text: "Shade by value",
        checked: state.heat.includes(id),
        work: () =>
          table.change({
            heat: state.heat.includes(id) ? state.heat.filter((one) => one !== id) : [...state.heat, id],
          }),
      });
    if (meta.group === "param" || meta.group === "tag")
      items.push(null, {
        text: "Group rows by this",
        checked: state.group === id,
        work: () => table.change({ group: state.group === id ? "" : id, open: [] }),
      });
    return items;
  }

  return { whole, columnItems };
})();
