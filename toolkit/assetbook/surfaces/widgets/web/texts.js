// Small things that are shown as text in several places: grids, code, links, titled parts.
import { fill, h } from "./dom.js";
import { lookOf } from "./parts.js";

/** A titled part of a view; nothing where there is nothing in it. */
export function inPart(title, ...inside) {
  const there = inside.flat().filter(Boolean);
  return there.length ? [h("h3", { class: "ab-part-title" }, title), ...there] : null;
}

/** Draws a part anew; what had the focus in it has it again, by its `data-at`. */
export function redraw(place, draw) {
  const held = place.getRootNode().activeElement;
  const at = place.contains(held) ? held.dataset.at : null;
  const wasOpen = [...place.querySelectorAll("details")].map((each) => each.open);
  fill(place, draw());
  place.hidden = !place.firstChild;
  [...place.querySelectorAll("details")].forEach(
    (each, number) => (each.open = wasOpen[number] ?? each.open),
  );
  if (at) place.querySelector(`[data-at="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}

/** A text, which is a link if all of it is an address of the web. */
export function linked(text) {
  if (!/^https?:\/\/[^\s\\]+$/i.test(text)) return text;
  return h("a", { href: text, target: "_blank", rel: "noopener noreferrer", class: "ab-anchor" }, text);
}

/** A grid as a table; null where there is none. See grid_json.py. */
export function gridTable(grid, { mark = null } = {}) {
  if (!grid) return null;
  const kind = (at) => (grid.numbers.includes(at) ? "ab-number" : null);
  return h(
    "div",
    {
      class: "ab-sideways",
      tabindex: "0",
      role: "group",
      "aria-label": grid.heads.filter(Boolean).join(", "),
    },
    h(
      "table",
      { class: "ab-table ab-grid-table" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          grid.heads.map((head, at) => h("th", { scope: "col", class: kind(at) }, head)),
        ),
      ),
      h(
        "tbody",
        {},
        grid.rows.map((row) =>
          h(
            "tr",
            {},
            row.map((text, at) =>
              h("td", { class: kind(at) ?? lengthOf(text), ...mark?.(grid.heads[at]) }, linked(text)),
            ),
          ),
        ),
      ),
    ),
  );
}

const lengthOf = (text) => (text.length > 40 ? "ab-long" : text.length < 26 ? "ab-brief" : null);

/** A piece of code, old against new: what came and went is marked by sign and ground. */
export function codeDifference({ kind, name, lines }) {
  return h(
    "div",
    { class: "ab-piece" },
    h(
      "div",
      { class: "ab-muted" },
      `${kind} `,
      h("strong", {}, name),
      lines.length ? "" : ": its text was not known",
    ),
    lines.length
      ? h(
          "pre",
          { class: "ab-source-text", tabindex: "0" },
          lines.map((line) => h("span", { style: ground(line) }, `${line}\n`)),
        )
      : null,
  );
}

function ground(line) {
  const state = { "+": "fresh", "-": "failed" }[line[0]];
  return state ? { background: tint(state) } : { color: line[0] === "@" ? "var(--ab-muted)" : "inherit" };
}

/** A light ground in the colour of a state, on which text stays readable. */
export function tint(state) {
  return `color-mix(in srgb, ${lookOf(state).colour} 18%, transparent)`;
}
