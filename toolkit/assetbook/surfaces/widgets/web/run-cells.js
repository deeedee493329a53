// The notebooks that a run ran: how each cell stands, and the one that failed.
import { h } from "./dom.js";
import { lookMark } from "./log-row.js";
import { duration } from "./words.js";

/** One notebook of a step: its cells, the failing one with its source and short traceback. */
export function notebookCells(step, { said, path, parameters, cells, bad }) {
  return h(
    "section",
    { class: "ab-cells", "data-step": step },
    h("h3", { class: "ab-run-part" }, said),
    bad ? failing(bad) : null,
    h(
      "div",
      { class: "ab-scroll ab-cells-list" },
      h("table", { class: "ab-table" }, HEAD(), h("tbody", {}, cells.map(line))),
    ),
    parameters ? folded("parameters", parameters) : null,
    path ? h("p", { class: "ab-muted ab-wraps" }, `the notebook as it ended: ${path}`) : null,
  );
}

const HEADS = ["cell", "status", "took", "first line"];
const NUMBERS = new Set(["cell", "took"]);
const HEAD = () =>
  h(
    "thead",
    {},
    h(
      "tr",
      {},
      HEADS.map((head) =>
        h("th", { scope: "col", class: NUMBERS.has(head) ? "ab-number" : null }, head),
      ),
    ),
  );

function line({ number, look, seconds, line: first }) {
  return h(
    "tr",
    { "data-cell": number },
    h("td", { class: "ab-number" }, number),
    h("td", {}, lookMark(look)),
    h("td", { class: "ab-number" }, duration(seconds)),
    h("td", { class: "ab-mono ab-cut", title: first }, first),
  );
}

function failing({ number, source, raised }) {
  return h(
    "div",
    { class: "ab-failing", role: "group", "aria-label": `Cell ${number}, which failed` },
    h("div", { class: "ab-muted" }, `cell ${number}`),
    h("pre", { class: "ab-pre" }, source),
    h("div", { class: "ab-muted" }, "what it raised"),
    h("pre", { class: "ab-pre ab-raised" }, raised),
  );
}

/** A text that shows when somebody asks for it. */
export function folded(title, text) {
  return h(
    "details",
    { class: "ab-folded" },
    h("summary", {}, title),
    h("pre", { class: "ab-pre" }, text),
  );
}
