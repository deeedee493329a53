// The log of a run as a view of its own; without a run, that of the newest, and others to choose.
import { fill, h } from "./dom.js";
import { logPanel } from "./log-panel.js";
import { lookMark } from "./log-row.js";
import { button, empty, problem } from "./parts.js";
import { clock } from "./words.js";

/** Shows the log of `given.run`. */
export function mountLogs(el, { wire, given, open }) {
  let panel = null;
  let chosen = given.run ?? "";
  const place = h("div");
  const runs = h("select", {
    class: "ab-pick-field ab-runs-choice",
    "aria-label": "Run",
    onchange: () => show(runs.value),
  });
  const look = h("span");
  const head = h(
    "div",
    { class: "ab-tools" },
    ...[runs, look, button("steps and more", () => open("run", { run: chosen }))],
  );
  fill(el, h("div", { class: "ab-run" }, head, place));

  function show(run) {
    panel?.close();
    chosen = run;
    panel = logPanel(place, { wire, run });
    if (given.step) panel.only(given.step);
  }

  function told({ runs: known }) {
    const all = Object.values(known);
    if (!all.length) {
      fill(place, empty("Nothing has run here yet.", "Make something: %materialize"));
      head.hidden = true;
      return;
    }
    head.hidden = false;
    const run = chosen ? all.find(({ id }) => id.startsWith(chosen)) : all[0];
    offer(runs, all, run?.id ?? chosen);
    fill(look, run ? lookMark(run.look) : null);
    if (!panel) show(run?.id ?? chosen);
  }

  const stop = wire.watch("runs", { limit: 100 }, told, (error) => fill(place, problem(error)));
  return {
    close() {
      stop();
      panel?.close();
    },
  };
}

function offer(runs, all, chosen) {
  const options = all.map(({ id, short, asked, started, queued }) => [
    id,
    `${short}  ${asked}  ${clock(started ?? queued)}`,
  ]);
  if (!options.some(([id]) => id === chosen)) options.unshift([chosen, chosen]);
  fill(
    runs,
    options.map(([value, word]) => h("option", { value }, word)),
  );
  runs.value = chosen;
}
