// What would run and why: told before anything runs.
import { fill, h } from "./dom.js";
import { empty, problem } from "./parts.js";
import { count, counted } from "./words.js";

/** The place of the plan: `{ element, ask, tell, outdate }`. */
export function planPreview(wire, { live }) {
  const element = h("div", { class: "ab-plan", "aria-live": "polite" }, hint());
  let asked = 0;
  let timer;

  /** Asks the verb `plan`; shows how long it takes where a process has to answer. */
  async function ask(words, location) {
    const number = ++asked;
    const since = Date.now();
    const waiting = h("span", {});
    const tick = () => {
      waiting.textContent = `planning … ${Math.round((Date.now() - since) / 1000)} s`;
    };
    tick();
    clearInterval(timer);
    timer = setInterval(tick, 1000);
    element.classList.remove("ab-outdated");
    element.setAttribute("aria-busy", "true");
    fill(element, asking(waiting), live ? null : aside(ELSEWHERE));
    try {
      const plan = await wire.ask("launch_plan", { words, location });
      if (number === asked) tell(plan);
      return null;
    } catch (error) {
      if (number === asked) fill(element, problem(error));
      return error;
    } finally {
      if (number === asked) {
        clearInterval(timer);
        element.removeAttribute("aria-busy");
      }
    }
  }

  function tell(plan) {
    element.classList.remove("ab-outdated");
    fill(
      element,
      plan.total
        ? steps(plan)
        : empty("All fresh: nothing would run.", "“Run it though it is fresh” makes it again."),
      left(plan),
    );
  }

  /** Says that something was changed since. */
  function outdate() {
    const hasPlan = !element.querySelector(".ab-plan-hint") && !element.hasAttribute("aria-busy");
    if (hasPlan) element.classList.add("ab-outdated");
  }

  const clear = () => {
    element.classList.remove("ab-outdated");
    fill(element, hint());
  };
  const close = () => {
    asked += 1;
    clearInterval(timer);
  };
  return { element, ask, tell, outdate, clear, close };
}

const ELSEWHERE =
  "A process of the command line loads the definitions; none of their code runs here.";

/** What tells that an answer is waited for. */
export function asking(said) {
  const dot = h("span", { class: "ab-asking-dot", "aria-hidden": "true" });
  return h("div", { class: "ab-asking" }, dot, said);
}

const aside = (said) => h("p", { class: "ab-muted ab-launch-hint" }, said);

function hint() {
  return h(
    "p",
    { class: "ab-muted ab-plan-hint" },
    "“Show the plan” tells which steps would run, and why, before anything does.",
  );
}

function steps(plan) {
  const many = h("strong", {}, counted(plan.total, "step"));
  const rest = plan.total - plan.steps.length;
  return [
    h("p", { class: "ab-plan-head" }, many, " would run, in this order"),
    h("ol", { class: "ab-steps" }, plan.steps.map(stepLine)),
    rest > 0 ? aside(`and ${counted(rest, "step")} more`) : null,
  ];
}

function stepLine({ name, conditional, why }) {
  const condition = conditional ? h("em", {}, "only if needed: ") : null;
  return h(
    "li",
    {},
    h("span", { class: "ab-step", title: name }, name),
    " ",
    h("span", { class: "ab-muted ab-reason" }, condition, why),
  );
}

function left({ left: some = [], left_total: total = 0 }) {
  if (!total) return null;
  return h(
    "details",
    { class: "ab-left" },
    h("summary", {}, `${count(total)} left as ${total === 1 ? "it is" : "they are"}`),
    h("ul", {}, some.map(leftLine)),
  );
}

function leftLine({ key, why, option }) {
  const said = option ? `${why} (${option})` : why;
  return h("li", {}, key, h("span", { class: "ab-muted" }, ` ${said}`));
}
