// Pictures that steps displayed. Only png and jpeg are shown, as data; markup of authors never.
import { fill, h } from "./dom.js";
import { saysWhere } from "./log-row.js";
import { problem } from "./parts.js";

const KINDS = ["image/png", "image/jpeg"];

/** The picture of a display, fetched when it comes into sight. */
export function figure(wire, run, { id, text, step, kinds, picture }) {
  const place = h("div", { class: "ab-figure-place" });
  const said = text && !text.startsWith("<") ? text.split("\n")[0] : "";
  const caption = [step, said].filter(Boolean).join(" · ");
  const fetch = async () => {
    const found = await wire.ask("log_picture", { run, record: id });
    if (!found || !KINDS.includes(found.kind)) return fill(place, "The picture is gone.");
    const src = `data:${found.kind};base64,${found.data}`;
    return fill(place, h("img", { src, alt: `what ${step} displayed${said ? `: ${said}` : ""}` }));
  };
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((each) => each.isIntersecting)) return;
    seen.disconnect();
    fetch().catch((error) => fill(place, problem(error)));
  });
  seen.observe(place);
  return h(
    "figure",
    { class: "ab-figure" },
    place,
    h("figcaption", { class: "ab-muted", title: caption }, caption),
    h("div", { class: "ab-muted" }, saysWhere({ kinds, picture })),
  );
}

/** All that was displayed, in `el`; gives back what takes news of it. */
export function figuresPanel(el, { wire, run }) {
  let shown = 0;
  const grid = h("div", { class: "ab-figures" });
  const others = h("ul", { class: "ab-displays" });
  return (displays) => {
    if (displays.length === shown) return;
    for (const each of displays.slice(shown)) {
      if (each.picture) grid.append(figure(wire, run, each));
      else others.append(otherDisplay(each));
    }
    shown = displays.length;
    el.hidden = false;
    fill(
      el,
      h("h3", { class: "ab-run-part" }, "Outputs and figures"),
      grid,
      others.children.length ? others : null,
    );
  };
}

function otherDisplay({ step, text, kinds }) {
  return h(
    "li",
    {},
    h("span", { class: "ab-name", title: step }, step),
    h("pre", { class: "ab-pre" }, text ?? ""),
    h("span", { class: "ab-muted" }, saysWhere({ kinds })),
  );
}
