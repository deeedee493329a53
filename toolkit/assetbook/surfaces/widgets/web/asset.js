// One asset: its state and why, what it is, what it holds, how it went, and what is around it.
import { actions } from "./asset-actions.js";
import { aboutPart, factsPart, neighboursPart } from "./asset-facts.js";
import { checksPart, partitionsPart } from "./asset-strips.js";
import { AssetValue } from "./asset-value.js";
import { AssetVersions } from "./asset-versions.js";
import { plotsPart } from "./plots.js";
import { fill, h } from "./dom.js";
import { button, groupColour, problem, stateMark } from "./parts.js";
import { codeDifference, gridTable, inPart, redraw } from "./texts.js";
import { age, clock, counted, size } from "./words.js";

/** The view of `given.key`; `back` goes to where one came from, if anywhere. */
export function mountAsset(el, { wire, given, bar, open, back }) {
  const context = { wire, bar, open };
  const head = h("div", { class: "ab-asset-head" });
  const place = h("div", { class: "ab-asset" });
  const returns = button("← back", () => (back ? back() : open("assets")), {
    class: "ab-button ab-quiet ab-back",
  });
  fill(el, returns, head, place);
  if (back) returns.focus({ preventScroll: true });

  const value = new AssetValue(context);
  const versions = new AssetVersions(context, (version) => value.goTo(version));
  const parts = partsOf(context, value, versions);
  const heads = part(
    ["asset", "running", "failed", "reasons", "code", "versions", "partitions"],
    (now) => heading(now, context),
    head,
  );
  let isThere = false;

  const stop = wire.watch(
    "asset",
    given,
    (now, changed) => {
      const touched = changed && touchedBy(changed);
      for (const { names, update } of [heads, ...parts]) {
        if (!touched || names.some((name) => touched.has(name))) update(now);
      }
      if (!isThere)
        fill(
          place,
          parts.map((each) => each.place),
        );
      isThere = true;
    },
    (error) => fill(place, problem(error)),
  );
  return {
    close: () => {
      stop();
      value.close();
    },
  };
}

/** Members that are grids, with their titles. */
const GRIDS = [
  ["metadata", "metadata"],
  ["declared", "metadata of the definition"],
  ["inputs", "made from"],
  ["columns_from", "columns made from"],
];

/** The parts in their order: the members of the document that each is drawn of, and where. */
function partsOf(context, value, versions) {
  const narrow = () => h("div", { class: "ab-asset-part" });
  const wide = () => h("div", { class: "ab-asset-part ab-wide" });
  return [
    part(["asset"], aboutPart, narrow()),
    part(["facts"], factsPart, narrow()),
    part(["upstream", "downstream", "asset"], (now) => neighboursPart(now, context), wide()),
    part(["checks", "versions"], checksPart, wide()),
    part(["partitions"], partitionsPart, wide()),
    { names: ["latest", "schema", "asset"], place: value.element, update: (now) => value.update(now) },
    part(["versions"], plotsPart, wide()),
    ...GRIDS.map(([name, title]) => part([name], (now) => inPart(title, gridTable(now[name])), narrow())),
    {
      names: ["versions", "latest", "asset"],
      place: versions.element,
      update: (now) => versions.update(now),
    },
  ];
}

function part(names, draw, place) {
  return { names, place, update: (now) => redraw(place, () => draw(now)) };
}

/** The members of a document that changes touch; see changes.py. */
function touchedBy({ set = {}, put = {}, left = {}, order = {}, gone = [] }) {
  return new Set([...[set, put, left, order].flatMap(Object.keys), ...gone]);
}

/** The name, the state and why, what differs in its code, and what can be done. */
function heading({ asset, running, failed, reasons, code, versions, partitions }, context) {
  const holds = [
    asset.version && `version ${asset.version}`,
    versions[`@${asset.version}`]?.partition,
    asset.at && age(asset.at),
    asset.rows !== null && counted(asset.rows, "row"),
    size(asset.bytes),
  ].filter(Boolean);
  return [
    h(
      "div",
      { class: "ab-asset-title" },
      h("h2", { class: "ab-title", title: asset.name }, asset.name),
      stateMark(running ? "running" : asset.state),
      running ? runningSince(running, context) : null,
      asset.group ? groupMark(asset.group) : null,
    ),
    h("div", { class: "ab-muted" }, holds.join(" · ")),
    reasons.length || failed
      ? h(
          "ul",
          { class: "ab-reasons" },
          failed ? h("li", {}, lastFailure(failed, context)) : null,
          reasons.map((each) => h("li", {}, each)),
        )
      : null,
    code.length
      ? h(
          "details",
          { class: "ab-source-changes" },
          h("summary", { "data-at": "code" }, "the code that changed: old − against new +"),
          code.map(codeDifference),
        )
      : null,
    asset.external && asset.state === "external" ? null : actions(asset, partitions, context.bar),
  ];
}

function lastFailure({ run, at, error }, { open }) {
  const opens = button("its last run", () => open("run", { run }), { class: "ab-link", "data-at": "failed" });
  return [opens, ` failed, ${age(at)}${error ? `: ${error.split("\n")[0]}` : ""}`];
}

function runningSince({ since, run }, { open }) {
  return button(`since ${clock(since)}`, () => open("run", { run }), {
    title: "Open the run",
    "data-at": "run",
  });
}

function groupMark(name) {
  return h(
    "span",
    { class: "ab-group-mark", title: `group ${name}` },
    h("span", { class: "ab-group-dot", style: { background: groupColour(name) }, "aria-hidden": "true" }),
    name,
  );
}
