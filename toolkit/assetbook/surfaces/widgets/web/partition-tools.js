// What can be done with the partitions that are chosen: made run by run, or in one run.
import { fill, h } from "./dom.js";
import { button, stateCount } from "./parts.js";
import { counted } from "./words.js";

const HOW_TO_CHOOSE =
  "Drag over squares, or hold shift with the arrow keys, to choose some; a click or Enter opens one.";

/** The tools of a selection: `{ element, show }`; `show` is told how many are chosen, and which. */
export function partitionTools({ act, make, clear, launch }) {
  const perRun = h("input", {
    class: "ab-input ab-small",
    value: "1",
    "aria-label": "Partitions of one run",
  });
  const newest = h("input", { type: "checkbox" });
  const force = h("input", { type: "checkbox" });
  const most = h("input", {
    class: "ab-input ab-small",
    inputmode: "numeric",
    placeholder: "any",
    "aria-label": "Stop after so many failed runs",
  });
  const wrong = h("span", { class: "ab-wrong", role: "alert" });
  const said = h("span", { class: "ab-grid-chosen", role: "status" });
  const element = h("div", { class: "ab-partition-tools" });
  let now = { many: 0 };
  const ways = h(
    "div",
    { class: "ab-picks" },
    h("label", {}, "partitions a run ", perRun),
    h("label", {}, newest, " newest first"),
    h("label", {}, "stop after failed runs ", most),
    h("label", {}, force, " also what is fresh"),
    wrong,
  );
  const buttons = h(
    "div",
    { class: "ab-picks" },
    button("Backfill", () => backfill(), { class: "ab-button ab-primary" }),
    button("Materialize in one run", () => make([...which(), ...(force.checked ? ["--force"] : [])])),
    button("Configure and launch …", () => launch(configured())),
    button("Clear", clear, { class: "ab-button ab-quiet" }),
  );

  const isOne = () => now.many === 1 && now.ranges !== "all";

  function which() {
    if (now.state) return [`--${now.state}`];
    return [isOne() ? "--partition" : "--partitions", now.ranges];
  }

  function configured() {
    if (now.state) return { which: "all", state: now.state };
    if (isOne()) return { which: "one", key: now.ranges };
    if (now.ranges === "all") return { which: "all" };
    const [from, to] = now.ranges.split(/\.\.|,/).filter((_, at, all) => at === 0 || at === all.length - 1);
    return { which: "range", from, to };
  }

  function backfill() {
    const [runs, failures] = [perRun.value.trim(), most.value.trim()];
    wrong.textContent = /^([1-9]\d*|all|)$/.test(runs) ? "" : "partitions of one run: a number, or all";
    if (!/^([1-9]\d*|)$/.test(failures)) wrong.textContent = "failed runs: a number from 1, or nothing";
    if (wrong.textContent) return;
    const policy = [
      ...(runs && runs !== "1" ? ["--per-run", runs] : []),
      ...(newest.checked ? ["--newest-first"] : []),
      ...(failures ? ["--max-failures", failures] : []),
      ...(force.checked ? ["--force"] : []),
    ];
    act([...(now.state ? [`--${now.state}`] : ["--partitions", now.ranges]), ...policy]);
  }

  function show(chosen) {
    now = chosen;
    if (!chosen.many) {
      fill(element, h("p", { class: "ab-muted ab-launch-hint" }, HOW_TO_CHOOSE));
      return;
    }
    const counts = Object.entries(chosen.counts ?? {}).map(([state, number]) => stateCount(state, number));
    fill(said, h("strong", {}, `${counted(chosen.many, "partition")} chosen`), counts);
    if (chosen.external) fill(element, said, h("span", { class: "ab-muted" }, "They are made elsewhere."));
    else if (buttons.parentNode !== element) fill(element, said, ways, buttons);
  }

  return { element, show };
}
