// A large lineage drawn on canvas: what is out of sight is left out, and while hands move it and a
// whole drawing would take too long, the last one is moved instead.
import { h } from "./dom.js";
import { paintNode } from "./lineage-paint.js";
import { bendOf } from "./lineage-svg.js";
import { lookOf } from "./parts.js";

const SLOW = 22; // milliseconds of a drawing, after which the last one is moved instead
const FRAME = 17; // milliseconds between two frames
const REST = 90; // milliseconds without a move until it is drawn anew
const PULSE = 1600; // milliseconds of a beat
const NAMES = ["surface", "raised", "text", "muted", "border", "line", "link"];

/** The picture of thousands of nodes; it has no elements that could have the focus. */
export class CanvasPicture {
  constructor() {
    this.base = h("canvas", { "aria-hidden": "true" });
    this.above = h("canvas", { "aria-hidden": "true" });
    this.element = h("div", { class: "ab-canvas", role: "img" }, this.base, this.above);
    this.cost = 0;
    this.kept = document.createElement("canvas");
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.themes = new MutationObserver(() => this.draw());
    this.themes.observe(document.body, { attributeFilter: ["data-jp-theme-light", "class"] });
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", (this.onDark = () => this.draw()));
  }

  update(graph, look, said) {
    this.element.setAttribute("aria-label", said);
    if (this.graph?.edges !== graph.edges) this.bounds = boundsOf(graph);
    this.graph = graph;
    this.look = look;
    if (this.camera) this.draw();
  }

  resize(width, height) {
    const scale = Math.min(devicePixelRatio || 1, 2);
    for (const each of [this.base, this.above, this.kept]) {
      each.width = width * scale;
      each.height = height * scale;
    }
    this.scale = scale;
    if (this.camera) this.draw();
  }

  move(camera) {
    this.camera = camera;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => (this.cost > SLOW ? this.shift() : this.draw()));
  }

  /** Moves the last drawing, and draws it anew when hands rest. */
  shift() {
    const { x, y, k } = this.camera;
    const { kept, scale } = this;
    const factor = k / kept.seen.k;
    const paint = this.base.getContext("2d");
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.clearRect(0, 0, this.base.width, this.base.height);
    paint.setTransform(factor, 0, 0, factor, scale * (x - kept.seen.x * factor), scale * (y - kept.seen.y * factor));
    paint.drawImage(kept, 0, 0);
    this.drawAbove();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.draw(), REST);
  }

  draw() {
    if (!this.camera || !this.graph || !this.scale) return;
    clearTimeout(this.rest);
    const begun = performance.now();
    const paint = this.base.getContext("2d");
    const [left, top, right, bottom] = this.open(paint);
    this.colours = coloursOf(this.element);
    this.drawEdges(paint, left, top, right, bottom);
    for (const id of this.graph.ids) {
      const [x, y] = this.graph.nodes[id].place;
      const { wide, high, head } = this.graph.shape;
      if (x > right || x + wide < left || y - head > bottom || y + high < top) continue;
      paintNode(paint, this, id, x, y);
    }
    paint.globalAlpha = 1;
    const spent = performance.now() - begun;
    // it is painted after this: the next frame comes the later
    requestAnimationFrame(() => (this.cost = Math.max(spent, performance.now() - begun - FRAME)));
    this.keep();
    this.drawAbove();
    this.element.dataset.drawn = "true";
  }

  /** Clears a canvas and sets it up for the plane; the part of that which is seen. */
  open(paint) {
    const { x, y, k } = this.camera;
    const scale = this.scale;
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.clearRect(0, 0, this.base.width, this.base.height);
    paint.setTransform(scale * k, 0, 0, scale * k, scale * x, scale * y);
    const [right, bottom] = this.camera.under(this.base.width / scale, this.base.height / scale);
    return [...this.camera.under(0, 0), right, bottom];
  }

  drawEdges(paint, left, top, right, bottom) {
    const { bounds, camera, look } = this;
    const edges = Object.values(this.graph.edges);
    const isFar = camera.level === "far" || camera.level === "dot";
    const near = [];
    paint.lineWidth = isFar ? 0.6 / camera.k : 1.25;
    paint.strokeStyle = this.colours.line;
    paint.globalAlpha = look.isDimming ? 0.25 : isFar ? 0.5 : 1;
    paint.beginPath();
    for (let at = 0; at < edges.length; at++) {
      const box = at * 4;
      if (bounds[box] > right || bounds[box + 2] < left) continue;
      if (bounds[box + 1] > bottom || bounds[box + 3] < top) continue;
      const [start, end, points] = edges[at];
      if (start === look.picked || end === look.picked) near.push(points);
      else route(paint, points, isFar);
    }
    paint.stroke();
    paint.globalAlpha = 1;
    paint.strokeStyle = this.colours.link;
    paint.lineWidth = Math.max(1.75, 1.5 / camera.k);
    paint.beginPath();
    for (const points of near) route(paint, points, isFar);
    paint.stroke();
  }

  keep() {
    const paint = this.kept.getContext("2d");
    paint.clearRect(0, 0, this.kept.width, this.kept.height);
    paint.drawImage(this.base, 0, 0);
    this.kept.seen = { x: this.camera.x, y: this.camera.y, k: this.camera.k };
  }

  /** What moves or goes from node to node: the mark of the picked one, and the running ones' beat. */
  drawAbove() {
    cancelAnimationFrame(this.beat);
    const paint = this.above.getContext("2d");
    const [left, top, right, bottom] = this.open(paint);
    const { graph, look, camera } = this;
    if (graph.has(look.picked)) ring(paint, graph.box(look.picked), 3, this.colours.link, 2 / Math.min(1, camera.k));
    const { colour } = lookOf("running");
    const part = this.still.matches ? 0.3 : (performance.now() % PULSE) / PULSE;
    let beats = false;
    for (const id of Object.keys(look.running)) {
      if (!graph.has(id)) continue;
      const [x, y, wide, high] = graph.box(id);
      if (x > right || x + wide < left || y > bottom || y + high < top) continue;
      paint.globalAlpha = 1 - part;
      ring(paint, [x, y, wide, high], 1 + part * 8, colour, 2 / Math.min(1, camera.k));
      beats = !this.still.matches;
    }
    paint.globalAlpha = 1;
    if (beats) this.beat = requestAnimationFrame(() => this.drawAbove());
  }

  focus() {}

  close() {
    for (const each of [this.frame, this.beat]) cancelAnimationFrame(each);
    clearTimeout(this.rest);
    this.themes.disconnect();
    this.dark.removeEventListener("change", this.onDark);
    this.element.remove();
  }
}

function ring(paint, [x, y, wide, high], out, colour, width) {
  paint.strokeStyle = colour;
  paint.lineWidth = width;
  paint.beginPath();
  paint.roundRect(x - out, y - out, wide + 2 * out, high + 2 * out, 7 + out);
  paint.stroke();
}

function route(paint, points, isStraight) {
  const last = points.length - 2;
  paint.moveTo(points[0], points[1]);
  if (isStraight) return paint.lineTo(points[last], points[last + 1]);
  for (let at = 2; at <= last; at += 2) {
    const [x, y] = [points[at], points[at + 1]];
    const [left, top] = [points[at - 2], points[at - 1]];
    const [bend, up] = bendOf(left, x);
    if (y === top && x > left) paint.lineTo(x, y);
    else paint.bezierCurveTo(left + bend, top - up, x - bend, y - up, x, y);
  }
  const [x, y] = [points[last] - 1, points[last + 1]];
  paint.moveTo(x - 5, y - 3);
  paint.lineTo(x, y);
  paint.lineTo(x - 5, y + 3);
}

/** Left, top, right and bottom of each edge, one after the other. */
function boundsOf(graph) {
  const edges = Object.values(graph.edges);
  const bounds = new Float32Array(edges.length * 4);
  edges.forEach(([, , points], at) => {
    const [xs, ys] = [points.filter((_, each) => !(each % 2)), points.filter((_, each) => each % 2)];
    bounds.set([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], at * 4);
  });
  return bounds;
}

function coloursOf(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--ab-${name}`).trim()]));
}
