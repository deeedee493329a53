// The versions of an asset: when, by whom, how large; any two can be compared, any restored.
import { differenceParts } from "./difference.js";
import { fill, h } from "./dom.js";
import { button, empty, problem } from "./parts.js";
import { inPart, redraw } from "./texts.js";
import { age, clock, count, duration, size } from "./words.js";

const FEW = 10; // versions that show at first
const NUMBERS = ["took", "rows", "size"];
const HEADS = [
  "from",
  "to",
  "version",
  "partition",
  "made",
  "took",
  "rows",
  "size",
  "actions",
  "by",
  "run",
  "note",
];

let lists = 0;
const columnHead = (head) =>
  h("th", { scope: "col", class: NUMBERS.includes(head) ? "ab-number" : null }, head);

/** The part of the view that lists versions. */
export class AssetVersions {
  constructor({ wire, bar, open }, show) {
    Object.assign(this, { wire, bar, open });
    this.show = show;
    this.before = this.after = null;
    this.hasAll = false;
    this.id = `ab-versions-${++lists}`; // radio buttons of the same name are one choice for a page
    this.list = h("div");
    this.place = h("div", { class: "ab-difference" });
    this.element = h("div", { class: "ab-asset-part ab-wide" }, this.list, this.place);
  }

  /** Shows the list; the difference that was asked for stays below it. */
  update(now) {
    this.now = now;
    redraw(this.list, () => this.draw(now));
  }

  draw(now) {
    const all = Object.values(now.versions);
    if (!all.length) return inPart("versions", empty("No versions yet.", "Each materialization makes one."));
    this.settle(all.map(({ name }) => name));
    const shown = this.hasAll ? all : all.slice(0, FEW);
    const left = new Set([
      ...(all.length > 1 ? [] : ["from", "to"]),
      ...(all.some((each) => each.partition !== null) ? [] : ["partition"]),
    ]);
    const heads = HEADS.filter((head) => !left.has(head));
    return inPart(
      `versions · ${count(all.length)}${all.length === 200 ? ", the newest" : ""}`,
      h(
        "div",
        { class: "ab-scroll", tabindex: "0", role: "group", "aria-label": "Versions" },
        h(
          "table",
          { class: "ab-table ab-middle ab-versions" },
          h("thead", {}, h("tr", {}, heads.map(columnHead))),
          h(
            "tbody",
            {},
            shown.map((each) => this.line(each.name, each, heads)),
          ),
        ),
      ),
      h(
        "div",
        { class: "ab-tools ab-versions-tools" },
        all.length > 1
          ? button(`compare ${this.before} with ${this.after}`, () => this.compare(), {
              "data-at": "compare",
            })
          : null,
        shown.length < all.length
          ? button(`show all ${count(all.length)}`, () => this.showAll(), { "data-at": "all" })
          : null,
      ),
    );
  }

  /** Compares the newest with the one before it until others are chosen. */
  settle(names) {
    if (this.isChosen && names.includes(this.before) && names.includes(this.after)) return;
    [this.after, this.before] = [names[0], names[1] ?? names[0]];
  }

  line(name, each, heads) {
    const { asset, latest } = this.now;
    const number = (text) => h("td", { class: "ab-number" }, text);
    const cells = {
      from: () => h("td", {}, this.chooser("before", name)),
      to: () => h("td", {}, this.chooser("after", name)),
      version: () => h("td", {}, h("strong", {}, name), name === latest ? " latest" : ""),
      partition: () => h("td", {}, each.partition),
      made: () => h("td", { title: clock(each.at) }, age(each.at)),
      took: () => number(duration(each.seconds)),
      rows: () => number(each.rows === null ? "" : count(each.rows)),
      size: () => number(size(each.bytes)),
      actions: () => h("td", {}, this.doers(name, each, `${asset.name}@${name}`)),
      by: () => h("td", {}, h("span", { class: "ab-clip", title: each.origin }, each.origin)),
      run: () => h("td", { class: "ab-mono" }, this.runLink(each)),
      note: () => h("td", { class: "ab-muted" }, each.note),
    };
    return h(
      "tr",
      { "data-version": name },
      heads.map((head) => cells[head]()),
    );
  }

  runLink({ run, run_name, own }) {
    if (!run || !own) return run_name || "reported";
    const label = `Open the run ${run_name}`;
    return button(run_name, () => this.open("run", { run }), { class: "ab-link", "aria-label": label });
  }

  chooser(side, name) {
    return h("input", {
      type: "radio",
      name: `${this.id}-${side}`,
      checked: this[side] === name,
      disabled: !this.now.versions[`@${name}`].has_value,
      "aria-label": `Compare ${side === "before" ? "from" : "to"} version ${name}`,
      "data-at": `${side} ${name}`,
      onchange: () => {
        this[side] = name;
        this.isChosen = true;
        this.update(this.now);
      },
    });
  }

  doers(name, each, named) {
    if (!each.has_value) return null;
    const act = (label, verb, words) =>
      button(label, () => this.bar.act(verb, words), {
        "aria-label": `${label} version ${name}`,
        "data-at": `${label} ${name}`,
      });
    return h(
      "span",
      { class: "ab-doers" },
      button("show", () => this.show(name), {
        "aria-label": `show the value of version ${name}`,
        "data-at": `show ${name}`,
      }),
      each.own && name !== this.now.latest ? act("restore", "restore", [named]) : null,
      each.own && each.kept ? act("release", "keep", [named, "--release"]) : null,
      each.own && !each.kept ? act("keep", "keep", [named]) : null,
    );
  }

  showAll() {
    this.hasAll = true;
    this.update(this.now);
  }

  async compare() {
    const { before, after } = this;
    fill(this.place, h("p", { class: "ab-muted" }, "comparing …"));
    try {
      const found = await this.wire.ask("difference", { key: this.now.asset.key, before, after });
      this.bar.tell({ line: found.line, said: "", goes_on: false });
      fill(this.place, differenceParts(found, before, after));
    } catch (error) {
      fill(this.place, problem(error));
    }
  }
}
