// Elements made of text: the one place that makes them, so that nothing of data is ever HTML.

const SVG = "http://www.w3.org/2000/svg";

/** An HTML element. Strings among the children are text; null and false are left out. */
export function h(name, properties = {}, ...children) {
  return filled(document.createElement(name), properties, children);
}

/** An SVG element. */
export function s(name, properties = {}, ...children) {
  return filled(document.createElementNS(SVG, name), properties, children);
}

function filled(element, properties, children) {
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") Object.assign(element.style, value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : shown(String(value)));
  }
  element.append(...children.flat(Infinity).filter(isThere).map(asNode));
  return element;
}

const isThere = (child) => child !== null && child !== undefined && child !== false;
const asNode = (child) => (child instanceof Node ? child : shown(String(child)));

const HIDDEN = new RegExp(
  [
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f", // controls, but for tabs and ends of lines
    "\\u00ad\\u180e\\u200b\\u2060-\\u2065\\ufeff", // what has no width
    "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u206f", // what turns the direction
    "\\u2028\\u2029\\ufff9-\\ufffb\\ufffe\\uffff]", // other ends of lines, marks, no characters
  ].join(""),
  "g",
);

/** Text with characters that hide or reorder others shown as escapes, as in all views. */
export function shown(text) {
  return text.replace(HIDDEN, (found) => {
    const code = found.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** Replaces what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter(isThere).map(asNode));
  return element;
}
