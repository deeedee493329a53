// How ticks and backfills look: a mark for each status; and a strip of ticks in time.
import { h } from "./dom.js";
import { clock } from "./words.js";

const STATUSES = {
  requested: { symbol: "●", colour: "#00a55c" },
  skipped: { symbol: "○", colour: "#7f8794" },
  failed: { symbol: "✕", colour: "#bf4230" },
  missed: { symbol: "◌", colour: "#c98700" },
  success: { symbol: "●", colour: "#00a55c" },
  running: { symbol: "▶", colour: "#1c6af1" },
  paused: { symbol: "◐", colour: "#c98700" },
  canceled: { symbol: "○", colour: "#7f8794" },
};

/** The status of a tick or a backfill as symbol, word and colour. */
export function tickMark(status) {
  const look = STATUSES[status] ?? { symbol: "·", colour: "#7f8794" };
  return h(
    "span",
    { class: "ab-state" },
    h("span", { class: "ab-symbol", style: { color: look.colour }, "aria-hidden": "true" }, look.symbol),
    h("span", {}, status),
  );
}

/** The last ticks from left to right, one mark each. */
export function tickStrip(ticks) {
  return h(
    "div",
    { class: "ab-strip", role: "img", "aria-label": `The last ${ticks.length} ticks: ${countsOf(ticks)}` },
    [...ticks].reverse().map((tick) => {
      const look = STATUSES[tick.status] ?? { symbol: "·", colour: "#7f8794" };
      const said = [clock(tick.at), tick.status, tick.message].filter(Boolean).join(" · ");
      return h("span", { class: "ab-tick", style: { color: look.colour }, title: said }, look.symbol);
    }),
  );
}

function countsOf(ticks) {
  const counts = {};
  for (const { status } of ticks) counts[status] = (counts[status] ?? 0) + 1;
  return Object.entries(counts).map(([status, number]) => `${number} ${status}`).join(", ");
}
