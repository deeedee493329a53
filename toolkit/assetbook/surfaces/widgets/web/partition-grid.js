// A canvas of one square for each partition: only what is in sight is drawn, so that a hundred
// thousand scroll as a hundred do. Mouse and keyboard choose; what happens is told to who asked.
import { h } from "./dom.js";
import { drawShades, drawStates, levelOf } from "./grid-tiles.js";
import { layoutOf } from "./grid-layout.js";

const SIDES = [4, 6, 9, 13, 18];
const TALLEST = 440;
const EDGE = 3; // pixels around, for the mark of what is chosen
const LABEL = 82; // pixels of the label of a row that is a day

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
      { class: "ab-squares-scroll", tabindex: "0", role: "application", "aria-roledescription": "grid of partitions" },
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
      this.side ??= keys.length > 20_000 ? 6 : keys.length > 2_000 ? 9 : keys.length > 300 ? 13 : 18;
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
    const room = {
      columns: Math.floor((this.element.clientWidth - LABEL - 8) / pitch),
      rows: Math.floor((TALLEST - 16) / pitch),
      label: Math.ceil((LABEL + 8) / pitch),
    };
    this.layout = layoutOf(this.keys, this.dimensions, room);
    const { rows, columns } = this.layout;
    this.left = this.labelWidth() || EDGE;
    this.top = this.headHeight() || EDGE;
    this.space.style.width = `${this.left + columns * pitch + 2}px`;
    const tall = this.top + rows * pitch + 4;
    this.space.style.height = `${tall}px`;
    this.element.style.height = `${Math.min(TALLEST, tall + 14)}px`;
    this.redraw();
  }

  pitch() {
    return this.side + (this.side > 8 ? 2 : 1);
  }

  labelWidth() {
    const longest = [0, this.layout.rows >> 1, this.layout.rows - 1].reduce((most, row) => Math.max(most, this.layout.rowLabel(row, 0).length), 0);
    return longest ? Math.min(150, longest * 7 + 12) : 0;
  }

  headHeight() {
    if (!this.layout.columnLabel(0)) return 0;
    if (!this.layout.isTilted) return 16;
    let longest = 0;
    for (let column = 0; column < Math.min(this.layout.columns, 400); column++) longest = Math.max(longest, this.layout.columnLabel(column).length);
    return Math.min(110, longest * 6 + 10);
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
    const colours = { text: style.getPropertyValue("color"), muted: style.getPropertyValue("--ab-muted").trim() || "#777" };
    const sight = this.inSight(width, height);
    this.drawSquares(pen, sight, colours);
    this.drawLabels(pen, sight, colours, width, height);
  }

  inSight(width, height) {
    const pitch = this.pitch();
    const { scrollLeft: x, scrollTop: y } = this.element;
    return {
      x, y, pitch,
      rows: [Math.max(0, Math.floor(y / pitch)), Math.min(this.layout.rows, Math.ceil((y + height - this.top) / pitch))],
      columns: [Math.max(0, Math.floor(x / pitch)), Math.min(this.layout.columns, Math.ceil((x + width - this.left) / pitch))],
    };
  }

  drawSquares(pen, sight, colours) {
    const alike = new Map();
    const marked = [];
    for (let row = sight.rows[0]; row < sight.rows[1]; row++) {
      for (let column = sight.columns[0]; column < sight.columns[1]; column++) {
        const number = this.layout.at(row, column);
        if (number < 0) continue;
        const place = [this.left + column * sight.pitch - sight.x, this.top + row * sight.pitch - sight.y];
        const look = this.shares ? levelOf(this.shares[number]) : this.letters[number];
        if (!alike.has(look)) alike.set(look, []);
        alike.get(look).push(place);
        if (this.chosen[number]) marked.push(place);
      }
    }
    const draw = this.shares ? drawShades : drawStates;
    for (const [look, places] of alike) draw(pen, look, places, this.side);
    mark(pen, marked, this.side, colours.text);
    if (document.activeElement === this.element) this.drawCursor(pen, sight, colours.text);
  }

  drawCursor(pen, sight, colour) {
    const [row, column] = this.layout.placeOf(this.at);
    const [x, y] = [this.left + column * sight.pitch - sight.x, this.top + row * sight.pitch - sight.y];
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash([3, 2]);
    pen.strokeRect(x - 2, y - 2, this.side + 4, this.side + 4);
    pen.setLineDash([]);
  }

  drawLabels(pen, sight, colours, width, height) {
    pen.fillStyle = colours.muted;
    pen.font = `${Math.max(10, Math.min(11, this.side + 3))}px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace`;
    pen.textAlign = "left";
    pen.textBaseline = "middle";
    pen.clearRect(0, 0, this.left - EDGE, height);
    pen.clearRect(0, 0, width, this.top - EDGE);
    const every = Math.ceil(12 / sight.pitch);
    for (let row = sight.rows[0]; row < sight.rows[1] && this.left > EDGE; row++) {
      const y = this.top + row * sight.pitch - sight.y + this.side / 2;
      for (let band = 0; band < this.layout.bands && row % every === 0 && y > this.top; band++) {
        const x = band ? this.left + band * this.layout.bandWidth * sight.pitch - sight.x - this.left : 0;
        pen.fillText(cut(this.layout.rowLabel(row, band), 19), x, y);
      }
    }
    for (let column = sight.columns[0]; column < sight.columns[1] && this.top > EDGE; column++) {
      const x = this.left + column * sight.pitch - sight.x + this.side / 2;
      if ((column % this.layout.bandWidth) % Math.ceil((this.layout.isTilted ? 12 : 18) / sight.pitch) || x < this.left) continue;
      this.columnLabel(pen, this.layout.columnLabel(column), x);
    }
  }

  columnLabel(pen, text, x) {
    pen.save();
    pen.translate(x, this.top - 5);
    if (this.layout.isTilted) pen.rotate(-Math.PI / 2);
    else pen.textAlign = "center";
    pen.fillText(cut(text, 17), 0, this.layout.isTilted ? 0 : -2);
    pen.restore();
  }

  /** The number of the partition below a mouse event; -1 for none. */
  below(event) {
    const box = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - this.left, event.clientY - box.top - this.top];
    if (x < 0 || y < 0) return -1;
    const pitch = this.pitch();
    return this.layout.at(Math.floor((y + this.element.scrollTop) / pitch), Math.floor((x + this.element.scrollLeft) / pitch));
  }

  /** Scrolls so far that the square is in sight. */
  reveal(number) {
    if (!this.layout || !this.keys.length) return;
    const pitch = this.pitch();
    const [row, column] = this.layout.placeOf(number);
    const { clientHeight: tall, clientWidth: wide } = this.element;
    const [x, y] = [column * pitch, row * pitch];
    if (y < this.element.scrollTop) this.element.scrollTop = y;
    else if (y + this.top + pitch > this.element.scrollTop + tall) this.element.scrollTop = y + this.top + pitch - tall + 4;
    if (x < this.element.scrollLeft) this.element.scrollLeft = x;
    else if (x + this.left + pitch > this.element.scrollLeft + wide) this.element.scrollLeft = x + this.left + pitch - wide + 4;
  }

  close() {
    cancelAnimationFrame(this.frame);
    this.sized.disconnect();
    this.scheme.removeEventListener("change", this.repaint);
  }
}

function mark(pen, places, side, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = side > 8 ? 2 : 1.5;
  const inset = pen.lineWidth / 2 - 0.5;
  for (const [x, y] of places) pen.strokeRect(x + inset, y + inset, side - 2 * inset, side - 2 * inset);
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
