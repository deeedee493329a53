// The runs of a store, newest first: narrowed, in time, and live.
import { fill, h } from "./dom.js";
import { keep } from "./keyed.js";
import { lookMark } from "./log-row.js";
import { button, empty, problem } from "./parts.js";
import { RunFilters } from "./run-filters.js";
import { Timeline } from "./runs-timeline.js";
import { age, clock, count, counted, duration } from "./words.js";

const HEADS = ["run", "status", "asked for", "steps", "started", "took", "by", "message", ""];
const NUMBERS = new Set(["steps", "took"]);
const FIRST = 200;
const MOST = 2000;
const MOVES = 5000; // milliseconds after which ages are told anew

/** Shows the list and the timeline. */
export function mountRuns(el, { wire, given, bar, open, kept }) {
  let document = null;
  let limit = given.limit ?? FIRST;
  let stop = () => {};
  const filters = new RunFilters(draw, (kept.runs ??= {}));
  const summary = h("span", { class: "ab-muted", role: "status" });
  const timeline = new Timeline({ open: (run) => open("run", { run }), older, changed: draw });
  const body = h("tbody");
  const heads = HEADS.map((head) =>
    h("th", { scope: "col", class: NUMBERS.has(head) ? "ab-number" : null }, head),
  );
  const table = h("table", { class: "ab-table ab-runs" }, h("thead", {}, h("tr", {}, heads)), body);
  const nothing = h("div");
  const more = button("show older runs", older, { hidden: true });
  const tools = h("div", { class: "ab-tools" }, filters.element, summary);
  const whole = h(
    "div",
    {},
    timeline.element,
    tools,
    h("div", { class: "ab-scroll" }, table, nothing, more),
  );
  fill(el, whole);

  function draw() {
    if (!document) return;
    const all = Object.values(document.runs);
    filters.offer(all);
    const chosen = all.filter(filters.test());
    summary.textContent = said(chosen.length, all.length, document.more);
    timeline.show(chosen, document.more && limit < MOST);
    keep(
      body,
      chosen.map((run) => [run.id, run]),
      (run) => line(run, { bar, open }),
    );
    table.hidden = !chosen.length;
    fill(nothing, chosen.length ? null : told(all.length));
    more.hidden = !document.more || limit >= MOST;
    timeline.element.hidden = tools.hidden = !all.length;
    tell();
  }

  /** What changes with time alone. */
  function tell() {
    if (!document) return;
    const now = Date.now();
    for (const cell of body.querySelectorAll("[data-since]")) {
      const { since, kind } = cell.dataset;
      cell.textContent =
        kind === "age" ? age(since, now) : duration((now - Date.parse(since)) / 1000);
    }
  }

  function older() {
    limit = Math.min(limit * 2, MOST);
    watch();
  }

  function watch() {
    stop();
    const now = (news) => {
      document = news;
      draw();
    };
    stop = wire.watch("runs", { limit }, now, (error) => fill(el, problem(error)));
  }

  watch();
  const timers = [setInterval(tell, 1000), setInterval(() => timeline.move(), MOVES)];
  return {
    close() {
      stop();
      timers.forEach(clearInterval);
      timeline.close();
    },
  };
}

function said(chosen, all, more) {
  const known = more ? `the newest ${counted(all, "run")}` : counted(all, "run");
  return chosen === all ? known : `${count(chosen)} of ${known}`;
}

function told(all) {
  if (all) return empty("No run is like that.", "Choose less, or look at older runs.");
  return empty(
    "Nothing has run here yet.",
    "Make something: %materialize in a cell, or the button beside an asset.",
  );
}

function line(run, { bar, open }) {
  const { id, short, asked } = run;
  const waits = ["queued", "started", "canceling"].includes(run.status);
  return h(
    "tr",
    { "data-run": id },
    h(
      "td",
      {},
      button(short, () => open("run", { run: id }), {
        class: "ab-link ab-mono",
        "aria-label": `Open run ${short}`,
      }),
    ),
    h("td", {}, lookMark(run.look)),
    h("td", { class: "ab-cut", title: asked }, asked),
    h("td", { class: "ab-number" }, count(run.steps)),
    h("td", {
      "data-since": run.started ?? run.queued,
      "data-kind": "age",
      title: clock(run.started ?? run.queued),
    }),
    h(
      "td",
      {
        class: "ab-number",
        "data-since": waits && run.started ? run.started : null,
        "data-kind": "took",
      },
      duration(run.seconds),
    ),
    h("td", { class: "ab-cut ab-muted", title: run.by }, run.by),
    h("td", { class: "ab-cut ab-message", title: run.message }, run.message),
    h(
      "td",
      {},
      waits
        ? button("cancel", () => bar.act("cancel", [short]), {
            "aria-label": `Cancel run ${short}`,
          })
        : null,
    ),
  );
}
