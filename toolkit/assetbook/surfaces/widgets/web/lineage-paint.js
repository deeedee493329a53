// One node of a large lineage on canvas, as much of it as its size on the screen has room for.
import { INSET, fontOf, stateOf, textsOf, widthOf } from "./lineage-words.js";
import { groupColour, lookOf } from "./parts.js";

const NEUTRAL = "#7f8794";

/** Paints a node at a place; `picture` has the graph, the looks, the colours and the camera. */
export function paintNode(paint, picture, id, x, y) {
  const { graph, look, colours, camera } = picture;
  const node = graph.nodes[id];
  const { wide, high } = graph.shape;
  const isRunning = id in look.running;
  const state = stateOf(node, isRunning);
  const colour = state ? lookOf(state).colour : NEUTRAL;
  paint.globalAlpha = look.isDim(id) ? 0.25 : 1;
  if (camera.level === "dot") {
    paint.fillStyle = colour;
    paint.fillRect(x, y, wide, high);
    return;
  }
  outline(paint, node, colours, x, y, wide, high);
  paint.fillStyle = colour;
  paint.beginPath();
  paint.roundRect(x, y, camera.level === "far" ? 40 : 5, high, [7, 0, 0, 7]);
  paint.fill();
  if (camera.level === "far") {
    return said(paint, state ? lookOf(state).symbol : "", x + wide - 50, y + 33, "short", colour);
  }
  const texts = textsOf(node, isRunning, wide);
  paint.textBaseline = "alphabetic";
  if (camera.level === "mid") {
    said(paint, texts.short, x + INSET, y + high / 2 + 7, "short", colours.text);
    if (state) said(paint, lookOf(state).symbol, x + wide - 28, y + high / 2 + 7, "short", colour);
    return;
  }
  lines(paint, node, texts, colours, x, y, wide);
  const runs = texts.strip ?? (node.kind === "group" ? texts.counts : null);
  if (runs) strip(paint, runs, colours, x + INSET, y + high - 5.5, wide - INSET - 10);
}

function outline(paint, node, colours, x, y, wide, high) {
  paint.fillStyle = colours.surface;
  paint.strokeStyle = colours.border;
  paint.lineWidth = 1;
  paint.setLineDash(node.kind === "external" ? [4, 3] : []);
  paint.beginPath();
  paint.roundRect(x, y, wide, high, 7);
  paint.fill();
  paint.stroke();
  paint.setLineDash([]);
}

function lines(paint, node, texts, colours, x, y, wide) {
  said(paint, texts.label, x + INSET, y + 19, "label", colours.text);
  let right = x + wide - 10;
  for (const [symbol, colour, number] of [...texts.marks].reverse()) {
    right -= widthOf(String(number), "note");
    said(paint, String(number), right, y + 19, "note", colours.muted);
    right -= widthOf(symbol, "note");
    said(paint, symbol, right, y + 19, "note", colour);
    right -= 4;
  }
  if (texts.group) {
    paint.fillStyle = groupColour(node.group);
    paint.beginPath();
    paint.arc(x + 5, y - 8, 3, 0, 7);
    paint.fill();
    said(paint, texts.group, x + 12, y - 4.5, "group", colours.muted);
  }
  let at = x + INSET;
  for (const [state, number] of texts.counts) {
    const { colour, symbol } = lookOf(state);
    at = said(paint, symbol, at, y + 35, "note", colour) + 3;
    at = said(paint, String(number), at, y + 35, "note", colours.text) + 8;
  }
  if (texts.counts.length) return;
  if (texts.state) said(paint, lookOf(texts.state).symbol, at, y + 35, "note", lookOf(texts.state).colour);
  at = said(paint, texts.word, x + texts.indent, y + 35, "note", colours.text);
  said(paint, texts.note, at, y + 35, "note", colours.muted);
}

function strip(paint, runs, colours, x, y, room) {
  const all = runs.reduce((sum, [, number]) => sum + number, 0);
  for (const [state, number] of runs) {
    const width = (room * number) / all;
    paint.fillStyle = state === "missing" ? colours.border : lookOf(state).colour;
    paint.fillRect(x, y, width, 3);
    x += width;
  }
}

/** Writes a text; where it ends. */
function said(paint, text, x, y, kind, colour) {
  paint.font = fontOf(kind);
  paint.fillStyle = colour;
  paint.fillText(text, x, y);
  return x + widthOf(text, kind);
}
