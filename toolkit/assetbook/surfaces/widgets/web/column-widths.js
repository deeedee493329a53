// How wide the columns of a table are: as their names, types and first texts need.

/** Pixels that a column needs for its name, its type and these texts. */
export function widthOf({ name, type, number, index }, texts) {
  const said = type.length + (index ? 8 : 0);
  const longest = Math.max(
    name.length * 1.1,
    said * 0.85,
    number ? 6 : 4,
    ...texts.map((text) => (text ?? "null").length),
  );
  return Math.round(Math.min(320, 22 + 7.5 * longest));
}

/** Where each column begins, and where the last one ends. */
export function leftsOf(widths) {
  const lefts = [0];
  for (const width of widths) lefts.push(lefts.at(-1) + width);
  return lefts;
}
