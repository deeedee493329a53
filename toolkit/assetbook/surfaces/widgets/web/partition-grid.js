// A canvas of one square for each partition: only what is in sight is drawn, so that a hundred
// thousand scroll as a hundred do. Mouse and keyboard choose; what happens is told to who asked.
import { h } from "./dom.js";
import { LABEL, beginOf, drawLabels, widthOf } from "./grid-labels.js";
import { layoutOf } from "./grid-layout.js";
import { drawShades, drawStates, levelOf } from "./grid-tiles.js";

const SIDES = [4, 6, 9, 13, 18];
const TALLEST = 440;

/** The grid: see `show`. `told` has `moved(number)`, `chosen()` and `opened(number)`. */
export class PartitionGrid {
  constructor(told) {
    this.told = told;
    this.at = 0; // where the keyboard is
    this.anchor = 0;
    this.keys = [];
    this.chosen = new Uint8Array(0);
    this.canvas = h("canvas", { class: "ab-squares", "aria-hidden": "true" });
    this.space = h("div", { class: "ab-squares-space" }, this.canvas);
    this.element = h(
      "div",
      {
        class: "ab-squares-scroll",
        tabindex: "0",
        role: "application",
        "aria-roledescription": "grid of partitions",
      },
      this.space,
    );
    this.element.addEventListener("scroll", () => this.redraw());
    this.element.addEventListener("focus", () => this.redraw());
    this.element.addEventListener("blur", () => this.redraw());
    this.sized = new ResizeObserver(() => this.arrange());
    this.sized.observe(this.element);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", (this.repaint = () => this.redraw()));
  }

  /** Shows partitions by their keys, a letter for each one's state, and dimensions if there are. */
  show(keys, letters, dimensions) {
    if (keys.length !== this.keys.length || keys.some((key, at) => key !== this.keys[at])) {
      const kept = new Set(this.keys.filter((_, at) => this.chosen[at]));
      this.chosen = Uint8Array.from(keys, (key) => (kept.has(key) ? 1 : 0));
      this.at = this.anchor = Math.min(this.at, Math.max(0, keys.length - 1));
      this.side ??= sideFor(keys.length);
    }
    Object.assign(this, { keys, letters, dimensions });
    this.arrange();
  }

  /** Shows numbers as shades, each a share from 0 to 1 or null; null for the states again. */
  shade(shares) {
    this.shares = shares;
    this.redraw();
  }

  /** Makes the squares larger (1) or smaller (-1); whether that went. */
  zoom(step) {
    const next = SIDES[SIDES.indexOf(this.side) + step];
    if (!next) return false;
    this.side = next;
    this.arrange();
    this.reveal(this.at);
    return true;
  }

  arrange() {
    if (!this.keys.length) return;
    const pitch = this.pitch();
    const columnsBeside = (label) => Math.floor((this.element.clientWidth - label - 8) / pitch);
    const room = {
      columns: columnsBeside(LABEL),
      beside: (characters) => columnsBeside(widthOf(characters)),
      rows: Math.floor((TALLEST - 16) / pitch),
      label: Math.ceil((LABEL + 8) / pitch),
    };
    this.layout = layoutOf(this.keys, this.dimensions, room);
    const { rows, columns } = this.layout;
    [this.left, this.top] = beginOf(this.layout);
    this.space.style.width = `${this.left + columns * pitch + 2}px`;
    const tall = this.top + rows * pitch + 4;
    this.space.style.height = `${tall}px`;
    this.element.style.height = `${Math.min(TALLEST, tall + 14)}px`;
    this.redraw();
  }

  pitch() {
    return this.side + (this.side > 8 ? 2 : 1);
  }

  redraw() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  draw() {
    if (!this.layout || !this.element.isConnected) return;
    const [width, height] = [this.element.clientWidth, this.element.clientHeight];
    const scale = globalThis.devicePixelRatio || 1;
    if (this.canvas.width !== width * scale || this.canvas.height !== height * scale) {
      [this.canvas.width, this.canvas.height] = [width * scale, height * scale];
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    const pen = this.canvas.getContext("2d");
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, width, height);
    const style = getComputedStyle(this.element);
    const muted = style.getPropertyValue("--ab-muted").trim() || "#777";
    const sight = this.inSight(width, height);
    this.drawSquares(pen, sight, style.getPropertyValue("color"));
    drawLabels(pen, this, sight, muted);
  }

  inSight(width, height) {
    const pitch = this.pitch();
    const { scrollLeft: x, scrollTop: y } = this.element;
    const within = (from, to, all) => [
      Math.max(0, Math.floor(from / pitch)),
      Math.min(all, Math.ceil(to / pitch)),
    ];
    return {
      x,
      y,
      width,
      height,
      pitch,
      rows: within(y, y + height - this.top, this.layout.rows),
      columns: within(x, x + width - this.left, this.layout.columns),
    };
  }

  drawSquares(pen, sight, colour) {
    const alike = new Map();
    const marked = [];
    for (let row = sight.rows[0]; row < sight.rows[1]; row++) {
      for (let column = sight.columns[0]; column < sight.columns[1]; column++) {
        const number = this.layout.at(row, column);
        if (number < 0) continue;
        const place = this.placeIn(sight, row, column);
        const look = this.shares ? levelOf(this.shares[number]) : this.letters[number];
        if (!alike.has(look)) alike.set(look, []);
        alike.get(look).push(place);
        if (this.chosen[number]) marked.push(place);
      }
    }
    const draw = this.shares ? drawShades : drawStates;
    for (const [look, places] of alike) draw(pen, look, places, this.side);
    mark(pen, marked, this.side, colour);
    if (document.activeElement === this.element) this.drawCursor(pen, sight, colour);
  }

  /** Where a square is drawn, `[x, y]`. */
  placeIn(sight, row, column) {
    return [this.left + column * sight.pitch - sight.x, this.top + row * sight.pitch - sight.y];
  }

  drawCursor(pen, sight, colour) {
    const [row, column] = this.layout.placeOf(this.at);
    const [x, y] = this.placeIn(sight, row, column);
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash([3, 2]);
    pen.strokeRect(x - 2, y - 2, this.side + 4, this.side + 4);
    pen.setLineDash([]);
  }

  /** The number of the partition below a mouse event; -1 for none. */
  below(event) {
    const box = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - this.left, event.clientY - box.top - this.top];
    if (x < 0 || y < 0) return -1;
    const pitch = this.pitch();
    const { scrollLeft, scrollTop } = this.element;
    return this.layout.at(Math.floor((y + scrollTop) / pitch), Math.floor((x + scrollLeft) / pitch));
  }

  /** Scrolls so far that the square is in sight. */
  reveal(number) {
    if (!this.layout || !this.keys.length) return;
    const pitch = this.pitch();
    const [row, column] = this.layout.placeOf(number);
    const { element } = this;
    const { clientHeight: tall, clientWidth: wide } = element;
    const [x, y] = [column * pitch, row * pitch];
    const [right, bottom] = [x + this.left + pitch, y + this.top + pitch];
    if (y < element.scrollTop) element.scrollTop = y;
    else if (bottom > element.scrollTop + tall) element.scrollTop = bottom - tall + 4;
    if (x < element.scrollLeft) element.scrollLeft = x;
    else if (right > element.scrollLeft + wide) element.scrollLeft = right - wide + 4;
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.sized.disconnect();
    this.scheme.removeEventListener("change", this.repaint);
  }
}

/** The side of the squares of so many partitions: the more there are, the smaller. */
function sideFor(many) {
  if (many > 20_000) return 6;
  if (many > 2_000) return 9;
  return many > 300 ? 13 : 18;
}

function mark(pen, places, side, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = side > 8 ? 2 : 1.5;
  const inset = pen.lineWidth / 2 - 0.5;
  for (const [x, y] of places) pen.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
}
