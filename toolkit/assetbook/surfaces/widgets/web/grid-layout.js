// Where the square of each partition is: rows by month or year, a list, a wrapped strip, or a matrix.
// Pure.

/**
 * The layout of partitions: `rows` and `columns`, `at(row, column)` the number of the partition there
 * or -1, `placeOf(number)` its `[row, column]`, `rowLabel(row, band)` and `columnLabel(column)`. Many
 * rows stand in `bands` beside each other, each of which begins `bandWidth` columns after the last.
 * In a block (`isBlock`) what is between two squares is a rectangle; labels of columns may have to be
 * tilted (`isTilted`); labels of rows have `longest` characters at the most.
 *
 * `room` has how many `columns` and `rows` are in sight, how many columns a `label` takes, and how
 * many are in sight beside a label of so many characters, `beside(characters)`; `dimensions` are the
 * keys of each where there are several.
 */
export function layoutOf(keys, dimensions, room) {
  if (dimensions?.length) return matrix(dimensions, room.columns);
  return calendar(keys, room) ?? list(keys, room) ?? strip(keys, room);
}

/** Characters of the label of a row at the most; of a list, where there is nothing beside it. */
const LONGEST = 19;
const LONGEST_OF_LIST = 44;

const KINDS = [
  [/^(\d{4}-\d{2})-(\d{2})$/, 31, 1], // days below months
  [/^(\d{4}-\d{2}-\d{2})-(\d{2}):\d{2}$/, 24, 0], // hours below days
  [/^(\d{4})-(\d{2})$/, 12, 1], // months below years
];

/** Rows by what the keys begin with, where they are days, hours or months; null where not. */
function calendar(keys, room) {
  const isMonthly = keys.length > 1 && keys.every((key) => /^\d{4}-\d{2}-01$/.test(key));
  const said = isMonthly ? keys.map((key) => key.slice(0, 7)) : keys;
  const kind = KINDS.find(([form]) => said.length && form.test(said[0]) && form.test(said.at(-1)));
  if (!kind) return null;
  const [form, columns, first] = kind;
  const rows = [];
  const squares = [];
  const places = new Array(said.length);
  for (let number = 0; number < said.length; number++) {
    const found = form.exec(said[number]);
    if (!found) return null;
    if (rows.at(-1) !== found[1]) {
      rows.push(found[1]);
      squares.push(new Int32Array(columns).fill(-1));
    }
    const column = Number(found[2]) - first;
    squares.at(-1)[column] = number;
    places[number] = [rows.length - 1, column];
  }
  if (rows.length > 2 && columns === 31 && said.length < rows.length * 6) return years(said, room);
  if (rows.length > 2 && said.length < rows.length * 3) return null; // a strip holds them better
  const label = (column) => String(column + first).padStart(2, "0");
  return inBands({ rows, squares, places, columns, label }, room);
}

/** Days that are few of each month, as weeks are: below years, one after the other. */
function years(keys, room) {
  const rows = [...new Set(keys.map((key) => key.slice(0, 4)))];
  const squares = rows.map(() => []);
  const places = keys.map((key, number) => {
    const row = rows.indexOf(key.slice(0, 4));
    return [row, squares[row].push(number) - 1];
  });
  const columns = Math.max(...squares.map((each) => each.length));
  const label = (column) => String(column + 1).padStart(2, "0");
  return inBands({ rows, squares, places, columns, label }, room);
}

/** Rows below each other, or in bands where they are more than are in sight and there is room. */
function inBands({ rows, squares, places, columns, label }, room) {
  const width = columns + room.label;
  const bands = bandsOf(rows.length, width, room);
  const tall = Math.ceil(rows.length / bands);
  return {
    rows: tall,
    columns: bands * width - room.label,
    bands,
    bandWidth: width,
    at: (row, column) => {
      if (row < 0 || row >= tall || column < 0) return -1;
      const band = Math.floor(column / width);
      return squares[band * tall + row]?.[column % width] ?? -1;
    },
    placeOf: (number) => {
      const [row, column] = places[number];
      const band = Math.floor(row / tall);
      return [row % tall, band * width + column];
    },
    rowLabel: (row, band) => rows[band * tall + row] ?? "",
    columnLabel: (column) => (column % width < columns ? label(column % width) : ""),
    longest: LONGEST,
    isBlock: false,
  };
}

/** How many bands: one where all rows are in sight, else no more than fit, nor than it takes. */
function bandsOf(rows, width, room) {
  if (rows <= room.rows) return 1;
  const fitting = Math.floor((room.columns + room.label) / width);
  const needed = Math.ceil(rows / room.rows);
  return Math.max(1, Math.min(fitting, needed));
}

const TILTED = 17; // characters that a tilted label has room for

/** A row for each of a few keys that are long, with the key beside it; null for others. */
function list(keys, room) {
  if (keys.length > room.rows || keys.every((key) => key.length <= TILTED)) return null;
  return {
    rows: keys.length,
    columns: 1,
    bands: 1,
    bandWidth: 1,
    at: (row, column) => (column === 0 && row >= 0 && row < keys.length ? row : -1),
    placeOf: (number) => [number, 0],
    rowLabel: (row) => keys[row],
    columnLabel: () => "",
    longest: LONGEST_OF_LIST,
    isBlock: false,
  };
}

/** As many in a row as there is room for, its first key beside it; a single row has them above it. */
function strip(keys, room) {
  const total = keys.length;
  const isSingle = total <= room.columns;
  const columns = Math.max(1, isSingle ? total : room.beside(Math.min(LONGEST, keys.at(-1).length)));
  return {
    rows: Math.ceil(total / columns),
    columns,
    bands: 1,
    bandWidth: columns,
    at: (row, column) => {
      const number = row * columns + column;
      return row >= 0 && column >= 0 && column < columns && number < total ? number : -1;
    },
    placeOf: (number) => [Math.floor(number / columns), number % columns],
    rowLabel: (row) => (isSingle ? "" : keys[row * columns]),
    columnLabel: (column) => (isSingle ? keys[column] : ""),
    longest: LONGEST,
    isBlock: false,
    isTilted: true,
  };
}

const LABELS = 10; // columns that the labels of rows take the room of, about

/** The first dimension against all others; the longer one goes down, unless there is room across. */
function matrix(dimensions, width) {
  const [first, ...others] = dimensions.map((each) => each.keys);
  const rest = combined(others);
  const [longer, shorter] = rest.length > first.length ? [rest, first] : [first, rest];
  const isTurned = (longer.length + LABELS <= width ? shorter : longer) === rest;
  const [down, across] = isTurned ? [rest, first] : [first, rest];
  const number = (row, column) => (isTurned ? column * rest.length + row : row * rest.length + column);
  const isThere = (row, column) =>
    row >= 0 && column >= 0 && row < down.length && column < across.length;
  return {
    rows: down.length,
    columns: across.length,
    bands: 1,
    bandWidth: across.length,
    at: (row, column) => (isThere(row, column) ? number(row, column) : -1),
    placeOf: (each) => {
      const [one, other] = [Math.floor(each / rest.length), each % rest.length];
      return isTurned ? [other, one] : [one, other];
    },
    rowLabel: (row) => down[row],
    columnLabel: (column) => across[column],
    longest: LONGEST,
    isBlock: true,
    isTilted: true,
  };
}

/** Each key of a dimension with each one of those after it, the last one's changing fastest; of no
 * dimensions, one key that is empty. */
function combined([first = [""], ...others]) {
  const withEach = (all, keys) => all.flatMap((one) => keys.map((key) => `${one}|${key}`));
  return others.reduce(withEach, first);
}

/** The keys of all partitions, of blocks or as the product of dimensions. */
export function keysOf(document) {
  if (document.dimensions) return combined(document.dimensions.map(({ keys }) => keys));
  const keysIn = (block) => (typeof block === "string" ? block.split("\n") : block);
  return inBlocks(document.keys).flatMap(keysIn);
}

/** The letters of all states. */
export function lettersOf(document) {
  return inBlocks(document.states).join("");
}

function inBlocks(blocks = {}) {
  return Object.keys(blocks).sort((one, other) => one - other).map((each) => blocks[each]);
}

/** A selection as ranges of keys, `A..B,C`, which a verb takes as its partitions. */
export function rangesOf(chosen, keys) {
  const found = [];
  for (let at = 0; at < chosen.length; at++) {
    if (!chosen[at]) continue;
    const begin = at;
    while (chosen[at + 1]) at++;
    found.push(begin === at ? keys[at] : `${keys[begin]}..${keys[at]}`);
  }
  return found.join(",");
}
