// Strips of squares: what checks said of each version, and how partitions stand.
import { h } from "./dom.js";
import { lookOf } from "./parts.js";
import { gridTable, inPart } from "./texts.js";
import { count, counted } from "./words.js";

/** How results look: as states that mean the same, with the symbols of the still views. */
const RESULTS = {
  passed: ["✓", "fresh"],
  warned: ["▲", "stale"],
  failed: ["✕", "failed"],
  "not run": ["○", "missing"],
};
const MOST = 60; // the newest versions of a strip

/** Each check with its latest result, and a strip of its results, the newest version last. */
export function checksPart({ checks, versions }) {
  const names = Object.keys(checks);
  if (!names.length) return null;
  const newest = Object.values(versions).slice(0, MOST).reverse();
  return inPart(
    `checks over ${counted(newest.length, "version")}`,
    h(
      "div",
      { class: "ab-checks" },
      names.map((name) => checkLine(name, checks[name], newest)),
    ),
  );
}

function checkLine(name, { result, says }, newest) {
  const told = newest.map((version) => version.checks[name]).filter(Boolean);
  return [
    h("strong", { class: "ab-clip", title: name }, name),
    resultMark(result),
    h(
      "span",
      { class: "ab-version-strip", role: "img", "aria-label": summary(told) },
      newest.map((version) => square(version.checks[name] ?? "not run", version.name)),
    ),
    h("span", { class: "ab-muted ab-clip", title: says }, says),
  ];
}

/** A result as symbol, word and colour. */
export function resultMark(result) {
  const [symbol, state] = RESULTS[result] ?? RESULTS["not run"];
  return h(
    "span",
    { class: "ab-state" },
    h("span", { class: "ab-symbol", style: { color: lookOf(state).colour }, "aria-hidden": "true" }, symbol),
    h("span", {}, result),
  );
}

function square(result, version) {
  const [symbol, state] = RESULTS[result] ?? RESULTS["not run"];
  return h(
    "span",
    { class: "ab-square", style: { color: lookOf(state).colour }, title: `version ${version}: ${result}` },
    symbol,
  );
}

function summary(results) {
  const counts = {};
  for (const each of results) counts[each] = (counts[each] ?? 0) + 1;
  return (
    Object.entries(counts)
      .map(([result, number]) => `${count(number)} ${result}`)
      .join(", ") || "not run yet"
  );
}

/** The partitions: a square each, or for several, and where their states change. */
export function partitionsPart({ partitions }) {
  if (!partitions) return null;
  return inPart(
    `partitions · ${count(partitions.count)}`,
    h(
      "div",
      {
        class: "ab-version-strip ab-partitions",
        role: "img",
        "aria-label": `The states of ${counted(partitions.count, "partition")}; the table below says them in words`,
      },
      partitions.squares.map(([named, state]) => {
        const { colour, symbol, word } = lookOf(state);
        return h(
          "span",
          { class: "ab-square", style: { color: colour }, title: `${named}: ${word}` },
          symbol,
        );
      }),
    ),
    gridTable(partitions.ranges),
  );
}
