// A list of any length of which only the lines in sight are elements.
import { fill, h } from "./dom.js";

const BEYOND = 8; // lines above and below what is in sight
let lists = 0;

/** A list of lines of one height, by mouse and by the arrow keys.
 *
 * `count()` says how many there are, `row(index)` makes the content of one, `picked(index)` is told
 * of a click or Enter, `scrolled()` of each scroll by whoever. */
export class VirtualList {
  constructor({ label, height, count, row, picked = () => {}, scrolled = () => {}, name = "" }) {
    Object.assign(this, { height, count, row, picked, scrolled });
    this.id = `ab-lines-${++lists}`;
    this.at = -1; // the line that the keys are at
    this.space = h("div", { class: "ab-lines-space" });
    this.element = h(
      "div",
      {
        class: `ab-lines ${name}`,
        tabindex: "0",
        role: "listbox",
        "aria-label": label,
        onscroll: () => this.soon(),
        onkeydown: (event) => this.pressed(event),
      },
      this.space,
    );
    this.sizes = new ResizeObserver(() => this.soon());
    this.sizes.observe(this.element);
  }

  /** Draws before the next picture; as often as one likes. */
  soon() {
    if (this.due) return;
    this.due = requestAnimationFrame(() => {
      this.due = 0;
      this.draw();
      this.scrolled();
    });
  }

  draw() {
    const count = this.count();
    const { scrollTop, clientHeight } = this.element;
    this.space.style.height = `${count * this.height}px`;
    const first = Math.max(0, Math.floor(scrollTop / this.height) - BEYOND);
    const end = Math.min(count, Math.ceil((scrollTop + clientHeight) / this.height) + BEYOND);
    const rows = [];
    for (let index = first; index < end; index++) rows.push(this.placed(index, count));
    fill(this.space, rows);
    this.tellAt();
  }

  placed(index, count) {
    return h(
      "div",
      {
        class: "ab-lines-row",
        id: `${this.id}-${index}`,
        role: "option",
        "aria-selected": String(index === this.at),
        "aria-posinset": index + 1,
        "aria-setsize": count,
        style: { top: `${index * this.height}px`, height: `${this.height}px` },
        onclick: () => this.pick(index),
      },
      this.row(index),
    );
  }

  /** Whether the last line is in sight. */
  get isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.element;
    return scrollTop + clientHeight >= scrollHeight - this.height;
  }

  toEnd() {
    this.space.style.height = `${this.count() * this.height}px`;
    this.element.scrollTop = this.element.scrollHeight;
    this.soon();
  }

  /** Brings a line into sight: to the middle, or not at all if it is there. */
  show(index, middle = false) {
    const { scrollTop, clientHeight } = this.element;
    this.space.style.height = `${this.count() * this.height}px`;
    const top = index * this.height;
    if (middle) this.element.scrollTop = top - clientHeight / 2;
    else if (top < scrollTop) this.element.scrollTop = top;
    else if (top + this.height > scrollTop + clientHeight) {
      this.element.scrollTop = top + this.height - clientHeight;
    }
    this.soon();
  }

  pick(index) {
    this.at = index;
    this.soon();
    this.picked(index);
  }

  pressed(event) {
    const count = this.count();
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const ends = { Home: 0, End: count - 1 };
    if (event.target !== this.element || !count) return;
    if (event.key === "Enter" && this.at >= 0) this.pick(this.at);
    else if (event.key in steps) this.move(this.at + steps[event.key], count);
    else if (event.key in ends) this.move(ends[event.key], count);
    else return;
    event.preventDefault();
  }

  move(index, count) {
    this.at = Math.max(0, Math.min(count - 1, index));
    this.show(this.at);
  }

  tellAt() {
    const row = this.at >= 0 && this.space.querySelector(`#${this.id}-${this.at}`);
    if (row) this.element.setAttribute("aria-activedescendant", row.id);
    else this.element.removeAttribute("aria-activedescendant");
  }

  close() {
    cancelAnimationFrame(this.due);
    this.sizes.disconnect();
  }
}
