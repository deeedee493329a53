"""The project's code in the place of a library's, or attached to its classes, counts."""

from __future__ import annotations

import json
import math
import textwrap
import types
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from tests.notebook.live_notebook import LiveNotebook, version_of

FRAME = "import pandas as pd\ndf = pd.DataFrame({'a': [1]})\n"


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    yield
    for name in ("tidy", "geo"):
        if name in vars(pd.DataFrame):
            delattr(pd.DataFrame, name)
            pd.DataFrame._accessors.discard(name)


def test_a_method_given_to_data_frames_counts() -> None:
    notebook = LiveNotebook()
    notebook.run(FRAME, "STEP = 1\npd.DataFrame.tidy = lambda frame: STEP")
    notebook.run("def f(): return df.copy().tidy()")
    first = notebook.version()
    assert {"helper:DataFrame.tidy", "constant:STEP"} <= set(first.pieces)
    notebook.run("STEP = 2")
    second = notebook.digest()
    assert second != first.digest
    notebook.run("pd.DataFrame.tidy = lambda frame: -STEP")
    assert notebook.digest() != second


def test_a_method_given_after_the_first_version_counts() -> None:
    notebook = LiveNotebook()
    notebook.run(FRAME, "def f(): return df.copy().tidy()")
    first = notebook.digest()
    notebook.run("pd.DataFrame.tidy = lambda frame: 1")
    assert notebook.digest() != first


ACCESSOR = """
@pd.api.extensions.register_dataframe_accessor('geo')
class Geo:
    def __init__(self, frame): self.frame = frame
    def area(self): return {}
"""


def test_an_accessors_class_counts() -> None:
    notebook = LiveNotebook()
    notebook.run(FRAME, ACCESSOR.format(1), "def f(): return df.copy().geo.area()")
    first = notebook.digest()
    del pd.DataFrame.geo
    notebook.run(ACCESSOR.format(2))
    assert notebook.digest() != first


def test_what_other_code_attached_does_not_count() -> None:
    notebook = LiveNotebook()
    notebook.run(FRAME, "pd.DataFrame.tidy = lambda frame: 1", "def f(): return df.copy().a.sum()")
    first = notebook.digest()
    notebook.run("pd.DataFrame.tidy = lambda frame: 2")
    assert notebook.digest() == first


PATCHES = [
    (json, "dumps", "json.dumps([1])", lambda value: "other"),
    (math, "pi", "math.pi", 3),
    (Fraction, "limit_denominator", "Fraction(1, 3).limit_denominator(2)", lambda *given: 0),
    (textwrap, "TextWrapper", "textwrap.TextWrapper()", type("Mine", (), {})),
]


@pytest.mark.parametrize(
    ("owner", "name", "use", "other"), PATCHES, ids=[row[1] for row in PATCHES]
)
def test_a_patched_library_is_noticed(
    owner: types.ModuleType | type,
    name: str,
    use: str,
    other: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    notebook = LiveNotebook()
    notebook.run(
        f"import json, math, textwrap\nfrom fractions import Fraction\ndef f(): return {use}"
    )
    first = notebook.digest()
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, other)
        assert notebook.version().digest != first
    assert notebook.digest() == first


def test_a_librarys_constant_counts_as_an_imported_one_does() -> None:
    version = version_of("import math", "def f(): return math.pi")
    assert version.pieces["constant:math.pi"].text == "3.141592653589793"


def test_number_classes_that_nobody_patched_say_nothing() -> None:
    assert Decimal("1").normalize() == 1
    version = version_of("from decimal import Decimal", "def f(): return Decimal('1').normalize()")
    assert version.unknowns == ()
    assert not any("normalize" in name for name in version.pieces)
