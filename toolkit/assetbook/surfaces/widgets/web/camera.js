// What part of a picture is seen, and how large: a place and a scale, moved by hands and keys.

const LEAST = 0.02;
const MOST = 2.5;
const NEAR = 0.7;
export const NAMES = 0.3;
export const READABLE = 0.85;
const EDGE = 16; // pixels kept free around what is fitted or brought into sight
const FOOT = 24; // pixels at the bottom, where buttons lie

/** A camera over a plane: a point (x, y) of it is seen at (x * k + this.x, y * k + this.y). */
export class Camera {
  constructor(moved) {
    this.x = EDGE;
    this.y = EDGE;
    this.k = 1;
    this.moved = moved;
  }

  /** How near it is: whether there is room for all words, for names, for symbols, or for dots. */
  get level() {
    if (this.k >= NEAR) return "near";
    return this.k >= NAMES ? "mid" : this.k >= 0.24 ? "far" : "dot";
  }

  pan(right, down) {
    this.x += right;
    this.y += down;
    this.moved();
  }

  /** Zooms about a point of the screen, which stays where it is. */
  zoom(factor, x, y) {
    const k = Math.min(MOST, Math.max(LEAST, this.k * factor));
    this.x = x - ((x - this.x) * k) / this.k;
    this.y = y - ((y - this.y) * k) / this.k;
    this.k = k;
    this.moved();
  }

  /** Shows all of a plane of that size; where names could not be read then, its beginning at a
   * size at which all can, with the point (x, y) of it at half height. */
  begin(wide, high, width, height, y) {
    this.fit(wide, high, width, height);
    if (this.k >= NAMES) return;
    this.k = READABLE;
    this.x = EDGE;
    const tall = high * this.k;
    const down = height / 2 - y * this.k;
    if (tall < height) this.y = (height - tall) / 2;
    else this.y = Math.min(EDGE, Math.max(height - EDGE - tall, down)); // no empty room at an end
    this.moved();
  }

  /** Shows all of a plane of that size, not larger than life, in the middle. */
  fit(wide, high, width, height) {
    height -= FOOT;
    const room = Math.min((width - 2 * EDGE) / (wide || 1), (height - 2 * EDGE) / (high || 1));
    this.k = Math.min(1, Math.max(LEAST, room));
    this.x = (width - wide * this.k) / 2;
    this.y = (height - high * this.k) / 2;
    this.moved();
  }

  /** Moves as little as brings a box of the plane into sight. */
  reach([left, top, wide, high], width, height) {
    const [x, y] = this.seen(left, top);
    this.x += least(x, x + wide * this.k, width);
    this.y += least(y, y + high * this.k, height);
    this.moved();
  }

  /** Brings a box into the middle, near enough to be read. */
  goTo([left, top, wide, high], width, height) {
    this.k = Math.max(this.k, 0.9);
    this.x = width / 2 - (left + wide / 2) * this.k;
    this.y = height / 2 - (top + high / 2) * this.k;
    this.moved();
  }

  /** Where a point of the plane is seen. */
  seen(x, y) {
    return [x * this.k + this.x, y * this.k + this.y];
  }

  /** The point of the plane that is seen there. */
  under(x, y) {
    return [(x - this.x) / this.k, (y - this.y) / this.k];
  }
}

function least(from, to, size) {
  if (from < EDGE) return EDGE - from;
  return to > size - EDGE ? Math.max(size - EDGE - to, EDGE - from) : 0;
}
