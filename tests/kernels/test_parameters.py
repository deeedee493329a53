"""What a notebook says of its parameters, and what becomes of values for them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.kernels.notebooks import written

from assetbook.definitions.config import make_config, raw_values
from assetbook.definitions.secret import Secret, known_secrets
from assetbook.errors import ConfigError, DefinitionError, UsageError
from assetbook.kernels.injection import injected_cell
from assetbook.kernels.parameter_texts import typed_parameters
from assetbook.kernels.parameters import DeclaredParameters, declared_parameters
from assetbook.notebook.document import read_document


def declared(folder: Path, parameters: str, *cells: str) -> DeclaredParameters:
    return declared_parameters(
        read_document(written(folder / "report.ipynb", *cells, parameters=parameters))
    )


def test_annotations_defaults_and_comments_say_what_is_taken(tmp_path: Path) -> None:
    found = declared(
        tmp_path,
        "from datetime import date\n"
        "day: date  # the day of the report\n"
        "top = 5\n"
        "names: list[str] = []\n"
        "note = None\n"
        "_private = 1\n",
    )

    fields = found.model.__pydantic_fields__
    assert {name: each.annotation for name, each in fields.items()} == {
        "day": date,
        "top": int,
        "names": list[str],
        "note": Any,
    }
    assert fields["day"].description == "the day of the report"
    assert fields["day"].is_required() and not fields["top"].is_required()


def test_a_config_class_says_it_instead(tmp_path: Path) -> None:
    found = declared(
        tmp_path,
        "from assetbook import Config\n"
        "class Report(Config):\n    top: int = 3\n    name: str\n"
        "report = Report(name='a')\n",
    )

    made = injected_cell(found, {"top": 4, "name": "it's"})

    assert found.variable == "report"
    assert made.source == '# Parameters\nreport = Report(top=4, name="it\'s")'


def test_imports_of_cells_above_are_there(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", parameters="day: date = date(2026, 1, 1)")
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    above = nbformat.v4.new_code_cell("import os, datetime\nfrom datetime import date\n1 / 0")
    notebook.cells.insert(0, above)
    nbformat.write(notebook, path)

    found = declared_parameters(read_document(path))

    assert found.model.__pydantic_fields__["day"].default == date(2026, 1, 1)


def test_a_notebook_without_the_cell_takes_none(tmp_path: Path) -> None:
    path = written(tmp_path / "a.ipynb", "x = 1")

    found = declared_parameters(read_document(path))

    with pytest.raises(ConfigError, match="`x` is no field"):
        make_config(found.model, {"x": 2}, where="the parameters")


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("day = 1 / 0", "division by zero"),
        ("day = (", "line 1"),
        ("day: dat = 1", "name 'dat' is not defined"),
    ],
)
def test_a_cell_that_cannot_be_read_is_told(tmp_path: Path, cell: str, said: str) -> None:
    with pytest.raises(DefinitionError, match=said) as told:
        declared(tmp_path, cell)

    assert "report.ipynb, in cell 1" in told.value.asked


def test_words_become_values_that_fit(tmp_path: Path) -> None:
    model = declared(
        tmp_path,
        "from datetime import date\n"
        "name: str = ''\nday: date | None = None\ntop = 1\nrate = 0.5\nquick = False\n"
        "names: list[str] = []\nmaybe: str | None = None\n",
    ).model

    words = ["name=5", "day=2026-01-31", "top=7", "rate=2", "quick=True", "maybe=3"]
    found = typed_parameters(model, [*words, 'names=["a", "b"]'])
    made = raw_values(make_config(model, found, where="the parameters"))

    assert made == {
        "name": "5",
        "day": date(2026, 1, 31),
        "top": 7,
        "rate": 2.0,
        "quick": True,
        "maybe": "3",
        "names": ["a", "b"],
    }
    assert typed_parameters(model, ["maybe=null"]) == {"maybe": None}
    with pytest.raises(UsageError, match="it has no value"):
        typed_parameters(model, ["top"])


def read_back(found: DeclaredParameters, values: dict[str, Any]) -> dict[str, Any]:
    """What the notebook has after the injected cell, in a namespace without any other import."""
    assert found.cell is not None
    namespace: dict[str, Any] = {}
    exec(found.cell.text, namespace)
    exec(injected_cell(found, values).source, namespace)
    return {name: namespace[name] for name in values}


plain = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats(allow_nan=False)
    | some.text()
    | some.binary()
    | some.dates()
    | some.datetimes()
    | some.datetimes(timezones=some.just(UTC))
    | some.times()
    | some.timedeltas()
    | some.decimals(allow_nan=False)
    | some.uuids()
    | some.text("ab/.").map(Path),
    lambda inner: (
        some.lists(inner, max_size=3)
        | some.tuples(inner, inner)
        | some.dictionaries(some.text(), inner, max_size=3)
        | some.frozensets(some.integers(), max_size=3)
        | some.sets(some.text(), max_size=3)
    ),
    max_leaves=6,
)


@given(value=plain)
@pytest.mark.parametrize(
    "above",
    ["", "import datetime", "from datetime import datetime, date", "import pathlib as p"],
)
def test_values_read_back_as_they_are(above: str, value: Any) -> None:
    cell = f"{above}\nvalue = None"
    namespace: dict[str, Any] = {}
    exec(cell, namespace)
    found = DeclaredParameters(_any_model(), _cell(cell), None, namespace)

    again = read_back(found, {"value": value})["value"]

    assert again == value
    assert type(again) is type(value)


def _any_model() -> Any:
    from assetbook.definitions.config import Config

    return Config


def _cell(text: str) -> Any:
    from assetbook.notebook.document import SourceCell

    return SourceCell(1, "a", "code", text)


def test_what_is_no_number_and_enums_read_back(tmp_path: Path) -> None:
    found = declared(
        tmp_path,
        "from enum import Enum\nclass Size(Enum):\n    S = 1\n    L = 2\n"
        "size: Size = Size.S\nrate = 1.0\n",
    )
    size = found.known["Size"]

    source = injected_cell(found, {"size": size.L, "rate": math.inf}).source  # type: ignore[attr-defined]

    assert source == '# Parameters\nsize = Size.L\nrate = float("inf")'


def test_secrets_are_no_part_of_the_notebook(tmp_path: Path) -> None:
    found = declared(tmp_path, "from assetbook import Secret\ntoken: Secret\nurl = ''")
    known_secrets.add("canary-8472")

    made = injected_cell(found, {"token": Secret("canary-8472"), "url": "https://canary-8472@x"})

    assert "canary" not in made.source
    assert made.source.splitlines()[1] == (
        'token = Secret(__import__("os").environ["ASSETBOOK_PARAMETER_1"])'
    )
    assert list(made.secrets.values()) == ["canary-8472", "https://canary-8472@x"]


def test_what_is_too_much_or_has_no_form_is_refused(tmp_path: Path) -> None:
    found = declared(tmp_path, "rows = None\nwhat = None")

    with pytest.raises(ConfigError, match=r"`rows`: .* bytes, and at most 100,000"):
        injected_cell(found, {"what": 1, "rows": list(range(30_000))})
    with pytest.raises(ConfigError, match="`what`: an object cannot be written as Python"):
        injected_cell(found, {"rows": 1, "what": [object()]})


def test_each_kind_of_instant_has_its_form() -> None:
    found = DeclaredParameters(_any_model(), _cell(""), None, {})
    values: dict[str, Any] = {
        "a": time(1, 2),
        "b": timedelta(days=-1, seconds=5),
        "c": datetime(2026, 1, 1, tzinfo=UTC),
        "d": Decimal("1.10"),
    }

    assert read_back(found, values) == values
