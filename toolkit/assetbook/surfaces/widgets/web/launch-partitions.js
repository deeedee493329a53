// Which partitions a launch makes, and how: in one run, or run by run as a backfill.
import { fill, h } from "./dom.js";
import { stateCount } from "./parts.js";
import { counted } from "./words.js";

const WHICH = [["one", "one"], ["range", "from – to"], ["all", "all of them"]];
const STATES = [["", "in any state"], ["missing", "missing"], ["failed", "failed"], ["stale", "stale"]];
const HOW = [["once", "in one run"], ["each", "run by run (backfill)"]];
const UNALIKE = "What is selected is not all divided alike: a key has to be there in each.";

let made = 0;

/**
 * The picker for what a target has; `read()` gives the choice, and throws for one that lacks a
 * key; `tell(partitions)` says how they stand now.
 */
export function partitionPicker(target, begun, told) {
  const there = target.partitions;
  const onlyOne = target.one_partition === true;
  const list = `ab-keys-${++made}`;
  const which = picked("Which partitions", WHICH, begun.which ?? "one", drawn);
  const state = picked("Only those that are", STATES, begun.state ?? "", drawn);
  const how = picked("How", HOW, begun.byRun ? "each" : "once", drawn);
  const keyInput = (name, value) =>
    h("input", {
      class: "ab-input ab-mono ab-key",
      list,
      "aria-label": `Partition: ${name}`,
      value: value ?? "",
      spellcheck: "false",
      oninput: told,
    });
  const key = keyInput("key", begun.key ?? there.last);
  const from = keyInput("from", begun.from ?? there.first);
  const to = keyInput("to", begun.to ?? there.last);
  const perRun = h("input", {
    class: "ab-input ab-small",
    "aria-label": "Partitions of one run",
    value: "1",
    oninput: told,
  });
  const newest = h("input", { type: "checkbox", onchange: told });
  const most = h("input", {
    class: "ab-input ab-small",
    inputmode: "numeric",
    placeholder: "any",
    "aria-label": "Stop after so many failed runs",
    oninput: told,
  });
  const wrong = h("span", { class: "ab-wrong", role: "alert" });
  const about = h("div", { class: "ab-muted ab-launch-hint" });
  const row = h("div", { class: "ab-picks" });
  const policy = h("div", { class: "ab-picks" });
  const element = h(
    "fieldset",
    { class: "ab-fields ab-picker" },
    h("legend", { class: "ab-form-section" }, "partitions"),
    about,
    h("datalist", { id: list }, there.some.map((each) => h("option", { value: each }))),
    row,
    policy,
    wrong,
  );

  /** Tells how the partitions stand now. */
  function tell(now) {
    fill(
      about,
      h("p", {}, `${now.text}, ${counted(now.total, "partition")}`, counts(now)),
      now.alike === false ? h("p", {}, UNALIKE) : null,
    );
  }

  function drawn() {
    const isEach = how.value === "each";
    const one = which.value === "one";
    fill(
      row,
      onlyOne && !isEach ? null : which,
      one ? key : null,
      which.value === "range" ? [from, h("span", { class: "ab-muted" }, "to"), to] : null,
      one ? null : state,
      how,
    );
    fill(
      policy,
      isEach
        ? [
            target.selection === undefined && !onlyOne ? labelled("partitions a run", perRun) : null,
            h("label", {}, newest, " newest first"),
            labelled("stop after failed runs", most),
          ]
        : null,
    );
    told();
  }

  function read() {
    wrong.textContent = "";
    for (const each of [key, from, to, perRun, most]) each.removeAttribute("aria-invalid");
    const byRun = how.value === "each";
    const chosen = { which: onlyOne && !byRun ? "one" : which.value, state: state.value, byRun };
    const fields = { one: [["key", key]], range: [["from", from], ["to", to]], all: [] }[chosen.which];
    for (const [name, input] of fields) {
      chosen[name] = input.value.trim();
      if (!chosen[name]) throw refused(input, "name a partition");
    }
    if (!byRun) return chosen;
    chosen.perRun = perRun.value.trim();
    if (!/^([1-9]\d*|all|)$/.test(chosen.perRun)) {
      throw refused(perRun, "partitions of one run: a number, or all");
    }
    chosen.newestFirst = newest.checked;
    chosen.maxFailures = most.value.trim();
    if (!/^([1-9]\d*|)$/.test(chosen.maxFailures)) {
      throw refused(most, "how many runs may fail: a number from 1, or nothing");
    }
    return chosen;
  }

  function refused(input, said) {
    wrong.textContent = said;
    input.setAttribute("aria-invalid", "true");
    return Object.assign(new Error(said), { focus: () => input.focus() });
  }

  const silent = told;
  told = () => {};
  drawn();
  told = silent;
  return { element, read, tell };
}

function picked(label, choices, value, onchange) {
  const options = choices.map(([each, word]) => h("option", { value: each }, word));
  const found = h("select", { class: "ab-input", "aria-label": label, onchange }, options);
  found.value = value;
  return found;
}

function labelled(word, input) {
  return h("label", {}, `${word} `, input);
}

function counts(there) {
  const entries = Object.entries(there.counts ?? {}).filter(([, number]) => number);
  return entries.map(([state, number]) => stateCount(state, number));
}
