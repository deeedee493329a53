// What else a launch may be told: whether it forces, what it brings along, tags, words as typed.
import { h } from "./dom.js";
import { shellWords } from "./launch-words.js";

const FLAGS = [
  ["force", "run it though it is fresh", "--force"],
  ["only", "bring nothing but what is named", "--only"],
  ["unknown", "run unknown upstreams, too", "--unknown"],
  ["sources", "read the world outside again", "--sources"],
  ["detach", "in a process of its own that outlives this one", "--detach"],
];

/** The options that go with a verb: `{ element, read, suit }`; `suit(verb)` leaves the others out. */
export function launchOptions(told) {
  const boxes = FLAGS.map(([name, word, option]) => {
    const input = h("input", { type: "checkbox", onchange: told });
    return { name, input, element: h("label", { class: "ab-flag", title: option }, input, ` ${word}`) };
  });
  const wrong = h("span", { class: "ab-wrong", role: "alert" });
  const typed = (label, placeholder) =>
    h("input", {
      class: "ab-input ab-mono",
      placeholder,
      "aria-label": label,
      spellcheck: "false",
      oninput: told,
    });
  const tags = typed("Tags", "team=etl, why=rerun");
  const more = typed("More options, as one types them", "--executor processes --workers 4");
  const element = h(
    "details",
    { class: "ab-options" },
    h("summary", {}, "options"),
    h("div", { class: "ab-flags" }, boxes.map((box) => box.element)),
    h("div", { class: "ab-field" }, h("span", { class: "ab-name" }, "tags"), tags, wrong),
    h("div", { class: "ab-field" }, h("span", { class: "ab-name" }, "more"), more),
  );

  function suit(verb) {
    for (const { name, element: label } of boxes) label.hidden = !SUITED[verb].includes(name);
  }

  function read(verb) {
    wrong.textContent = "";
    const given = tags.value.split(",").map((each) => each.trim()).filter(Boolean);
    const unfit = given.find((each) => !/^[^=]+=/.test(each));
    if (unfit) {
      wrong.textContent = `${unfit}: write NAME=VALUE`;
      const focus = () => {
        element.open = true;
        tags.focus();
      };
      throw Object.assign(new Error(wrong.textContent), { focus });
    }
    const checked = boxes.filter(({ name, input }) => input.checked && SUITED[verb].includes(name));
    const flags = Object.fromEntries(checked.map(({ name }) => [name, true]));
    return { ...flags, tags: given, more: shellWords(more.value) };
  }

  return { element, read, suit };
}

const SUITED = {
  materialize: ["force", "only", "unknown", "sources", "detach"],
  backfill: ["force", "only", "detach"],
  "backfill --job": ["detach"],
  launch: ["detach"],
};
