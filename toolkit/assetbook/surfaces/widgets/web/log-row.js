// One line of a log, and the whole of it when somebody looks closer.
import { h } from "./dom.js";
import { button } from "./parts.js";

const LONGEST = 2000; // characters of a line in the list; the whole of it shows below

/** The look of a state as a document has it: symbol, word, colour. */
export function lookMark(look, properties = {}) {
  return h(
    "span",
    { class: "ab-state", ...properties },
    h(
      "span",
      { class: "ab-symbol", style: { color: look.colour }, "aria-hidden": "true" },
      look.symbol,
    ),
    h("span", {}, look.word),
  );
}

/** `14:03:11.204`, from milliseconds; in the reader's own zone. */
export function instant(at) {
  const when = new Date(at);
  return `${when.toTimeString().slice(0, 8)}.${String(when.getMilliseconds()).padStart(3, "0")}`;
}

/** What of a line says which kind it is. */
function kindOf(line) {
  if (line.look) {
    return [
      h("span", { style: { color: line.look.colour }, "aria-hidden": "true" }, line.look.symbol),
      ` ${line.look.word}`,
    ];
  }
  if (line.isMore) return "";
  if (line.gaps) return "…";
  if (line.stream === "stderr") return "stderr";
  if (line.stream === "display") return "▣ display";
  return line.level;
}

/** The cells of one line; `words` are searched for, and marked. */
export function logRow(line, words) {
  const text = line.text.length > LONGEST ? `${line.text.slice(0, LONGEST)} …` : line.text;
  return h(
    "div",
    {
      class: "ab-log-line",
      "data-stream": line.stream,
      "data-level": line.level || null,
      "data-more": line.isMore || null,
    },
    h("span", { class: "ab-log-at" }, line.isMore ? "" : instant(line.at)),
    h("span", { class: "ab-log-step", title: line.step }, line.isMore ? "" : line.step),
    h("span", { class: "ab-log-kind" }, kindOf(line)),
    h("span", { class: "ab-log-text" }, marked(text, words)),
  );
}

/** The text with what is searched for marked. */
export function marked(text, words) {
  if (!words) return text;
  const parts = [];
  const lower = text.toLowerCase();
  let from = 0;
  // letters whose small form is longer would shift all places behind them
  if (lower.length !== text.length) return text;
  for (let at = lower.indexOf(words); at >= 0; at = lower.indexOf(words, from)) {
    parts.push(
      text.slice(from, at),
      h("mark", { class: "ab-found" }, text.slice(at, at + words.length)),
    );
    from = at + words.length;
  }
  return [...parts, text.slice(from)];
}

/** A line as a whole: all of its text, who said it, and what was logged beside it. */
export function closer(line, { close, fetch, picture }) {
  const beside = Object.entries(line.extra ?? {}).map(([name, value]) => `${name}=${value}`);
  const about = [instant(line.at), line.step, line.stream, line.level, line.logger, ...beside];
  return h(
    "div",
    { class: "ab-log-closer" },
    h(
      "div",
      { class: "ab-line-of" },
      h("span", { class: "ab-muted" }, about.filter(Boolean).join(" · ")),
      button("×", close, { class: "ab-button ab-quiet", "aria-label": "Close the line" }),
    ),
    h("pre", { class: "ab-pre" }, line.text),
    line.gaps ? button("read these lines", fetch) : null,
    line.kinds ? h("p", { class: "ab-muted" }, saysWhere(line)) : null,
    line.picture ? picture : null,
  );
}

/** What is said of a display that is no picture: markup of authors is never shown here. */
export function saysWhere({ kinds, picture }) {
  const others = kinds.filter((kind) => kind !== picture && kind !== "text/plain");
  if (!others.length) return "";
  return `${others.join(", ")}: shown in the notebook only`;
}
