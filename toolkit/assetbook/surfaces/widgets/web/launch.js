// The launchpad: what is to run, how it is configured, what would happen and why, and the launch.
import { configForm } from "./config-form.js";
import { fill, h } from "./dom.js";
import { launchChoice } from "./launch-choice.js";
import { launchOptions } from "./launch-options.js";
import { partitionPicker } from "./launch-partitions.js";
import { asking, planPreview } from "./launch-plan.js";
import { launchWords, planWords } from "./launch-words.js";
import { button, empty, problem } from "./parts.js";
import { counted } from "./words.js";

const PAUSE = 350; // milliseconds without a change before something is asked
const MAPPED = "A config mapping configures this job: give its fields below “more”.";

/** Shows the launchpad; `given` may name a `selection`, `job` or `notebook` to begin with. */
export function mountLaunch(el, { wire, given, bar, greeting }) {
  return new Launchpad(el, wire, given, bar, greeting);
}

class Launchpad {
  constructor(el, wire, given, bar, greeting) {
    Object.assign(this, { wire, given, bar, live: greeting.live === true });
    Object.assign(this, { target: null, form: null, picker: null });
    this.choice = launchChoice(wire, given, (now) => this.chosen(now));
    this.options = launchOptions(() => this.changed());
    this.plan = planPreview(wire, this);
    this.parts = h("div", { class: "ab-launch-parts" });
    this.line = h("code", { class: "ab-line" });
    this.go = button("Launch", () => this.launch(), { class: "ab-button ab-primary" });
    this.preview = button("Show the plan", () => this.showPlan());
    fill(el, this.page());
    this.stop = wire.watch(
      "launch",
      {},
      (now) => this.choice.offer(now),
      (error) => fill(this.parts, problem(error)),
    );
    this.chosen(true);
  }

  page() {
    return h(
      "div",
      { class: "ab-launch" },
      h("section", { class: "ab-launch-what", "aria-label": "What to launch" }, this.choice.element, this.parts),
      h(
        "section",
        { class: "ab-launch-then", "aria-label": "What will happen" },
        h("div", { class: "ab-launch-line" }, this.line),
        h("div", { class: "ab-tools" }, this.go, this.preview),
        this.plan.element,
      ),
    );
  }

  /** Another thing is chosen: asks for its form. */
  chosen(now) {
    clearTimeout(this.waits);
    this.changed();
    this.waits = setTimeout(() => this.askTarget(), now ? 0 : PAUSE);
  }

  /** Whether the form is the one of what is chosen now, and not of what was before. */
  isSettled() {
    return this.target !== null && this.targetOf === JSON.stringify(this.choice.chosen().asked);
  }

  async askTarget() {
    const { kind, name, asked } = this.choice.chosen();
    const said = JSON.stringify(asked);
    if (!name) return this.nothing();
    if (this.asking === said && this.targetOf === said) return this.changed();
    this.asking = said;
    this.plan.outdate();
    if (kind === "notebook") fill(this.parts, asking("reading its parameters …"));
    try {
      const target = await this.wire.ask("launch_target", asked);
      if (this.asking === said) this.take(target, kind, said);
    } catch (error) {
      if (this.asking !== said) return;
      this.target = this.asking = null;
      fill(this.parts, problem(error));
      this.changed();
    }
  }

  nothing() {
    this.target = this.asking = null;
    fill(this.parts);
    this.changed();
  }

  take(target, kind, said) {
    Object.assign(this, { target, targetOf: said });
    this.form = this.kept("form", target.sections, () => configForm(target.sections, () => this.changed()));
    const { text, total } = target.partitions ?? {};
    const divided = [kind, text, total, target.one_partition];
    this.picker = this.kept("picker", divided, () => this.newPicker(target));
    this.picker?.tell(target.partitions);
    this.preview.hidden = Boolean(target.steps);
    fill(
      this.parts,
      kind === "assets" || target.names ? what(target) : null,
      target.mapped ? h("p", { class: "ab-muted ab-launch-hint" }, MAPPED) : null,
      this.form.element,
      this.picker?.element,
      this.options.element,
    );
    this.plan.clear();
    this.changed();
  }

  newPicker(target) {
    if (!target.partitions) return null;
    return partitionPicker(target, this.given, () => this.changed());
  }

  /** What there is of that name if it was made for the same, so that what is typed there stays. */
  kept(name, what, make) {
    const shape = JSON.stringify(what);
    if (this[`${name}Of`] === shape) return this[name];
    this[`${name}Of`] = shape;
    return make();
  }

  /** What is chosen now as data for the words; throws what is wrong, with what to focus. */
  read(quiet = false) {
    const { kind, name } = this.choice.chosen();
    const { set, problems } = this.form.collect(quiet);
    const partitions = this.picker?.read() ?? null;
    const verb = verbOf(kind, partitions?.byRun);
    this.options.suit(verb);
    const read = { target: this.target, kind, name, set, partitions, options: this.options.read(verb) };
    if (problems.length) {
      const [{ path, message, focus }] = problems;
      throw Object.assign(new Error(`${path.join(".")}: ${message}`), { focus });
    }
    return read;
  }

  changed() {
    clearTimeout(this.lineWaits);
    this.plan.outdate();
    this.go.disabled = this.preview.disabled = !this.isSettled();
    if (!this.isSettled()) return fill(this.line);
    this.lineWaits = setTimeout(() => this.showLine(), PAUSE / 2);
  }

  async showLine() {
    if (!this.isSettled()) return;
    let read;
    try {
      read = this.read(true);
    } catch (error) {
      return fill(this.line, h("span", { class: "ab-lacking" }, error.message));
    }
    const { verb, words, location } = launchWords(read);
    const asked = (this.lineOf = JSON.stringify([verb, words, location]));
    const line = await this.wire.ask("launch_line", { verb, words, location }).catch(() => "");
    if (asked !== this.lineOf || !this.isSettled()) return;
    fill(this.line, line);
    if (this.target?.steps) this.plan.tell({ steps: this.target.steps, total: this.target.steps.length });
    else if (this.live) this.showPlan();
  }

  async showPlan() {
    const read = this.readOrSay();
    if (!read || this.target.steps) return;
    const error = await this.plan.ask(planWords(read), this.target.location);
    if (error) this.form.complain(error);
  }

  async launch() {
    const read = this.readOrSay();
    if (!read) return;
    const { verb, words, location } = launchWords(read);
    this.go.disabled = true;
    const done = await this.bar.act(verb, words, location);
    this.go.disabled = !this.isSettled();
    this.plan.outdate();
    await done?.ended;
    if (this.live && !this.target?.steps) this.showPlan();
  }

  readOrSay() {
    try {
      return this.read();
    } catch (error) {
      error.focus?.();
      return null;
    }
  }

  close() {
    clearTimeout(this.waits);
    clearTimeout(this.lineWaits);
    this.plan.close();
    this.stop();
  }
}

/** The verb that launches what is of that kind: in one run, or run by run. */
function verbOf(kind, byRun) {
  if (kind === "assets") return byRun ? "backfill" : "materialize";
  return byRun ? "backfill --job" : "launch";
}

function what(target) {
  if (!target.count) {
    return empty(
      "Nothing is selected that can be made.",
      "An asset that is external is only looked at.",
    );
  }
  const rest = target.count - 6;
  const names = `${target.names.slice(0, 6).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  const several = (target.locations ?? []).length > 1 ? ` · of ${target.locations.join(", ")}` : "";
  const many = h("strong", {}, counted(target.count, "asset"));
  const title = target.names.join(", ");
  return h("p", { class: "ab-what", title }, many, ` ${names}${several}`);
}
