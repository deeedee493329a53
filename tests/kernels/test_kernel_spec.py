"""The interpreter of a notebook's kernel, found without the client that talks to kernels."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from assetbook.errors import NotLoadedError
from assetbook.kernels.kernel_spec import interpreter_of
from assetbook.notebook.document import Document


def spec(folder: Path, name: str, first: str, **more: object) -> None:
    (folder / "kernels" / name).mkdir(parents=True)
    described = {"argv": [first, "-m", "none"], "display_name": name, "language": "python", **more}
    (folder / "kernels" / name / "kernel.json").write_text(json.dumps(described))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    return tmp_path


def of(name: str) -> str:
    return interpreter_of(Document(Path("book.ipynb"), (), name))


def test_it_is_the_first_word_of_the_kernels_command(folder: Path) -> None:
    other = folder / "other-python"
    other.touch()
    spec(folder, "other", str(other))
    assert of("other") == of("OTHER") == str(other)


def test_a_kernel_that_says_python_is_this_one(folder: Path) -> None:
    spec(folder, "plain", "python")
    assert of("plain") == sys.executable


def test_an_interpreter_that_is_gone_is_told(folder: Path) -> None:
    spec(folder, "gone", str(folder / "gone" / "python"))
    with pytest.raises(NotLoadedError, match=r"its kernel `gone` names .* which is gone"):
        of("gone")


def test_a_kernel_that_is_started_in_its_own_way_is_asked_of_jupyter(folder: Path) -> None:
    provisioner = {"kernel_provisioner": {"provisioner_name": "none-such"}}
    spec(folder, "far", sys.executable, metadata=provisioner)
    with pytest.raises(NotLoadedError, match="its kernel `far` is not installed"):
        of("far")


def test_a_kernel_that_nobody_knows_is_told(folder: Path) -> None:
    spec(folder, "broken", sys.executable)
    (folder / "kernels" / "broken" / "kernel.json").unlink()
    with pytest.raises(NotLoadedError, match="its kernel `broken` is not installed"):
        of("broken")


def test_the_client_is_not_imported(folder: Path) -> None:
    spec(folder, "plain", "python")
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from assetbook.kernels.kernel_spec import interpreter_of\n"
        "from assetbook.notebook.document import Document\n"
        "interpreter_of(Document(Path('book.ipynb'), (), 'plain'))\n"
        "print(sorted({'jupyter_client', 'zmq', 'IPython'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
