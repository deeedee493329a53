// One plain field of a configuration: how it is given, and what its value is.
import { fill, h } from "./dom.js";
import { button } from "./parts.js";

/** What no value is: the field stays as its default says. */
export const UNSET = Symbol("unset");

/** Whether a value stands for an environment variable. */
export const isEnv = (value) => value !== null && typeof value === "object" && Object.keys(value).join() === "env";

/**
 * The editor of a field that holds no others, `{ element, read, focus, control }`: its own kind of
 * input, or the name of an environment variable in its place. `read()` gives the value, UNSET for
 * what is as its default, and throws an Error whose message is for people.
 */
export function scalarEditor(field, label, told) {
  let asEnv = field.secret === true || isEnv(field.default);
  const place = h("span", { class: "ab-given" });
  let input;
  const draw = () => {
    input = asEnv ? envInput(field, label, told) : inputOf(field, label, told);
    toggle.setAttribute("aria-pressed", String(asEnv));
    const beside = field.secret ? envMark() : toggle;
    fill(place, input.element, field.inList ? null : beside);
  };
  const turn = () => {
    asEnv = !asEnv;
    draw();
    input.element.focus();
    told();
  };
  const toggle = button("$", turn, {
    class: "ab-button ab-env",
    title: "By an environment variable",
    "aria-label": `${label}: by an environment variable`,
  });
  draw();
  return {
    element: place,
    focus: () => input.element.focus(),
    control: () => input.element,
    read: () => {
      const value = input.read();
      return value !== UNSET && same(value, field.default) ? UNSET : value;
    },
  };
}

/** What tells that a secret is given by the name of an environment variable, and by that alone. */
function envMark() {
  const title = "A secret: the name of the environment variable that holds it";
  return h("span", { class: "ab-env-mark", title, "aria-hidden": "true" }, "$");
}

/** Whether two values are the same as JSON. */
export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function envInput(field, label, told) {
  const element = h("input", {
    class: "ab-input ab-mono",
    "aria-label": `${label}: name of an environment variable`,
    placeholder: field.hidden ? "given, and not shown" : "NAME_OF_A_VARIABLE",
    spellcheck: "false",
    autocomplete: "off",
    value: isEnv(field.default) ? field.default.env : "",
    oninput: told,
  });
  const read = () => {
    const name = element.value.trim();
    if (!name) return missing(field);
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new Error("a name of an environment variable: letters, digits and _");
    }
    return { env: name };
  };
  return { element, read };
}

function missing(field) {
  if (field.required) throw new Error("it has to be given");
  return UNSET;
}

function inputOf(field, label, told) {
  if (field.kind === "flag" && !field.required && !field.nullable) return flagInput(field, label, told);
  if (field.kind === "flag") return choiceInput({ ...field, choices: [true, false] }, label, told);
  if (field.kind === "choice") return choiceInput(field, label, told);
  return textInput(field, label, told);
}

function flagInput(field, label, told) {
  const element = h("input", {
    type: "checkbox",
    "aria-label": label,
    checked: field.default === true,
    onchange: told,
  });
  return { element, read: () => element.checked };
}

function choiceInput(field, label, told) {
  const without = field.required || field.nullable || field.default === undefined;
  const values = without ? [null, ...field.choices] : field.choices;
  const options = values.map((each, at) => h("option", { value: String(at) }, choiceWord(field, each)));
  const element = h("select", { class: "ab-input", "aria-label": label, onchange: told }, options);
  element.selectedIndex = Math.max(0, values.findIndex((each) => same(each, field.default ?? null)));
  const read = () => {
    const value = values[element.selectedIndex];
    if (value !== null) return value;
    return field.nullable && !field.required ? null : missing(field);
  };
  return { element, read };
}

function choiceWord(field, value) {
  if (value === null) return field.nullable ? "none" : "choose …";
  if (value === true) return "yes";
  return value === false ? "no" : String(value);
}

function textInput(field, label, told) {
  const isText = field.kind === "text" || field.kind === "date";
  const start = startText(field, isText);
  const element = h("input", {
    class: `ab-input${isText ? "" : " ab-mono"}`,
    type: field.kind === "date" ? "date" : "text",
    inputmode: { int: "numeric", number: "decimal" }[field.kind],
    "aria-label": label,
    placeholder: placeholderOf(field),
    spellcheck: "false",
    value: start,
    oninput: told,
  });
  return { element, read: () => valueOf(field, element.value, start) };
}

/** What stands in the input of a field that nobody has touched. */
function startText(field, isText) {
  const given = field.default ?? null;
  if (given === null) return "";
  return isText ? String(given) : JSON.stringify(given);
}

/** What stands where nothing does; the type only where it does not stand beside the field. */
function placeholderOf({ kind, type, nullable, inList }) {
  if (nullable) return "none";
  if (kind === "json" || kind === "list") return `JSON: ${type}`;
  return inList ? type : "";
}

function valueOf(field, text, start) {
  if (text === start && !field.required) return UNSET;
  if (text.trim() === "") {
    if (field.nullable) return null;
    if (field.kind === "text" && !field.required && !(field.min_length > 0)) return "";
    return missing(field);
  }
  if (field.kind === "text" || field.kind === "date") return lengthChecked(field, text);
  if (field.kind === "int" || field.kind === "number") return limited(field, numberOf(field, text.trim()));
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`no JSON yet, as in {"a": 1} or [1, 2]: it should be ${field.type}`);
  }
}

function numberOf(field, text) {
  if (field.kind === "int" && !/^[+-]?\d+$/.test(text)) throw new Error("it should be a whole number");
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error("it should be a number");
  return value;
}

function limited(field, value) {
  if (field.ge !== undefined && value < field.ge) throw new Error(`it should be ${field.ge} or more`);
  if (field.gt !== undefined && value <= field.gt) throw new Error(`it should be above ${field.gt}`);
  if (field.le !== undefined && value > field.le) throw new Error(`it should be ${field.le} or less`);
  if (field.lt !== undefined && value >= field.lt) throw new Error(`it should be below ${field.lt}`);
  return value;
}

function lengthChecked(field, text) {
  const [least, most] = [field.min_length ?? 0, field.max_length ?? Infinity];
  if (text.length < least) throw new Error(`it should have ${least} characters or more`);
  if (text.length > most) throw new Error(`it should have ${most} characters or less`);
  return text;
}
