// One node of a lineage in SVG: outline, bar of its state, its words, and a strip of partitions.
import { s } from "./dom.js";
import { INSET } from "./lineage-words.js";
import { groupColour, lookOf } from "./parts.js";

const ROUND = 7;

/** The element of a node, which says all of it to those who hear it. */
export function nodeElement(id, node, texts, isRunning, { wide, high }) {
  const [x, y] = node.place;
  const about = [texts.name, texts.word, node.why].filter(Boolean).join("\n");
  return s(
    "g",
    {
      class: `ab-node ab-${node.kind}${isRunning ? " ab-running" : ""}`,
      "data-id": id,
      role: "button",
      "aria-label": texts.spoken,
      "aria-haspopup": node.kind === "column" ? null : "menu",
      transform: `translate(${x} ${y})`,
    },
    s("title", {}, node.kind === "group" ? `${texts.spoken}\na click opens it` : about),
    node.kind === "group" ? behind(wide, high) : null,
    s("rect", { width: wide, height: high, rx: ROUND, class: "ab-box" }),
    bar(texts, high),
    // one element to hide from afar, so that what is in it costs nothing then
    s(
      "g",
      { class: "ab-words" },
      texts.group ? groupLabel(node.group, texts.group) : null,
      text(texts.label, INSET, 19, "ab-label"),
      marks(texts, wide),
      node.kind === "group" ? counts(texts) : second(texts),
      texts.strip ? strip(texts.strip, wide, high) : null,
      node.kind === "group" ? strip(texts.counts, wide, high) : null,
    ),
    text(texts.short, INSET, high / 2 + 7, "ab-short"),
    symbolOf(texts, wide, high),
  );
}

const text = (said, x, y, name, more = {}) => s("text", { x, y, class: name, ...more }, said);

/** The outline of a second box below the first: a group is several. */
function behind(wide, high) {
  return s("rect", { x: 4, y: 4, width: wide, height: high, rx: ROUND, class: "ab-behind" });
}

function bar(texts, high) {
  if (!texts.state) return null;
  const { colour } = lookOf(texts.state);
  const roundTo = (x, y) => `A${ROUND} ${ROUND} 0 0 0 ${x} ${y}`;
  const d = `M5 0H${ROUND}${roundTo(0, ROUND)}V${high - ROUND}${roundTo(ROUND, high)}H5Z`;
  return s("path", { d, style: { fill: colour }, class: "ab-bar" });
}

function groupLabel(group, said) {
  return s(
    "g",
    { class: "ab-group-label" },
    s("circle", { cx: 5, cy: -8, r: 3, style: { fill: groupColour(group) } }),
    text(said, 12, -4.5, "ab-group"),
  );
}

function marks(texts, wide) {
  const said = texts.marks.map(([symbol, colour, number], at) => [
    s("tspan", { style: { fill: colour } }, `${at ? " " : ""}${symbol}`),
    String(number),
  ]);
  return said.length ? text(said, wide - 10, 19, "ab-note", { "text-anchor": "end" }) : null;
}

function second({ state, word, indent, note }) {
  return s(
    "text",
    { x: INSET, y: 35, class: "ab-note" },
    state ? s("tspan", { style: { fill: lookOf(state).colour } }, lookOf(state).symbol) : null,
    s("tspan", { class: "ab-word", x: indent }, word),
    note,
  );
}

function counts(texts) {
  const said = texts.counts.map(([state, number], at) => [
    s("tspan", { style: { fill: lookOf(state).colour }, dx: at ? 8 : 0 }, lookOf(state).symbol),
    s("tspan", { dx: 3, class: "ab-word" }, String(number)),
  ]);
  return text(said, INSET, 35, "ab-note");
}

/** A thin bar of states, each as long as there are many. */
function strip(runs, wide, high) {
  const all = runs.reduce((sum, [, number]) => sum + number, 0);
  const room = wide - INSET - 10;
  let left = INSET;
  return s(
    "g",
    { class: "ab-strip", "aria-hidden": "true" },
    runs.map(([state, number]) => {
      const width = (room * number) / all;
      const fill = state === "missing" ? "" : lookOf(state).colour;
      const place = { x: left, y: high - 5.5, width, height: 3 };
      const piece = s("rect", { ...place, class: "ab-piece", style: { fill } });
      left += width;
      return piece;
    }),
  );
}

function symbolOf({ state }, wide, high) {
  if (!state) return null;
  const { colour, symbol } = lookOf(state);
  return text(symbol, wide - 14, high / 2 + 7, "ab-big", { "text-anchor": "end", style: { fill: colour } });
}
