// The value of a version: its columns, its rows where a person asks for them, pictures and texts.
import { Profile } from "./profile.js";
import { mountRows } from "./rows.js";
import { fill, h } from "./dom.js";
import { button, empty, problem } from "./parts.js";
import { inPart, redraw } from "./texts.js";
import { count, counted } from "./words.js";

/** The part of the view that shows the value. */
export class AssetValue {
  constructor({ wire, bar }) {
    this.wire = wire;
    this.bar = bar;
    this.head = h("div");
    this.place = h("div", { class: "ab-value" }); // stays where it is, else it would scroll back
    this.profile = new Profile(wire);
    this.element = h("div", { class: "ab-asset-part ab-wide" }, this.head, this.place, this.profile.element);
    this.rows = null;
    this.version = null; // the one whose value shows
    this.asked = 0;
  }

  /** Shows what the latest version has; the value itself only once it is asked for. */
  update(now) {
    this.now = now;
    redraw(this.head, () => this.drawHead(now));
    this.profile.update(now.asset.key, now.schema, now.latest);
  }

  drawHead({ latest }) {
    if (latest === null) {
      return inPart("value", empty("No value yet.", "Materialize it, and its rows can be looked at here."));
    }
    const isOther = this.version !== null && this.version !== latest;
    return inPart(
      isOther ? `value of version ${this.version}` : "value",
      h(
        "div",
        { class: "ab-tools" },
        this.version === null ? this.shower(latest, "show the value") : this.hider(),
        isOther ? this.shower(latest, `show version ${latest}, the latest`) : null,
        h("span", { class: "ab-muted" }, "What shows here is not saved in the notebook."),
      ),
    );
  }

  shower(version, label) {
    return button(label, () => this.show(version), { "data-at": "value", class: "ab-button ab-main" });
  }

  hider() {
    return button("hide the value", () => this.hide(), { "data-at": "value" });
  }

  /** Goes to where values show, and shows that of a version. */
  goTo(version) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.element.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" });
    return this.show(version);
  }

  /** Asks for the value of a version and shows it. */
  async show(version) {
    const asked = ++this.asked;
    this.version = version;
    this.update(this.now);
    this.close();
    fill(this.place, h("p", { class: "ab-muted", role: "status" }, "reading …"));
    try {
      const found = await this.wire.ask("value", { key: this.now.asset.key, version });
      if (asked !== this.asked) return;
      this.bar.tell({ line: found.line, said: "", goes_on: false });
      this.fillWith(found, version);
    } catch (error) {
      if (asked === this.asked) fill(this.place, problem(error));
    }
  }

  hide() {
    this.asked++;
    this.close();
    this.version = null;
    fill(this.place);
    this.update(this.now);
  }

  fillWith(found, version) {
    if (found.shape === "table" && !found.rows) fill(this.place, empty("A table without rows."));
    else if (found.shape === "table") {
      const given = { key: this.now.asset.key, version };
      this.rows = mountRows(this.place, {
        wire: this.wire,
        given,
        columns: found.columns,
        count: found.rows,
      });
    } else if (found.shape === "picture") fill(this.place, picture(found));
    else if (found.shape === "text") fill(this.place, text(found));
    else fill(this.place, h("p", { class: "ab-muted" }, found.why));
  }

  close() {
    this.rows?.close();
    this.rows = null;
  }
}

function picture({ png, width, height }) {
  return h("img", {
    class: "ab-picture",
    src: `data:image/png;base64,${png.replace(/[^A-Za-z0-9+/=]/g, "")}`,
    alt: `The figure, ${count(width)} by ${count(height)} pixels`,
    width,
    height,
  });
}

function text({ text: said, cut }) {
  return [
    h("pre", { class: "ab-source-text ab-value-text", tabindex: "0" }, said),
    cut ? h("p", { class: "ab-muted" }, `… ${counted(cut, "more character")}`) : null,
  ].filter(Boolean);
}
