// What happens by itself: the daemon, schedules, sensors and conditions, backfills.
import { backfillsTable } from "./backfills.js";
import { fill, h } from "./dom.js";
import { keep } from "./keyed.js";
import { button, empty, problem } from "./parts.js";
import { tickDetail } from "./ticks.js";
import { tickMark } from "./tick-parts.js";
import { clock, untilText } from "./words.js";

/** The automation of a store, kept live; what is picked shows its ticks below. */
export function mountAutomation(el, context) {
  const { wire, given, bar } = context;
  let document = null;
  let picked = null; // { kind, id }
  let detail = null; // of what is picked
  const daemon = h("div", { class: "ab-daemon", role: "status" });
  const place = h("div");
  const draws = [
    table("Schedules", "schedule", NO_SCHEDULES, { bar, pick }),
    table("Sensors and conditions", "sensor", NO_SENSORS, { bar, pick }),
  ];
  const backfills = backfillsTable(bar);
  fill(el, daemon, draws.map(({ element }) => element), backfills.element, place);

  async function pick(kind, id) {
    const same = picked?.kind === kind && picked?.id === id;
    picked = same ? null : { kind, id };
    detail = null;
    draw();
    if (!picked) return fill(place);
    await showDetail();
    place.scrollIntoView({ block: "nearest" });
  }

  async function showDetail() {
    const asked = picked;
    try {
      const found = await wire.ask("ticks", asked);
      if (asked !== picked) return;
      if (!detail) fill(place, (detail = tickDetail(found, asked, context)).element);
      detail.show(found, document[`${asked.kind}s`][asked.id]);
    } catch (error) {
      if (asked !== picked) return;
      detail = null;
      fill(place, problem(error));
    }
  }

  function draw() {
    drawDaemon();
    for (const each of draws) each.draw(document, picked);
    backfills.draw(document.backfills);
  }

  /** Anew only where another daemon runs, or none does: it is read out then. */
  function drawDaemon() {
    const said = JSON.stringify(document.daemon);
    if (daemon.dataset.said === said) return;
    daemon.dataset.said = said;
    fill(daemon, daemonLine(document.daemon, bar));
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
  const clockwork = setInterval(() => document && draw(), 5_000); // "in 3 min" moves
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
const HEADS = ["on", "name", "when", "last tick", "where"];
const heads = () => h("thead", {}, h("tr", {}, HEADS.map((head) => h("th", { scope: "col" }, head))));

/** The schedules, or the sensors: lines stay the same elements, so that what has the focus keeps it. */
function table(title, kind, none, context) {
  const body = h("tbody");
  const rows = h("div", { class: "ab-scroll" }, h("table", { class: "ab-table" }, heads(), body));
  const nothing = empty(...none);
  const element = h("section", { class: "ab-part", "aria-label": title }, h("h3", {}, title), rows, nothing);
  const draw = (document, picked) => {
    const members = Object.entries(document[`${kind}s`]);
    nothing.hidden = members.length > 0;
    rows.hidden = !members.length;
    keep(body, members.map(([id, each]) => [id, factsOf(kind, id, each, picked)]), (facts) => line(facts, context));
  };
  return { element, draw };
}

/** All that a line shows, also what moves with the clock. */
function factsOf(kind, id, each, picked) {
  const isPicked = picked?.kind === kind && picked?.id === id;
  return { kind, id, each, isPicked, due: each.next ? untilText(each.next) : "" };
}

function daemonLine({ alive, said }, bar) {
  const [symbol, color] = alive ? ["●", "#00a55c"] : ["○", "#bf4230"];
  const start = () => bar.act("daemon", ["start"]);
  return [
    h("span", { class: "ab-symbol", style: { color }, "aria-hidden": "true" }, symbol),
    h("span", {}, said),
    alive ? null : button("start one", start, { "aria-label": "Start a daemon" }),
  ];
}

function line({ kind, id, each, isPicked, due }, { bar, pick }) {
  const name = button(each.name, () => pick(kind, id), {
    class: "ab-link ab-broken",
    "aria-expanded": String(isPicked),
  });
  const last = each.last ? [tickMark(each.last.status), " ", h("span", {}, clock(each.last.at))] : "";
  const ahead = each.ahead ? h("div", { class: "ab-ahead" }, `◐ ${each.ahead}`) : null;
  return h(
    "tr",
    { "data-id": id, class: isPicked ? "ab-looked-at" : null },
    h("td", {}, toggle(each, () => bar.act(`${kind}s`, [each.on ? "off" : "on", id]))),
    h("td", { class: "ab-broken" }, name, h("div", { class: "ab-made-of ab-muted", title: each.what }, each.what)),
    h("td", { class: "ab-broken" }, each.when, due ? h("div", { title: clock(each.next) }, `next ${due}`) : null),
    h("td", { title: each.last?.message }, last),
    h("td", { class: "ab-muted ab-broken" }, each.location, ahead),
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
