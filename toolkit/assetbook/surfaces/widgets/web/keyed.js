// Lines that stay the same elements while what they show stays the same: focus is not lost, and
// only what changed is made anew.

/** Makes `parent` hold one element for each `[key, facts]`, in this order. `make(facts)` makes one,
 * anew only where the facts are others than before. */
export function keep(parent, entries, make) {
  const held = (parent.abHeld ??= new Map());
  const wanted = new Set(entries.map(([key]) => key));
  for (const [key, { element }] of [...held]) {
    if (wanted.has(key)) continue;
    element.remove();
    held.delete(key);
  }
  let before = null;
  for (const [key, facts] of entries) {
    const stamp = JSON.stringify(facts);
    let kept = held.get(key);
    if (kept?.stamp !== stamp) {
      const element = make(facts);
      if (kept) takePlace(kept.element, element);
      kept = { stamp, element };
      held.set(key, kept);
    }
    const next = before ? before.nextSibling : parent.firstChild;
    if (kept.element !== next) parent.insertBefore(kept.element, next);
    before = kept.element;
  }
}

/** Puts `element` where `old` is; what has the focus there has it again. */
function takePlace(old, element) {
  const focused = old.contains(document.activeElement)
    ? [...old.querySelectorAll("button")].indexOf(document.activeElement)
    : -1;
  old.replaceWith(element);
  if (focused >= 0) element.querySelectorAll("button")[focused]?.focus();
}
