"""A failure as a person sees it, and as it is kept."""

from __future__ import annotations

import json
import linecache
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assetbook.definitions.asset_decorator import asset
from assetbook.definitions.secret import Secret
from assetbook.errors import SelectionError
from assetbook.execution.failure import error_info, user_lines, user_part
from assetbook.notebook.cell_places import CellPlaces

CELL = "/tmp/ipykernel_7/42.py"
places = CellPlaces()
places.note(CELL, "In[4]")


def from_cell(text: str, **names: Any) -> Callable[..., Any]:
    """The function ``f`` that a cell with this text defines."""
    linecache.cache[CELL] = (len(text), None, text.splitlines(keepends=True), CELL)
    exec(compile(text, CELL, "exec"), names)
    made = names["f"]
    assert callable(made)
    return made  # type: ignore[no-any-return]


def failure_of(function: Callable[..., Any], *arguments: Any) -> BaseException:
    definition = asset(name="f")(function)
    with pytest.raises(Exception) as raised:
        definition(*arguments)
    error = raised.value
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next  # this test's own call
    return error


def test_frames_of_the_framework_are_left_out() -> None:
    error = failure_of(from_cell("def f():\n    x = 1\n    return x / 0\n"))
    assert user_lines(error, places.where) == [
        "  In[4], line 3 in f()",
        "    return x / 0",
        "ZeroDivisionError: division by zero",
    ]
    info = error_info(error, places.where)
    assert (info.kind, info.message) == ("ZeroDivisionError", "division by zero")
    assert info.where == "In[4], line 3"
    assert "asset_definition" not in info.traceback and "return x / 0" in info.traceback


def test_kept_tracebacks_name_cells_by_their_first_line() -> None:
    text = "import json\ndef f():\n    try:\n        {}['a']\n    except KeyError:\n        1 / 0\n"
    whole = error_info(failure_of(from_cell(text)), places.where).traceback
    assert whole.count('File "<In[4]: import json>", line ') == 2  # the cause's, too
    assert CELL not in whole


def test_a_first_line_does_not_tell_a_secret() -> None:
    text = "password = 'hT6!kq9#Zr2pLw8x'\ndef f():\n    1 / 0\n"
    whole = error_info(failure_of(from_cell(text)), places.where).traceback
    assert "<In[4]: password = " in whole and "hT6" not in whole


def test_helpers_are_shown_in_order(tmp_path: Path) -> None:
    path = tmp_path / "helpers.py"
    path.write_text("def clean(x):\n    return x['missing']\n")
    names: dict[str, Any] = {}
    exec(compile(path.read_text(), str(path), "exec"), names)
    error = failure_of(from_cell("def f():\n    return clean({})\n", clean=names["clean"]))
    lines = user_lines(error, places.where)
    assert lines[0] == "  In[4], line 2 in f()" and lines[2] == "  helpers.py, line 2 in clean()"
    assert lines[-1] == "KeyError: 'missing'"
    assert error_info(error, places.where).where == "helpers.py, line 2"


def test_of_libraries_only_the_frame_that_raised_is_shown() -> None:
    error = failure_of(from_cell("def f():\n    return pd.DataFrame({'a': [1]})['b']\n", pd=pd))
    places_shown = [line for line in user_lines(error, places.where) if ", line " in line]
    assert places_shown[0] == "  In[4], line 2 in f()"
    assert len(places_shown) <= 2
    assert error_info(error, places.where).where == "In[4], line 2"


def test_an_error_of_our_own_shows_the_persons_line_only() -> None:
    from assetbook.keys import AssetKey

    error = failure_of(from_cell("def f():\n    return AssetKey('')\n", AssetKey=AssetKey))
    lines = user_lines(error, places.where)
    assert lines[:2] == ["  In[4], line 2 in f()", "    return AssetKey('')"]
    assert not any("keys.py" in line for line in lines)


def test_a_library_error_names_its_module() -> None:
    error = failure_of(from_cell("def f():\n    json.loads('{')\n", json=json))
    info = error_info(error, places.where)
    assert info.kind == "json.decoder.JSONDecodeError" and info.where == "In[4], line 2"


def test_secrets_are_scrubbed() -> None:
    secret = Secret("hunter2-token")
    text = "def f():\n    raise ValueError('cannot log in with ' + password)\n"
    error = failure_of(from_cell(text, password=secret.get_value()))
    info = error_info(error, places.where)
    said = "\n".join([info.message, info.traceback, *user_lines(error, places.where)])
    assert "hunter2" not in said and "cannot log in with ***" in said


def test_an_error_without_a_traceback_is_shown_alone() -> None:
    error = SelectionError("show `x`", "no such asset")
    assert user_part(None) is None
    assert user_lines(error, places.where) == [
        "assetbook.errors.SelectionError: show `x`: no such asset"
    ]
    assert error_info(error, places.where).where is None


def test_causes_are_kept_for_the_log() -> None:
    text = (
        "def f():\n    try:\n        1 / 0\n"
        "    except ZeroDivisionError as e:\n        raise KeyError('rate') from e\n"
    )
    info = error_info(failure_of(from_cell(text)), places.where)
    assert "ZeroDivisionError" in info.traceback and "KeyError: 'rate'" in info.traceback
