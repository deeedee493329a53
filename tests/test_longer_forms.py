"""The list of longer forms names tests that there are."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from tests.longer_forms import LONGER_FORMS

HERE = Path(__file__).parent


@pytest.mark.parametrize("form", sorted(LONGER_FORMS))
def test_a_longer_form_is_there(form: str) -> None:
    file, _, test = form.partition("::")
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    names = {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}
    assert test.partition("[")[0] in names
