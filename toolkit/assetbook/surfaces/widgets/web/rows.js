// A table of any length: only the rows and columns that are seen are elements, and only pages that
// are seen are asked for.
import { leftsOf, widthOf } from "./column-widths.js";
import { Pages } from "./pages.js";
import { fill, h } from "./dom.js";
import { problem } from "./parts.js";

const ROW = 24; // pixels
const HEAD = 42;
const LONGEST = 15e6; // pixels that a browser can scroll; beyond that, the bar stands for more
const SETTLED = 200; // milliseconds without scrolling
let tables = 0;

/** Shows `count` rows of `columns` in `el`; `given` says of which version. */
export function mountRows(el, { wire, given, columns, count }) {
  const id = `ab-rows-${++tables}`;
  const pages = new Pages({ wire, given, columns, count, told: (error) => draw(error) });
  const numbers = Math.max(40, 16 + 8 * String(count).length); // the width of the row numbers
  let widths = columns.map((column) => widthOf(column, []));
  let lefts = leftsOf(widths);
  let top = 0; // pixels of rows above those that are seen
  let expected = 0; // where the bar stands
  let isMeasured = false;
  let active = { row: 0, column: 0 };
  let settling = null;
  let wrong = null; // what went wrong last

  const pane = h("div", { class: "ab-pane", role: "rowgroup" });
  const space = h("div", { class: "ab-space", role: "presentation" }, pane);
  const grid = h(
    "div",
    {
      class: "ab-rows",
      role: "grid",
      tabindex: "0",
      "aria-label": "Rows",
      "aria-rowcount": count + 1,
      "aria-colcount": columns.length + 1,
      "data-at": "rows",
      onscroll: () => scrolled(),
      onkeydown: (event) => keyed(event),
      onclick: (event) => clicked(event),
      onfocus: () => draw(),
      onblur: () => draw(),
    },
    space,
  );
  const said = h("div", { class: "ab-cell-said" });
  fill(el, grid, said);

  const whole = count * ROW;
  grid.style.height = `${Math.min(440, whole + HEAD + 18)}px`;
  const inView = () => Math.max(ROW, grid.clientHeight - HEAD);
  const most = () => Math.max(0, whole - inView());
  const barMost = () => Math.max(1, Math.min(whole, LONGEST) - inView());
  const watcher = new ResizeObserver(() => draw());
  size();
  watcher.observe(grid);

  function size() {
    space.style.width = `${numbers + lefts.at(-1)}px`;
    space.style.height = `${Math.min(whole, LONGEST) + HEAD}px`;
  }

  function scrolled() {
    if (grid.scrollTop !== expected) {
      const step = grid.scrollTop - expected;
      expected = grid.scrollTop;
      const isJump = whole > LONGEST && Math.abs(step) > 2 * inView();
      top = whole <= LONGEST ? expected : isJump ? (expected / barMost()) * most() : top + step;
      top = Math.max(0, Math.min(most(), top));
      clearTimeout(settling);
      if (whole > LONGEST) settling = setTimeout(moveBar, SETTLED);
    }
    draw();
  }

  /** Has the bar stand where the rows are: small steps move it by pixels, not by its scale. */
  function moveBar() {
    const ratio = whole <= LONGEST ? 1 : barMost() / (most() || 1);
    grid.scrollTop = Math.round(top * ratio);
    expected = grid.scrollTop;
  }

  function draw(error = null) {
    wrong = error ?? wrong;
    if (!grid.isConnected) return;
    const first = Math.floor(top / ROW);
    const last = Math.min(count, first + Math.ceil(inView() / ROW) + 1);
    const [from, to] = columnsSeen();
    pages.want(first, last, from, to);
    if (!isMeasured) measure();
    pane.style.width = `${grid.clientWidth}px`;
    pane.style.height = `${grid.clientHeight}px`;
    const rows = [];
    for (let row = first; row < last; row++) rows.push(line(row, from, to));
    fill(pane, rows, heads(from, to));
    grid.setAttribute("aria-activedescendant", `${id}-${active.row}-${active.column}`);
    const text = pages.cell(active.row, active.column);
    if (wrong) fill(said, problem(wrong));
    else
      said.textContent =
        text === undefined ? "" : `row ${active.row + 1}, ${columns[active.column].name}: ${text ?? "null"}`;
  }

  /** Makes columns as wide as the first page needs, once. */
  function measure() {
    if (pages.cell(0, 0) === undefined) return;
    isMeasured = true;
    widths = columns.map((column, at) => widthOf(column, pages.column(at)));
    lefts = leftsOf(widths);
    size();
  }

  function columnsSeen() {
    const [left, right] = [grid.scrollLeft, grid.scrollLeft + grid.clientWidth - numbers];
    const from = Math.max(0, lefts.findIndex((each) => each > left) - 1);
    const to = lefts.findIndex((each) => each >= right);
    return [from, to < 0 ? columns.length : Math.min(columns.length, to)];
  }

  const place = (at) => ({ left: `${numbers + lefts[at] - grid.scrollLeft}px`, width: `${widths[at]}px` });

  function line(row, from, to) {
    const cells = [
      h(
        "span",
        { class: "ab-row-number", role: "rowheader", style: { width: `${numbers}px` } },
        String(row + 1),
      ),
    ];
    for (let at = from; at < to; at++) cells.push(cell(row, at));
    const style = { top: `${HEAD + row * ROW - top}px` };
    return h(
      "div",
      { class: row % 2 ? "ab-row ab-odd" : "ab-row", role: "row", "aria-rowindex": row + 2, style },
      cells,
    );
  }

  function cell(row, at) {
    const text = pages.cell(row, at);
    const isActive = row === active.row && at === active.column && grid.matches(":focus");
    const kinds = ["ab-cell", columns[at].number && "ab-right", columns[at].index && "ab-index"];
    if (text === null) kinds.push("ab-null");
    if (text === undefined) kinds.push("ab-waits");
    if (isActive) kinds.push("ab-active");
    const given = {
      id: `${id}-${row}-${at}`,
      class: kinds.filter(Boolean).join(" "),
      role: "gridcell",
      "aria-colindex": at + 2,
      "data-row": row,
      "data-column": at,
      style: place(at),
    };
    return h("span", given, text === undefined ? "…" : (text ?? "null"));
  }

  function heads(from, to) {
    const cells = [
      h("span", { class: "ab-row-number", role: "columnheader", style: { width: `${numbers}px` } }, "row"),
    ];
    for (let at = from; at < to; at++) {
      const { name, type, number, index } = columns[at];
      const kinds = ["ab-cell", "ab-column-head", number && "ab-right"].filter(Boolean).join(" ");
      const said = index ? `${type} · index` : type;
      cells.push(
        h(
          "span",
          {
            class: kinds,
            role: "columnheader",
            "aria-colindex": at + 2,
            title: `${name}: ${said}`,
            style: place(at),
          },
          h("b", {}, name),
          h("i", {}, said),
        ),
      );
    }
    return h("div", { class: "ab-row ab-rows-head", role: "row", "aria-rowindex": 1 }, cells);
  }

  function keyed(event) {
    const page = Math.max(1, Math.floor(inView() / ROW) - 1);
    const far = event.ctrlKey || event.metaKey;
    const { row, column } = active;
    const to = {
      ArrowDown: [far ? count : row + 1, column],
      ArrowUp: [far ? 0 : row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      PageDown: [row + page, column],
      PageUp: [row - page, column],
      Home: [far ? 0 : row, 0],
      End: [far ? count : row, columns.length],
    }[event.key];
    if (!to) return;
    event.preventDefault();
    go(...to);
  }

  function go(row, column) {
    active = {
      row: Math.max(0, Math.min(count - 1, row)),
      column: Math.max(0, Math.min(columns.length - 1, column)),
    };
    const above = active.row * ROW;
    if (above < top) top = above;
    if (above + ROW > top + inView()) top = Math.min(most(), above + ROW - inView());
    moveBar();
    const [left, wide] = [lefts[active.column], grid.clientWidth - numbers];
    if (left < grid.scrollLeft) grid.scrollLeft = left;
    if (left + widths[active.column] > grid.scrollLeft + wide)
      grid.scrollLeft = left + widths[active.column] - wide;
    draw();
  }

  function clicked(event) {
    const { row, column } = event.target.closest?.("[data-row]")?.dataset ?? {};
    if (row === undefined) return;
    active = { row: Number(row), column: Number(column) };
    draw();
  }

  draw();
  return {
    close: () => {
      watcher.disconnect();
      clearTimeout(settling);
      pages.close();
    },
  };
}
