// What narrows a list of runs: status, what was asked for, who asked, a tag, words.
import { h } from "./dom.js";
import { choice } from "./log-tools.js";

const FIELDS = {
  status: { any: "any status", of: (run) => [run.status], word: (run) => run.look.word },
  lane: { any: "asked for anything", of: (run) => [run.lane] },
  origin: { any: "by anyone", of: (run) => [run.origin] },
  tag: { any: "any tags", of: (run) => run.tags },
};

/** The fields; `told()` is called when what they let through has changed, `kept` has what was
 * chosen before, and takes what is chosen now. */
export class RunFilters {
  constructor(told, kept) {
    this.kept = kept;
    const changed = () => {
      this.keep();
      told();
    };
    this.search = h("input", {
      type: "search",
      class: "ab-search",
      placeholder: "search: id, name, message",
      "aria-label": "Search the runs",
      value: kept.search ?? "",
      oninput: changed,
    });
    this.fields = Object.fromEntries(
      Object.entries(FIELDS).map(([name, { any }]) => [name, choice(name, [["", any]], changed)]),
    );
    this.element = [this.search, ...Object.values(this.fields)];
  }

  keep() {
    this.kept.search = this.search.value;
    for (const [name, field] of Object.entries(this.fields)) this.kept[name] = field.value;
  }

  /** Offers what the runs have; what nobody can choose between is not shown. */
  offer(runs) {
    for (const [name, field] of Object.entries(this.fields)) {
      const { of, word } = FIELDS[name];
      const known = new Set([...field.options].map((each) => each.value));
      for (const run of runs) {
        for (const value of of(run)) {
          if (known.has(value)) continue;
          known.add(value);
          field.append(h("option", { value }, word ? word(run) : value));
        }
      }
      const before = this.kept[name];
      if (before && known.has(before)) field.value = before;
      field.hidden = name === "tag" ? known.size < 2 : known.size < 3;
    }
  }

  /** What a run must be. */
  test() {
    const words = this.search.value.toLowerCase();
    const chosen = Object.entries(this.fields).filter(([, field]) => field.value);
    return (run) =>
      chosen.every(([name, field]) => FIELDS[name].of(run).includes(field.value)) &&
      (!words ||
        `${run.id} ${run.asked} ${run.by} ${run.message} ${run.tags.join(" ")}`
          .toLowerCase()
          .includes(words));
  }
}
