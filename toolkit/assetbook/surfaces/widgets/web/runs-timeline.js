// Runs in time: a lane for each job or location, a bar for each run, which grows while it runs.
import { fill, h, s } from "./dom.js";
import { choice } from "./log-tools.js";
import { button } from "./parts.js";
import { axis, isMarkedBeside, lanesOf, LEAST, spanOf } from "./timeline-lanes.js";
import { clock, duration } from "./words.js";

const SPANS = [
  ["1", "last hour"],
  ["6", "last 6 hours"],
  ["24", "last 24 hours"],
];
const LANES = [
  ["lane", "by what was asked for"],
  ["place", "by location"],
];
const ROW = 18;
const AXIS = 20;
const MOST_LANES = 30;
const MANY = 300; // runs that are drawn less often

/** `open(run)` opens one, `older()` fetches older ones, `changed()` asks to be shown anew. */
export class Timeline {
  constructor({ open, older, changed }) {
    Object.assign(this, { open, older, runs: [], at: "" });
    this.span = choice("Time", SPANS, () => this.draw());
    this.by = choice("Lanes", LANES, () => this.draw());
    this.readout = h("div", { class: "ab-run-readout ab-muted" });
    this.older = button("load older runs", older, { hidden: true });
    this.place = h("div", { class: "ab-timeline-place" });
    const tools = h("div", { class: "ab-tools" }, this.span, this.by, this.older, this.readout);
    this.element = h(
      "section",
      { class: "ab-timeline", "aria-label": "Timeline of runs" },
      tools,
      this.place,
    );
    this.sizes = new ResizeObserver(() => changed());
    this.sizes.observe(this.place);
  }

  /** Shows these runs; `more` says whether there are older ones to fetch. */
  show(runs, more) {
    this.runs = runs;
    this.more = more;
    this.draw();
  }

  /** Moves on in time. */
  move() {
    this.moves = (this.moves ?? 0) + 1;
    if (this.runs.length <= MANY || this.moves % 4 === 0) this.draw();
  }

  draw() {
    const width = Math.floor(this.place.clientWidth);
    if (!width) return;
    const hours = Number(this.span.value);
    const now = Date.now();
    const span = { from: now - hours * 3.6e6, now, left: width < 560 ? 90 : 150, width };
    const inside = this.runs.filter((run) => spanOf(run, now)[1] >= span.from);
    const oldest = this.runs.at(-1);
    this.older.hidden = !(this.more && oldest && spanOf(oldest, now)[0] > span.from);
    const lanes = lanesOf(inside, this.by.value, span);
    const { shown, height } = placed(lanes);
    const hadFocus = this.place.contains(document.activeElement);
    const marks = shown.flatMap((lane) => [
      ...this.lane(lane, span),
      ...lane.bars.map((bar) => this.bar(bar, lane, span)),
    ]);
    const left = lanes.length - shown.length;
    fill(
      this.place,
      s(
        "svg",
        {
          width,
          height,
          role: "group",
          "aria-label": `Runs of the last ${hours} h`,
          onkeydown: (event) => this.pressed(event),
        },
        axis(span, height, AXIS),
        marks,
      ),
      left > 0 ? h("p", { class: "ab-muted" }, `${left} more lanes: choose less above.`) : null,
    );
    this.order = shown.flatMap((lane) => lane.bars.map(({ run }) => run.id));
    if (!this.order.includes(this.at)) this.at = this.order[0] ?? "";
    this.focusable(hadFocus);
    if (!inside.length)
      this.readout.textContent = this.runs.length ? `Nothing ran in the last ${hours} h.` : "";
    else if (!this.isPointed) this.readout.textContent = "";
  }

  lane(lane, { width, left }) {
    const name = lane.name || "no notebook";
    const most = Math.floor((left - 14) / 6.6);
    const cut = name.length > most ? `${name.slice(0, most - 1)}…` : name;
    const label = s(
      "text",
      { x: 0, y: lane.top + 13, class: "ab-lane-name" },
      cut,
      s("title", {}, name),
    );
    return [
      s("line", {
        x1: 0,
        x2: width,
        y1: lane.top - 2.5,
        y2: lane.top - 2.5,
        class: "ab-lane-line",
      }),
      label,
    ];
  }

  bar({ run, x, end, row }, lane, { now }) {
    const y = lane.top + row * ROW;
    const wide = Math.max(end - x, LEAST);
    const said = saidOf(run, now);
    const point = (on) => () => {
      this.isPointed = on;
      this.readout.textContent = on ? said : "";
    };
    return s(
      "g",
      {
        class: `ab-run-bar${run.ended ? "" : " ab-goes-on"}`,
        "data-run": run.id,
        role: "button",
        "aria-label": said,
        onmouseenter: point(true),
        onmouseleave: point(false),
        onfocus: point(true),
        onblur: point(false),
        onclick: () => this.open(run.id),
      },
      s("rect", {
        x,
        y: y + 2,
        width: wide,
        height: ROW - 5,
        rx: 3,
        fill: run.look.colour,
        class: "ab-run-bar-body",
      }),
      this.symbol(run, x, y, wide),
    );
  }

  symbol({ status, look }, x, y, wide) {
    if (isMarkedBeside({ status }, wide)) {
      return s(
        "text",
        { x: x + wide + 2, y: y + 12.5, class: "ab-run-bar-beside", fill: look.colour },
        look.symbol,
      );
    }
    return wide < 16
      ? null
      : s("text", { x: x + 4, y: y + 12.5, class: "ab-run-bar-symbol" }, look.symbol);
  }

  elementOf(run) {
    return [...this.place.querySelectorAll("g.ab-run-bar")].find((each) => each.dataset.run === run);
  }

  focusable(focus) {
    for (const each of this.place.querySelectorAll("g.ab-run-bar")) {
      each.setAttribute("tabindex", each.dataset.run === this.at ? "0" : "-1");
    }
    if (focus) this.elementOf(this.at)?.focus();
  }

  pressed(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter" || event.key === " ") this.open(this.at);
    else if (step) {
      const at = this.order.indexOf(this.at) + step;
      this.at = this.order[Math.max(0, Math.min(this.order.length - 1, at))];
      this.focusable(true);
    } else return;
    event.preventDefault();
  }

  close() {
    this.sizes.disconnect();
  }
}

/** The lanes with where each begins; those that are too many are left out. */
function placed(lanes) {
  let top = AXIS + 4;
  const shown = lanes.slice(0, MOST_LANES).map((lane) => {
    const here = { ...lane, top };
    top += lane.rows * ROW + 5;
    return here;
  });
  return { shown, height: Math.max(top, AXIS + ROW) };
}

function saidOf(run, now) {
  const [from, end] = spanOf(run, now);
  const took = run.started ? duration((end - from) / 1000) : "";
  return [
    `${run.short} ${run.look.word}`,
    run.asked,
    clock(run.started ?? run.queued),
    took,
    run.message,
  ]
    .filter(Boolean)
    .join(" · ");
}
