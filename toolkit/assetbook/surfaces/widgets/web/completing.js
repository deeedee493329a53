// A text field that completes what is typed, by a question: a combobox with a list below it.
import { fill, h } from "./dom.js";

const PAUSE = 120; // milliseconds without a key before completions are asked for
let made = 0;

/**
 * A field whose words `complete(text, position)` completes; it answers a promise of texts, each of
 * which takes the place of the word before the cursor. `onchange(text)` is told what stands there.
 */
export function completing({ label, value, placeholder, complete, onchange, onenter }) {
  const id = `ab-completions-${++made}`;
  let shown = [];
  let at = -1;
  let timer;
  const list = h("ul", {
    class: "ab-completions",
    role: "listbox",
    id,
    "aria-label": `Completions of ${label}`,
    hidden: true,
  });
  const input = h("input", {
    class: "ab-input ab-mono",
    role: "combobox",
    "aria-label": label,
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    autocomplete: "off",
    spellcheck: "false",
    placeholder,
    value,
    oninput: () => {
      onchange(input.value);
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE);
    },
    onkeydown: (event) => key(event),
    onblur: () => show([]),
  });

  async function ask() {
    const before = input.value;
    const found = await complete(before, input.selectionStart ?? before.length).catch(() => []);
    if (input.value === before && document.activeElement === input) show(found);
  }

  function show(found) {
    clearTimeout(timer);
    const word = wordBefore(input);
    shown = found.filter((each) => each !== word);
    at = -1;
    fill(list, shown.map((each, index) => option(each, index)));
    list.hidden = !shown.length;
    input.setAttribute("aria-expanded", String(shown.length > 0));
    input.removeAttribute("aria-activedescendant");
  }

  function option(text, index) {
    return h(
      "li",
      {
        role: "option",
        id: `${id}-${index}`,
        "aria-selected": "false",
        title: text,
        onmousedown: (event) => {
          event.preventDefault(); // the field keeps the focus
          take(index);
        },
      },
      text,
    );
  }

  function mark(index) {
    at = (index + shown.length) % shown.length;
    [...list.children].forEach((each, number) => each.setAttribute("aria-selected", String(number === at)));
    input.setAttribute("aria-activedescendant", `${id}-${at}`);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const position = input.selectionStart ?? input.value.length;
    const begin = position - wordBefore(input).length;
    input.value = input.value.slice(0, begin) + shown[index] + input.value.slice(position);
    input.setSelectionRange(begin + shown[index].length, begin + shown[index].length);
    show([]);
    onchange(input.value);
    if (/[(:]$/.test(input.value)) ask();
  }

  function key(event) {
    if (event.key === "ArrowDown" && !shown.length) ask();
    else if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp" && shown.length) mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Escape" && shown.length) show([]);
    else if ((event.key === "Enter" || event.key === "Tab") && at >= 0) take(at);
    else if (event.key === "Enter") return show([]), onenter?.();
    else return;
    event.preventDefault();
  }

  return { input, element: h("span", { class: "ab-completing" }, input, list) };
}

function wordBefore(input) {
  return input.value.slice(0, input.selectionStart ?? input.value.length).match(/[^\s()+,]*$/)[0];
}
