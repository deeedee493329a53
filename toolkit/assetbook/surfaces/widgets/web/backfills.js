// Backfills with their progress, and what can be done with each.
import { h } from "./dom.js";
import { keep } from "./keyed.js";
import { button, empty } from "./parts.js";
import { tickMark } from "./tick-parts.js";
import { clock, counted } from "./words.js";

const DOABLE = {
  requested: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["retry"],
};
const HEADS = ["backfill", "status", "runs", "since", ""];

/** The newest backfills: `{ element, draw }`. */
export function backfillsTable(bar) {
  const body = h("tbody");
  const heads = h("thead", {}, h("tr", {}, HEADS.map((head) => h("th", { scope: "col" }, head))));
  const rows = h("div", { class: "ab-scroll ab-low" }, h("table", { class: "ab-table" }, heads, body));
  const nothing = empty("No backfills yet.", "In a notebook: %backfill NAME A..B");
  const element = h(
    "section",
    { class: "ab-part", "aria-label": "Backfills" },
    h("h3", {}, "Backfills"),
    rows,
    nothing,
  );
  const draw = (members) => {
    const all = Object.entries(members);
    nothing.hidden = all.length > 0;
    rows.hidden = !all.length;
    keep(body, all, (each) => line(each, bar));
  };
  return { element, draw };
}

function line(each, bar) {
  const { success = 0, failed = 0 } = each.runs;
  const total = Object.values(each.runs).reduce((sum, number) => sum + number, 0);
  const failures = failed ? `, ${failed} failed` : "";
  const doers = (DOABLE[each.status] ?? []).map((action) => [
    button(action, () => bar.act("backfills", [action, each.id]), {
      "aria-label": `${action} the backfill ${each.id}`,
    }),
    " ",
  ]);
  return h(
    "tr",
    { "data-id": each.id },
    h("td", { class: "ab-mono ab-broken" }, each.id, h("div", { class: "ab-muted" }, each.asked)),
    h("td", {}, tickMark(each.status)),
    h("td", {}, progress(success, failed, total), `${success} of ${counted(total, "run")}${failures}`),
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
