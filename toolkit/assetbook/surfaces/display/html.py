"""HTML text, built safely: the one place that writes angle brackets.

Names, metadata, logs and errors may be hostile. Whatever is not `Html` already is text: it is
escaped, and characters that hide, reorder or end text are shown as visible escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from assetbook.errors import DefinitionError
from assetbook.surfaces.display.theme import look_of, variables

Attribute = str | int | float | bool | None

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*")
_VOID: Final = frozenset({"br", "hr", "img", "input", "col", "wbr"})
_NEVER: Final = frozenset(
    {"script", "style", "iframe", "object", "embed", "foreignobject", "base", "meta", "link"}
    | {"form", "animate", "set", "use", "image", "audio", "video"}
)
_NEVER_GIVEN: Final = frozenset(
    {"srcdoc", "srcset", "action", "formaction", "ping", "poster", "background", "data"}
)
_PAINT: Final = frozenset(
    {"fill", "stroke", "filter", "mask", "clip-path", "cursor"}
    | {"marker-start", "marker-mid", "marker-end"}
)
_LINK: Final = re.compile(r"https?://[^\s\\]+|(?![/\\]{2})[^:\s\\/?#]*([/?#][^\s\\]*)?", re.I)
_PICTURE: Final = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+")
_PAINTED: Final = re.compile(r"url\(#[\w-]+\)|(?!.*url)[#\w ,.%()-]*", re.I)
_CSS_FETCH: Final = re.compile(r"url|image|import|expression|[\\<@{}]|/\*", re.I)
_ENTITIES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
)
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"  # marks, bidi, breaks
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"  # not characters, tags
)


class Html(str):
    """Text that is HTML already. Only this module makes it from other text."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return str(self)


def visible(text: str, *, one_line: bool = False) -> str:
    """``text`` with hidden and reordering characters shown as escapes such as ``\\u202e``.

    Line feeds and tabs stay, but in ``one_line`` they become spaces. The result can be encoded.
    """
    if one_line:
        text = re.sub(r"\s*[\n\t]\s*", " ", text)
    return _HIDDEN.sub(lambda found: _escape(found.group()), text)


def escaped(text: str) -> Html:
    """``text`` as HTML that shows just this text; `Html` stays as it is."""
    return text if isinstance(text, Html) else Html(visible(text).translate(_ENTITIES))


def join(parts: Iterable[str], between: str = "") -> Html:
    """The parts one after the other, each escaped where it is not `Html`."""
    return Html(escaped(between).join(escaped(part) for part in parts))


def tag(name: str, /, *children: str | None, **attributes: Attribute) -> Html:
    """An element; text among the children and in the attributes is escaped.

    ``class_`` gives ``class``, ``aria_label`` gives ``aria-label``; None and False leave an
    attribute out, True gives it bare. A ``href`` that is neither http(s) nor relative, and a
    ``src`` that is no inline picture, are left out. Raises DefinitionError for elements and
    attributes that could run or fetch something.
    """
    if not _NAME.fullmatch(name) or name.lower() in _NEVER:
        raise DefinitionError(f"element {name!r}", "it is not one that a view may hold")
    opened = f"<{name}" + "".join(_attribute(*each) for each in attributes.items())
    if name in _VOID:
        return Html(opened + ">")
    inner = join(child for child in children if child is not None)
    return Html(f"{opened}>{inner}</{name}>")


def style_tag(css: str) -> Html:
    """A ``style`` element with our own rules; the same text serves HTML and SVG.

    Raises DefinitionError where the rules hold what the two would read differently.
    """
    if found := re.search(r"[<>&]|@import|url\(", css):
        raise DefinitionError("style rules", f"they hold {found.group()!r}", "Write them without.")
    return Html(f"<style>{css}</style>")


def state_badge(state: str | None) -> Html:
    """A state as symbol, word and colour, to stand in a line of text."""
    look = look_of(state)
    mark = tag("span", look.symbol, style=f"color: {look.colour}", aria_hidden="true")
    return tag("span", mark, f" {look.word}", class_="assetbook-state")


def style_sheet() -> Html:
    """The rules that all views share, in a ``style`` element; all lie under ``.assetbook``."""
    return style_tag(variables(".assetbook") + _RULES)


def _attribute(name: str, value: Attribute) -> str:
    spelled = name.rstrip("_").replace("_", "-")
    lower = spelled.lower()
    if not _NAME.fullmatch(spelled) or lower.startswith("on") or lower in _NEVER_GIVEN:
        raise DefinitionError(f"attribute {name!r}", "it is not one that a view may hold")
    if value is None or value is False:
        return ""
    if value is True:
        # ARIA and data attributes have no bare form: their value is the word.
        return f' {spelled}="true"' if "-" in spelled else f" {spelled}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if not _allowed(lower, text):
        return ""
    return f' {spelled}="{escaped(str(text)).replace(chr(10), "&#10;")}"'


def _allowed(name: str, text: str) -> bool:
    if name == "href":
        return _LINK.fullmatch(text) is not None
    if name == "src":
        return _PICTURE.fullmatch(text) is not None
    if name in _PAINT:
        return _PAINTED.fullmatch(text) is not None
    return name != "style" or not _CSS_FETCH.search(text)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_RULES: Final = """
.assetbook { color: var(--ab-text); font-family: var(--ab-font); font-size: 13px;
  line-height: 1.5; max-width: 100%; }
.assetbook a { color: var(--ab-link); }
.assetbook-card { border: 1px solid var(--ab-border); border-radius: 8px;
  background: var(--ab-surface); padding: 10px 14px; margin: 4px 0; max-width: 880px;
  box-sizing: border-box; overflow-wrap: anywhere; }
.assetbook .assetbook-title { font-weight: 600; font-size: 14px; margin: 0; }
.assetbook-muted { color: var(--ab-muted); }
.assetbook-small { font-size: 12px; }
.assetbook-state { white-space: nowrap; font-weight: 500; }
.assetbook-chip { display: inline-block; border: 1px solid var(--ab-border); border-radius: 999px;
  background: var(--ab-raised); padding: 0 8px; margin-right: 4px; font-size: 11px; }
.assetbook-scroll { max-width: 100%; overflow-x: auto; scrollbar-width: thin;
  scrollbar-color: rgba(128, 128, 128, 0.6) transparent; }
.assetbook table.assetbook-table { border-collapse: collapse; margin: 6px 0; font-size: 12px;
  font-variant-numeric: tabular-nums; }
.assetbook table.assetbook-table th, .assetbook table.assetbook-table td { text-align: left;
  padding: 3px 18px 3px 0; border: 0; border-bottom: 1px solid var(--ab-border);
  background: transparent; color: inherit; vertical-align: top; }
.assetbook table.assetbook-table tbody tr:nth-child(n) { background: transparent; }
.assetbook table.assetbook-table th { color: var(--ab-muted); font-weight: 500;
  white-space: nowrap; }
.assetbook table.assetbook-table .assetbook-number { text-align: right; white-space: nowrap; }
.assetbook pre.assetbook-text, .assetbook code { font-family: var(--ab-mono); font-size: 12px;
  color: inherit; background: var(--ab-raised); }
.assetbook pre.assetbook-text { padding: 8px 10px; border-radius: 6px; margin: 6px 0;
  overflow-x: auto; white-space: pre-wrap; }
.assetbook details summary { cursor: pointer; color: var(--ab-muted); }
.assetbook-bar { height: 4px; border-radius: 2px; background: var(--ab-border); overflow: hidden; }
.assetbook-bar div { height: 100%; border-radius: 2px; }
"""
