// What narrows a log: words, the stream, the level, the step; and whether its end is followed.
import { h } from "./dom.js";
import { LEVELS, STREAMS } from "./log-book.js";
import { button } from "./parts.js";
import { size } from "./words.js";

const PAUSE = 120; // milliseconds without a key until what was typed is searched for

/** The tools of a log. `changed()` is called when what they let through has changed, `follows(on)`
 * when somebody turns following on or off, `fetches()` is to fetch what was left out. */
export class LogTools {
  constructor({ changed, follows, fetches }) {
    let timer;
    const typed = () => {
      clearTimeout(timer);
      timer = setTimeout(changed, PAUSE);
    };
    this.search = h("input", {
      type: "search",
      class: "ab-search",
      placeholder: "search the log",
      "aria-label": "Search the log",
      oninput: typed,
    });
    const streams = Object.entries(STREAMS).map(([name, { word }]) => [name, word]);
    this.stream = choice("Which lines", streams, changed);
    const levels = LEVELS.slice(1).map((level) => [level, `${level.toLowerCase()} and above`]);
    this.level = choice("Level", [["", "any level"], ...levels], changed);
    this.step = choice("Step", [["", "all steps"]], changed);
    this.follow = button("follow", () => follows(!this.isFollowing), {
      "aria-pressed": "false",
      title: "Stay at the end while it grows",
    });
    this.rest = button("", fetches, { hidden: true });
    this.said = h("span", { class: "ab-muted", role: "status" });
    this.element = h(
      "div",
      { class: "ab-tools" },
      ...[this.search, this.stream, this.level, this.step, this.follow, this.said, this.rest],
    );
  }

  get words() {
    return this.search.value.toLowerCase();
  }

  get isFollowing() {
    return this.follow.getAttribute("aria-pressed") === "true";
  }

  showFollowing(on, isLive) {
    this.follow.setAttribute("aria-pressed", String(on));
    this.follow.hidden = !isLive;
  }

  /** Offers to read what stands in the log files alone, so many bytes. */
  offerRest(bytes) {
    this.rest.hidden = !bytes;
    this.rest.textContent = `read the lines left out (${size(bytes)})`;
  }

  /** Offers these steps, and keeps the one that is chosen. */
  offer(steps) {
    if (this.step.options.length > steps.size) return;
    const known = new Set([...this.step.options].map((each) => each.value));
    for (const step of steps) {
      if (!known.has(step)) this.step.append(h("option", { value: step }, step));
    }
  }

  /** Narrows it to a step, "" for all. */
  choose(step) {
    const known = [...this.step.options].some((each) => each.value === step);
    if (!known) this.step.append(h("option", { value: step }, step));
    this.step.value = step;
  }

  /** What a line must be; null if each is let through. */
  test() {
    const { words } = this;
    const { only } = STREAMS[this.stream.value];
    const least = LEVELS.indexOf(this.level.value);
    const step = this.step.value;
    if (!words && this.stream.value === "all" && least < 0 && !step) return null;
    return (line) =>
      only(line) &&
      (!step || line.step === step) &&
      (least < 0 || LEVELS.indexOf(line.level) >= least) &&
      (!words || line.text.toLowerCase().includes(words));
  }
}

/** A field to choose one of `[value, word]`. */
export function choice(label, options, onchange) {
  return h(
    "select",
    { class: "ab-pick-field", "aria-label": label, onchange },
    options.map(([value, word]) => h("option", { value }, word)),
  );
}
