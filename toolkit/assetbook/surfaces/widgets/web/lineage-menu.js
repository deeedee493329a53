// What can be done with a node of a lineage, as items of a menu.

/** The items for a node, or for the whole picture where `id` is null; `view` does them. */
export function itemsFor(id, view) {
  if (id === null) return forAll(view);
  const node = view.graph.nodes[id];
  return node.kind === "group" ? forGroup(node, view) : forAsset(id, node, view);
}

function forAsset(id, { name, word, kind, group, location }, view) {
  const make = (label, selection) => ({
    label,
    hint: selection,
    run: () => view.bar.act("materialize", [selection], location),
  });
  const focus = (label, selection) => ({ label, hint: selection, run: () => view.narrow(selection) });
  return [
    { label: "open", run: () => view.open("asset", { key: id }) },
    kind === "external" ? null : make("materialize", word),
    ...(kind === "external" ? [] : [make("materialize with what it needs", `+${word}`)]),
    ...(kind === "external" ? [] : [make("materialize downstream", `${word}+`)]),
    null,
    focus("focus here", `+${word}+`),
    focus("only upstream", `+${word}`),
    focus("only downstream", `${word}+`),
    { label: "where columns come from and go", run: () => view.columns(id) },
    null,
    ...(group ? [{ label: `close the group ${group}`, run: () => view.fold(group, true) }] : []),
    { label: "copy name", run: () => copy(name) },
  ];
}

function forGroup({ name, group, location }, view) {
  const selection = `group:${quoted(group)}`;
  const make = () => view.bar.act("materialize", [selection], location);
  const isOfOneNotebook = location !== null; // as all that a command makes is
  return [
    { label: "open the group", run: () => view.fold(group, false) },
    ...(isOfOneNotebook ? [{ label: "materialize all of it", hint: selection, run: make }] : []),
    null,
    { label: "focus here", hint: selection, run: () => view.narrow(selection) },
    { label: "copy name", run: () => copy(name) },
  ];
}

function forAll(view) {
  const groups = Object.keys(view.document.groups);
  return [
    { label: "show all of the picture", run: () => view.stage.fit() },
    { label: "find an asset", hint: "/", run: () => view.find() },
    ...(groups.length ? [null] : []),
    ...(groups.length ? [{ label: "close all groups", run: () => view.closeGroups(groups) }] : []),
    ...(groups.length ? [{ label: "open all groups", run: () => view.closeGroups([]) }] : []),
    ...(view.selection ? [null, { label: "show all assets", run: () => view.narrow("") }] : []),
  ];
}

const quoted = (text) => (/^[\w.-]+$/.test(text) ? text : `"${text.replace(/["\\]/g, "\\$&")}"`);

function copy(text) {
  navigator.clipboard?.writeText(text)?.catch(() => {});
}
