// What is done with an asset: each button is a line of code, which the bar shows.
import { h } from "./dom.js";
import { button } from "./parts.js";

/** The buttons that make the asset. */
export function actions(asset, bar) {
  const make = (words) => () => bar.act("materialize", words, asset.location);
  const named = [
    ["materialize", [asset.name], `Make ${asset.name} if it is not fresh, and what it needs`, "ab-main"],
    ["with all upstream", [upstreamOf(asset.name)], "Make everything that it is made of, too"],
    ["only this", [asset.name, "--only"], "Bring up nothing but this"],
    ["force", [asset.name, "--force"], "Make it again though it is fresh"],
  ];
  return h(
    "div",
    { class: "ab-tools ab-asset-actions", role: "group", "aria-label": `Materialize ${asset.name}` },
    named.map(([label, words, title, kind]) =>
      button(label, make(words), { title, "data-at": label, class: `ab-button ${kind ?? ""}` }),
    ),
  );
}

/** The selection of an asset and all that it is made of. */
function upstreamOf(name) {
  return /^[\w/]+$/.test(name) ? `+${name}` : `+key:"${name}"`;
}
