// The lines of a run's log as they are known here: joined from pieces, told apart, filtered.

/** The streams as people choose them; `only` is what each lets through. */
export const STREAMS = {
  all: { word: "everything", only: () => true },
  printed: {
    word: "printed",
    only: (line) => line.stream === "stdout" || line.stream === "stderr",
  },
  stdout: { word: "stdout", only: (line) => line.stream === "stdout" },
  stderr: { word: "stderr", only: (line) => line.stream === "stderr" },
  log: { word: "logged", only: (line) => line.stream === "log" },
  event: { word: "events", only: (line) => line.stream === "event" },
  display: { word: "displays", only: (line) => line.stream === "display" },
};
export const LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

/** All lines that came so far, and which of them are let through. */
export class LogBook {
  constructor() {
    this.lines = [];
    this.places = new Map(); // by step and stream: what is known of its log file, in bytes
    this.filter = null;
    this.found = null; // indices of the lines that the filter lets through; null: all
    this.displays = [];
    this.rests = []; // parts of log files that are to be read
    this.gapBytes = 0; // of lines that the log files alone have
    this.steps = new Set();
  }

  get count() {
    return this.found ? this.found.length : this.lines.length;
  }

  /** The line that stands at a place of what the filter lets through. */
  line(at) {
    return this.lines[this.found ? this.found[at] : at];
  }

  place(step, stream) {
    const key = `${stream} ${step}`;
    if (!this.places.has(key)) this.places.set(key, { stored: 0, shown: 0, open: null });
    return this.places.get(key);
  }

  /** Takes what the store has, in the order in which it came. */
  add(items) {
    const from = this.lines.length;
    for (const item of items) {
      if (item.step) this.steps.add(item.step);
      if (item.omitted) this.leftOut(item);
      else if (item.stream === "display") this.displayed(item);
      else if (item.stream === "event" || !item.size) this.push(item);
      else this.stored(item);
    }
    this.sift(from);
  }

  /** A record; none of it if it is known from the log file already, whose rest is to be read. */
  stored(item) {
    const place = this.place(item.step, item.stream);
    const begin = place.stored;
    place.stored += item.size;
    const { step, stream, at } = item;
    if (place.shown <= begin) this.push(item);
    else if (place.shown < place.stored) {
      this.rests.push({ step, stream, at, begin: place.shown, end: place.stored });
    }
    place.shown = Math.max(place.shown, place.stored);
  }

  /** What is said of lines that the log file alone has: they can be fetched from there. */
  leftOut(item) {
    const gaps = [];
    for (const [stream, size] of Object.entries(item.omitted)) {
      const place = this.place(item.step, stream);
      const begin = Math.max(place.stored, place.shown);
      place.stored += size;
      if (begin < place.stored) gaps.push({ step: item.step, stream, begin, end: place.stored });
      place.shown = Math.max(place.shown, place.stored);
      place.open = null;
    }
    if (!gaps.length) return;
    this.gapBytes += gaps.reduce((sum, { begin, end }) => sum + end - begin, 0);
    this.push({ ...item, gaps });
  }

  displayed(item) {
    this.displays.push(item);
    const text = item.text || item.kinds.join(", ");
    this.push({ ...item, text });
  }

  /** Lines that a log file has beyond what the store has; of the last ones of a step that runs. */
  grown(step, stream, at, items, until) {
    const from = this.lines.length;
    const place = this.place(step, stream);
    place.shown = until;
    for (const [level, text] of items) this.push({ step, stream, at, level, text: `${text}\n` });
    this.sift(from);
  }

  /** Lines of a log file in the place of the line that says that they are there. */
  filled(gapLine, texts) {
    const at = this.lines.indexOf(gapLine);
    const { step, at: when, gaps } = gapLine;
    this.gapBytes -= gaps.reduce((sum, { begin, end }) => sum + end - begin, 0);
    const lines = texts.map(([stream, level, text]) => ({ step, stream, at: when, level, text }));
    this.lines = [...this.lines.slice(0, at), ...lines, ...this.lines.slice(at + 1)];
    this.choose(this.filter);
  }

  push(item) {
    if (!item.text) return;
    const isPrinted = item.stream === "stdout" || item.stream === "stderr";
    const place = isPrinted ? this.place(item.step, item.stream) : null;
    const parts = (isPrinted ? item.text : item.text.replace(/\n+$/, "")).split("\n");
    const isOver = isPrinted && parts.at(-1) === "";
    if (isOver) parts.pop();
    let last = place?.open ?? null;
    parts.forEach((text, number) => {
      if (number === 0 && last) {
        last.text = lastWritten(last.text + text);
      } else {
        last = lineOf(item, lastWritten(text), number > 0 && !isPrinted);
        this.lines.push(last);
      }
    });
    if (place) place.open = isOver ? null : last;
  }

  /** Lets through what `test(line)` says; null: everything. */
  choose(test) {
    this.filter = test;
    this.found = test ? [] : null;
    this.sift(0);
  }

  sift(from) {
    if (!this.filter) return;
    for (let index = from; index < this.lines.length; index++) {
      if (this.filter(this.lines[index])) this.found.push(index);
    }
  }
}

function lineOf(item, text, isMore) {
  const { step = "", stream, at, level = "", look, gaps, kinds, picture, id, logger, extra } = item;
  const line = { step, stream, at, level, text };
  if (isMore) line.isMore = true;
  else if (look) line.look = look;
  if (gaps) line.gaps = gaps;
  if (logger) line.logger = logger;
  if (extra) line.extra = extra;
  if (kinds && !isMore) Object.assign(line, { kinds, picture, id });
  return line;
}

/** Of a line that was written over, as progress bars do, what was written last. */
function lastWritten(text) {
  if (!text.includes("\r")) return text;
  return text.replace(/\r+$/, "").split("\r").at(-1);
}
