// The pages of a table that a viewer has: asked for as they come into sight, forgotten when many.

const ROWS = 100; // of a page
const COLUMNS = 32;
const MOST = 120; // pages that are kept
const AT_ONCE = 2; // questions on their way

export class Pages {
  constructor({ wire, given, columns, count, told }) {
    Object.assign(this, { wire, given, columns, count, told });
    this.kept = new Map();
    this.asked = new Set();
    this.wanted = [];
    this.isClosed = false;
  }

  /** The text of a cell: null is null, undefined is not there yet. */
  cell(row, column) {
    const page = this.kept.get(nameOf(row, column));
    return page?.rows[row % ROWS]?.[column % COLUMNS];
  }

  /** The texts of a column on the first page. */
  column(column) {
    const page = this.kept.get(nameOf(0, column));
    return page ? page.rows.map((row) => row[column % COLUMNS]) : [];
  }

  /** Says what is in sight; what is not there is asked for, what went out of sight is not. */
  want(first, last, from, to) {
    this.wanted = [];
    for (let row = first - (first % ROWS); row < last; row += ROWS) {
      for (let column = from - (from % COLUMNS); column < to; column += COLUMNS) {
        const name = nameOf(row, column);
        const page = this.kept.get(name);
        if (page) {
          this.kept.delete(name); // and last again: the first ones are forgotten
          this.kept.set(name, page);
        } else this.wanted.push({ name, row, column });
      }
    }
    this.ask();
  }

  ask() {
    for (const { name, row, column } of this.wanted) {
      if (this.asked.size >= AT_ONCE) return;
      if (this.asked.has(name)) continue;
      this.asked.add(name);
      const columns = this.columns.slice(column, column + COLUMNS).map(({ place }) => place);
      this.wire
        .ask("rows", { ...this.given, start: row, count: ROWS, columns })
        .then((page) => this.keep(name, page))
        .catch((error) => this.keep(name, { rows: [], error }));
    }
  }

  keep(name, page) {
    this.asked.delete(name);
    if (this.isClosed) return;
    this.kept.set(name, page);
    while (this.kept.size > MOST) this.kept.delete(this.kept.keys().next().value);
    this.told(page.error ?? null);
  }

  close() {
    this.isClosed = true;
  }
}

function nameOf(row, column) {
  return `${Math.floor(row / ROWS)}:${Math.floor(column / COLUMNS)}`;
}
