"""HTML that stays text whatever it is given."""

from __future__ import annotations

import ast
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assetbook.surfaces
from assetbook.errors import DefinitionError
from assetbook.surfaces.display.html import (
    Html,
    escaped,
    join,
    state_badge,
    style_sheet,
    style_tag,
    tag,
    visible,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))


class Reader(HTMLParser):
    """What a browser would make of the text: its elements, attributes and plain text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@given(ANY_TEXT)
def test_any_child_stays_text(text: str) -> None:
    read = Reader(tag("b", text))
    assert read.elements == [("b", {})]
    assert read.text == visible(text)


@given(ANY_TEXT)
def test_any_attribute_stays_one_attribute(text: str) -> None:
    assert Reader(tag("b", title=text)).elements == [("b", {"title": visible(text)})]


@given(ANY_TEXT)
def test_any_text_can_be_encoded(text: str) -> None:
    assert escaped(text).encode("utf-8").decode("utf-8") == escaped(text)
    assert not set(visible(text, one_line=True)) & set("\n\t\r\x00\x1b\u202e")


def test_html_is_not_escaped_twice() -> None:
    assert tag("p", tag("b", "a < b"), " & c") == "<p><b>a &lt; b</b> &amp; c</p>"
    assert join([tag("i", "x"), "<"], ", ") == "<i>x</i>, &lt;"


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("gpj\u202eexe", "gpj\\u202eexe"),
        ("\u2066a\u2069", "\\u2066a\\u2069"),
        ("a\x00b", "a\\x00b"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("\ud800", "\\ud800"),
        ("a\u200bb", "a\\u200bb"),
        ("\U000e0041", "\\U000e0041"),
        ("name\u00a0ü 漢字 👩‍💻", "name\u00a0ü 漢字 👩‍💻"),  # what people write is left alone
        ("two\nlines\tof text", "two\nlines\tof text"),
    ],
)
def test_hidden_characters_show(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


def test_one_line_joins_lines() -> None:
    assert visible("two \n lines\tof text", one_line=True) == "two lines of text"


def test_attributes_are_spelled_and_left_out() -> None:
    built = tag(
        "td", class_="n", aria_label="x", hidden=True, aria_hidden=True, title=None, lang=False
    )
    assert built == '<td class="n" aria-label="x" hidden aria-hidden="true"></td>'
    assert tag("rect", stroke_width=1.5, viewBox="0 0 1 1", x=3) == (
        '<rect stroke-width="1.5" viewBox="0 0 1 1" x="3"></rect>'
    )


def test_a_void_element_has_no_end() -> None:
    assert tag("br") == "<br>"


@pytest.mark.parametrize(
    "link",
    ["https://example.org/a?b=c#d", "http://x", "run/9f2", "#here", "./a:b", "?q=1", "/a", ""],
)
def test_plain_links_are_kept(link: str) -> None:
    assert Reader(tag("a", "x", href=link)).elements == [("a", {"href": link})]


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,<script>",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript&colon;alert(1):",
    ],
)
def test_other_links_are_left_out(link: str) -> None:
    assert tag("a", "x", href=link) == "<a>x</a>"


def test_only_inline_pictures_are_shown() -> None:
    assert "src=" in tag("img", src="data:image/png;base64,iVBORw0KGgo=")
    for source in ("https://tracker.example/x.png", "data:image/svg+xml;base64,PHN2Zz4=", "x.png"):
        assert tag("img", src=source) == "<img>"


@pytest.mark.parametrize(
    "style", ["background: url(https://x)", "x: \\75rl(y)", "width: expression(1)", "a: u/**/rl(x)"]
)
def test_styles_that_fetch_are_left_out(style: str) -> None:
    assert tag("b", style=style) == "<b></b>"


def test_paint_from_elsewhere_is_left_out() -> None:
    assert tag("path", fill="url(https://x)", stroke="red; url(x)") == "<path></path>"
    assert tag("path", marker_end="url(#a-1)") == '<path marker-end="url(#a-1)"></path>'


@pytest.mark.parametrize(
    "name", ["script", "SCRIPT", "iframe", "foreignObject", "style", "a b", ""]
)
def test_elements_that_act_are_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="not one that a view may hold"):
        tag(name)


@pytest.mark.parametrize("name", ["onclick", "ONLOAD", "srcdoc", "formaction", "a b", "x=y", "_"])
def test_attributes_that_act_are_refused(name: str) -> None:
    with pytest.raises(DefinitionError, match="not one that a view may hold"):
        tag("b", **{name: "x"})


def test_the_style_sheet_stays_under_its_class() -> None:
    rules = style_sheet().removeprefix("<style>").removesuffix("</style>")
    selectors = [rule.rpartition("}")[2] for rule in rules.split("{")[:-1]]
    names = [part.strip() for each in selectors for part in each.split(",")]
    assert all(name.startswith((".assetbook", "@media (prefers")) for name in names)


def test_host_colours_win_over_our_own() -> None:
    rules = style_sheet()
    assert (
        "--ab-text: var(--jp-ui-font-color1, var(--vscode-foreground, var(--ab-own-text)))" in rules
    )
    dark = rules.partition("prefers-color-scheme: dark")[2].partition("} }")[0]
    assert "--ab-own-text" in dark
    assert "--jp-" not in dark


def test_style_rules_hold_no_markup() -> None:
    with pytest.raises(DefinitionError, match="they hold '<'"):
        style_tag("</style><script>")


def test_a_badge_says_its_state_in_words() -> None:
    assert Reader(state_badge("stale")).text == "◐ stale"
    assert Reader(state_badge("<odd>")).text == "· <odd>"


def test_only_this_module_makes_html_from_text() -> None:
    surfaces = Path(assetbook.surfaces.__path__[0])
    made = [
        f"{path.relative_to(surfaces)}:{node.lineno}"
        for path in surfaces.rglob("*.py")
        if path != surfaces / "display" / "html.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == Html.__name__
        and node.args
    ]
    assert made == []
