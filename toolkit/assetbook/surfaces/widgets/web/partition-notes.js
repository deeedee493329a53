// What is said around the squares of partitions: the legend, that there are none, and former ones.
import { h } from "./dom.js";
import { STATES, tile } from "./grid-tiles.js";
import { empty, lookOf } from "./parts.js";
import { count, counted } from "./words.js";

const DAILY = '@asset(partitions_def=DailyPartitionsDefinition("2026-01-01"))';

/** An entry for each state that some are in; `choose(letter)` chooses all of these. */
export function legendEntries(counts, choose) {
  const there = Object.entries(STATES).filter(([, state]) => counts[state]);
  return there.map(([letter, state]) => {
    const { word } = lookOf(state);
    return h(
      "button",
      {
        type: "button",
        class: "ab-legend-entry",
        title: `Choose all that are ${word}`,
        onclick: () => choose(letter),
      },
      tile(letter),
      ` ${word} `,
      h("span", { class: "ab-muted" }, count(counts[state])),
    );
  });
}

/** What stands in place of the squares where there are none. */
export function nothing({ key, name, total }) {
  if (!key) return empty("No asset has partitions yet.", `Define one in a cell: ${DAILY}`);
  if (total === undefined) return empty(`${name} has no partitions.`, `Give it some: ${DAILY}`);
  return empty(
    `${name} has no partition yet.`,
    "The first one begins when its first window is over, or when a key is added.",
  );
}

/** The partitions that were made once and are kept, though the asset has them no longer; or null. */
export function formerOnes({ former = [], former_total: total = 0 }) {
  if (!total) return null;
  const many = `${counted(total, "former partition")} kept, which it no longer has`;
  const names = former.join(", ") + (total > former.length ? " …" : "");
  return h(
    "details",
    { class: "ab-left" },
    h("summary", {}, many),
    h("p", { class: "ab-mono ab-launch-hint" }, names),
  );
}
