// The columns of a table: types as recorded, and what they hold, summed up on demand one by one.
import { fill, h, s } from "./dom.js";
import { button, lookOf, problem } from "./parts.js";
import { redraw } from "./texts.js";
import { count } from "./words.js";

const WIDTH = 120;
const HEIGHT = 22;
const SUMMED_UP = ["spread", "nulls", "distinct", "values"];

/** The table of the columns of the latest version. */
export class Profile {
  constructor(wire) {
    this.wire = wire;
    this.element = h("div");
    this.found = {}; // by version and column
    this.busy = null;
    this.said = h("span", { class: "ab-muted", role: "status" });
    this.body = h("tbody");
  }

  /** The columns of the recorded schema, with what was summed up of them. */
  update(key, schema, version) {
    if (!schema) return fill(this.element);
    const isSame = this.version === version && this.key === key;
    Object.assign(this, { key, schema, version });
    if (!isSame) redraw(this.element, () => this.draw());
  }

  draw() {
    const { schema } = this;
    const heads = [...schema.heads.slice(0, 2), ...this.summedUp(), ...schema.heads.slice(2)];
    this.drawRows();
    return [
      h(
        "div",
        { class: "ab-tools" },
        h("strong", {}, `${count(schema.rows.length)} columns`),
        button("profile the columns", () => this.sumUp(), { "data-at": "profile" }),
        this.said,
      ),
      h(
        "div",
        { class: "ab-scroll ab-column-table", tabindex: "0", role: "group", "aria-label": "Columns" },
        h(
          "table",
          { class: "ab-table ab-middle" },
          h(
            "thead",
            {},
            h(
              "tr",
              {},
              heads.map((head) =>
                h("th", { scope: "col", class: head === "distinct" ? "ab-number" : null }, head),
              ),
            ),
          ),
          this.body,
        ),
      ),
    ];
  }

  /** What is told of each column beside its type: nothing before somebody asks. */
  summedUp() {
    return this.asked === this.version ? SUMMED_UP : [];
  }

  drawRows() {
    fill(
      this.body,
      this.schema.rows.map((row) => this.line(row)),
    );
  }

  drawRow(field) {
    const at = this.schema.rows.findIndex(([name]) => name === field);
    if (at >= 0) this.body.children[at].replaceWith(this.line(this.schema.rows[at]));
  }

  line(row) {
    const found = this.found[`${this.version}\n${row[0]}`];
    const told = row.map((text, at) =>
      h("td", { class: at ? "ab-muted" : "ab-mono" }, h("span", { class: "ab-clip", title: text }, text)),
    );
    const summed = found ? summary(found) : this.summedUp().map(() => h("td"));
    return h("tr", { "data-column": row[0] }, told.slice(0, 2), summed, told.slice(2));
  }

  /** Asks for each column in turn, so that no answer takes long and each shows as it comes. */
  async sumUp() {
    const { version } = this;
    if (this.busy === version) return;
    this.busy = this.asked = version;
    redraw(this.element, () => this.draw());
    try {
      const { columns = [] } = await this.wire.ask("value", { key: this.key, version });
      for (const [number, { field, place }] of columns.entries()) {
        if (this.version !== version) break;
        this.said.textContent = `${count(number + 1)} of ${count(columns.length)} …`;
        this.found[`${version}\n${field}`] = await this.wire.ask("profile", {
          key: this.key,
          version,
          column: place,
        });
        this.drawRow(field);
      }
      this.said.textContent = "";
    } catch (error) {
      fill(this.said, problem(error));
    }
    this.busy = null;
  }
}

function summary(found) {
  const part = found.rows < found.of ? `, of ${count(found.rows)} rows of ${count(found.of)}` : "";
  const share = found.rows ? found.nulls / found.rows : 0;
  return [
    h("td", {}, pictureOf(found)),
    h(
      "td",
      { title: `${count(found.nulls)} nulls${part}` },
      found.nulls ? percent(share) : h("span", { class: "ab-muted" }, "none"),
    ),
    h("td", { class: "ab-number" }, found.distinct === null ? "" : count(found.distinct)),
    h("td", {}, h("span", { class: "ab-clip", title: valuesOf(found) }, valuesOf(found))),
  ];
}

const percent = (share) =>
  `${share < 0.001 ? "< 0.1" : (share * 100).toLocaleString("en-US", { maximumSignificantDigits: 2 })} %`;

function valuesOf({ low, high, mean, top, rows, nulls }) {
  if (low !== null) return `${low} … ${high}${mean === null ? "" : `, mean ${mean}`}`;
  return top
    .map(([text, number]) => `${text === "" ? "(empty)" : text} ${percent(number / (rows - nulls))}`)
    .join(", ");
}

/** A histogram of numbers and instants, or the shares of the most frequent texts. */
function pictureOf({ bars, top, rows, nulls }) {
  const colour = lookOf("running").colour;
  const said = bars.length ? "histogram" : "shares of the most frequent values";
  const svg = (shapes) =>
    s(
      "svg",
      {
        width: WIDTH,
        height: HEIGHT,
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": said,
        class: "ab-spread",
      },
      shapes,
    );
  if (bars.length) {
    const most = Math.max(...bars);
    const wide = WIDTH / bars.length;
    return svg(
      bars.map((bar, at) => {
        const high = bar ? Math.max(1, (HEIGHT * bar) / most) : 0;
        return s("rect", {
          x: at * wide,
          y: HEIGHT - high,
          width: Math.max(1, wide - 1),
          height: high,
          fill: colour,
        });
      }),
    );
  }
  if (!top.length) return null;
  let left = 0;
  return svg(
    top.map(([, number], at) => {
      const width = (WIDTH * number) / (rows - nulls);
      const shape = s("rect", {
        x: left,
        y: 6,
        width: Math.max(0, width - 1),
        height: 10,
        fill: colour,
        opacity: 0.95 - 0.15 * at,
      });
      left += width;
      return shape;
    }),
  );
}
