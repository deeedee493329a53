// A lineage drawn in SVG: an element for each node, which can have the focus.
import { s } from "./dom.js";
import { INSET, textsOf } from "./lineage-words.js";
import { groupColour, lookOf } from "./parts.js";

const ROUND = 7;
const MANY = 150; // nodes; of more, those out of sight are left out

/** The picture of up to about a thousand nodes. */
export class SvgPicture {
  constructor() {
    this.edges = s("g", { class: "ab-edges", "aria-hidden": "true" });
    this.nodes = s("g", {});
    this.world = s("g", {}, this.edges, this.nodes);
    this.element = s("svg", { class: "ab-graph", role: "group" }, this.world);
    this.drawn = new Map();
    this.paths = new Map();
  }

  /** Draws a graph anew, as far as it has changed. */
  update(graph, look, said) {
    this.element.setAttribute("aria-label", said);
    this.graph = graph;
    this.look = look;
    this.drawEdges();
    for (const id of [...this.drawn.keys()]) {
      if (graph.has(id)) continue;
      this.drawn.get(id).element.remove();
      this.drawn.delete(id);
    }
    this.first = graph.has(look.picked) ? look.picked : graph.ids[0];
    for (const id of graph.ids) this.drawNode(id, id === this.first);
    if (this.camera) this.leaveOut();
  }

  drawNode(id, isFirst) {
    const { graph, look } = this;
    const node = graph.nodes[id];
    const isRunning = id in look.running;
    const texts = textsOf(node, isRunning, graph.shape.wide);
    const sign = JSON.stringify([node, texts, isRunning, graph.shape]);
    let held = this.drawn.get(id);
    if (held?.sign !== sign) {
      const hadFocus = held && held.element === held.element.ownerDocument.activeElement;
      const element = nodeElement(id, node, texts, isRunning, graph.shape);
      if (held) held.element.replaceWith(element);
      else this.nodes.append(element);
      this.drawn.set(id, (held = { element, sign }));
      if (hadFocus) element.focus({ preventScroll: true });
    }
    held.element.setAttribute("tabindex", isFirst ? "0" : "-1");
    held.element.classList.toggle("ab-dim", look.isDim(id));
    held.element.classList.toggle("ab-picked", id === look.picked);
    held.element.classList.toggle("ab-found", look.found?.has(id) ?? false);
  }

  drawEdges() {
    const { graph, look } = this;
    for (const [key, path] of [...this.paths]) {
      if (key in graph.edges) continue;
      path.remove();
      this.paths.delete(key);
    }
    for (const [key, [start, end, points]] of Object.entries(graph.edges)) {
      let path = this.paths.get(key);
      if (!path) {
        path = s("path", {});
        this.paths.set(key, path);
        this.edges.append(path);
      }
      const drawn = curve(points);
      if (path.getAttribute("d") !== drawn) path.setAttribute("d", drawn);
      const near = start === look.picked || end === look.picked;
      const dim = look.isDim(start) || look.isDim(end);
      path.setAttribute("class", near ? "ab-near" : dim ? "ab-dim" : "");
    }
  }

  /** Shows it from where the camera is. */
  move(camera) {
    this.camera = camera;
    if (this.graph) this.leaveOut();
    this.world.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.k})`);
    if (this.element.dataset.level !== camera.level) this.element.dataset.level = camera.level;
  }

  /** Hides what is out of sight, but for what the tab key goes to. */
  leaveOut() {
    const { graph, width, height } = this;
    const isMany = graph.ids.length > MANY && width;
    const [left, top, right, bottom] = [...this.camera.under(0, 0), ...this.camera.under(width, height)];
    const { wide, high, head } = graph.shape;
    for (const id of graph.ids) {
      const held = this.drawn.get(id);
      const [x, y] = graph.nodes[id].place;
      const isOut = isMany && id !== this.first && (x > right || x + wide < left || y - head > bottom || y + high < top);
      if (isOut === held.isOut) continue;
      held.isOut = isOut;
      held.element.style.display = isOut ? "none" : "";
    }
  }

  /** Gives a node the focus. */
  focus(id) {
    this.drawn.get(id)?.element.focus({ preventScroll: true });
  }

  resize(width, height) {
    Object.assign(this, { width, height });
  }

  close() {
    this.element.remove();
  }
}

/** A path through a route: it leaves and meets each column level, and ends in an arrow. */
export function curve(points) {
  const last = points.length - 2;
  const drawn = [`M${points[0]} ${points[1]}`];
  for (let at = 2; at <= last; at += 2) {
    const [x, y] = [points[at] - (at === last ? 2 : 0), points[at + 1]];
    const [left, top] = [points[at - 2], points[at - 1]];
    const [bend, up] = bendOf(left, x);
    drawn.push(
      y === top && x > left
        ? `H${x}`
        : `C${left + bend} ${top - up} ${x - bend} ${y - up} ${x} ${y}`,
    );
  }
  const [x, y] = [points[last] - 2, points[last + 1]];
  return `${drawn.join("")}M${x - 5} ${y - 3}L${x} ${y}L${x - 5} ${y + 3}`;
}

/** How far a curve reaches out at its ends: one that goes back makes a loop above. */
export function bendOf(left, right) {
  return right > left ? [Math.max((right - left) * 0.5, 24), 0] : [110, 110];
}

function nodeElement(id, node, texts, isRunning, { wide, high }) {
  const [x, y] = node.place;
  const about = [texts.name, texts.word, node.why].filter(Boolean).join("\n");
  return s(
    "g",
    {
      class: `ab-node ab-${node.kind}${isRunning ? " ab-running" : ""}`,
      "data-id": id,
      role: "button",
      "aria-label": texts.spoken,
      "aria-haspopup": node.kind === "column" ? null : "menu",
      transform: `translate(${x} ${y})`,
    },
    s("title", {}, node.kind === "group" ? `${texts.spoken}\na click opens it` : about),
    texts.group ? groupLabel(node.group, texts.group) : null,
    node.kind === "group" ? s("rect", { x: 4, y: 4, width: wide, height: high, rx: ROUND, class: "ab-behind" }) : null,
    s("rect", { width: wide, height: high, rx: ROUND, class: "ab-box" }),
    bar(texts, high),
    text(texts.label, INSET, 19, "ab-label"),
    marks(texts, wide),
    node.kind === "group" ? counts(texts) : second(texts),
    texts.strip ? strip(texts.strip, wide, high) : null,
    node.kind === "group" ? strip(texts.counts, wide, high) : null,
    text(texts.short, INSET, high / 2 + 7, "ab-short"),
    symbolOf(texts, wide, high),
  );
}

const text = (said, x, y, name, more = {}) => s("text", { x, y, class: name, ...more }, said);

function bar(texts, high) {
  if (!texts.state) return null;
  const { colour } = lookOf(texts.state);
  const side = `M5 0H${ROUND}A${ROUND} ${ROUND} 0 0 0 0 ${ROUND}V${high - ROUND}`;
  return s("path", { d: `${side}A${ROUND} ${ROUND} 0 0 0 ${ROUND} ${high}H5Z`, style: { fill: colour }, class: "ab-bar" });
}

function groupLabel(group, said) {
  return s(
    "g",
    { class: "ab-group-label" },
    s("circle", { cx: 5, cy: -8, r: 3, style: { fill: groupColour(group) } }),
    text(said, 12, -4.5, "ab-group"),
  );
}

function marks(texts, wide) {
  const said = texts.marks.map(([symbol, colour, number], at) => [
    s("tspan", { style: { fill: colour } }, `${at ? " " : ""}${symbol}`),
    String(number),
  ]);
  return said.length ? text(said, wide - 10, 19, "ab-note", { "text-anchor": "end" }) : null;
}

function second({ state, word, indent, note }) {
  return s(
    "text",
    { x: INSET, y: 35, class: "ab-note" },
    state ? s("tspan", { style: { fill: lookOf(state).colour } }, lookOf(state).symbol) : null,
    s("tspan", { class: "ab-word", x: indent }, word),
    note,
  );
}

function counts(texts) {
  const said = texts.counts.map(([state, number], at) => [
    s("tspan", { style: { fill: lookOf(state).colour }, dx: at ? 8 : 0 }, lookOf(state).symbol),
    s("tspan", { dx: 3, class: "ab-word" }, String(number)),
  ]);
  return text(said, INSET, 35, "ab-note");
}

/** A thin bar of states, each as long as there are many. */
function strip(runs, wide, high) {
  const all = runs.reduce((sum, [, number]) => sum + number, 0);
  const room = wide - INSET - 10;
  let left = INSET;
  return s(
    "g",
    { class: "ab-strip", "aria-hidden": "true" },
    runs.map(([state, number]) => {
      const width = (room * number) / all;
      const colour = state === "missing" ? null : lookOf(state).colour;
      const piece = s("rect", { x: left, y: high - 5.5, width, height: 3, class: "ab-piece", style: { fill: colour ?? "" } });
      left += width;
      return piece;
    }),
  );
}

function symbolOf({ state }, wide, high) {
  if (!state) return null;
  const { colour, symbol } = lookOf(state);
  return text(symbol, wide - 14, high / 2 + 7, "ab-big", { "text-anchor": "end", style: { fill: colour } });
}
