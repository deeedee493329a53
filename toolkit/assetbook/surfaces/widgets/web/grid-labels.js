// The labels of the rows and columns of a grid of squares: the room they take, and how they are drawn.

/** Pixels of the label of a row that is a day. */
export const LABEL = 82;
const EDGE = 3; // pixels around, for the mark of what is chosen
const FONT = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Where squares begin, `[x, y]`: after the labels, or at the edge where there are none. */
export function beginOf(layout) {
  return [labelWidth(layout) || EDGE, headHeight(layout) || EDGE];
}

function labelWidth(layout) {
  const some = [0, layout.rows >> 1, layout.rows - 1]; // all are about as long
  const longest = Math.max(...some.map((row) => layout.rowLabel(row, 0).length));
  return longest ? Math.min(150, longest * 7 + 12) : 0;
}

function headHeight(layout) {
  if (!layout.columnLabel(0)) return 0;
  if (!layout.isTilted) return 16;
  let longest = 0;
  for (let column = 0; column < Math.min(layout.columns, 400); column++) {
    longest = Math.max(longest, layout.columnLabel(column).length);
  }
  return Math.min(110, longest * 6 + 10);
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
      pen.fillText(cut(layout.rowLabel(row, band), 19), x, y);
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
  pen.fillText(cut(layout.columnLabel(column), 17), 0, layout.isTilted ? 0 : -2);
  pen.restore();
}

function cut(text, most) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
