"""Any object by pickle: asked for by name, signed by the user, and loaded nowhere else."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from tests.io.stored import content

from assetbook.errors import (
    AssetbookError,
    CorruptStoreError,
    MissingLibraryError,
    UnstorableValueError,
    UntrustedValueError,
    UsageError,
)
from assetbook.io.forms import StoredForm, read_form, stored_form
from assetbook.io.pickle_form import user_key_file

ASKED = "the value of `model`"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def pickled(value: object) -> StoredForm:
    return stored_form(value, asked=ASKED, pickled=True)


def reread(data: bytes) -> StoredForm:
    return read_form("pickle", data, asked=ASKED)


class Trap:
    """Runs code when it is loaded."""

    sprung: list[str] = []  # noqa: RUF012 - it is to be shared

    def __reduce__(self) -> Any:
        return Trap.sprung.append, ("loaded",)


def test_a_model_comes_back() -> None:
    model = LinearRegression().fit([[0.0], [1.0]], [1.0, 3.0])
    form = pickled(model)
    for each in (form, reread(content(form))):
        back: Any = each.hand_over(LinearRegression)
        assert np.allclose(back.predict([[2.0]]), [5.0])
    assert form.data_version() == reread(content(form)).data_version()
    described = form.describe()
    assert described["assetbook/class"].value == "sklearn.linear_model._base.LinearRegression"


def test_what_a_cell_defines_comes_back() -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    exec("class Local:\n    def __call__(self, n):\n        return n + 1", namespace)
    assert reread(content(pickled(namespace["Local"]()))).hand_over(None)(1) == 2  # type: ignore[operator]


def test_each_consumer_has_its_own() -> None:
    form = pickled({1: [2]})
    form.hand_over(None)[1].append(3)  # type: ignore[index]
    assert form.hand_over(None) == {1: [2]}


def test_another_users_pickle_is_not_loaded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = content(pickled(Trap()))
    for other in ("nobody yet", "somebody else"):
        monkeypatch.setenv("XDG_DATA_HOME", str(home / other))
        with pytest.raises(UntrustedValueError, match=r"did not sign(?s:.*)\nMaterialize it here"):
            reread(data)
        content(pickled(1))  # makes the other's key
    assert Trap.sprung == []


def test_a_changed_pickle_is_not_loaded() -> None:
    data = content(pickled(Trap()))
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises((UntrustedValueError, CorruptStoreError)):
            reread(bytes(changed))
    assert Trap.sprung == []


@pytest.mark.parametrize("data", [b"", b"\x80\x04N.", b"assetbook pickle 1\nshort"])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(CorruptStoreError, match="its file is no signed pickle"):
        reread(data)


def test_the_key_is_the_users_alone(home: Path) -> None:
    assert user_key_file() == home / "data" / "assetbook" / "pickle.key"
    content(pickled(1))
    key = user_key_file()
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    before = key.read_bytes()
    content(pickled(2))
    assert (len(before), key.read_bytes()) == (32, before)


def test_what_cannot_be_pickled_says_why() -> None:
    with pytest.raises(UnstorableValueError, match=r"it cannot be pickled: .*lock"):
        pickled(threading.Lock())


def test_a_missing_library_is_named() -> None:
    form = pickled(1)
    absent = reread(content(form).__class__(content(form)))
    absent._content = b"cnot_installed_here\nThing\n."  # type: ignore[attr-defined]
    with pytest.raises(MissingLibraryError, match="No module named 'not_installed_here'"):
        absent.hand_over(None)


def test_another_annotation_is_refused() -> None:
    with pytest.raises(UsageError, match="the value as list: it is stored as a pickled set"):
        pickled({1}).hand_over(list)


def test_errors_offer_pickle() -> None:
    for value in (object(), [object()], np.array([object()])):
        with pytest.raises(AssetbookError, match="--io pickle"):
            stored_form(value, asked=ASKED)
