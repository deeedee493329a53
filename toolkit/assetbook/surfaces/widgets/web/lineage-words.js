// What a node of a lineage says, cut to the room that it has: the same words in SVG and on canvas.
import { shown } from "./dom.js";
import { lookOf } from "./parts.js";
import { age, count, counted } from "./words.js";

export const INSET = 14;
export const SIZES = { label: 12.5, note: 11, short: 19, group: 10 };
const WEIGHTS = { label: 600, note: 400, short: 600, group: 400 };

const ruler = document.createElement("canvas").getContext("2d");
const widths = new Map();
let family = "sans-serif";

/** Takes the typeface with which texts are measured. */
export function takeFamily(name) {
  if (name === family) return;
  family = name;
  widths.clear();
}

/** The font of a kind of text, as canvas takes it. */
export function fontOf(kind) {
  return `${WEIGHTS[kind]} ${SIZES[kind]}px ${family}`;
}

export function widthOf(text, kind) {
  const key = `${kind} ${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 20000) widths.clear();
    ruler.font = fontOf(kind);
    widths.set(key, (width = ruler.measureText(text).width));
  }
  return width;
}

/** As much of a text's start as fits, with an ellipsis. */
export function cut(text, room, kind) {
  if (widthOf(text, kind) <= room) return text;
  let [least, most] = [0, text.length];
  while (least < most) {
    const middle = (least + most + 1) >> 1;
    if (widthOf(`${text.slice(0, middle)}…`, kind) <= room) least = middle;
    else most = middle - 1;
  }
  return `${text.slice(0, least).trimEnd()}…`;
}

const WORST = ["failed", "blocked", "stale", "unknown", "missing", "fresh"];

/** The state that a node shows: null for what has none; a closed group has the worst in it. */
export function stateOf(node, isRunning) {
  if (isRunning) return "running";
  if (node.kind === "group") return WORST.find((each) => node.states[each]) ?? null;
  return node.state === "external" ? null : (node.state ?? null);
}

/** What a node says: its lines, and all of it in words for those who hear it. */
export function textsOf(node, isRunning, wide) {
  const state = stateOf(node, isRunning);
  const name = oneLine(node.name);
  const marks = node.kind === "group" ? [] : checkMarks(node.checks);
  const marked = marks.map(([symbol, , number]) => `${symbol}${number}`).join(" ");
  const room = wide - INSET - (marked ? 16 + widthOf(marked, "note") : 10);
  const word = state ? lookOf(state).word : (node.state ?? "");
  const note = noteOf(node, isRunning).join(" · ");
  const indent = state ? INSET + 14 : INSET;
  const rest = wide - indent - 10 - widthOf(word, "note");
  return {
    state,
    name,
    label: cut(name, room, "label"),
    short: cut(name, wide - INSET - 42, "short"),
    word,
    indent,
    note: cut(note && word ? ` · ${note}` : note, rest, "note"),
    marks,
    counts: Object.entries(node.states ?? {}),
    group: node.group && node.kind !== "group" ? cut(oneLine(node.group), wide - 16, "group") : "",
    strip: node.partitions?.strip ?? null,
    spoken: spoken(node, name, word, note, isRunning),
  };
}

function noteOf(node, isRunning) {
  if (node.kind === "column") return [oneLine(node.asset)];
  if (node.kind === "group") return [];
  const { partitions } = node;
  return [
    partitions ? `${count(partitions.made)}/${count(partitions.total)}` : null,
    node.rows === null ? null : counted(node.rows, "row"),
    isRunning ? null : age(node.at),
  ].filter(Boolean);
}

function checkMarks(checks) {
  const [passed, failed] = checks ?? [0, 0];
  return [
    ["✓", lookOf("fresh").colour, passed],
    ["✕", lookOf("failed").colour, failed],
  ].filter(([, , number]) => number);
}

/** `4 assets: 3 fresh, 1 stale`, of a closed group. */
export function inGroup({ states, count: all }) {
  const said = Object.entries(states).map(([state, number]) => `${count(number)} ${state}`);
  return `${counted(all, "asset")}: ${said.join(", ")}`;
}

function spoken(node, name, word, note, isRunning) {
  if (node.kind === "group") return `group ${name}, closed: ${inGroup(node)}`;
  const [passed, failed] = node.checks ?? [0, 0];
  const partitions = node.partitions;
  return [
    name,
    word,
    isRunning ? "" : node.why,
    partitions ? `${count(partitions.made)} of ${count(partitions.total)} partitions made` : note,
    node.group ? `group ${oneLine(node.group)}` : "",
    passed ? `${counted(passed, "check")} passed` : "",
    failed ? `${counted(failed, "check")} failed` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

const oneLine = (text) => shown(String(text)).replace(/\s*[\n\t]\s*/g, " ");
