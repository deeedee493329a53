// The partitions of an asset: how each one stands at a glance, chosen to be made, opened to be seen.
import { fill, h } from "./dom.js";
import { keysOf, lettersOf, rangesOf } from "./grid-layout.js";
import { chooseWhere, clear, letChoose } from "./grid-choosing.js";
import { STATES } from "./grid-tiles.js";
import { metricPicker } from "./partition-metric.js";
import { partitionDetail } from "./partition-detail.js";
import { PartitionGrid } from "./partition-grid.js";
import { formerOnes, legendEntries, nothing } from "./partition-notes.js";
import { partitionTools } from "./partition-tools.js";
import { button, lookOf, problem } from "./parts.js";
import { counted } from "./words.js";

/** Shows the partitions of `given.key`, or of the first asset that has some. */
export function mountPartitions(el, context) {
  return new Partitions(el, context);
}

class Partitions {
  constructor(el, { wire, given, bar, open }) {
    Object.assign(this, { el, wire, bar, open, key: given.key ?? "", document: null, keys: [], letters: "" });
    this.grid = new PartitionGrid({
      moved: (number) => this.say(number),
      hovered: (number) => this.say(number),
      chosen: () => this.drawChosen(),
      opened: (number) => this.detail.show(this.document, this.keys[number]),
    });
    this.choosing = letChoose(this.grid);
    this.choice = h("select", {
      class: "ab-input ab-asset-choice",
      "aria-label": "Asset",
      onchange: () => this.choose(this.choice.value),
    });
    this.about = h("span", { class: "ab-muted" });
    this.legend = h("div", {
      class: "ab-grid-legend",
      role: "group",
      "aria-label": "States; a click chooses all partitions in one",
    });
    this.readout = h("div", {
      class: "ab-grid-readout ab-mono",
      role: "status",
      "aria-live": "polite",
    });
    this.former = h("div", {});
    this.tools = partitionTools({
      act: (words) => this.backfill(words),
      make: (words) => this.make(words),
      clear: () => clear(this.grid),
      launch: (what) => open("launch", { selection: this.document.name, ...what }),
    });
    this.metric = metricPicker(wire, () => this.shade());
    this.detail = partitionDetail({ wire, open, make: (key) => this.makeOne(key) });
    this.body = h(
      "div",
      {},
      this.legend,
      this.grid.element,
      this.readout,
      this.tools.element,
      this.former,
      this.detail.element,
    );
    this.place = h("div", {}, this.body);
    fill(el, this.head(), this.place);
    this.watch();
  }

  head() {
    const zooms = h("span", { class: "ab-zooms" }, this.metric.element, this.zooms());
    return h("div", { class: "ab-tools" }, this.choice, this.about, zooms);
  }

  zooms() {
    const zoom = (step, word, label) =>
      button(word, () => this.grid.zoom(step), { "aria-label": label, title: label });
    return [zoom(-1, "−", "Smaller squares"), zoom(1, "+", "Larger squares")];
  }

  choose(key) {
    this.key = key;
    clear(this.grid);
    this.grid.at = this.grid.anchor = 0;
    this.grid.side = undefined;
    this.detail.hide();
    this.open("partitions", { key });
  }

  watch() {
    const given = this.key ? { key: this.key } : {};
    this.stop = this.wire.watch(
      "partitions",
      given,
      (now, changed) => this.take(now, changed),
      (error) => fill(this.place, problem(error)),
    );
  }

  take(now, changed) {
    this.document = now;
    this.drawChoices();
    if (!now.total) return fill(this.place, nothing(now));
    if (this.body.parentNode !== this.place) fill(this.place, this.body);
    const hasNewKeys = !changed || changed.put?.keys || changed.left?.keys || changed.set?.dimensions;
    const isMade = !changed || changed.put?.states || changed.left?.states;
    if (hasNewKeys) this.keys = keysOf(now);
    if (isMade) this.letters = lettersOf(now);
    this.about.textContent = `${now.about} · ${counted(now.total, "partition")}`;
    this.grid.element.setAttribute(
      "aria-label",
      `Partitions of ${now.name}: arrow keys go through them, shift chooses, Enter opens one`,
    );
    this.grid.show(this.keys, this.letters, now.dimensions);
    this.drawLegend();
    this.drawChosen();
    if (this.readout.hasChildNodes()) this.say(this.grid.at);
    fill(this.former, formerOnes(now));
    this.metric.offer(now.key, Boolean(isMade));
    if (isMade) this.detail.refresh();
  }

  drawChoices() {
    const choices = Object.entries(this.document.choices);
    const said = JSON.stringify(choices) + this.document.key;
    if (said === this.choicesSaid) return;
    this.choicesSaid = said;
    this.choice.hidden = !choices.length;
    const options = choices.map(([key, { name, text }]) =>
      h("option", { value: key, title: text }, `${name} · ${text}`),
    );
    fill(this.choice, options);
    this.choice.value = this.document.key ?? "";
  }

  drawLegend() {
    const choose = (letter) => chooseWhere(this.grid, (number) => this.letters[number] === letter);
    fill(this.legend, legendEntries(this.document.counts, choose), this.metric.scale);
  }

  drawChosen() {
    const many = this.grid.chosen.reduce((sum, each) => sum + each, 0);
    const counts = {};
    for (let at = 0; many && at < this.letters.length; at++) {
      if (!this.grid.chosen[at]) continue;
      const state = STATES[this.letters[at]];
      counts[state] = (counts[state] ?? 0) + 1;
    }
    this.tools.show({
      many,
      counts,
      total: this.keys.length,
      ranges: many ? this.ranges(many) : "",
      state: this.stateOf(many, counts),
      external: this.document?.external,
    });
  }

  ranges(many) {
    return many === this.keys.length ? "all" : rangesOf(this.grid.chosen, this.keys);
  }

  /** The state whose partitions are chosen, all of them and no others, where a verb names them by it. */
  stateOf(many, counts) {
    const [state, ...others] = Object.keys(counts);
    const isAll = many > 1 && !others.length && this.document.counts[state] === many;
    // what failed may be missing or stale, too, and a verb means those as well
    const isNamed = state === "failed" || (["missing", "stale"].includes(state) && !this.document.counts.failed);
    return isAll && isNamed ? state : "";
  }

  say(number) {
    const key = this.keys[number];
    if (key === undefined) return fill(this.readout);
    const look = lookOf(STATES[this.letters[number]]);
    const chosen = this.grid.chosen[number] ? ", chosen" : "";
    const value = this.metric.said(key);
    const state = `${look.symbol} ${look.word}${chosen}`;
    const said = value ? `${state} · ${value}` : state;
    fill(this.readout, h("strong", {}, this.named(number)), ` ${said}`);
  }

  /** A key for people: of several dimensions with their names. */
  named(number) {
    const key = this.keys[number];
    if (!this.document.dimensions) return key;
    const parts = key.split("|");
    return this.document.dimensions.map(({ name }, at) => `${name} ${parts[at]}`).join(", ");
  }

  shade() {
    this.grid.shade(this.metric.shares(this.keys));
    if (this.readout.hasChildNodes()) this.say(this.grid.at);
  }

  backfill(words) {
    return this.bar.act("backfill", [this.document.name, ...words], this.document.location);
  }

  make(words) {
    return this.bar.act("materialize", [this.document.name, ...words], this.document.location);
  }

  makeOne(key) {
    return this.make(["--partition", key]);
  }

  close() {
    this.stop();
    this.choosing();
    this.grid.close();
  }
}
