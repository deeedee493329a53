// The log of one run: what happened and what was said, searched, narrowed, followed to its end.
import { fill, h } from "./dom.js";
import { figure } from "./figures.js";
import { LogBook } from "./log-book.js";
import { LogFeed } from "./log-feed.js";
import { closer, logRow } from "./log-row.js";
import { LogTools } from "./log-tools.js";
import { empty, problem } from "./parts.js";
import { VirtualList } from "./virtual-list.js";
import { count, counted } from "./words.js";

const HEIGHT = 19; // pixels of a line

/** Shows the log of `run` in `el`; `displayed(items)` is told of what was displayed in it. Gives
 * back `{ close, only }`; `only(step)` narrows it to a step. */
export function logPanel(el, { wire, run, displayed = () => {} }) {
  const book = new LogBook();
  let isFollowing = true;
  const tools = new LogTools({ changed: sift, follows: follow, fetches });
  const below = h("div", {
    class: "ab-log-below",
    onkeydown: (event) => event.key === "Escape" && close(),
  });
  const list = new VirtualList({
    label: "Log",
    name: "ab-log",
    height: HEIGHT,
    count: () => book.count,
    row: (index) => logRow(book.line(index), tools.words),
    picked: (index) => look(book.line(index)),
    scrolled: () => feed.wasLive && isFollowing !== list.isAtEnd && follow(list.isAtEnd, false),
  });
  const nothing = h("div", { hidden: true });
  fill(el, tools.element, list.element, nothing, below);
  const feed = new LogFeed(wire, run, book, told, (error) => fill(below, problem(error)));

  function told() {
    tools.offer(book.steps);
    draw();
    displayed(book.displays);
  }

  function draw() {
    const all = book.lines.length;
    const some = book.found ? `${count(book.count)} of ` : "";
    tools.said.textContent = `${some}${counted(all, "line")}${feed.isWhole ? "" : " so far …"}`;
    tools.showFollowing(isFollowing, feed.isLive);
    tools.offerRest(book.gapBytes);
    nothing.hidden = book.count > 0 || !feed.isWhole;
    list.element.hidden = !nothing.hidden;
    const said = all
      ? ["No line is like that.", "Search for less, or choose all levels and steps."]
      : ["Nothing was printed or logged so far."];
    if (!nothing.hidden) fill(nothing, empty(...said));
    list.element.style.height = `${Math.min(Math.max(book.count, 3), 24) * HEIGHT + 2}px`;
    if (isFollowing && feed.wasLive) list.toEnd();
    else list.soon();
  }

  function sift() {
    const line = list.at >= 0 ? book.line(list.at) : null;
    book.choose(tools.test());
    // the line that somebody looked at stays in sight, now among others
    const at = line ? placeOf(line) : -1;
    list.at = at;
    draw();
    if (at >= 0) list.show(at, true);
    else list.element.scrollTop = 0;
  }

  function placeOf(line) {
    const index = book.lines.indexOf(line);
    return book.found ? book.found.indexOf(index) : index;
  }

  function follow(on, jump = true) {
    isFollowing = on;
    tools.showFollowing(on, feed.isLive);
    if (on && jump) list.toEnd();
  }

  function look(line) {
    const picture = line.picture ? figure(wire, run, line) : null;
    fill(below, closer(line, { close, fetch: fetches, picture }));
  }

  function close() {
    fill(below);
    list.element.focus();
  }

  async function fetches() {
    fill(below, h("p", { class: "ab-muted", role: "status" }, "reading the log files …"));
    try {
      for (const line of book.lines.filter(({ gaps }) => gaps)) await feed.fill(line);
      fill(below);
    } catch (error) {
      fill(below, problem(error));
    }
  }

  return {
    only(step) {
      tools.choose(step);
      sift();
    },
    close() {
      feed.close();
      list.close();
    },
  };
}
