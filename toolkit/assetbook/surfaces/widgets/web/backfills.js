// Backfills with their progress, and what can be done with each.
import { h } from "./dom.js";
import { button, empty } from "./parts.js";
import { clock, counted } from "./words.js";

const DOABLE = {
  requested: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["retry"],
};

/** The newest backfills. */
export function backfillsTable(members, bar) {
  const all = Object.values(members);
  const lines = h("tbody", {}, all.map((each) => line(each, bar)));
  return h(
    "section",
    { class: "ab-part", "aria-label": "Backfills" },
    h("h3", {}, "Backfills"),
    all.length
      ? h("div", { class: "ab-scroll ab-low" }, h("table", { class: "ab-table" }, lines))
      : empty("No backfills yet.", "In a notebook: %backfill NAME A..B"),
  );
}

function line(each, bar) {
  const { success = 0, failed = 0 } = each.runs;
  const total = Object.values(each.runs).reduce((sum, number) => sum + number, 0);
  const failures = failed ? `, ${failed} failed` : "";
  const doers = (DOABLE[each.status] ?? []).map((action) =>
    button(action, () => bar.act("backfills", [action, each.id]), {
      "aria-label": `${action} the backfill ${each.id}`,
    }),
  );
  return h(
    "tr",
    { "data-id": each.id },
    h("td", {}, each.id),
    h("td", {}, each.status),
    h("td", {}, progress(success, failed, total)),
    h("td", { class: "ab-number" }, `${success} of ${counted(total, "run")}${failures}`),
    h("td", { class: "ab-cut", title: each.asked }, each.asked),
    h("td", {}, clock(each.created_at)),
    h("td", {}, doers),
  );
}

function progress(success, failed, total) {
  const share = (number) => `${total ? (100 * number) / total : 0}%`;
  return h(
    "div",
    {
      class: "ab-share",
      role: "progressbar",
      "aria-label": "done",
      "aria-valuenow": success,
      "aria-valuemax": total,
    },
    h("span", { style: { width: share(success), background: "#00a55c" } }),
    h("span", { style: { width: share(failed), background: "#bf4230" } }),
  );
}
