// A menu of things to do, by mouse and by keyboard, as menus are everywhere.
import { h } from "./dom.js";

const EDGE = 4;

/**
 * Opens a menu in `host` (which is positioned) at x, y of it; `items` are { label, run, hint }, null
 * is a rule. Focus goes to it, and back to `after` when it is left.
 */
export function openMenu({ host, x, y, label, items, after }) {
  const buttons = items.filter(Boolean).map(({ label, run, hint }) =>
    h(
      "button",
      { type: "button", role: "menuitem", class: "ab-item", tabindex: "-1", onclick: () => leave(run) },
      h("span", {}, label),
      hint ? h("span", { class: "ab-muted ab-hint" }, hint) : null,
    ),
  );
  const left = [...buttons];
  const menu = h(
    "div",
    { class: "ab-menu", role: "menu", "aria-label": label },
    items.map((item) => (item ? left.shift() : h("div", { class: "ab-rule", role: "separator" }))),
  );
  const outside = (event) => menu.contains(event.target) || leave();
  function leave(run) {
    document.removeEventListener("pointerdown", outside, true);
    menu.remove();
    after?.focus({ preventScroll: true });
    run?.();
  }
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(menu.ownerDocument.activeElement);
    const next = {
      ArrowDown: at + 1,
      ArrowUp: at - 1 + buttons.length,
      Home: 0,
      End: buttons.length - 1,
    }[event.key];
    if (event.key === "Escape" || event.key === "Tab") leave();
    else if (next !== undefined) buttons[next % buttons.length].focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("pointerdown", outside, true);
  host.append(menu);
  const most = (room, size) => Math.max(EDGE, room - size - EDGE);
  menu.style.left = `${Math.min(x, most(host.clientWidth, menu.offsetWidth))}px`;
  menu.style.top = `${Math.min(y, most(host.clientHeight, menu.offsetHeight))}px`;
  buttons[0]?.focus({ preventScroll: true });
  return leave;
}
