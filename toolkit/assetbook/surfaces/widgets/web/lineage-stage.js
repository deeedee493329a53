// The place where a lineage is seen: dragging, the wheel, keys, and which picture draws it.
import { h } from "./dom.js";
import { Camera, NAMES, READABLE } from "./camera.js";
import { CanvasPicture } from "./lineage-canvas.js";
import { SvgPicture } from "./lineage-svg.js";
import { takeFamily } from "./lineage-words.js";
import { button } from "./parts.js";

const MOST_ELEMENTS = 1000; // nodes; more are drawn on canvas
const DRAG = 4; // pixels until a press is a drag
const STEP = 60; // pixels that a key pans
const HIGHEST = 560; // pixels, in a notebook
const AROUND = 260; // pixels that a page of its own has for what stands above and below
const CLOSER = 1.25;
const PANS = {
  ArrowLeft: [STEP, 0],
  ArrowRight: [-STEP, 0],
  ArrowUp: [0, STEP],
  ArrowDown: [0, -STEP],
};

/**
 * `told` is told what people do: { press(id, onGroup), menu(id, x, y, after), pick(id), find() }.
 * `wheelAlways`: the wheel zooms also without the focus, as on a page that holds nothing else.
 */
export class Stage {
  constructor(told, { wheelAlways }) {
    this.told = told;
    this.wheelAlways = wheelAlways;
    this.isFitted = true; // nobody has moved it: all of it is shown, or its beginning
    this.isWhole = false; // all of it was asked for
    this.camera = new Camera(() => this.picture?.move(this.camera));
    const zoom = (factor) => () => this.zoom(factor);
    this.tools = h(
      "div",
      { class: "ab-zoom", role: "group", "aria-label": "Zoom" },
      button("+", zoom(CLOSER), { "aria-label": "Zoom in", title: "zoom in (+)" }),
      button("−", zoom(1 / CLOSER), { "aria-label": "Zoom out", title: "zoom out (−)" }),
      button("fit", () => this.fit(), { "aria-label": "Fit all into the picture", title: "all of it (0)" }),
    );
    this.element = h("div", { class: "ab-stage" }, this.tools);
    this.listen();
    this.sizes = new ResizeObserver(() => this.resized());
    this.sizes.observe(this.element);
  }

  /** Shows a graph; `anchor`, [new, old], has a point be seen where the old one was. */
  show(graph, look, said, anchor = null) {
    takeFamily(getComputedStyle(this.element).fontFamily);
    const Kind = graph.ids.length > MOST_ELEMENTS ? CanvasPicture : SvgPicture;
    if (!(this.picture instanceof Kind)) this.use(new Kind(), said);
    this.graph = graph;
    this.look = look;
    this.grow();
    this.picture.update(graph, look, said);
    if (this.isFitted) {
      this.begin();
    } else if (anchor) {
      const [x, y] = this.camera.seen(anchor[1][0], anchor[1][1]);
      const [now, below] = this.camera.seen(anchor[0][0], anchor[0][1]);
      this.camera.pan(x - now, y - below);
    }
  }

  use(picture) {
    this.picture?.close();
    this.picture = picture;
    this.isCanvas = picture instanceof CanvasPicture;
    this.element.setAttribute("tabindex", this.isCanvas ? "0" : "-1"); // a press gives it the focus
    this.element.setAttribute("role", this.isCanvas ? "application" : "group");
    this.element.setAttribute("aria-label", "Lineage: arrow keys go from one to the next");
    this.element.prepend(picture.element);
    picture.resize(this.element.clientWidth, this.element.clientHeight);
    picture.move(this.camera);
  }

  /** Is as high as what it shows, within what is pleasant. */
  grow() {
    const { width, height } = this.graph.shape;
    const fitting = Math.min(1, (this.element.clientWidth - 32) / (width || 1));
    const scale = fitting < NAMES ? READABLE : fitting; // as the camera begins
    const most = this.wheelAlways ? Math.max(HIGHEST, window.innerHeight - AROUND) : HIGHEST;
    const high = Math.max(this.graph.ids.length > 60 ? 460 : 190, Math.min(most, height * scale + 70));
    if (high <= (this.high ?? 0)) return;
    this.high = Math.round(high);
    this.element.style.height = `${this.high}px`;
  }

  resized() {
    this.picture?.resize(this.element.clientWidth, this.element.clientHeight);
    if (this.graph && this.isFitted) this.begin();
  }

  fit() {
    [this.isFitted, this.isWhole] = [true, true];
    this.begin();
  }

  begin() {
    const { width, height } = this.graph.shape;
    const { clientWidth, clientHeight } = this.element;
    const [, first] = this.graph.box(this.graph.ids[0]);
    if (this.isWhole) this.camera.fit(width, height, clientWidth, clientHeight);
    else this.camera.begin(width, height, clientWidth, clientHeight, first);
  }

  zoom(factor, x = this.element.clientWidth / 2, y = this.element.clientHeight / 2) {
    this.isFitted = this.isWhole = false;
    this.camera.zoom(factor, x, y);
  }

  pan(right, down) {
    this.isFitted = this.isWhole = false;
    this.camera.pan(right, down);
  }

  /** Brings a node into sight; `centred`: into the middle, near enough to read. */
  reach(id, { centred = false, focus = false } = {}) {
    const { clientWidth, clientHeight } = this.element;
    const before = [this.camera.x, this.camera.y, this.camera.k].join();
    if (centred) this.camera.goTo(this.graph.box(id), clientWidth, clientHeight);
    else this.camera.reach(this.graph.box(id), clientWidth, clientHeight);
    if (before !== [this.camera.x, this.camera.y, this.camera.k].join()) this.isFitted = this.isWhole = false;
    if (focus) this.focus(id);
  }

  focus(id) {
    if (this.isCanvas) this.element.focus({ preventScroll: true });
    else this.picture.focus(id);
  }

  /** Where a node is seen, in pixels of the stage. */
  placeOf(id) {
    const [x, y, , high] = this.graph.box(id);
    return this.camera.seen(x + 24, y + high);
  }

  hit(event) {
    const frame = this.element.getBoundingClientRect();
    const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
    return { x, y, found: this.graph?.at(...this.camera.under(x, y)) ?? null };
  }

  listen() {
    const { element } = this;
    let held = null;
    const isTool = (event) => this.tools.contains(event.target);
    element.addEventListener("pointerdown", (event) => {
      if (event.button || isTool(event)) return;
      held = { x: event.clientX, y: event.clientY, moved: false };
    });
    element.addEventListener("pointermove", (event) => {
      if (!held) return void element.classList.toggle("ab-over", Boolean(this.hit(event).found));
      const [right, down] = [event.clientX - held.x, event.clientY - held.y];
      if (!held.moved && Math.hypot(right, down) < DRAG) return;
      if (!held.moved) element.setPointerCapture(event.pointerId);
      element.classList.add("ab-dragged");
      held = { x: event.clientX, y: event.clientY, moved: true };
      this.pan(right, down);
    });
    for (const name of ["pointerup", "pointercancel"]) {
      element.addEventListener(name, () => {
        element.classList.remove("ab-dragged");
        setTimeout(() => (held = null)); // after the click that may follow
      });
    }
    element.addEventListener("click", (event) => {
      if (held?.moved || isTool(event)) return;
      const id = event.target.closest?.("[data-id]")?.dataset.id;
      const found = event.detail === 0 && id ? { id, onGroup: false } : this.hit(event).found;
      if (found) this.told.press(found.id, found.onGroup);
    });
    element.addEventListener("contextmenu", (event) => {
      if (event.shiftKey || isTool(event)) return;
      event.preventDefault();
      event.stopPropagation();
      const { x, y, found } = this.hit(event);
      this.told.menu(found?.id ?? null, x, y);
    });
    element.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("focusin", (event) => {
      const id = event.target.dataset?.id;
      if (id !== undefined) this.told.pick(id);
    });
  }

  wheel(event) {
    const hasFocus = this.element.contains(document.activeElement);
    if (!this.wheelAlways && !hasFocus && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const { x, y } = this.hit(event);
    const lines = event.deltaMode === 1 ? 16 : 1;
    const strength = event.ctrlKey ? 0.01 : 0.0016;
    this.zoom(Math.exp(-Math.max(-400, Math.min(400, event.deltaY * lines)) * strength), x, y);
  }

  key(event) {
    if (event.target !== this.element && !event.target.dataset?.id) return;
    const { key, shiftKey } = event;
    const picked = this.graph.has(this.look.picked) ? this.look.picked : null;
    const arrow = key.startsWith("Arrow");
    const zooms = { "+": CLOSER, "=": CLOSER, "-": 1 / CLOSER, "−": 1 / CLOSER };
    const goTo = (id) => id !== null && id !== undefined && this.told.pick(id, { focus: true });
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key in zooms) this.zoom(zooms[key]);
    else if (key === "0") this.fit();
    else if (key === "/") this.told.find();
    else if (key === "ContextMenu" || (key === "F10" && shiftKey)) {
      this.told.menu(picked, ...(picked ? this.placeOf(picked) : [40, 40]));
    } else if (arrow && shiftKey) this.pan(...PANS[key]);
    else if (arrow) goTo(picked === null ? this.graph.ids[0] : this.graph.beside(picked, key));
    else if (key === "Home" || key === "End") goTo(this.graph.ids.at(key === "Home" ? 0 : -1));
    else if ((key === "Enter" || key === " ") && picked) this.told.press(picked, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  close() {
    this.sizes.disconnect();
    this.picture?.close();
  }
}
