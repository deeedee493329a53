// Lines that are a tree by their indentation: `+ ` what was true, `- ` what was not.
import { h } from "./dom.js";

const NODE = /^( *)([+-]) (.*)$/;

/** The lines; those of an evaluated condition as a tree that opens and closes. */
export function explanation(text) {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => NODE.test(line));
  if (first < 0) return h("pre", { class: "ab-code" }, text);
  const before = lines.slice(0, first).join("\n");
  const { trees, rest } = treesOf(lines.slice(first));
  return h(
    "div",
    {},
    before ? h("pre", { class: "ab-code" }, before) : null,
    h("ul", { class: "ab-tree" }, trees.map(nodeOf)),
    rest.length ? h("pre", { class: "ab-code" }, rest.join("\n")) : null,
  );
}

function treesOf(lines) {
  const root = { children: [], depth: -1 };
  const path = [root];
  let at = 0;
  for (; at < lines.length; at++) {
    const found = NODE.exec(lines[at]);
    if (!found) break;
    const node = {
      depth: found[1].length,
      isTrue: found[2] === "+",
      isAsked: !found[3].endsWith(": not asked"),
      said: found[3],
      children: [],
    };
    while (path.at(-1).depth >= node.depth) path.pop();
    path.at(-1).children.push(node);
    path.push(node);
  }
  return { trees: root.children, rest: lines.slice(at) };
}

/** A node; what was not asked, since the answer was known without, is folded. */
function nodeOf({ isTrue, isAsked, said, children }) {
  const [symbol, color] = isTrue ? ["✓", "#00a55c"] : [isAsked ? "○" : "·", "#7f8794"];
  const mark = h("span", { class: "ab-symbol", style: { color }, "aria-hidden": "true" }, symbol);
  const words = [mark, " ", isAsked ? said : h("span", { class: "ab-muted" }, said)];
  if (!children.length) return h("li", {}, words);
  const below = h("ul", { class: "ab-tree" }, children.map(nodeOf));
  return h("li", {}, h("details", { open: isAsked }, h("summary", {}, words), below));
}
