// One partition: its versions with their numbers, the run of each, and how its last try failed.
import { fill, h } from "./dom.js";
import { shownNumber } from "./partition-metric.js";
import { button, empty, problem } from "./parts.js";
import { age, clock, count, duration, size } from "./words.js";

const HAVE_COLUMNS = ["seconds", "bytes"]; // numbers told as "took" and "size"

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
      const isNever = !found.versions.length && !found.failed;
      const materialize = button("Materialize", () => make(partition), {
        "aria-label": `Materialize ${partition}`,
      });
      fill(
        element,
        h(
          "div",
          { class: "ab-tools" },
          h("strong", { class: "ab-mono" }, `${name}[${partition}]`),
          external ? null : materialize,
          button("Open the asset", () => open("asset", { key })),
          h("span", { class: "ab-spring" }),
          button("×", hide, { class: "ab-button ab-quiet", "aria-label": "Close" }),
        ),
        found.failed ? failed(found.failed) : null,
        found.versions.length ? versions(found.versions) : null,
        isNever ? empty("Never made.") : null,
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
    return button(run.slice(0, 6), () => open("run", { run }), {
      class: "ab-link ab-mono",
      title: `Open run ${run}`,
    });
  }

  function versions(some) {
    const told = new Set(some.flatMap((each) => Object.keys(each.numbers)));
    const numbers = [...told].filter((name) => !HAVE_COLUMNS.includes(name));
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
    const at = version.materialized_at;
    return h(
      "tr",
      {},
      h("td", {}, `@${version.version}`),
      h("td", { title: at }, `${age(at)}, ${clock(at)}`),
      h("td", { class: "ab-number" }, duration(version.duration_seconds)),
      h("td", { class: "ab-number" }, version.rows === null ? "" : count(version.rows)),
      h("td", { class: "ab-number" }, size(version.bytes)),
      numbers.map((name) => h("td", { class: "ab-number" }, numberText(name, version.numbers[name]))),
      h("td", {}, version.run_id ? runLink(version.run_id) : "reported"),
      h("td", { class: "ab-muted" }, noteOf(version)),
    );
  }

  function hide() {
    shown = null;
    element.hidden = true;
    fill(element);
  }

  return { element, show, hide, refresh: () => shown && show(shown.document, shown.partition) };
}

function numberText(name, value) {
  return value === undefined ? "" : shownNumber(name, value);
}

function noteOf({ overridden, wiped_at: wipedAt }) {
  if (overridden) return "not the latest: run with other settings";
  return wipedAt ? "wiped" : "";
}
