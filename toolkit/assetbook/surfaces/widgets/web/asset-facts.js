// What is known of an asset besides its value: description, facts, metadata, neighbours.
import { h } from "./dom.js";
import { markdown } from "./markdown.js";
import { button, stateMark } from "./parts.js";
import { inPart, linked } from "./texts.js";

/** Its description and the text above its cell. */
export function aboutPart({ asset }) {
  const texts = [asset.description, asset.documentation].filter(Boolean);
  if (!texts.length)
    return inPart(
      "about",
      h(
        "p",
        { class: "ab-muted ab-paragraph" },
        "No description: give its function a docstring, or write a text above its cell.",
      ),
    );
  return inPart("about", h("div", { class: "ab-markdown" }, texts.map(markdown)));
}

/** Facts by name. */
export function factsPart({ facts }) {
  return inPart(
    "facts",
    h(
      "dl",
      { class: "ab-facts" },
      facts.map(([name, text]) => [h("dt", {}, name), h("dd", {}, linked(text))]),
    ),
  );
}

/** What it is made of and what is made of it, left to right; each is a link. */
export function neighboursPart({ upstream, downstream, asset }, { open }) {
  const side = (title, found, none) =>
    h(
      "div",
      { class: "ab-side" },
      h("h3", { class: "ab-part-title" }, title),
      Object.entries(found).map(([key, { name, state }]) => neighbour(key, name, state, open)),
      Object.keys(found).length ? null : h("span", { class: "ab-muted" }, none),
    );
  const arrow = () => h("span", { class: "ab-arrow", "aria-hidden": "true" }, "→");
  return h(
    "div",
    { class: "ab-neighbours" },
    side("upstream", upstream, "nothing"),
    arrow(),
    h("div", { class: "ab-here", title: asset.name }, asset.name),
    arrow(),
    side("downstream", downstream, "nothing"),
  );
}

function neighbour(key, name, state, open) {
  return h(
    "div",
    { class: "ab-neighbour" },
    stateMark(state),
    button(name, () => open("asset", { key }), {
      class: "ab-link ab-clip",
      title: name,
      "data-at": `asset ${key}`,
    }),
  );
}
