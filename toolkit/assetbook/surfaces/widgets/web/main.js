// Where every dashboard begins: one view, or all of them behind tabs, in an element of any host.
import { mountAsset } from "./asset.js";
import { mountAssets } from "./assets.js";
import { mountAutomation } from "./automation.js";
import { fill, h } from "./dom.js";
import { mountLogs } from "./logs.js";
import { mountLineage } from "./lineage.js";
import { mountLaunch } from "./launch.js";
import { mountPartitions } from "./partitions.js";
import { ActionBar, button, takeLooks } from "./parts.js";
import { mountRun } from "./run.js";
import { mountRuns } from "./runs.js";
import { Wire } from "./wire.js";

/** The views by name; those with a title are tabs of the dashboard. */
const VIEWS = {
  lineage: { title: "Lineage", mount: mountLineage },
  assets: { title: "Assets", mount: mountAssets },
  launch: { title: "Launch", mount: mountLaunch },
  runs: { title: "Runs", mount: mountRuns },
  partitions: { title: "Partitions", mount: mountPartitions },
  automation: { title: "Automation", mount: mountAutomation },
  asset: { mount: mountAsset, under: "assets" },
  run: { mount: mountRun, under: "runs" },
  logs: { mount: mountLogs, under: "runs" },
};

let made = 0; // places of views on this page

/**
 * Shows `view` ("dashboard" or one of VIEWS) in `el`; gives back what takes it away.
 *
 * `begun` is what is opened first, `{ name, what }`; `onOpen(name, what)` is told what is opened,
 * `onShown()` that there is something to look at.
 */
export function mount({ el, carrier, greeting, view = "dashboard", given = {}, begun, onOpen, onShown = () => {} }) {
  takeLooks(greeting);
  const wire = new Wire(carrier);
  const bar = new ActionBar(wire);
  const late = h("div", { class: "ab-late", role: "status" });
  wire.onShown = onShown;
  wire.onLate = (isLate) => {
    if (isLate) onShown();
    late.textContent = isLate
      ? "The kernel is busy: what you do here is done when its cell ends."
      : "";
  };
  const isTabbed = view === "dashboard";
  const id = `ab-view-${++made}`;
  const place = h("div", { class: "ab-view", id, tabindex: "-1", role: isTabbed ? "tabpanel" : null });
  // keys are the view's own: Lab's shortcuts would move on to the next cell
  const root = h("div", { class: "assetbook ab-root", "data-lm-suppress-shortcuts": "true" });
  let shown = null;
  let here = null; // what is shown, and from where one came to it
  const kept = {}; // what was chosen in views, for when one comes back to them
  const open = (name, what = {}, from = here) => {
    if (!VIEWS[name]) return;
    onOpen?.(name, what);
    const hadFocus = place.contains(place.getRootNode().activeElement);
    shown?.close();
    const under = VIEWS[name].under ?? name;
    for (const tab of tabs) select(tab, tab.dataset.view === under);
    place.dataset.view = name;
    if (isTabbed) place.setAttribute("aria-label", VIEWS[under].title);
    place.replaceChildren();
    here = { name, what, from: VIEWS[name].title ? null : from };
    const back = here.from && Object.assign(() => open(from.name, from.what, from.from), { to: from.name });
    const context = { wire, bar, open, back, greeting, kept };
    shown = VIEWS[name].mount(place, { ...context, given: { ...given, ...what } });
    // what was pressed is gone with its view: who uses the keyboard goes on in the next one
    if (hadFocus && !place.contains(place.getRootNode().activeElement)) place.focus({ preventScroll: true });
  };
  const names = Object.keys(VIEWS).filter((name) => VIEWS[name].title);
  const tabs = isTabbed ? names.map((name) => tabOf(name, id, open)) : [];
  fill(
    root,
    h("style", {}, greeting.style),
    tabs.length
      ? h("div", { class: "ab-head" }, h("strong", { class: "ab-project" }, greeting.project), tabList(tabs))
      : null,
    late,
    place,
    bar.element,
  );
  el.replaceChildren(root);
  if (begun && VIEWS[begun.name]) open(begun.name, begun.what);
  else open(isTabbed ? names[0] : view);
  const leave = () => {
    shown?.close();
    wire.close();
  };
  return Object.assign(leave, { open });
}

function tabOf(name, id, open) {
  return button(VIEWS[name].title, () => open(name), {
    class: "ab-tab",
    role: "tab",
    "data-view": name,
    "aria-controls": id,
  });
}

function select(tab, isSelected) {
  tab.setAttribute("aria-selected", String(isSelected));
  tab.tabIndex = isSelected ? 0 : -1;
}

/** The tabs; the arrow keys go from one to the next, Home and End to the ends, as in any tab list. */
function tabList(tabs) {
  const list = h("div", { class: "ab-tabs", role: "tablist", "aria-label": "Views" }, tabs);
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(event.target);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    tabs.at(next % tabs.length).focus();
  });
  return list;
}
