// The words of a launch: what stands behind the verb for what a person chose. Pure.

const ABOUT_STEPS = ["force", "only", "unknown", "sources"]; // options that decide what would run

/** `{ verb, words, location }` of a launch; see launch.js for what the choices hold. */
export function launchWords({ target, kind, name, set, partitions, options }) {
  const location = target.location ?? "";
  const picked = partitionWords(partitions);
  const more = [...optionWords(options), ...options.more];
  if (kind === "assets") {
    const words = selectionWords(name);
    const config = configWords(set, target);
    const verb = partitions?.byRun ? "backfill" : "materialize";
    return { verb, words: [...words, ...picked, ...config, ...more], location };
  }
  const at = kind === "notebook" ? "" : location;
  if (partitions?.byRun) {
    const config = configWords(set, target);
    return { verb: "backfill", words: ["--job", name, ...picked, ...config, ...more], location: at };
  }
  const given = target.by_words ? parameterWords(set, target) : configWords(set, target);
  return { verb: "launch", words: [name, ...given, ...picked, ...more], location: at };
}

/** The words of the question what would run: those of the launch that `plan` takes. */
export function planWords({ target, kind, name, set, partitions, options }) {
  const selection = kind === "assets" ? name : target.selection;
  const plain = partitions && { ...partitions, byRun: false };
  const flags = flagWords(options, ABOUT_STEPS);
  return [...selectionWords(selection), ...partitionWords(plain), ...configWords(set, target), ...flags];
}

/** A selection as words: as one types it where that needs no quotes, else as one word. */
export function selectionWords(text) {
  const said = text.trim();
  return /["()'\\]/.test(said) ? [said] : said.split(/\s+/).filter(Boolean);
}

function partitionWords(chosen) {
  if (!chosen) return [];
  const words = [];
  if (chosen.which === "one" && chosen.byRun) words.push("--partitions", chosen.key);
  else if (chosen.which === "one") words.push("--partition", chosen.key);
  else if (chosen.which === "range") words.push("--partitions", `${chosen.from}..${chosen.to}`);
  else if (!chosen.state) words.push("--partitions", "all");
  if (chosen.state && chosen.which !== "one") words.push(`--${chosen.state}`);
  if (!chosen.byRun) return words;
  if (chosen.perRun && chosen.perRun !== "1") words.push("--per-run", chosen.perRun);
  if (chosen.newestFirst) words.push("--newest-first");
  if (chosen.maxFailures) words.push("--max-failures", chosen.maxFailures);
  return words;
}

function optionWords(options) {
  const flags = flagWords(options, [...ABOUT_STEPS, "detach"]);
  return [...flags, ...options.tags.flatMap((each) => ["--tag", each])];
}

function flagWords(options, names) {
  return names.filter((each) => options[each]).map((each) => `--${each}`);
}

function configWords(set, target) {
  return set.flatMap(({ name, values }) =>
    values.flatMap(({ path, value }) => ["--config", configWord(name || target.op, path, value)]),
  );
}

function configWord(name, path, value) {
  if (!name.includes(".")) return `${name}.${path.join(".")}=${valueText(value)}`;
  const config = path.reduceRight((inner, each) => ({ [each]: inner }), value);
  const [last, ...outer] = name.split(".").reverse();
  const ops = outer.reduce((inner, each) => ({ [each]: { ops: inner } }), { [last]: { config } });
  return JSON.stringify({ ops });
}

/** A value as `NAME=` takes it: text as it is, but for what would be read as JSON. */
function valueText(value) {
  if (typeof value !== "string") return JSON.stringify(value);
  try {
    JSON.parse(value);
    return JSON.stringify(value);
  } catch {
    return value.startsWith("{") ? JSON.stringify(value) : value;
  }
}

function parameterWords(set, target) {
  return set.flatMap(({ name, values }) =>
    values.flatMap((each) => wordsOfParameter(each, name || target.op)),
  );
}

/** `NAME=VALUE`, or a configuration of the op for what that cannot say. */
function wordsOfParameter({ path, field, value }, op) {
  const isEnv = value !== null && typeof value === "object" && "env" in value;
  if (path.length > 1 || isEnv) return ["--config", configWord(op, path, value)];
  const isPlain = typeof value === "string" && field.kind !== "json";
  return [`${path[0]}=${isPlain ? value : JSON.stringify(value)}`];
}

/** What a person types as more words: split as a shell does, quotes around what has spaces. */
export function shellWords(text) {
  const words = text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g);
  const unquoted = (word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, one, two) => one ?? two);
  return [...words].map(([word]) => unquoted(word));
}
