"""What ``import assetbook`` loads, and what its public names are."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import assetbook

PACKAGE = Path(assetbook.__file__).parent
HEAVY = (
    "IPython",
    "cronsim",
    "ipywidgets",
    "jupyter_client",
    "msgspec",
    "nbclient",
    "nbformat",
    "pandas",
    "papermill",
    "pyarrow",
    "pydantic",
    "sqlite3",
)


def loaded_after(code: str) -> list[str]:
    """Which of the heavy packages a fresh interpreter has loaded after ``code``."""
    report = f"import sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(PACKAGE.parent)},
    )
    return done.stdout.split()


def stems() -> set[str]:
    """The names of all modules and packages below ``assetbook``."""
    files = {path.stem for path in PACKAGE.rglob("*.py")} - {"__init__"}
    return files | {path.parent.name for path in PACKAGE.rglob("__init__.py")}


def names_for_type_checkers() -> list[str]:
    """The names that the ``if TYPE_CHECKING`` block of the package imports."""
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    blocks = [
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return [
        alias.asname or alias.name
        for block in blocks
        for node in ast.walk(block)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]


def test_importing_loads_nothing_heavy() -> None:
    assert loaded_after("import assetbook") == []


def test_what_is_loaded_would_be_seen() -> None:
    assert loaded_after("import assetbook, sqlite3") == ["sqlite3"]


def test_defining_loads_no_libraries_of_data() -> None:
    code = "from assetbook import asset\n@asset\ndef numbers(): return [1]"
    assert loaded_after(code) == []


def test_materializing_plain_values_loads_no_libraries_of_data() -> None:
    code = (
        "import sys\n"
        "from assetbook import asset, materialize_to_memory\n"
        "def numbers(): return [1]\n"
        "assert materialize_to_memory([asset(numbers)]).success"
    )
    assert set(loaded_after(code)).isdisjoint({"pandas", "pyarrow", "papermill", "ipywidgets"})


@pytest.mark.parametrize("program", ["cli", "location_process", "detached_process"])
def test_programs_load_no_libraries_of_notebooks_or_data(program: str) -> None:
    """Hundreds of processes begin so."""
    found = set(loaded_after(f"import assetbook.surfaces.{program}"))
    assert found <= {"IPython", "cronsim", "msgspec", "sqlite3"}


@pytest.mark.parametrize("name", assetbook.__all__)
def test_a_public_name_has_a_docstring_of_its_own(name: str) -> None:
    found = getattr(assetbook, name)
    assert inspect.cleandoc(found.__doc__ or "")
    assert not (inspect.isclass(found) and found.__doc__.startswith(f"{found.__name__}("))


def test_no_public_name_is_a_module() -> None:
    assert set(assetbook.__all__) & stems() == set()


def test_type_checkers_see_exactly_the_public_names() -> None:
    assert sorted(names_for_type_checkers()) == sorted(assetbook.__all__)


def test_each_public_name_is_listed_once() -> None:
    assert len(set(assetbook.__all__)) == len(assetbook.__all__)
    assert set(assetbook.__all__) <= set(dir(assetbook))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'materialise'"):
        assetbook.materialise  # noqa: B018 - the access is the test
