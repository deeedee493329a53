// What is done with an asset: each button is a line of code, which the bar shows.
import { h } from "./dom.js";
import { button } from "./parts.js";

/** The buttons that make the asset, or some of its partitions. */
export function actions(asset, partitions, bar) {
  const make = (words) => () => bar.act("materialize", words, asset.location);
  const named = partitions ? ofPartitions(asset.name) : ofAsset(asset.name);
  return h(
    "div",
    { class: "ab-tools ab-asset-actions", role: "group", "aria-label": `Materialize ${asset.name}` },
    named.map(([label, words, title, kind]) =>
      button(label, make(words), { title, "data-at": label, class: `ab-button ${kind ?? ""}` }),
    ),
  );
}

function ofAsset(name) {
  return [
    ["materialize", [name], "Make it if it is not fresh, and what it needs", "ab-main"],
    ["with all upstream", [upstreamOf(name)], "Make everything that it is made of, too"],
    ["only this", [name, "--only"], "Bring up nothing but this"],
    ["force", [name, "--force"], "Make it again though it is fresh"],
  ];
}

function ofPartitions(name) {
  return [
    ["materialize the last", [name, "--partition", "last"], "Make the newest partition", "ab-main"],
    ["the missing", [name, "--missing"], "Make the partitions that were never made"],
    ["the stale", [name, "--stale"], "Make the partitions that are stale"],
    ["the failed", [name, "--failed"], "Make the partitions that failed when they were last tried"],
  ];
}

/** The selection of an asset and all that it is made of. */
function upstreamOf(name) {
  return /^[\w/]+$/.test(name) ? `+${name}` : `+key:"${name}"`;
}
