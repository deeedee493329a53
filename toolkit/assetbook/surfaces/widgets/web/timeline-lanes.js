// Where runs lie in time: lanes, rows within them that keep bars apart, and the axis above.
import { s } from "./dom.js";

const MARK = 17; // pixels of a symbol beside a bar
const GAP = 2; // pixels between two bars
const MOST_ROWS = 3; // of a lane; further bars lie over the last row
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720]; // minutes between two ticks

/** From when to when a run lasted, in milliseconds; one that goes on until now. */
export function spanOf(run, now) {
  const from = Date.parse(run.started ?? run.queued);
  return [from, run.ended ? Date.parse(run.ended) : now];
}

export const LEAST = 4; // pixels of a bar
const INSIDE = 16; // pixels of a bar that has room for its symbol

/** Whether a bar so wide has its symbol beside it; one without any is a success. */
export function isMarkedBeside(run, wide) {
  return wide < INSIDE && run.status !== "success";
}

/** The place of a moment, in pixels. */
export function placeOf(at, { from, now, left, width }) {
  return left + ((Math.max(at, from) - from) / (now - from)) * (width - left - MARK);
}

/** Runs by lane, the lane with the newest run first; each bar in a row where it covers no other. */
export function lanesOf(runs, by, span) {
  const lanes = new Map();
  for (const run of runs) {
    if (!lanes.has(run[by])) lanes.set(run[by], []);
    lanes.get(run[by]).push(run);
  }
  return [...lanes].map(([name, within]) => {
    const bars = inRows([...within].reverse(), span);
    return { name, bars, rows: Math.max(...bars.map(({ row }) => row)) + 1 };
  });
}

function inRows(runs, span) {
  const ends = [];
  return runs.map((run) => {
    const [from, until] = spanOf(run, span.now);
    const x = placeOf(from, span);
    const end = placeOf(until, span);
    let row = ends.findIndex((each) => each <= x);
    if (row < 0) row = Math.min(ends.length, MOST_ROWS - 1);
    ends[row] = isMarkedBeside(run, end - x)
      ? Math.max(end, x + LEAST) + MARK
      : Math.max(end, x + LEAST) + GAP;
    return { run, x, end, row };
  });
}

/** The axis with its ticks at whole minutes or hours of the reader's zone, and the line of now. */
export function axis(span, height, top) {
  const { from, now, left, width } = span;
  const enough = Math.max(2, Math.floor((width - left) / 90));
  const minutes = (now - from) / 60000;
  const step = (STEPS.find((each) => minutes / each <= enough) ?? STEPS.at(-1)) * 60000;
  const shift = new Date(now).getTimezoneOffset() * 60000;
  const marks = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= now; at += step) {
    const x = placeOf(at, span);
    const word = new Date(at).toTimeString().slice(0, 5);
    marks.push(s("line", { x1: x, x2: x, y1: top - 3, y2: height, class: "ab-axis-tick" }));
    if (x < width - 60) marks.push(s("text", { x, y: top - 7, class: "ab-axis-name" }, word));
  }
  const x = placeOf(now, span);
  const line = s("line", { x1: x, x2: x, y1: top - 6, y2: height, class: "ab-now" });
  return [
    ...marks,
    line,
    s("text", { x: width - 1, y: top - 7, class: "ab-axis-name ab-at-end" }, "now"),
  ];
}
