// What stands above a lineage: finding, narrowing it to a selection, and its groups.
import { fill, h } from "./dom.js";
import { button, groupColour, problem } from "./parts.js";
import { count } from "./words.js";

/** The tools; `told` has find(text), next(), narrow(selection), closeGroups(names, group). */
export class Tools {
  constructor(told, selection) {
    this.told = told;
    this.find = h("input", {
      type: "search",
      class: "ab-search ab-find",
      placeholder: "find an asset",
      "aria-label": "Find an asset",
      oninput: () => told.find(this.find.value),
      onkeydown: (event) => event.key === "Enter" && told.next(event.shiftKey ? -1 : 1),
    });
    this.found = h("span", { class: "ab-muted ab-found-count", role: "status" });
    this.narrow = h("input", {
      type: "text",
      class: "ab-search",
      value: selection,
      spellcheck: "false",
      placeholder: "selection: +total, group:raw",
      "aria-label": "Show only a selection",
      onkeydown: (event) => event.key === "Enter" && told.narrow(this.narrow.value.trim()),
    });
    this.all = button("show all", () => told.narrow(""), { hidden: !selection });
    this.slip = h("div", { class: "ab-slip" });
    this.summary = h("span", { class: "ab-muted" });
    this.groups = h("div", { class: "ab-groups", role: "group", "aria-label": "Groups" });
    this.element = h(
      "div",
      {},
      h("div", { class: "ab-tools" }, this.find, this.found, this.narrow, this.all, this.summary),
      this.slip,
      this.groups,
    );
  }

  /** Tells which selection is shown; what was wrong with the one that was asked for. */
  narrowed(selection, error = null) {
    if (!error) this.narrow.value = selection;
    this.all.hidden = !selection && !error;
    fill(this.slip, error ? problem(error) : null);
  }

  tellFound(at, number) {
    const said = number ? `${at + 1} of ${count(number)}` : "none";
    this.found.textContent = this.find.value ? said : "";
  }

  showGroups(sizes, closed) {
    const names = Object.keys(sizes).sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
    const sign = JSON.stringify([sizes, [...closed]]);
    if (sign === this.sign) return;
    this.sign = sign;
    const focused = document.activeElement?.dataset?.group;
    const every = names.every((name) => closed.has(name));
    fill(
      this.groups,
      names.map((name) => this.chip(name, sizes[name], closed)),
      names.length > 1
        ? button(every ? "open all" : "close all", () => this.told.closeGroups(every ? [] : names), {
            class: "ab-button ab-quiet",
            "data-group": "",
          })
        : null,
    );
    if (focused === undefined) return;
    for (const each of this.groups.children) if (each.dataset.group === focused) each.focus();
  }

  chip(name, size, closed) {
    const isClosed = closed.has(name);
    const others = [...closed].filter((each) => each !== name);
    return button(
      [
        h("span", { class: "ab-dot", style: { background: groupColour(name) }, "aria-hidden": "true" }),
        h("span", { class: "ab-cut" }, name),
        h("span", { class: "ab-muted" }, count(size)),
        h("span", { class: "ab-muted", "aria-hidden": "true" }, isClosed ? "▸" : "▾"),
      ],
      () => this.told.closeGroups(isClosed ? others : [...closed, name], name),
      {
        class: "ab-button ab-chip",
        "data-group": name,
        "aria-expanded": String(!isClosed),
        title: `${isClosed ? "open" : "close"} the group ${name}`,
      },
    );
  }
}
