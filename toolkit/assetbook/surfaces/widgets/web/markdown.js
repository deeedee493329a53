// Markdown as elements: paragraphs, headings, lists, code, bold, and links to the web; the rest is
// text. Whatever it holds, nothing of it is HTML.
import { h } from "./dom.js";

const ITEM = /^\s*(?:[-*+]|\d+[.)])\s+/;

/** The elements of a text in Markdown. */
export function markdown(text) {
  const lines = text.split("\n");
  const made = [];
  while (lines.length) {
    if (!lines[0].trim()) lines.shift();
    else if (/^\s*(```|~~~)/.test(lines[0])) made.push(fenced(lines));
    else if (/^#{1,6}\s/.test(lines[0])) made.push(heading(lines.shift()));
    else if (ITEM.test(lines[0])) made.push(list(lines));
    else made.push(paragraph(lines));
  }
  return made;
}

function fenced(lines) {
  const fence = lines.shift().trim().slice(0, 3);
  const end = lines.findIndex((line) => line.trim().startsWith(fence));
  const inside = lines.splice(0, end < 0 ? lines.length : end);
  lines.shift();
  return h("pre", { class: "ab-source-text", tabindex: "0" }, inside.join("\n"));
}

function heading(line) {
  return h("p", { class: "ab-heading" }, inline(line.replace(/^#+\s+/, "")));
}

function list(lines) {
  const isNumbered = /^\s*\d/.test(lines[0]);
  const items = [];
  while (lines.length && lines[0].trim() && (ITEM.test(lines[0]) || items.length)) {
    if (ITEM.test(lines[0])) items.push(lines.shift().replace(ITEM, ""));
    else items.push(`${items.pop()} ${lines.shift().trim()}`);
  }
  return h(
    isNumbered ? "ol" : "ul",
    { class: "ab-bullets" },
    items.map((item) => h("li", {}, inline(item))),
  );
}

function paragraph(lines) {
  const inside = [lines.shift()];
  const ends = (line) => !line.trim() || /^\s*(```|~~~|#{1,6}\s)/.test(line) || ITEM.test(line);
  while (lines.length && !ends(lines[0])) inside.push(lines.shift());
  return h("p", { class: "ab-paragraph" }, inline(inside.join("\n")));
}

const MARKS = /`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]*)\]\((https?:\/\/[^\s\\)]+)\)/i;

function inline(text) {
  const made = [];
  let rest = text;
  for (let found = MARKS.exec(rest); found; found = MARKS.exec(rest)) {
    const [whole, code, bold, label, address] = found;
    made.push(rest.slice(0, found.index));
    if (code !== undefined) made.push(h("code", {}, code));
    else if (bold !== undefined) made.push(h("strong", {}, bold));
    else
      made.push(
        h(
          "a",
          { href: address, target: "_blank", rel: "noopener noreferrer", class: "ab-anchor" },
          label || address,
        ),
      );
    rest = rest.slice(found.index + whole.length);
  }
  return [...made, rest];
}
