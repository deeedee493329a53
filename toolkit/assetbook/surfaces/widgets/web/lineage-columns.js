// Where a column of an asset comes from and goes, as far as metadata says so: asked for, never by itself.
import { Camera } from "./camera.js";
import { fill, h } from "./dom.js";
import { Graph } from "./lineage-graph.js";
import { SvgPicture } from "./lineage-svg.js";
import { button, empty, problem } from "./parts.js";
import { counted } from "./words.js";

const ROOM = 8;

/** The panel; `told` has mark(ids): assets to be shown before the others, null for all. */
export class Columns {
  constructor(wire, told) {
    this.wire = wire;
    this.told = told;
    this.element = h("section", { class: "ab-columns", "aria-label": "Column lineage" });
  }

  async open(id, name) {
    this.id = id;
    this.name = name;
    const answer = await this.ask({ key: id });
    if (!answer) return;
    const stated = new Set(answer.stated);
    const choose = h(
      "select",
      { class: "ab-choose", "aria-label": `Column of ${name}`, onchange: () => this.trace(choose.value) },
      answer.columns.map((column) =>
        h("option", { value: column }, stated.has(column) ? column : `${column} (nothing said)`),
      ),
    );
    this.place = h("div", { class: "ab-column-picture" });
    fill(
      this.element,
      h(
        "div",
        { class: "ab-beside-line" },
        h("span", { class: "ab-muted" }, "columns of"),
        h("strong", { class: "ab-cut", title: name }, name),
        answer.columns.length ? choose : null,
        answer.columns.length ? h("span", { class: "ab-muted" }, "where it comes from, and where it goes") : null,
        button("×", () => this.close(), { "aria-label": "Close the column lineage", class: "ab-button ab-quiet" }),
      ),
      this.place,
    );
    if (!answer.columns.length) {
      fill(this.place, empty("No columns are known of it.", "A table has some once it is made."));
      return;
    }
    choose.value = answer.stated[0] ?? answer.columns[0];
    choose.focus({ preventScroll: true });
    await this.trace(choose.value);
  }

  async trace(column) {
    const answer = await this.ask({ key: this.id, column });
    if (!answer) return;
    const nodes = Object.values(answer.picture.nodes);
    this.told.mark(new Set(nodes.map((node) => node.key)));
    if (nodes.length === 1) {
      fill(
        this.place,
        empty(
          answer.stated.includes(column)
            ? "It is made from itself alone."
            : "Nobody says where this column comes from, or goes.",
          "State it as the metadata dagster/column_lineage: TableColumnLineage({…}).",
        ),
      );
      return;
    }
    this.draw(new Graph(answer.picture), column, answer.picture.asked);
  }

  draw(graph, column, asked) {
    const picture = new SvgPicture();
    const look = { running: {}, picked: asked, isDim: () => false };
    picture.update(graph, look, `${column} of ${this.name}: ${counted(graph.ids.length, "column")}`);
    const camera = new Camera(() => picture.move(camera));
    camera.pan(ROOM - camera.x, ROOM - camera.y);
    for (const node of picture.element.querySelectorAll(".ab-node")) {
      node.setAttribute("role", "img");
      node.removeAttribute("tabindex");
    }
    picture.element.setAttribute("width", graph.shape.width + 2 * ROOM);
    picture.element.setAttribute("height", graph.shape.height + 2 * ROOM);
    picture.element.setAttribute("role", "img");
    fill(this.place, picture.element);
    const [left, , wide] = graph.box(asked);
    this.place.scrollLeft = left + wide / 2 - this.place.clientWidth / 2;
  }

  async ask(given) {
    try {
      return await this.wire.ask("column lineage", given);
    } catch (error) {
      fill(this.element, problem(error));
      return null;
    }
  }

  close() {
    fill(this.element);
    this.told.mark(null);
  }
}
