// A lineage drawn in SVG: an element for each node, which can have the focus.
import { s } from "./dom.js";
import { nodeElement } from "./lineage-node.js";
import { textsOf } from "./lineage-words.js";

const MANY = 150; // nodes; of more, those out of sight are left out
const REST = 200; // milliseconds without a zoom until it is drawn anew

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

  /** Shows it from where the camera is; of many nodes the last drawing is scaled while the zoom
   * goes on, and drawn anew when hands rest. */
  move(camera) {
    this.camera = camera;
    const { settled, element } = this;
    clearTimeout(this.rest);
    if (!settled || settled.k === camera.k || this.graph?.ids.length <= MANY) return this.settle();
    const factor = camera.k / settled.k;
    const [right, down] = [camera.x - settled.x * factor, camera.y - settled.y * factor];
    element.style.transform = `translate(${right}px, ${down}px) scale(${factor})`;
    this.rest = setTimeout(() => this.settle(), REST);
  }

  settle() {
    const { camera, element } = this;
    this.settled = { x: camera.x, y: camera.y, k: camera.k };
    element.style.transform = "";
    // a layer of its own, which is scaled as a picture: made once, for that takes long
    element.style.willChange = this.graph?.ids.length > MANY ? "transform" : "";
    if (this.graph) this.leaveOut();
    this.world.setAttribute("transform", `translate(${camera.x} ${camera.y}) scale(${camera.k})`);
    if (element.dataset.level !== camera.level) element.dataset.level = camera.level;
  }

  /** Hides what is out of sight, but for what the tab key goes to. */
  leaveOut() {
    const { graph, width, height } = this;
    const isMany = graph.ids.length > MANY && width;
    if (this.settled?.k !== this.camera.k) return this.settle();
    const [left, top, right, bottom] = [...this.camera.under(0, 0), ...this.camera.under(width, height)];
    const { wide, high, head } = graph.shape;
    for (const id of graph.ids) {
      const held = this.drawn.get(id);
      const [x, y] = graph.nodes[id].place;
      const isUnseen = x > right || x + wide < left || y - head > bottom || y + high < top;
      const isOut = isMany && id !== this.first && isUnseen;
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
    clearTimeout(this.rest);
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
