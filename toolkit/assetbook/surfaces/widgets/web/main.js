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
  const place = h("div", { class: "ab-view" });
  // keys are the view's own: Lab's shortcuts would move on to the next cell
  const root = h("div", { class: "assetbook ab-root", "data-lm-suppress-shortcuts": "true" });
  let shown = null;
  let here = null; // what is shown, and from where one came to it
  const kept = {}; // what was chosen in views, for when one comes back to them
  const open = (name, what = {}, from = here) => {
    if (!VIEWS[name]) return;
    onOpen?.(name, what);
    shown?.close();
    const under = VIEWS[name].under ?? name;
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.view === under));
    place.dataset.view = name;
    place.replaceChildren();
    here = { name, what, from: VIEWS[name].title ? null : from };
    const back = here.from && Object.assign(() => open(from.name, from.what, from.from), { to: from.name });
    const context = { wire, bar, open, back, greeting, kept };
    shown = VIEWS[name].mount(place, { ...context, given: { ...given, ...what } });
  };
  const names = Object.keys(VIEWS).filter((name) => VIEWS[name].title);
  const tabs = view === "dashboard" ? names.map((name) => tabOf(name, open)) : [];
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
  else open(view === "dashboard" ? names[0] : view);
  const leave = () => {
    shown?.close();
    wire.close();
  };
  return Object.assign(leave, { open });
}

function tabOf(name, open) {
  return button(VIEWS[name].title, () => open(name), {
    class: "ab-tab",
    role: "tab",
    "data-view": name,
    "aria-selected": "false",
  });
}

/** The tabs; the arrow keys go from one to the next, as in any tab list. */
function tabList(tabs) {
  const list = h("div", { class: "ab-tabs", role: "tablist", "aria-label": "Views" }, tabs);
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.indexOf(event.target);
    if (!step || at < 0) return;
    event.preventDefault();
    tabs[(at + step + tabs.length) % tabs.length].focus();
  });
  return list;
}
