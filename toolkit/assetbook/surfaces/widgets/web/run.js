// One run: how it stands, what to do about it, its steps in time, its cells, figures and log.
import { fill, h } from "./dom.js";
import { figuresPanel } from "./figures.js";
import { Gantt } from "./gantt.js";
import { keep } from "./keyed.js";
import { logPanel } from "./log-panel.js";
import { lookMark } from "./log-row.js";
import { button, problem } from "./parts.js";
import { folded, notebookCells } from "./run-cells.js";
import { clock, duration } from "./words.js";

/** Shows the run `given.run`. */
export function mountRun(el, { wire, given, bar, open, back }) {
  let log = null;
  let document = null;
  const head = h("div", { class: "ab-run-head" });
  const steps = h("section", { "aria-label": "Steps" });
  const cells = h("div");
  const figures = h("section", {
    class: "ab-outputs",
    "aria-label": "Outputs and figures",
    hidden: true,
  });
  const lines = h("section", { "aria-label": "Log" });
  const gantt = new Gantt(steps, {
    picked: (step) => log?.only(step),
    opened: (key) => open("asset", { key }),
  });
  const isAway = back && back.to !== "runs";
  const returns = button(isAway ? "← back" : "← all runs", () => (isAway ? back() : open("runs")), {
    class: "ab-button ab-quiet ab-back",
  });
  const whole = h(
    "div",
    { class: "ab-run" },
    h("div", {}, returns),
    head,
    steps,
    cells,
    figures,
    h("h3", { class: "ab-run-part" }, "Log"),
    lines,
  );
  fill(el, whole);

  function told(now) {
    document = now;
    const { run, notebooks } = now;
    keep(head, parts(now), ([name, facts]) => PARTS[name](facts, { bar, open }));
    gantt.show(run, now.steps);
    keep(
      cells,
      Object.entries(notebooks).map((each) => [each[0], each]),
      (each) => notebookCells(...each),
    );
    log ??= logPanel(lines, {
      wire,
      run: run.id,
      displayed: figuresPanel(figures, { wire, run: run.id }),
    });
    tell();
  }

  /** How long it has run so far. */
  function tell() {
    const place = head.querySelector(".ab-goes-on-for");
    const { run } = document ?? {};
    if (place && run.started)
      place.textContent = duration((Date.now() - Date.parse(run.started)) / 1000);
  }

  const timer = setInterval(tell, 1000);
  const stop = wire.watch("run", { run: given.run ?? "" }, told, (error) =>
    fill(el, back, problem(error)),
  );
  return {
    close() {
      clearInterval(timer);
      stop();
      gantt.close();
      log?.close();
    },
  };
}

function parts({ run, facts, ways, parent, children }) {
  return [
    ["title", ["title", { run }]],
    ["message", ["message", { message: run.message, status: run.status }]],
    ["ways", ["ways", { ways }]],
    ["facts", ["facts", { run, facts }]],
    ["kin", ["kin", { parent, children }]],
  ];
}

const PARTS = {
  title: ({ run }) =>
    h(
      "div",
      { class: "ab-line-of" },
      h("h2", { class: "ab-run-title" }, "run ", h("span", { class: "ab-mono" }, run.short)),
      lookMark(run.look, { class: "ab-state ab-run-look" }),
      h("span", { class: "ab-cut-text", title: run.asked }, run.asked),
    ),
  message: ({ message, status }) =>
    message
      ? h("pre", { class: `ab-pre${status === "failed" ? " ab-raised" : ""}` }, message)
      : h("div", { hidden: true }),
  ways: ({ ways }, { bar }) =>
    h(
      "div",
      { class: "ab-ways" },
      ways.map(({ verb, words, label, why }) =>
        h(
          "div",
          { class: "ab-way" },
          button(label, () => bar.act(verb, words)),
          h("span", { class: "ab-muted" }, why),
        ),
      ),
    ),
  facts: ({ run, facts }) => {
    const took =
      run.started && !run.ended ? h("span", { class: "ab-goes-on-for" }) : duration(run.seconds);
    const short = facts.filter(([, said]) => !said.includes("\n"));
    const long = facts.filter(([, said]) => said.includes("\n"));
    const all = [
      ["by", run.by],
      ["queued", clock(run.queued)],
      ["started", clock(run.started)],
      ["took", took],
      ["tags", run.tags.join(", ")],
      ...short,
    ];
    const shown = all.filter(([, said]) => said);
    return h(
      "div",
      {},
      h(
        "dl",
        { class: "ab-run-facts" },
        shown.map(([name, said]) =>
          h("div", {}, h("dt", {}, name), h("dd", { class: "ab-wraps" }, said)),
        ),
      ),
      long.map(([name, said]) => folded(name, said)),
    );
  },
  kin: ({ parent, children }, { open }) => {
    const first = parent
      ? [h("span", {}, parent.said), button("open that run", () => open("run", { run: parent.id }))]
      : [];
    const later = children.map(({ id, short, look, asked }) =>
      h(
        "span",
        { class: "ab-kin" },
        button(short, () => open("run", { run: id }), {
          class: "ab-link ab-mono",
          "aria-label": `Open run ${short}`,
        }),
        " ",
        lookMark(look),
        " ",
        h("span", { class: "ab-muted" }, asked),
      ),
    );
    if (!first.length && !later.length) return h("div", { hidden: true });
    return h(
      "div",
      { class: "ab-line-of" },
      first,
      later.length ? h("span", { class: "ab-muted" }, "done again by") : null,
      later,
    );
  },
};
