// Numbers, times and states as people read them, the same as in the views of cells.

export function count(number) {
  return number.toLocaleString("en-US");
}

export function counted(number, noun) {
  return `${count(number)} ${noun}${number === 1 ? "" : "s"}`;
}

/** `1.2 MB`; empty for null. */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  for (const [unit, worth] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]]) {
    if (bytes >= worth) return `${(bytes / worth).toPrecision(3)} ${unit}`;
  }
  return `${bytes} B`;
}

/** `3.2 s`, `4 min 5 s`; empty for null. */
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `3 min ago`, from an instant in ISO form; empty for null. */
export function age(instant, now = Date.now()) {
  if (!instant) return "";
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  if (seconds < 5) return "just now";
  for (const [unit, worth] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (seconds >= worth) return `${Math.floor(seconds / worth)} ${unit} ago`;
  }
  return `${Math.floor(seconds)} s ago`;
}

/** `14:03:11`, or with the day if that is another one; in the reader's own zone. */
export function clock(instant, now = new Date()) {
  if (!instant) return "";
  const at = new Date(instant);
  const time = at.toTimeString().slice(0, 8);
  if (at.toDateString() === now.toDateString()) return time;
  const two = (number) => String(number).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}

/** `in 3 min`, `now`, from an instant in ISO form. */
export function untilText(instant, now = Date.now()) {
  const seconds = (Date.parse(instant) - now) / 1000;
  if (seconds < 1) return "now";
  for (const [unit, worth] of [["d", 86400], ["h", 3600], ["min", 60]]) {
    if (seconds >= worth) return `in ${Math.round(seconds / worth)} ${unit}`;
  }
  return `in ${Math.ceil(seconds)} s`;
}

/** The beginning of a run's id by which people name it. */
export function shortId(id) {
  return id.slice(0, 6);
}
