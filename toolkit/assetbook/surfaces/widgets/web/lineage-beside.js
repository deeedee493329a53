// What stands below a lineage: the node in focus in words, what can be done, and who is beside it.
// It is how a picture on canvas is read and walked without seeing it.
import { fill, h } from "./dom.js";
import { inGroup, stateOf, textsOf } from "./lineage-words.js";
import { button, stateMark } from "./parts.js";

const MOST = 12; // neighbours shown until one asks for all

/** The panel; `told` has press(id), menu(id, x, y), pick(id, how), columns(id). */
export class Beside {
  constructor(told, { wheelAlways }) {
    this.told = told;
    this.hint = HINT.replace("WHEEL", wheelAlways ? "the wheel" : "the wheel with Ctrl");
    this.heard = h("p", { class: "ab-heard", role: "status" });
    this.facts = h("div", {});
    this.element = h("section", { class: "ab-beside", "aria-label": "In focus" }, this.heard, this.facts);
    this.all = new Set();
  }

  /** Tells of the picked node; `aloud` where the picture has no element of it that is read. */
  show(graph, look, aloud = false) {
    const id = look.picked;
    const sign = JSON.stringify([
      id,
      graph.nodes[id],
      look.running[id],
      graph.parents.get(id),
      graph.children.get(id),
      [...this.all],
    ]);
    if (sign === this.sign && graph === this.graph) return;
    const hadFocus = this.element.contains(document.activeElement);
    [this.sign, this.graph, this.look] = [sign, graph, look];
    fill(this.facts, graph.has(id) ? this.about(id) : h("p", { class: "ab-muted" }, this.hint));
    const says = aloud && graph.has(id);
    this.heard.textContent = says ? textsOf(graph.nodes[id], id in look.running, graph.shape.wide).spoken : "";
    if (hadFocus) this.element.querySelector("button")?.focus({ preventScroll: true });
  }

  about(id) {
    const node = this.graph.nodes[id];
    const isRunning = id in this.look.running;
    const state = stateOf(node, isRunning);
    const isGroup = node.kind === "group";
    return [
      h(
        "div",
        { class: "ab-beside-line" },
        button(node.name, () => this.told.press(id), {
          class: "ab-link ab-cut",
          title: isGroup ? `open the group ${node.name}` : `open ${node.name}`,
        }),
        state && !isGroup ? stateMark(state) : h("span", { class: "ab-muted" }, node.kind),
        h("span", { class: "ab-muted ab-beside-why" }, isGroup ? inGroup(node) : node.why),
        isGroup
          ? null
          : button("columns", () => this.told.columns(id), { title: "where its columns come from and go" }),
        button("more…", (event) => this.told.menu(id, event.target), {
          "aria-haspopup": "menu",
          "aria-label": `More for ${node.name}`,
        }),
      ),
      this.list(id, "made from", this.graph.parents.get(id)),
      this.list(id, "read by", this.graph.children.get(id)),
    ];
  }

  showAll(key) {
    this.all.add(key);
    this.show(this.graph, this.look);
  }

  list(id, title, found) {
    const every = [...new Set(found ?? [])];
    if (!every.length) return null;
    const key = `${id} ${title}`;
    const some = this.all.has(key) ? every : every.slice(0, MOST);
    const more = every.length - some.length;
    return h(
      "div",
      { class: "ab-beside-line" },
      h("span", { class: "ab-muted ab-beside-head" }, title),
      h(
        "ul",
        { class: "ab-chips", "aria-label": title },
        some.map((each) => h("li", {}, this.chip(each))),
        more > 0
          ? h("li", {}, button(`and ${more} more`, () => this.showAll(key), { class: "ab-button ab-quiet" }))
          : null,
      ),
    );
  }

  /** The button that goes to a neighbour. */
  chip(id) {
    const node = this.graph.nodes[id];
    const mark = markOf(node, stateOf(node, id in this.look.running));
    return button(
      [h("span", { class: "ab-cut" }, node.name), mark],
      () => this.told.pick(id, { reach: true }),
      { class: "ab-button ab-chip", title: node.name },
    );
  }
}

function markOf(node, state) {
  if (state && node.kind !== "group") return stateMark(state);
  return h("span", { class: "ab-muted" }, node.kind);
}

const HINT = [
  "A click opens an asset, a right click tells what else can be done.",
  "Drag to move, turn WHEEL to zoom; by keys: arrows, + and −, 0 for all, / to find.",
].join(" ");
