// How squares are chosen: by dragging, by a click with shift or ctrl, by the arrow keys with shift.

/** Lets a person choose in a grid; gives back what ends that. */
export function letChoose(grid) {
  const { element, told } = grid;
  let drag = null;

  const down = (event) => {
    const number = grid.below(event);
    if (number < 0 || event.button) return;
    if (event.shiftKey) return take(event, grid.anchor, number, event.ctrlKey || event.metaKey);
    drag = { from: number, to: number, before: event.ctrlKey || event.metaKey ? grid.chosen.slice() : null };
    grid.at = grid.anchor = number;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    event.preventDefault();
    told.moved(number);
    grid.redraw();
  };
  const move = (event) => {
    const number = grid.below(event);
    if (number < 0) return;
    if (!drag) return told.hovered(number);
    if (number === drag.to) return;
    drag.to = grid.at = number;
    drag.moved = true;
    if (drag.before) grid.chosen.set(drag.before);
    choose(grid, drag.from, number, Boolean(drag.before));
    told.moved(number);
  };
  const up = () => {
    if (!drag) return;
    const { from, moved, before } = drag;
    drag = null;
    if (moved) return;
    if (before) toggle(grid, from);
    else {
      clear(grid);
      told.opened(from);
    }
  };
  const take = (event, from, to, isAdded) => {
    event.preventDefault();
    grid.at = to;
    choose(grid, from, to, isAdded);
    told.moved(to);
  };
  const key = (event) => onKey(grid, event);
  const left = () => told.hovered(grid.at);
  const listeners = {
    pointerdown: down,
    pointermove: move,
    pointerup: up,
    pointercancel: up,
    pointerleave: left,
    keydown: key,
  };
  for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener);
  return () => {
    for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
  };
}

/** Chooses all from one square to another: a block in a matrix, else what is between them in order. */
function choose(grid, from, to, isAdded) {
  if (!isAdded) grid.chosen.fill(0);
  if (grid.layout.isBlock) block(grid, from, to);
  else grid.chosen.fill(1, Math.min(from, to), Math.max(from, to) + 1);
  changed(grid);
}

function block(grid, from, to) {
  const [row, column] = grid.layout.placeOf(from);
  const [otherRow, otherColumn] = grid.layout.placeOf(to);
  const [top, bottom] = [Math.min(row, otherRow), Math.max(row, otherRow)];
  const [left, right] = [Math.min(column, otherColumn), Math.max(column, otherColumn)];
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) grid.chosen[grid.layout.at(y, x)] = 1;
  }
}

function toggle(grid, number) {
  grid.chosen[number] = grid.chosen[number] ? 0 : 1;
  changed(grid);
}

/** Chooses none. */
export function clear(grid) {
  grid.chosen.fill(0);
  changed(grid);
}

/** Chooses those, and no others, for which `isMeant(number)`. */
export function chooseWhere(grid, isMeant) {
  for (let number = 0; number < grid.chosen.length; number++) grid.chosen[number] = isMeant(number) ? 1 : 0;
  changed(grid);
}

function changed(grid) {
  grid.redraw();
  grid.told.chosen();
}

const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

function onKey(grid, event) {
  if (!grid.keys.length) return;
  const next = target(grid, event);
  if (next !== null) go(grid, next, event);
  else if (event.key === " ") toggle(grid, grid.at);
  else if (event.key === "Enter") grid.told.opened(grid.at);
  else if (event.key === "Escape") clear(grid);
  else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) chooseWhere(grid, () => true);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** The square that a key leads to; null for other keys. */
function target(grid, { key, ctrlKey }) {
  const last = grid.keys.length - 1;
  if (key === "Home") return ctrlKey ? 0 : edge(grid, -1);
  if (key === "End") return ctrlKey ? last : edge(grid, 1);
  if (key === "PageDown" || key === "PageUp") return page(grid, key === "PageDown" ? 1 : -1);
  const step = STEPS[key];
  if (!step) return null;
  const [row, column] = grid.layout.placeOf(grid.at);
  const found = grid.layout.at(row + step[0], column + step[1]);
  if (found >= 0) return found;
  if (grid.layout.isBlock || step[0]) return grid.at;
  return Math.max(0, Math.min(last, grid.at + step[1])); // from the end of a row to the next one
}

function edge(grid, step) {
  const [row, column] = grid.layout.placeOf(grid.at);
  let found = column;
  while (grid.layout.at(row, found + step) >= 0) found += step;
  return grid.layout.at(row, found);
}

function page(grid, step) {
  const [row, column] = grid.layout.placeOf(grid.at);
  const many = Math.max(1, Math.floor(grid.element.clientHeight / grid.pitch()) - 2);
  for (let next = row + step * many; next !== row; next -= step) {
    const found = next >= 0 && next < grid.layout.rows ? grid.layout.at(next, column) : -1;
    if (found >= 0) return found;
  }
  return grid.at;
}

function go(grid, number, event) {
  grid.at = number;
  if (event.shiftKey) choose(grid, grid.anchor, number, false);
  else grid.anchor = number;
  grid.reveal(number);
  grid.redraw();
  grid.told.moved(number);
}
