// One partition: its versions with their numbers, the run of each, and how its last try failed.
import { fill, h } from "./dom.js";
import { shownNumber } from "./partition-metric.js";
import { button, empty, problem } from "./parts.js";
import { age, clock, count, duration, size } from "./words.js";

/** The panel of one partition: `{ element, show, hide, refresh }`. */
export function partitionDetail({ wire, open, make }) {
  const element = h("section", { class: "ab-partition", "aria-label": "One partition" });
  element.hidden = true;
  let shown = null;

  async function show(document, partition) {
    const { key, name, external } = document;
    shown = { document, partition };
    element.hidden = false;
    try {
      const found = await wire.ask("partition_versions", { key, partition });
      if (shown?.partition === partition) draw(found);
    } catch (error) {
      fill(element, problem(error));
    }

    function draw(found) {
      fill(
        element,
        h(
          "div",
          { class: "ab-tools" },
          h("strong", { class: "ab-mono" }, `${name}[${partition}]`),
          external ? null : button("Materialize", () => make(partition), { "aria-label": `Materialize ${partition}` }),
          button("Open the asset", () => open("asset", { key })),
          h("span", { class: "ab-spring" }),
          button("×", hide, { class: "ab-button ab-quiet", "aria-label": "Close" }),
        ),
        found.failed ? failed(found.failed) : null,
        found.versions.length ? versions(found.versions) : found.failed ? null : empty("Never made."),
      );
    }
  }

  function failed({ run, at, error }) {
    return h(
      "p",
      { class: "ab-problem" },
      h("span", { class: "ab-symbol", "aria-hidden": "true" }, "✕"),
      h("span", {}, `failed ${age(at)}, in run `, runLink(run), error ? `: ${error.split("\n")[0]}` : ""),
    );
  }

  function runLink(run) {
    return button(run.slice(0, 6), () => open("run", { run }), { class: "ab-link ab-mono", title: `Open run ${run}` });
  }

  function versions(some) {
    const numbers = [...new Set(some.flatMap((each) => Object.keys(each.numbers)))].filter((each) => each !== "seconds" && each !== "bytes");
    const heads = ["version", "made", "took", "rows", "size", ...numbers, "run", ""];
    return h(
      "div",
      { class: "ab-scroll", tabindex: "0", role: "region", "aria-label": "Versions" },
      h(
        "table",
        { class: "ab-table" },
        h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
        h("tbody", {}, some.map((each) => line(each, numbers))),
      ),
    );
  }

  function line(version, numbers) {
    return h(
      "tr",
      {},
      h("td", {}, `@${version.version}`),
      h("td", { title: version.materialized_at }, `${age(version.materialized_at)}, ${clock(version.materialized_at)}`),
      h("td", { class: "ab-number" }, duration(version.duration_seconds)),
      h("td", { class: "ab-number" }, version.rows === null ? "" : count(version.rows)),
      h("td", { class: "ab-number" }, size(version.bytes)),
      numbers.map((name) => h("td", { class: "ab-number" }, version.numbers[name] === undefined ? "" : shownNumber(name, version.numbers[name]))),
      h("td", {}, version.run_id ? runLink(version.run_id) : "reported"),
      h("td", { class: "ab-muted" }, version.overridden ? "not the latest: run with other settings" : version.wiped_at ? "wiped" : ""),
    );
  }

  function hide() {
    shown = null;
    element.hidden = true;
    fill(element);
  }

  return { element, show, hide, refresh: () => shown && show(shown.document, shown.partition) };
}
