// What differs between two versions: rows as a bar, columns with their distributions, examples, code.
import { h, s } from "./dom.js";
import { lookOf } from "./parts.js";
import { codeDifference, gridTable, inPart, tint } from "./texts.js";
import { count } from "./words.js";

const WIDTH = 150;
const LANE = 9;
const OLD = "#7f8794";
const PARTS = { removed: "failed", "the same": null, changed: "stale", added: "fresh" };

/** The parts of an answer to the question `difference`. */
export function differenceParts({ times, summary, table, plain, making }, before, after) {
  const [first, ...more] = summary;
  return [
    h("h3", { class: "ab-part-title" }, `version ${before} → ${after}`),
    h("div", {}, first, h("span", { class: "ab-muted" }, `  ${times}`)),
    table ? rowsBar(table.rows) : null,
    more.map((line) => h("div", { class: "ab-muted" }, line)),
    table ? tableParts(table) : null,
    plain ? inPart("changes", gridTable(plain, { mark: sideMark })) : null,
    making ? makingParts(making) : null,
  ]
    .flat(3)
    .filter(Boolean);
}

function tableParts({ columns, quantiles, cells, added, removed }) {
  return [
    inPart("columns", columnsTable(columns, quantiles), legend()),
    inPart("changed cells, a few of each column", gridTable(cells, { mark: sideMark })),
    folded(added),
    folded(removed),
  ];
}

const sideMark = (head) => {
  const state = { before: "failed", after: "fresh" }[head];
  return state ? { class: "ab-marked", style: { background: tint(state) } } : {};
};

function folded([title, grid]) {
  return grid ? h("details", {}, h("summary", {}, title), gridTable(grid)) : null;
}

/** The rows of both tables as one bar, and what its parts are. */
function rowsBar(rows) {
  const parts = Object.entries(rows).filter(([, number]) => number);
  const colour = (word) => (PARTS[word] ? lookOf(PARTS[word]).colour : "var(--ab-line)");
  return [
    h(
      "div",
      {
        class: "ab-rows-bar",
        role: "img",
        "aria-label": parts.map(([word, number]) => `${count(number)} ${word}`).join(", "),
      },
      parts.map(([word, number]) =>
        h("span", { style: { flexGrow: String(number), background: colour(word) } }),
      ),
    ),
    h(
      "div",
      { class: "ab-rows-legend" },
      parts.map(([word, number]) =>
        h(
          "span",
          {},
          h("span", { style: { color: colour(word) }, "aria-hidden": "true" }, "■ "),
          `${count(number)} ${word}`,
        ),
      ),
    ),
  ];
}

function columnsTable(grid, quantiles) {
  const table = gridTable(grid);
  if (!table) return null;
  const rows = table.querySelectorAll("tbody tr");
  const put = (row, cell) => row.insertBefore(cell, row.children[2] ?? null);
  put(table.querySelector("thead tr"), h("th", { scope: "col" }, "before / after"));
  rows.forEach((row, at) => {
    const name = grid.rows[at][0];
    const sides = quantiles[name] ?? quantiles[name.slice(2)] ?? [[], []];
    put(row, h("td", {}, boxes(sides)));
  });
  return table;
}

function legend() {
  const part = (colour, word) =>
    h("span", {}, h("span", { style: { color: colour }, "aria-hidden": "true" }, "■ "), word);
  return h(
    "div",
    { class: "ab-rows-legend ab-muted" },
    part(OLD, "before"),
    part(lookOf("running").colour, "after"),
    "boxes: the middle half with the median, lines: from the 5th to the 95th percentile",
  );
}

const asNumber = (point) => (typeof point === "number" ? point : Date.parse(point));

/** Two distributions, the older above the newer. */
function boxes(sides) {
  const drawn = sides
    .map((points, at) => ({ points: points.map(asNumber), colour: at ? lookOf("running").colour : OLD }))
    .filter(({ points }) => points.length && points.every(Number.isFinite));
  if (!drawn.length) return null;
  const least = Math.min(...drawn.map(({ points }) => points[0]));
  const spread = Math.max(...drawn.map(({ points }) => points.at(-1))) - least || 1;
  const x = (point) => 2 + ((WIDTH - 4) * (point - least)) / spread;
  const height = LANE * drawn.length;
  return s(
    "svg",
    { width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`, "aria-hidden": "true", class: "ab-spread" },
    drawn.map(({ points, colour }, lane) => box(points.map(x), lane * LANE + 1, colour)),
  );
}

function box([low, left, middle, right, high], top, colour) {
  const half = top + 3;
  const line = (x1, y1, x2, y2, width) =>
    s("line", { x1, y1, x2, y2, stroke: colour, "stroke-width": width });
  return [
    line(low, half, high, half, 1),
    s("rect", {
      x: left,
      y: top,
      width: Math.max(1.5, right - left),
      height: 6,
      rx: 1,
      fill: colour,
      opacity: 0.55,
    }),
    line(middle, top - 1, middle, top + 7, 2),
  ];
}

function makingParts({ facts, inputs, code }) {
  if (!facts && !inputs && !code.length)
    return inPart("how they were made", h("div", { class: "ab-muted" }, "nothing that is recorded differs"));
  return inPart("how they were made", gridTable(facts), gridTable(inputs), code.map(codeDifference));
}
