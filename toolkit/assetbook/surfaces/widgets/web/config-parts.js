// The fields of a form that hold others: a group of named ones, and a list that grows.
import { fill, h } from "./dom.js";
import { button } from "./parts.js";
import { UNSET, isEnv, same, scalarEditor } from "./config-field.js";

let made = 0; // fields, for the ids by which a screen reader finds what is said of each

/** The editor of a field; one that holds others has `rows` and `collect`, too. */
function editorOf(field, label, told) {
  if (field.kind === "group" && !field.nullable) return groupEditor(field, label, told);
  if (field.kind === "list" && !field.nullable && !isEnv(field.default)) return listEditor(field, label, told);
  return scalarEditor(field.kind === "group" ? { ...field, kind: "json" } : field, label, told);
}

/** A labelled field with what is wrong with it beside it; `path` is its name from the top. */
export function fieldRow(field, path, told) {
  const label = path.join(".");
  const id = `ab-field-${++made}`;
  const wrong = h("span", { class: "ab-wrong", role: "alert", id: `${id}-wrong` });
  const about = field.about ? h("span", { class: "ab-about", id: `${id}-about` }, field.about) : null;
  let touched = false;
  const editor = editorOf(field, label, () => {
    touched = true;
    complain("");
    told();
  });
  const nested = editor.rows !== undefined;
  const element = h(
    nested ? "fieldset" : "div",
    { class: nested ? "ab-fields" : "ab-field", "data-field": label },
    h(
      nested ? "legend" : "span",
      { class: "ab-name", title: `${label}: ${field.type}` },
      field.name,
      field.required ? h("span", { class: "ab-required", title: "has to be given" }, " *") : null,
      field.kind === "choice" ? null : h("span", { class: "ab-type" }, ` ${field.type}`),
    ),
    editor.element,
    wrong,
    about,
  );
  complain("");

  function complain(said) {
    wrong.textContent = said;
    const control = editor.control?.();
    if (!control) return;
    control.setAttribute("aria-invalid", String(Boolean(said)));
    control.setAttribute("aria-describedby", [wrong, about].filter(Boolean).map((each) => each.id).join(" "));
    if (field.required) control.setAttribute("aria-required", "true");
  }

  /**
   * Adds to `found` what is set here or below, and to `problems` what is wrong, which is shown; while
   * `quiet` only where somebody has touched the field.
   */
  function collect(found, problems, quiet) {
    if (editor.collect) return editor.collect(found, problems, quiet);
    try {
      const value = editor.read(quiet);
      complain("");
      if (value !== UNSET) found.push({ path, field, value });
      else if (field.given) found.push({ path, field, value: field.default, kept: true });
      else if (field.hidden) found.push({ path, field, hidden: true, kept: true });
    } catch (error) {
      if (touched || !quiet) complain(error.below ? "" : error.message);
      problems.push({ path, message: error.message, focus: error.focus ?? editor.focus });
    }
    return found;
  }

  /** Shows what was found out elsewhere of the field at `path`, or of one below; whether it is here. */
  function complainAt(at, said) {
    if (at !== label && editor.rows) return editor.rows.some((row) => row.complainAt(at, said));
    if (!at.startsWith(label)) return false;
    complain(said);
    return true;
  }

  return { element, collect, complainAt, path, focus: () => editor.focus() };
}

/** The fields of a nested class, below each other. */
function groupEditor(field, label, told) {
  const path = label.split(".");
  const rows = field.fields.map((each) => fieldRow(each, [...path, each.name], told));
  return {
    element: h("div", {}, rows.map((row) => row.element)),
    rows,
    focus: () => rows[0]?.focus(),
    collect: (found, problems, quiet) => rows.reduce((all, row) => row.collect(all, problems, quiet), found),
    read: (quiet) => {
      const problems = [];
      const found = rows.reduce((all, row) => row.collect(all, problems, quiet), []);
      if (problems.length) {
        const [{ path: [...at], message, focus }] = problems; // told beside that field
        throw Object.assign(new Error(`${at.at(-1)}: ${message}`), { below: true, focus });
      }
      return found.reduce((whole, each) => put(whole, each.path.slice(path.length), each.value), {});
    },
  };
}

function put(whole, [name, ...rest], value) {
  if (!rest.length) return { ...whole, [name]: value };
  return { ...whole, [name]: put(whole[name] ?? {}, rest, value) };
}

/** A list: an editor for each member, and one more on demand. */
function listEditor(field, label, told) {
  let members = (Array.isArray(field.default) ? field.default : []).map(member);
  const place = h("div", { class: "ab-form-list" });
  const add = button("+ add", () => {
    members.push(member(undefined));
    draw();
    members.at(-1).focus();
    told();
  }, { "aria-label": `${label}: add one` });

  function member(value) {
    const one = { ...field.item, name: label, inList: true };
    const isNew = value === undefined;
    if (!isNew && one.kind === "group") {
      one.fields = one.fields.map((each) => withDefault(each, value));
    }
    const start = isNew ? { required: true } : { default: value };
    const editor = editorOf({ ...one, ...start }, `${label} member`, told);
    return { ...editor, start: value };
  }

  function draw() {
    const rows = members.map((each, at) =>
      h("div", { class: each.rows ? "ab-member ab-whole" : "ab-member" }, each.element, remove(each, at)),
    );
    fill(place, rows, add);
  }

  function remove(each, at) {
    return button("×", () => {
      members = members.filter((other) => other !== each);
      draw();
      add.focus();
      told();
    }, { class: "ab-button ab-quiet", "aria-label": `${label}: remove number ${at + 1}` });
  }

  draw();
  const read = (quiet) => {
    const values = members.map((each) => {
      const value = each.read(quiet);
      return value === UNSET || (each.rows && same(value, {})) ? (each.start ?? value) : value;
    });
    if (field.required && !values.length) throw new Error("it has to be given");
    return same(values, field.default ?? []) ? UNSET : values;
  };
  return { element: place, read, focus: () => (members[0] ?? { focus: () => add.focus() }).focus() };
}

function withDefault(each, value) {
  return each.name in value ? { ...each, default: value[each.name], required: false } : each;
}
