// What views are made of: state marks, buttons, messages, and the bar that tells of actions.
import { fill, h } from "./dom.js";
import { count } from "./words.js";

let looks = {};
let groups = [];

/** Takes how states look from the greeting: one place in Python says so for all views. */
export function takeLooks(greeting) {
  looks = greeting.looks;
  groups = greeting.groups;
}

export function lookOf(state) {
  return looks[state] ?? { colour: "#7f8794", symbol: "·", word: state ?? "" };
}

/** The colour of a group: the same for the same name, as in Python. */
export function groupColour(name) {
  return groups[crc32(new TextEncoder().encode(name)) % groups.length];
}

function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A state as symbol, word and colour. */
export function stateMark(state) {
  const look = lookOf(state);
  return h(
    "span",
    { class: "ab-state", "data-state": state },
    h("span", { class: "ab-symbol", style: { color: look.colour }, "aria-hidden": "true" }, look.symbol),
    h("span", {}, look.word),
  );
}

/** How many are in a state. */
export function stateCount(state, number) {
  return h("span", { class: "ab-count" }, stateMark(state), ` ${count(number)}`);
}

export function button(label, onclick, properties = {}) {
  return h("button", { type: "button", class: "ab-button", onclick, ...properties }, label);
}

/** What stands where there is nothing to show, and what to do about that. */
export function empty(said, ...more) {
  return h("div", { class: "ab-empty" }, h("p", {}, said), ...more.map((each) => h("p", {}, each)));
}

const SHORTEST = '@asset\ndef orders():\n    return pd.read_csv("orders.csv")';

/** What stands where nothing is defined yet. */
export function noAssets() {
  return empty("No assets yet. Define one in a cell:", h("code", { class: "ab-line ab-example" }, SHORTEST));
}

/** An error as people read it: what was asked, what was found, what to do. */
export function problem(error) {
  const remedy = error.remedy ? h("span", { class: "ab-muted" }, ` ${error.remedy}`) : null;
  return h(
    "div",
    { class: "ab-problem", role: "alert" },
    h("span", { class: "ab-symbol", "aria-hidden": "true" }, "✕"),
    h("span", { class: "ab-what-is-wrong" }, error.message, remedy),
  );
}

/** A bar that tells what was done, with the line of code that does the same, to copy. */
export class ActionBar {
  constructor(wire) {
    this.wire = wire;
    this.element = h("div", { class: "ab-actions", role: "status", "aria-live": "polite" });
  }

  /**
   * Does it, and tells of it; what is answered, or null if it was refused.
   *
   * Its `ended` is a promise of how it ended, null if it failed then.
   */
  async act(verb, words = [], location = "") {
    const told = (this.told = {});
    let line;
    const failed = (error) => {
      line ??= error.line;
      const isNamed = error.asked === `\`${line}\``; // the line stands before it
      const wrong = isNamed ? { message: error.found, remedy: error.remedy } : error;
      if (this.told === told) fill(this.element, this.code(line), problem(wrong), this.closer());
      return null;
    };
    fill(this.element, h("span", { class: "ab-muted" }, `${verb} …`));
    try {
      const done = await this.wire.act(verb, words, location);
      ({ line } = done);
      this.tell(done);
      const ended = done.ended.then((end) => {
        if (this.told === told) this.tell(end);
        return end;
      }, failed);
      return { ...done, ended };
    } catch (error) {
      return failed(error);
    }
  }

  tell(done) {
    const said = done.goes_on ? "goes on" : (done.said.split("\n")[0] ?? "");
    fill(
      this.element,
      this.code(done.line, done.said),
      h("span", { class: "ab-muted ab-said" }, said),
      this.closer(),
    );
  }

  /** The line of code, to copy; nothing where there is none. */
  code(line, said = "") {
    if (!line) return null;
    const copy = button("copy", () => navigator.clipboard?.writeText(line), {
      "aria-label": "Copy the line of code that does the same",
    });
    return [h("code", { class: "ab-line", title: said }, line), copy];
  }

  closer() {
    return button("×", () => fill(this.element), { "aria-label": "Close", class: "ab-button ab-quiet" });
  }
}
