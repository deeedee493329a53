// What is to be launched: a selection of assets, a job, or a whole notebook.
import { fill, h } from "./dom.js";
import { completing } from "./completing.js";
import { button } from "./parts.js";

const KINDS = [["assets", "Assets"], ["job", "Job"], ["notebook", "Notebook"]];

/**
 * The chooser: `{ element, offer, chosen }`. `told(now)` is called when another thing is chosen, at
 * once where `now`; `offer(document)` tells it what there is.
 */
export function launchChoice(wire, begun, told) {
  let kind = begun.job ? "job" : begun.notebook ? "notebook" : "assets";
  let there = { jobs: {}, notebooks: [] };
  const names = {
    assets: begun.selection ?? begun.key ?? "",
    job: begun.job ?? "",
    notebook: begun.notebook ?? "",
  };
  const place = h("div", { class: "ab-choice" });
  const about = h("p", { class: "ab-muted ab-launch-hint" });
  const kinds = h(
    "div",
    { class: "ab-kinds", role: "radiogroup", "aria-label": "What to launch" },
    KINDS.map(([name, word]) => kindButton(name, word)),
  );
  const selection = completing({
    label: "Selection of assets",
    value: names.assets,
    placeholder: "group:marts, +report, *",
    complete: (text, position) => wire.ask("selection_completions", { text, position }),
    onchange: (text) => {
      names.assets = text;
      told(false);
    },
    onenter: () => told(true),
  });

  function kindButton(name, word) {
    return button(word, () => choose(name), {
      class: "ab-kind",
      role: "radio",
      "data-kind": name,
      onkeydown: (event) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const at = KINDS.findIndex(([each]) => each === name);
        choose(KINDS[(at + step + KINDS.length) % KINDS.length][0]);
        kinds.querySelector("[aria-checked=true]").focus();
      },
    });
  }

  function choose(name) {
    kind = name;
    draw();
    told(true);
  }

  function draw() {
    for (const each of kinds.children) {
      const on = each.dataset.kind === kind;
      each.setAttribute("aria-checked", String(on));
      each.tabIndex = on ? 0 : -1;
    }
    if (kind === "assets") {
      fill(place, selection.element);
      fill(about, "A selection as in a cell; nothing or * stands for all assets.");
    } else if (kind === "job") drawJobs();
    else drawNotebooks();
  }

  function drawJobs() {
    const jobs = Object.entries(there.jobs);
    if (!jobs.length) {
      fill(place);
      return fill(about, "No jobs yet. Define one in a cell: @job, or define_asset_job(…).");
    }
    if (!there.jobs[names.job]) names.job = jobs[0][0];
    fill(place, select("Job", jobs.map(([id, job]) => [id, jobWord(id, job, jobs)]), "job"));
    aboutJob();
  }

  function aboutJob() {
    const job = there.jobs[names.job];
    fill(about, [job.what, job.location, job.description.split("\n")[0]].filter(Boolean).join(" · "));
  }

  function drawNotebooks() {
    if (!there.notebooks.length) {
      fill(place);
      return fill(about, "No notebooks below the project's folder.");
    }
    if (!there.notebooks.includes(names.notebook)) names.notebook = there.notebooks[0];
    fill(place, select("Notebook", there.notebooks.map((each) => [each, each]), "notebook"));
    fill(
      about,
      "It runs whole, in a kernel of its own; its parameters are those of its cell tagged “parameters”.",
    );
  }

  function select(label, choices, name) {
    const options = choices.map(([value, word]) => h("option", { value, title: word }, word));
    const found = h("select", { class: "ab-input", "aria-label": label }, options);
    found.value = names[name];
    found.addEventListener("change", () => {
      names[name] = found.value;
      if (name === "job") aboutJob();
      told(true);
    });
    return found;
  }

  /** What is chosen as the verb takes it; empty where there is nothing to choose. */
  function chosenName() {
    if (kind === "job") return there.jobs[names.job]?.name ?? "";
    return names[kind].trim() || (kind === "assets" ? "*" : "");
  }

  draw();
  return {
    element: h("div", { class: "ab-chooser" }, kinds, place, about),
    offer(document) {
      const changed = JSON.stringify(there) !== JSON.stringify(document);
      there = structuredClone(document);
      if (changed && kind !== "assets") {
        draw();
        told(true);
      }
    },
    /** What is chosen: its kind, its name as the verb takes it, and the question for its target. */
    chosen() {
      const name = chosenName();
      const asked = {
        assets: { selection: name },
        job: { job: names.job },
        notebook: { notebook: name },
      };
      return { kind, name, asked: asked[kind] };
    },
  };
}

function jobWord(id, job, jobs) {
  const hasNamesake = jobs.some(([other, each]) => other !== id && each.name === job.name);
  return hasNamesake ? `${job.name} (${job.location})` : job.name;
}
