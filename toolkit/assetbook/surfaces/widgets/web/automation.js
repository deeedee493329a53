// What happens by itself: the daemon, schedules, sensors and conditions, backfills.
import { backfillsTable } from "./backfills.js";
import { fill, h } from "./dom.js";
import { button, empty, problem } from "./parts.js";
import { detailOf } from "./ticks.js";
import { tickMark } from "./tick-parts.js";
import { clock, untilText } from "./words.js";

/** The automation of a store, kept live; what is picked shows its ticks below. */
export function mountAutomation(el, context) {
  const { wire, given, bar } = context;
  let document = null;
  let picked = null; // { kind, id }
  const daemon = h("div", { class: "ab-daemon" });
  const lists = h("div");
  const detail = h("div");
  let answer = null; // what the last dry run of what is picked said
  fill(el, daemon, lists, detail);

  function pick(kind, id) {
    const same = picked?.kind === kind && picked?.id === id;
    picked = same ? null : { kind, id };
    answer = h("div", { role: "status" });
    draw();
    showDetail();
  }

  async function showDetail() {
    const asked = picked;
    if (!asked) return fill(detail);
    try {
      const found = await wire.ask("ticks", asked);
      if (asked === picked) fill(detail, detailOf(found, asked, document, { ...context, answer }));
    } catch (error) {
      fill(detail, problem(error));
    }
  }

  function draw() {
    fill(daemon, daemonLine(document.daemon, bar));
    fill(
      lists,
      table("Schedules", "schedule", document.schedules, NO_SCHEDULES),
      table("Sensors and conditions", "sensor", document.sensors, NO_SENSORS),
      backfillsTable(document.backfills, bar),
    );
  }

  function table(title, kind, members, none) {
    const all = Object.entries(members);
    const lines = all.map(([id, each]) => line(kind, id, each, { bar, pick, picked }));
    const rows = h("table", { class: "ab-table" }, heads(), h("tbody", {}, lines));
    return h(
      "section",
      { class: "ab-part", "aria-label": title },
      h("h3", {}, title),
      all.length ? h("div", { class: "ab-scroll" }, rows) : empty(...none),
    );
  }

  const stop = wire.watch(
    "automation",
    given,
    (now, changed) => {
      document = now;
      draw();
      if (picked && (!changed || changed.put?.[`${picked.kind}s`]?.[picked.id])) showDetail();
    },
    (error) => fill(el, problem(error)),
  );
  const clockwork = setInterval(() => document && draw(), 30_000); // "in 3 min" moves
  return {
    close: () => {
      clearInterval(clockwork);
      stop();
    },
  };
}

const NO_SCHEDULES = ["No schedules yet.", 'In a notebook: %schedule nightly "0 6 * * *" +report'];
const NO_SENSORS = [
  "No sensors and no automation conditions yet.",
  "In a notebook: @sensor, or an asset's automation_condition=",
];
const HEADS = ["on", "name", "what", "when", "next", "last tick", "where"];
const heads = () => h("thead", {}, h("tr", {}, HEADS.map((head) => h("th", { scope: "col" }, head))));

function daemonLine({ alive, said }, bar) {
  const [symbol, color] = alive ? ["●", "#00a55c"] : ["○", "#bf4230"];
  const start = () => bar.act("daemon", ["start"]);
  return [
    h("span", { class: "ab-symbol", style: { color }, "aria-hidden": "true" }, symbol),
    h("span", {}, said),
    alive ? null : button("start one", start, { "aria-label": "Start a daemon" }),
  ];
}

function line(kind, id, each, { bar, pick, picked }) {
  const isPicked = picked?.kind === kind && picked?.id === id;
  const verb = `${kind}s`;
  const name = button(each.name, () => pick(kind, id), {
    class: "ab-link",
    "aria-expanded": String(isPicked),
  });
  const last = each.last ? [tickMark(each.last.status), ` ${clock(each.last.at)}`] : "";
  const ahead = each.ahead ? h("div", { class: "ab-ahead" }, `◐ ${each.ahead}`) : null;
  return h(
    "tr",
    { "data-id": id, class: isPicked ? "ab-looked-at" : null },
    h("td", {}, toggle(each, () => bar.act(verb, [each.on ? "off" : "on", id]))),
    h("td", {}, name),
    h("td", { class: "ab-cut", title: each.what }, each.what),
    h("td", {}, each.when),
    h("td", {}, each.next ? h("span", { title: clock(each.next) }, untilText(each.next)) : ""),
    h("td", { title: each.last?.message }, last),
    h("td", { class: "ab-muted" }, each.location, ahead),
  );
}

/** A switch that says in words what it is. */
function toggle(each, turn) {
  return h(
    "button",
    {
      type: "button",
      class: "ab-switch",
      role: "switch",
      "aria-checked": String(each.on),
      "aria-label": `${each.name} on`,
      onclick: turn,
    },
    h("span", { class: "ab-knob", "aria-hidden": "true" }),
    each.on ? "on" : "off",
  );
}
