// A number of each partition as a shade: which one, from where to where, and what it is of one.
import { fill, h } from "./dom.js";
import { shadeOf } from "./grid-tiles.js";
import { duration, size } from "./words.js";

/** The picker of a metric: `{ element, scale, offer, shares, said }`; `told()` after a change. */
export function metricPicker(wire, told) {
  let key = null;
  let names = [];
  let values = null;
  let ends = [0, 0];
  const select = h("select", { class: "ab-input", "aria-label": "What a square shows", onchange: () => load() });
  const scale = h("span", { class: "ab-scale" });
  scale.hidden = true;

  /** Tells which asset it is, and whether anything was made since. */
  async function offer(now, isMade) {
    if (now !== key) {
      key = now;
      values = null;
      draw([]);
      told();
    }
    if (!isMade) return;
    const asked = key;
    const found = await wire.ask("partition_metrics", { key: asked }).catch(() => []);
    if (asked !== key) return;
    if (found.join() !== names.join()) draw(found);
    if (select.value) load();
  }

  function draw(found) {
    const before = select.value;
    names = found;
    const options = names.map((name) => h("option", { value: name }, `show: ${name}`));
    fill(select, h("option", { value: "" }, "show: states"), options);
    select.value = names.includes(before) ? before : "";
    select.hidden = !names.length;
    scale.hidden = !select.value;
  }

  async function load() {
    const [asked, name] = [key, select.value];
    const found = name ? await wire.ask("partition_metric", { key: asked, name }).catch(() => null) : null;
    if (asked !== key || name !== select.value) return;
    values = found;
    const numbers = Object.values(found ?? {});
    ends = endsOf(numbers);
    scale.hidden = !numbers.length;
    if (numbers.length) drawScale(name);
    told();
  }

  function drawScale(name) {
    const [low, high] = ends.map((each) => shownNumber(name, each));
    const background = `linear-gradient(90deg, ${shadeOf(0)}, ${shadeOf(1)})`;
    const bar = h("span", { class: "ab-scale-bar", style: { background } });
    fill(scale, h("span", {}, `${name}: ${low}`), bar, h("span", {}, high));
  }

  /** Of each key its share of the scale, null without a number; null where states are shown. */
  function shares(keys) {
    if (!values || !select.value) return null;
    const [low, high] = ends;
    const shareOf = (value) => (high > low ? (value - low) / (high - low) : 1);
    return keys.map((each) => (values[each] === undefined ? null : shareOf(values[each])));
  }

  function said(each) {
    const value = values?.[each];
    return value === undefined ? "" : `${select.value} ${shownNumber(select.value, value)}`;
  }
  draw([]);
  return { element: select, scale, offer, shares, said };
}

/** The least and the greatest; there may be more numbers than one call takes as arguments. */
function endsOf(numbers) {
  const wider = ([low, high], each) => [Math.min(low, each), Math.max(high, each)];
  return numbers.reduce(wider, [Infinity, -Infinity]);
}

/** A number of a metric as people read it. */
export function shownNumber(name, value) {
  if (name === "seconds") return duration(value);
  if (name === "bytes") return size(value);
  return value.toLocaleString("en-US", { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
}
