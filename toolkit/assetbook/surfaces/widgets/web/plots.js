// Numbers over versions: a small line chart each, read by pointing or by the arrow keys.
import { h, s } from "./dom.js";
import { lookOf } from "./parts.js";
import { inPart } from "./texts.js";
import { clock, duration, size } from "./words.js";

const WIDTH = 240;
const HEIGHT = 56;
const EDGE = 5;

/** A chart for each number that several versions have. */
export function plotsPart({ versions }) {
  const lines = Object.entries(seriesOf(versions)).filter(([, points]) => points.length > 1);
  if (!lines.length) return null;
  return inPart(
    "over time",
    h(
      "div",
      { class: "ab-plots" },
      lines.map(([name, points]) => plot(name, points)),
    ),
  );
}

/** By name the points of each number, the oldest version first. */
function seriesOf(versions) {
  const found = {};
  const add = (name, version, at, value, text) => (found[name] ??= []).push({ version, at, value, text });
  for (const { name: version, ...each } of Object.values(versions).reverse()) {
    if (each.rows !== null) add("rows", version, each.at, each.rows, number(each.rows));
    if (each.bytes !== null) add("size", version, each.at, each.bytes, size(each.bytes));
    if (each.seconds !== null && !each.note.includes("restored")) {
      add("took", version, each.at, each.seconds, duration(each.seconds));
    }
    for (const [name, value] of Object.entries(each.numbers)) {
      if (!name.startsWith("dagster/")) add(name, version, each.at, value, number(value));
    }
  }
  return found;
}

const number = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 6 });

function plot(name, points) {
  const places = placesOf(points.map((point) => point.value));
  const last = points.length - 1;
  const said = h("span", { class: "ab-plot-said" });
  const dot = s("circle", { r: 3.5, fill: lookOf("running").colour });
  const rule = s("line", {
    y1: 0,
    y2: HEIGHT,
    stroke: "var(--ab-line)",
    "stroke-width": 1,
    "stroke-dasharray": "2 2",
  });
  const chart = s(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      class: "ab-plot-line",
      role: "slider",
      tabindex: "0",
      "data-at": `plot ${name}`,
      "aria-label": `${name} over versions`,
      "aria-valuemin": 0,
      "aria-valuemax": last,
      onkeydown: (event) => turn(event),
      onpointermove: (event) => pick(nearest(event, chart, places)),
      onpointerleave: () => pick(last),
    },
    rule,
    s("polyline", {
      points: places.map(([x, y]) => `${x},${y}`).join(" "),
      fill: "none",
      stroke: lookOf("running").colour,
      "stroke-width": 1.5,
      "stroke-linejoin": "round",
    }),
    dot,
  );
  let at = last;
  function pick(chosen) {
    at = Math.max(0, Math.min(last, chosen));
    const [x, y] = places[at];
    for (const [key, value] of Object.entries({ cx: x, cy: y })) dot.setAttribute(key, value);
    for (const key of ["x1", "x2"]) rule.setAttribute(key, x);
    const { version, at: when, text } = points[at];
    said.textContent = `version ${version} · ${clock(when)}`;
    value.textContent = text;
    chart.setAttribute("aria-valuenow", at);
    chart.setAttribute("aria-valuetext", `version ${version}, ${clock(when)}: ${text}`);
  }
  function turn(event) {
    const to = {
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      Home: 0,
      End: last,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    pick(to);
  }
  const value = h("strong", {});
  pick(last);
  return h(
    "div",
    { class: "ab-plot" },
    h("div", { class: "ab-plot-head" }, h("span", { class: "ab-clip", title: name }, name), value),
    chart,
    said,
  );
}

/** Where the points lie; a line of equal values lies in the middle. */
function placesOf(values) {
  const least = Math.min(...values);
  const spread = Math.max(...values) - least;
  const across = (WIDTH - 2 * EDGE) / (values.length - 1);
  const up = (value) => (spread ? (value - least) / spread : 0.5);
  return values.map((value, at) => [
    Math.round((EDGE + at * across) * 10) / 10,
    Math.round((HEIGHT - EDGE - up(value) * (HEIGHT - 2 * EDGE)) * 10) / 10,
  ]);
}

function nearest(event, chart, places) {
  const box = chart.getBoundingClientRect();
  const x = ((event.clientX - box.left) / box.width) * WIDTH;
  let best = 0;
  places.forEach(([each], at) => {
    if (Math.abs(each - x) < Math.abs(places[best][0] - x)) best = at;
  });
  return best;
}
