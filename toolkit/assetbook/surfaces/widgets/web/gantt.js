// The steps of a run in time, as they ran: a bar for each try, which grows while it runs.
import { fill, h } from "./dom.js";
import { lookMark } from "./log-row.js";
import { button } from "./parts.js";
import { VirtualList } from "./virtual-list.js";
import { count, counted, duration } from "./words.js";

const HEIGHT = 24; // pixels of a step
const MOST = 14; // steps in sight at once
const TICKS = 5;

/** The chart in `el`; `picked(step)` is told of a step that is chosen, "" for none, `opened(key)` of
 * an asset to open. */
export class Gantt {
  constructor(el, { picked, opened }) {
    this.opened = opened;
    this.names = [];
    this.steps = {};
    this.chosen = "";
    this.head = h("div", { class: "ab-gantt-head", "aria-hidden": "true" });
    this.said = h("span", { class: "ab-muted" });
    this.more = h("div", { class: "ab-gantt-more" });
    this.list = new VirtualList({
      label: "Steps, as they ran",
      name: "ab-gantt",
      height: HEIGHT,
      count: () => this.names.length,
      row: (index) => this.row(this.names[index]),
      picked: (index) => {
        const name = this.names[index];
        this.chosen = name === this.chosen ? "" : name;
        this.tell();
        this.list.soon();
        picked(this.chosen);
      },
    });
    const title = h(
      "div",
      { class: "ab-line-of" },
      h("h3", { class: "ab-run-part" }, "Steps"),
      this.said,
    );
    fill(el, title, this.head, this.list.element, this.more);
    this.timer = setInterval(() => this.goesOn && this.draw(), 250);
  }

  /** Shows the steps of a run. */
  show(run, steps) {
    Object.assign(this, { run, steps });
    this.names = Object.keys(steps);
    this.goesOn = !run.ended && Boolean(run.started);
    this.list.element.style.height = `${Math.min(this.names.length, MOST) * HEIGHT + 2}px`;
    this.draw();
    this.tell();
  }

  draw() {
    const tries = Object.values(this.steps).flatMap((step) => step.tries);
    const starts = tries.map(({ started }) => started).filter(Boolean);
    const first = Date.parse(this.run.started ?? this.run.queued);
    this.from = Math.min(first, ...starts.slice(0, 1).map(Date.parse));
    const last = this.run.ended ? Date.parse(this.run.ended) : Date.now();
    this.whole = Math.max(last - this.from, 1);
    const ticks = Array.from({ length: TICKS }, (_, at) => at / (TICKS - 1));
    fill(
      this.head,
      h("span", { class: "ab-gantt-name" }),
      h(
        "span",
        { class: "ab-gantt-track" },
        ticks.map((at) =>
          h(
            "span",
            { class: "ab-gantt-tick", style: { left: `${at * 100}%` } },
            duration((at * this.whole) / 1000),
          ),
        ),
      ),
      h("span", { class: "ab-gantt-took" }),
    );
    this.said.textContent = this.summary();
    this.list.soon();
  }

  summary() {
    const counts = {};
    for (const { look } of Object.values(this.steps))
      counts[look.word] = (counts[look.word] ?? 0) + 1;
    const said = Object.entries(counts).map(([word, number]) => `${count(number)} ${word}`);
    return `${counted(this.names.length, "step")}: ${said.join(", ")}`;
  }

  row(name) {
    const step = this.steps[name];
    const since = step.tries.at(-1);
    const running = since && !since.ended && this.goesOn;
    const took = running ? (Date.now() - Date.parse(since.started)) / 1000 : step.seconds || null;
    const again = step.tries.length > 1 ? ` ×${step.tries.length}` : "";
    return h(
      "div",
      { class: `ab-gantt-row${name === this.chosen ? " ab-run-chosen" : ""}`, "data-step": name },
      h(
        "span",
        { class: "ab-gantt-name", title: name },
        h(
          "span",
          { class: "ab-symbol", style: { color: step.look.colour }, "aria-hidden": "true" },
          step.look.symbol,
        ),
        h("span", { class: "ab-cut-text" }, name),
      ),
      h(
        "span",
        { class: "ab-gantt-track" },
        step.tries.map((each) => this.bar(each)),
      ),
      h(
        "span",
        { class: "ab-gantt-took" },
        took === null ? step.look.word : `${duration(took)}${again}`,
        h("span", { class: "ab-unseen" }, ` ${step.look.word}`),
      ),
    );
  }

  bar({ started, ended, look, message }) {
    if (!started && !ended) return null;
    const from = Date.parse(started ?? ended);
    const end = ended ? Date.parse(ended) : this.goesOn ? Date.now() : this.from + this.whole;
    const goesOn = !ended && this.goesOn;
    const title = [look.word, duration((end - from) / 1000), message].filter(Boolean).join(" · ");
    const place = {
      left: `${((from - this.from) / this.whole) * 100}%`,
      width: `${((end - from) / this.whole) * 100}%`,
      background: look.colour,
    };
    return h("span", { class: `ab-gantt-bar${goesOn ? " ab-goes-on" : ""}`, style: place, title });
  }

  /** More of the step that is chosen. */
  tell() {
    const step = this.steps[this.chosen];
    const stamp = JSON.stringify([this.chosen, step]);
    if (stamp === this.told) return;
    this.told = stamp; // what has the focus there keeps it while nothing changes
    if (!step) {
      fill(this.more);
      return;
    }
    const tries = step.tries
      .slice(0, -1)
      .map(({ message }, at) => `try ${at + 1}: ${message || "failed"}`);
    const said = [step.facts.join(" · "), step.where, ...tries].filter(Boolean);
    const toAsset = () => this.opened(step.asset);
    fill(
      this.more,
      h(
        "div",
        { class: "ab-line-of" },
        h("strong", { class: "ab-wraps" }, this.chosen),
        lookMark(step.look),
        h("span", { class: "ab-muted" }, said.join(" · ")),
        step.asset ? button("open the asset", toAsset) : null,
      ),
      step.message ? h("pre", { class: "ab-pre" }, step.message) : null,
    );
  }

  close() {
    clearInterval(this.timer);
    this.list.close();
  }
}
