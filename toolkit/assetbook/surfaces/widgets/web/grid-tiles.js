// How a square looks: its state as a colour and a shape of its own, or a number as a shade.
import { lookOf } from "./parts.js";

/** By letter, the state that it stands for; as in partitions_topic.py. */
export const STATES = {
  f: "fresh",
  s: "stale",
  u: "unknown",
  m: "missing",
  b: "blocked",
  x: "failed",
  r: "running",
};

/** Draws the squares at `places`, `[x, y]` each, all of one state: colours are set once for all. */
export function drawStates(pen, letter, places, side) {
  const { colour } = lookOf(STATES[letter]);
  if (letter === "m") return outlines(pen, colour, places, side);
  pen.fillStyle = colour;
  for (const [x, y] of places) pen.fillRect(x, y, side, side);
  if (side < 7 || !MARKS[letter]) return;
  pen.fillStyle = pen.strokeStyle = "#fff";
  pen.lineWidth = Math.max(1.2, side / 9);
  for (const [x, y] of places) MARKS[letter](pen, x, y, side);
}

function outlines(pen, colour, places, side) {
  pen.strokeStyle = colour;
  pen.lineWidth = 1;
  for (const [x, y] of places) pen.strokeRect(Math.floor(x) + 0.5, Math.floor(y) + 0.5, side - 1, side - 1);
}

const SHADES = 48;

/** The level of a share from 0 to 1, of which squares are drawn together; null for none. */
export const levelOf = (share) => (share === null ? null : Math.round(share * SHADES));

/** Draws the squares of one level of a number; outlines for none. */
export function drawShades(pen, level, places, side) {
  if (level === null) return outlines(pen, lookOf("missing").colour, places, side);
  pen.fillStyle = shadeOf(level / SHADES);
  for (const [x, y] of places) pen.fillRect(x, y, side, side);
}

const MARKS = {
  s: (pen, x, y, side) => {
    pen.fillStyle = "rgb(255 255 255 / 55%)";
    shape(pen, [[x + side, y], [x + side, y + side], [x, y + side]], true);
  },
  x: (pen, x, y, side) => {
    const inset = side * 0.28;
    shape(pen, [[x + inset, y + inset], [x + side - inset, y + side - inset]]);
    shape(pen, [[x + side - inset, y + inset], [x + inset, y + side - inset]]);
  },
  b: (pen, x, y, side) => pen.fillRect(x + side * 0.32, y + side * 0.32, side * 0.36, side * 0.36),
  r: (pen, x, y, side) => {
    const [left, right] = [x + side * 0.32, x + side * 0.76];
    shape(pen, [[left, y + side * 0.24], [right, y + side / 2], [left, y + side * 0.76]], true);
  },
  u: (pen, x, y, side) => {
    pen.font = `700 ${Math.round(side * 0.8)}px sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText("?", x + side / 2, y + side / 2 + side * 0.05);
  },
};

function shape(pen, points, isFilled = false) {
  pen.beginPath();
  points.forEach(([x, y], at) => (at ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  if (!isFilled) return pen.stroke();
  pen.closePath();
  pen.fill();
}

/** The colour of a share from 0 to 1, of one hue from pale to strong. */
export function shadeOf(share) {
  return `rgb(28 106 241 / ${(0.25 + 0.75 * share).toFixed(3)})`;
}

/** A small square as an element, for a legend. */
export function tile(letter, side = 13) {
  const scale = globalThis.devicePixelRatio || 1;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side * scale;
  canvas.style.width = canvas.style.height = `${side}px`;
  canvas.setAttribute("aria-hidden", "true");
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  drawStates(pen, letter, [[0, 0]], side);
  return canvas;
}
