"""Two notebooks with a helper module of one name, in two environments and folders: both at once."""

from __future__ import annotations

import json
import sys
import venv
from pathlib import Path

import nbformat
import pytest

import assetbook
from assetbook.instance.instance import Instance
from assetbook.notebook.configured_locations import configured_locations
from assetbook.surfaces.code_location import load_definitions
from assetbook.surfaces.locations import up_to_date

CELLS = (
    "import os\nimport sys\nfrom pathlib import Path\nimport helper_apart\nimport only_apart",
    "os.environ['APART'] = helper_apart.NAME\nsys.path.append(helper_apart.NAME)",
    """
@asset
def NAME_sees():
    return {
        "helper": helper_apart.NAME,
        "library": only_apart.NAME,
        "folder": Path.cwd().name,
        "prefix": Path(sys.prefix).name,
        "environment": os.environ["APART"],
        "others": [each for each in sys.path if each in ("left", "right")],
    }
""",
)


def environment(folder: Path, name: str) -> Path:
    """A Python of its own with a library of its own; all else it has from this one."""
    place = folder / f"env_{name}"
    venv.create(place, symlinks=True, with_pip=False)
    [packages] = place.glob("lib/python*/site-packages")
    (packages / "only_apart.py").write_text(f"NAME = {name!r}\n")
    shared = [each for each in sys.path if each.endswith("site-packages")]
    package = Path(assetbook.__file__).parents[1]
    (packages / "shared.pth").write_text("\n".join([str(package), *shared]))
    return place / "bin" / "python"


def kernelspec(folder: Path, name: str, python: Path) -> None:
    place = folder / "jupyter" / "kernels" / f"apart_{name}"
    place.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": name, "language": "python"}
    (place / "kernel.json").write_text(json.dumps(spec))


def notebook(folder: Path, name: str) -> None:
    folder.mkdir()
    (folder / "helper_apart.py").write_text(f"NAME = {name!r}\n")
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(cell.replace("NAME_", f"{name}_")) for cell in CELLS]
    made.metadata["kernelspec"] = {"name": f"apart_{name}", "display_name": name}
    nbformat.write(made, folder / "sees.ipynb")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("left", "right"):
        kernelspec(tmp_path, name, environment(tmp_path, name))
        notebook(tmp_path / name, name)
    text = '[tool.assetbook]\nlocations = ["left/*.ipynb", "right/*.ipynb"]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_neither_notebook_sees_the_other(root: Path) -> None:
    instance = Instance.get()
    assert instance.project is not None
    known = up_to_date(instance, configured_locations(instance.project))
    assert [(str(each.source), each.broken) for each in known] == [
        ("left/sees.ipynb", ""), ("right/sees.ipynb", ""),
    ]  # fmt: skip
    assert [sorted(each.snapshot.sources)[0] for each in known] == [
        "left/helper_apart.py", "right/helper_apart.py",
    ]  # fmt: skip
    for name in ("left", "right"):
        run = load_definitions(f"{name}/sees.ipynb").materialize()
        assert run.asset_value(f"{name}_sees") == {
            "helper": name,
            "library": name,
            "folder": name,
            "prefix": f"env_{name}",
            "environment": name,
            "others": [name],
        }
    assert not {"helper_apart", "only_apart"} & sys.modules.keys()
