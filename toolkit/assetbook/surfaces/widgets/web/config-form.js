// The form of a launch: the fields of each function that takes some, and the words that say them.
import { h } from "./dom.js";
import { fieldRow } from "./config-parts.js";

/**
 * A form of `sections`: `{ element, collect, complain }`. `collect(quiet)` gives what is set,
 * `{ set, problems }`, and shows what is wrong beside its field; `complain(error)` shows what a verb
 * said of a field beside it.
 */
export function configForm(sections, told) {
  const parts = sections.map((section) => ({
    name: section.name,
    rows: section.fields.map((field) => fieldRow(field, [field.name], told)),
  }));
  const element = h(
    "div",
    { class: "ab-form" },
    parts.map(({ name, rows }) =>
      h(
        "fieldset",
        { class: "ab-fields", "data-section": name },
        h("legend", { class: "ab-form-section" }, name || "parameters"),
        rows.map((row) => row.element),
      ),
    ),
  );
  return {
    element,
    collect: (quiet) => collected(parts, quiet),
    complain: (error) => complained(parts, error),
  };
}

/** What is set in each section; kept values of a job go along only beside others. */
function collected(parts, quiet) {
  const problems = [];
  const set = parts.map(({ name, rows }) => ({
    name,
    values: rows.reduce((found, row) => row.collect(found, problems, quiet), []),
  }));
  const isAny = set.some(({ values }) => values.some((each) => !each.kept));
  if (!isAny) return { set: [], problems };
  for (const [at, { values }] of set.entries()) {
    for (const each of values.filter(({ hidden }) => hidden)) {
      const said = "the job gives one that is not shown: name an environment variable, or leave all else as it is";
      parts[at].rows.forEach((row) => row.complainAt(each.path.join("."), said));
      problems.push({ path: each.path, focus: () => {} });
    }
  }
  return { set, problems };
}

/** The path of a field in an error, and what is said of it. */
const OF_A_FIELD = /`([\w.[\]]+)`:? ((?:should|is missing|is no field|Input|[A-Z])[^\n]*)/g;

/** Shows beside its field what an error says of it; whether it says anything of one. */
function complained(parts, error) {
  let found = false;
  const name = error.message.match(/(?:the config of|the parameters of|run_config) ?[`'[]?([^`'\]:]+)/)?.[1];
  const some = parts.filter((part) => part.name === name);
  for (const [, path, said] of error.message.matchAll(OF_A_FIELD)) {
    for (const { rows } of some.length ? some : parts) {
      if (rows.some((row) => row.complainAt(path.replace(/\[.*$/, ""), said))) found = true;
    }
  }
  return found;
}
