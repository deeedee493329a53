// The lineage: what is made from what and how it stands, live; to walk through, and to act in.
import { fill, h } from "./dom.js";
import { Beside } from "./lineage-beside.js";
import { Columns } from "./lineage-columns.js";
import { Graph } from "./lineage-graph.js";
import { itemsFor } from "./lineage-menu.js";
import { Stage } from "./lineage-stage.js";
import { Tools } from "./lineage-tools.js";
import { openMenu } from "./menu.js";
import { empty, noAssets, problem } from "./parts.js";
import { count, counted } from "./words.js";

const AGES = 30000; // milliseconds until ages are told anew

/** Shows the lineage in `el`; `given.selection` narrows it. */
export function mountLineage(el, context) {
  const view = new Lineage(el, context);
  return { close: () => view.close() };
}

class Lineage {
  constructor(el, { wire, given, bar, open, greeting, kept }) {
    this.kept = kept.lineage ??= {}; // what one comes back to
    const { closed = null, picked = null } = this.kept;
    const selection = this.kept.selection ?? given.selection ?? "";
    Object.assign(this, { wire, bar, open, selection, closed, wanted: null });
    this.look = {
      running: {},
      picked,
      found: null,
      marked: null,
      get isDimming() {
        return Boolean(this.found ?? this.marked);
      },
      isDim(id) {
        const seen = this.found ?? this.marked;
        return seen !== null && !seen.has(id);
      },
    };
    this.tools = new Tools(this, this.selection);
    const wheelAlways = !greeting.live; // in a notebook the wheel is first of all the notebook's
    this.stage = new Stage(this, { wheelAlways });
    this.beside = new Beside(this, { wheelAlways });
    this.traced = new Columns(wire, this);
    this.place = h("div", {}, this.stage.element, this.beside.element, this.traced.element);
    this.element = h("div", { class: "ab-lineage" }, this.tools.element, this.place);
    fill(el, this.element);
    this.watch({});
    this.ages = setInterval(() => this.graph && this.draw(), AGES);
  }

  /** Watches what is chosen; what was watched goes on until that is there. */
  watch({ selection = this.selection, closed = this.closed, anchor = null }) {
    const before = this.stop;
    let isFirst = true;
    const leave = this.wire.watch(
      "lineage",
      closed ? { selection, closed: [...closed].sort() } : { selection },
      (now) => {
        if (isFirst) {
          if (this.stop !== before) return leave(); // another was chosen meanwhile
          before?.();
          if (selection !== this.selection) {
            this.stage.isFitted = true;
            this.bar.tell({ line: now.line, said: "", goes_on: false });
          }
          Object.assign(this, { stop: leave, selection, closed });
          this.tools.narrowed(selection);
        }
        const old = this.graph;
        this.take(now, isFirst && anchor ? anchor(old, new Graph(now)) : null);
        isFirst = false;
      },
      (error) => {
        leave();
        if (this.graph) this.tools.narrowed(selection, error);
        else fill(this.place, problem(error));
      },
    );
  }

  take(document, anchor) {
    this.document = document;
    this.graph = new Graph(document);
    this.look.running = document.running;
    if (!this.graph.has(this.look.picked)) this.look.picked = null;
    this.tools.showGroups(document.groups, new Set(document.closed));
    this.tools.summary.textContent = this.summary();
    this.seek();
    if (this.graph.ids.length) this.draw(anchor);
    if (this.graph.has(this.wanted)) this.goTo(this.wanted);
    if (this.graph.ids.length) return;
    fill(this.place, this.selection ? empty("The selection holds no asset.") : noAssets());
  }

  draw(anchor = null) {
    if (!this.stage.element.parentNode) {
      fill(this.place, this.stage.element, this.beside.element, this.traced.element);
    }
    this.stage.show(this.graph, this.look, `Lineage of ${this.summary()}`, anchor);
    this.beside.show(this.graph, this.look, this.stage.isCanvas);
  }

  summary() {
    const counts = {};
    let all = 0;
    const add = (state, number) => {
      counts[state] = (counts[state] ?? 0) + number;
      all += number;
    };
    for (const [id, node] of Object.entries(this.document.nodes)) {
      if (node.states) for (const [state, number] of Object.entries(node.states)) add(state, number);
      else add(id in this.document.running ? "running" : node.state, 1);
    }
    const said = Object.entries(counts).map(([state, number]) => `${count(number)} ${state}`);
    return `${counted(all, "asset")}${said.length ? `: ${said.join(", ")}` : ""}`;
  }

  /** A node was clicked, or entered with the keys. */
  press(id, onGroup = false) {
    const node = this.graph.nodes[id];
    if (node.kind === "group") this.fold(node.group, false);
    else if (onGroup) this.fold(node.group, true);
    else this.open("asset", { key: id });
  }

  fold(group, isClosed) {
    const others = this.document.closed.filter((each) => each !== group);
    this.closeGroups(isClosed ? [...others, group] : others, group);
  }

  /** Closes these groups and no others; the one that was asked for stays where it is seen. */
  closeGroups(names, group = null) {
    const anchor = group === null ? null : (old, now) => anchored(old, now, group);
    this.watch({ closed: new Set(names), anchor });
  }

  pick(id, { focus = false, reach = false } = {}) {
    const isOther = this.look.picked !== id;
    this.look.picked = id;
    if (isOther) this.draw();
    if (focus || reach) this.stage.reach(id);
    if (focus) this.stage.focus(id);
  }

  menu(id, x, y) {
    let [left, top, after] = [x, y, null];
    const host = this.element.getBoundingClientRect();
    if (x instanceof Element) {
      const frame = x.getBoundingClientRect();
      [left, top, after] = [frame.left - host.left, frame.bottom - host.top, x];
    } else {
      const frame = this.stage.element.getBoundingClientRect();
      [left, top] = [frame.left - host.left + x, frame.top - host.top + y];
      after = { focus: () => this.graph.has(id) && this.stage.focus(id) };
    }
    if (id !== null) this.pick(id);
    const label = id === null ? "Lineage" : this.graph.nodes[id].name;
    openMenu({ host: this.element, x: left, y: top, label, items: itemsFor(id, this), after });
  }

  narrow(selection) {
    this.watch({ selection });
  }

  columns(id) {
    this.traced.open(id, this.graph.nodes[id].name);
  }

  mark(ids) {
    this.look.marked = ids;
    this.draw();
  }

  find(text) {
    if (text === undefined) return this.tools.find.focus();
    this.at = 0;
    this.seek();
    this.draw();
    if (this.matches.length) this.stage.reach(this.drawnOf(this.matches[0]), { centred: true });
  }

  /** The node that shows an asset: its own, or that of its closed group. */
  drawnOf(id) {
    return this.graph.has(id) ? id : this.document.inside[id][0];
  }

  /** Picks an asset and brings it into the middle; opens its group for that. */
  goTo(id) {
    this.wanted = null;
    if (this.graph.has(id)) {
      this.pick(id);
      this.stage.reach(id, { centred: true });
    } else {
      this.wanted = id;
      this.fold(this.graph.nodes[this.drawnOf(id)].group, false);
    }
  }

  /** Goes on to the next match. */
  next(step) {
    const many = this.matches.length;
    if (!many) return;
    if (this.look.picked === this.matches[this.at]) this.at = (this.at + step + many) % many;
    this.tools.tellFound(this.at, many);
    this.goTo(this.matches[this.at]);
  }

  seek() {
    const text = this.tools.find.value.trim().toLowerCase();
    const { nodes } = this.graph;
    const hits = (name) => name.toLowerCase().includes(text);
    const inside = Object.entries(this.document.inside).filter(([, [, name]]) => hits(name));
    const assets = this.graph.ids.filter((id) => nodes[id].kind !== "group" && hits(nodes[id].name));
    this.matches = text ? [...assets, ...inside.map(([id]) => id)] : [];
    this.look.found = text ? new Set(this.matches.map((id) => this.drawnOf(id))) : null;
    this.at = Math.min(this.at ?? 0, Math.max(0, this.matches.length - 1));
    this.tools.tellFound(this.at, this.matches.length);
  }

  close() {
    const { selection, closed } = this;
    Object.assign(this.kept, { selection, closed, picked: this.look.picked });
    clearInterval(this.ages);
    this.stop?.();
    this.stage.close();
  }
}

/** A point of a group in the new picture, and the one of the old picture where it shall be seen. */
function anchored(old, now, group) {
  const first = (graph) => graph.ids.find((id) => graph.nodes[id].group === group);
  const [was, is] = [first(old), first(now)];
  return was === undefined || is === undefined ? null : [now.nodes[is].place, old.nodes[was].place];
}
