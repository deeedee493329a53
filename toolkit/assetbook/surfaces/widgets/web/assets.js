// The list of assets: states and why, filtered as one types, kept live.
import { fill, h } from "./dom.js";
import { keep } from "./keyed.js";
import { button, noAssets, problem, stateMark } from "./parts.js";
import { age, count, counted, duration } from "./words.js";

const FIRST = 200; // lines that are made at once; further ones as one comes to their end
const NEAR = 400; // pixels from the end
const AGES = 10000; // milliseconds until ages are told anew

export function mountAssets(el, { wire, given, bar, open, kept }) {
  let document = null;
  let filter = (kept.assets ??= { filter: "" }).filter;
  let most = FIRST;
  const search = h("input", {
    type: "search",
    class: "ab-search",
    placeholder: "filter: name, state, group",
    "aria-label": "Filter the assets",
    value: filter,
    oninput: () => {
      filter = kept.assets.filter = search.value.toLowerCase();
      most = FIRST;
      draw();
    },
  });
  const summary = h("span", { class: "ab-muted" });
  const body = h("tbody");
  const table = h(
    "table",
    { class: "ab-table" },
    h("thead", {}, h("tr", {}, HEADS.map(headOf))),
    body,
  );
  const more = button("show more", further, { hidden: true });
  const place = h("div", { class: "ab-scroll", onscroll: scrolled }, table, more);
  fill(el, h("div", { class: "ab-tools" }, search, summary), place);

  function draw() {
    const all = Object.entries(document.assets);
    if (!all.length) return fill(place, noAssets());
    const chosen = all.filter(([, asset]) => fits(asset, filter));
    summary.textContent = `${counted(chosen.length, "asset")}${states(chosen, document)}`;
    keep(
      body,
      chosen.slice(0, most).map(([key, asset]) => [key, factsOf(key, asset, document)]),
      (facts) => line(facts, { bar, open }),
    );
    more.hidden = chosen.length <= most;
    if (table.parentNode !== place) fill(place, table, more);
  }

  function further() {
    most *= 2;
    draw();
  }

  function scrolled() {
    if (!more.hidden && place.scrollTop + place.clientHeight > place.scrollHeight - NEAR) further();
  }

  const stop = wire.watch(
    "assets",
    given,
    (now) => {
      document = now;
      draw();
    },
    (error) => fill(place, problem(error)),
  );
  const ages = setInterval(() => document && draw(), AGES);
  return {
    close() {
      stop();
      clearInterval(ages);
    },
  };
}

const HEADS = ["asset", "state", "rows", "made", "took", "where", "why", ""];
const NUMBERS = ["rows", "took"];
const headOf = (head) => h("th", { scope: "col", class: NUMBERS.includes(head) ? "ab-number" : null }, head);

function fits(asset, filter) {
  return !filter || `${asset.name} ${asset.state} ${asset.group}`.toLowerCase().includes(filter);
}

function states(chosen, { running }) {
  const counts = {};
  for (const [key, asset] of chosen) {
    const state = running[key] ? "running" : asset.state;
    counts[state] = (counts[state] ?? 0) + 1;
  }
  const said = Object.entries(counts).map(([state, number]) => `${count(number)} ${state}`);
  return said.length ? `: ${said.join(", ")}` : "";
}

/** All that a line shows, also what moves with the clock; it stays the same element while that does. */
function factsOf(key, asset, { running }) {
  return { key, asset, state: running[key] ? "running" : asset.state, made: age(asset.at) };
}

function line({ key, asset, state, made }, { bar, open }) {
  return h(
    "tr",
    { "data-key": key },
    h("td", { class: "ab-named" }, button(asset.name, () => open("asset", { key }), { class: "ab-link" })),
    h("td", {}, stateMark(state)),
    h("td", { class: "ab-number" }, asset.rows === null ? "" : count(asset.rows)),
    h("td", {}, made),
    h("td", { class: "ab-number" }, duration(asset.seconds)),
    h("td", { class: "ab-muted" }, asset.cell || asset.source),
    h("td", { class: "ab-why" }, asset.why),
    h(
      "td",
      {},
      asset.state === "external"
        ? null
        : button("materialize", () => bar.act("materialize", [asset.name], asset.location), {
            "aria-label": `Materialize ${asset.name}`,
          }),
    ),
  );
}
