// The labels of the rows and columns of a grid of squares: the room they take, and how they are drawn.

/** Pixels of the label of a row that is a day. */
export const LABEL = 82;
const TILTED = 17; // characters of a label above a column
const EDGE = 3; // pixels around, for the mark of what is chosen
const FONT = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Where squares begin, `[x, y]`: after the labels, or at the edge where there are none. */
export function beginOf(layout) {
  return [labelWidth(layout) || EDGE, headHeight(layout) || EDGE];
}

/** Pixels of the label of a row of so many characters. */
export const widthOf = (characters) => characters * 7 + 12;

const LOOKED_AT = 400; // labels, for how long they are

function labelWidth(layout) {
  const step = Math.ceil(layout.rows / LOOKED_AT);
  let longest = 0;
  for (let row = 0; row < layout.rows; row += step) {
    longest = Math.max(longest, layout.rowLabel(row, 0).length);
  }
  return longest ? widthOf(Math.min(layout.longest, longest)) : 0;
}

function headHeight(layout) {
  if (!layout.columnLabel(0)) return 0;
  if (!layout.isTilted) return 16;
  let longest = 0;
  for (let column = 0; column < Math.min(layout.columns, LOOKED_AT); column++) {
    longest = Math.max(longest, layout.columnLabel(column).length);
  }
  return Math.ceil(Math.min(TILTED, longest) * 6.7) + 8;
}

/** Draws the labels of what is in `sight` of a grid, over squares that reach below them. */
export function drawLabels(pen, grid, sight, colour) {
  const { side, left, top } = grid;
  pen.fillStyle = colour;
  pen.font = `${Math.max(10, Math.min(11, side + 3))}px ${FONT}`;
  pen.textAlign = "left";
  pen.textBaseline = "middle";
  pen.clearRect(0, 0, left - EDGE, sight.height);
  pen.clearRect(0, 0, sight.width, top - EDGE);
  if (left > EDGE) drawRowLabels(pen, grid, sight);
  if (top > EDGE) drawColumnLabels(pen, grid, sight);
}

function drawRowLabels(pen, { layout, side, top }, sight) {
  const every = Math.ceil(12 / sight.pitch);
  for (let row = sight.rows[0]; row < sight.rows[1]; row++) {
    const y = top + row * sight.pitch - sight.y + side / 2;
    if (row % every || y <= top) continue;
    for (let band = 0; band < layout.bands; band++) {
      const x = band ? band * layout.bandWidth * sight.pitch - sight.x : 0;
      pen.fillText(cut(layout.rowLabel(row, band), layout.longest), x, y);
    }
  }
}

function drawColumnLabels(pen, { layout, side, left, top }, sight) {
  const every = Math.ceil((layout.isTilted ? 12 : 18) / sight.pitch);
  for (let column = sight.columns[0]; column < sight.columns[1]; column++) {
    const x = left + column * sight.pitch - sight.x + side / 2;
    if ((column % layout.bandWidth) % every || x < left) continue;
    drawColumnLabel(pen, layout, column, x, top - 5);
  }
}

function drawColumnLabel(pen, layout, column, x, y) {
  pen.save();
  pen.translate(x, y);
  if (layout.isTilted) pen.rotate(-Math.PI / 2);
  else pen.textAlign = "center";
  pen.fillText(cut(layout.columnLabel(column), TILTED), 0, layout.isTilted ? 0 : -2);
  pen.restore();
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
