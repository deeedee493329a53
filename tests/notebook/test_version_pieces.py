"""The pieces of a code version, and what decorators, docstrings and cell bodies add to them."""

from __future__ import annotations

from tests.notebook.live_notebook import LiveNotebook, digest_of, version_of


def test_the_frameworks_decorator_does_not_count() -> None:
    plain = "from assetbook.definitions.asset_decorator import asset\n@asset{}\ndef a():\n    return 1\nf = a.compute"  # noqa: E501
    one = digest_of(plain.format(""))
    assert one == digest_of(plain.format("(description='x', group_name='g', code_version='3')"))


def test_a_foreign_decorator_and_its_docstring_count() -> None:
    code = "import pytest\n@pytest.mark.{}\ndef g():\n    {!r}\n    return 1\ndef f(): return g()"
    one = digest_of(code.format("long", "doc"))
    assert one != digest_of(code.format("skip", "doc"))
    assert one != digest_of(code.format("long", "other"))


def test_docstrings_count_where_code_reads_them() -> None:
    code = "def g():\n    {!r}\ndef f(): return g.__doc__"
    assert digest_of(code.format("one")) != digest_of(code.format("two"))


def test_future_annotations_count() -> None:
    code = "def f(a: int): return f.__annotations__"
    assert digest_of(code) != digest_of("from __future__ import annotations\n" + code)


def test_pieces_are_named_as_people_name_them() -> None:
    version = version_of(
        "import numpy as np\nLIMIT = 3\nclass A: pass\ndef g(): return A, LIMIT",
        "def f(): return np.mean(g()), missing",
    )
    assert set(version.pieces) == {
        "asset:f", "helper:g", "class:A", "constant:LIMIT", "package:numpy", "unbound:missing",
    }  # fmt: skip
    assert version.pieces["constant:LIMIT"].text == "3"
    assert version.pieces["helper:g"].text == "def g(): return A, LIMIT"


def test_only_the_changed_piece_has_another_digest() -> None:
    notebook = LiveNotebook()
    notebook.run("LIMIT = 3\ndef g(): return LIMIT", "def f(): return g()")
    before = notebook.version().pieces
    notebook.run("LIMIT = 4")
    after = notebook.version().pieces
    assert [name for name in after if after[name].digest != before[name].digest] == [
        "constant:LIMIT"
    ]


def test_a_cell_body_counts_what_it_reads() -> None:
    notebook = LiveNotebook()
    notebook.run("K = 1\norders = [1]")
    cell = notebook.cell("t = K + 1\nsum(orders) + t")
    first = notebook.versioner.version(cell, inputs={"orders"})
    assert set(first.pieces) == {"asset:cell", "constant:K"}
    notebook.run("orders = [2]")
    assert notebook.versioner.version(cell, inputs={"orders"}) == first
    notebook.run("K = 2")
    assert notebook.versioner.version(cell, inputs={"orders"}).digest != first.digest


def test_a_cell_bodys_first_string_counts() -> None:
    notebook = LiveNotebook()
    digests = {notebook.versioner.version(notebook.cell(text)).digest for text in ("'a'", "'b'")}
    assert len(digests) == 2


def test_hidden_reads_of_a_cell_are_reached() -> None:
    notebook = LiveNotebook()
    notebook.run("day = 1")
    cell = notebook.cell("1", frozenset({"day"}))
    assert "constant:day" in notebook.versioner.version(cell).pieces


def test_package_versions_count_if_asked() -> None:
    plain, exact = LiveNotebook(), LiveNotebook(package_versions=True)
    for notebook in (plain, exact):
        notebook.run("import numpy as np\ndef f(): return np.mean([1])")
    assert plain.digest() != exact.digest()
