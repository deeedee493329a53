"""Damaged keys: what they vouched for counts as changed or untrusted, never as fresh or trusted.

The control takes a key as it comes: an empty one hashes secrets as anybody could.
"""

from __future__ import annotations

import random
from contextlib import closing
from pathlib import Path

import pytest
from tests.faults.test_flipped_values import flipped
from tests.faults.worker import open_store
from tests.instance.making import state_of

from assetbook import Config, Instance, Secret, asset, materialize
from assetbook.errors import CorruptStoreError, UntrustedValueError
from assetbook.io import key_file
from assetbook.io.pickle_form import user_key_file


class Login(Config):
    """A configuration with a secret."""

    password: Secret = Secret("correct horse")


@asset
def logged_in(config: Login) -> int:
    """Depends on the secret."""
    return 1


@asset(io_manager_key="pickle")
def pickled() -> set[int]:
    """Is signed with the user's key."""
    return {1, 2}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))


@pytest.fixture
def stored(project: Path) -> Path:
    """A project whose store has a version of both."""
    with closing(open_store(project)) as instance:
        materialize([logged_in, pickled], instance=instance)
        assert state_of(instance, "logged_in", logged_in) == "fresh"
    return project


def key_of(project: Path) -> Path:
    return project / ".assetbook" / "key"


def opened(project: Path) -> closing[Instance]:
    return closing(open_store(project))


def test_a_flipped_bit_in_the_stores_key_makes_stale(stored: Path) -> None:
    whole, at = key_of(stored).read_bytes(), random.Random(9)
    for _ in range(20):
        key_of(stored).write_bytes(flipped(whole, at))
        with opened(stored) as instance:
            assert state_of(instance, "logged_in", logged_in) == "stale"
            assert instance.value("logged_in") == 1
    key_of(stored).write_bytes(whole)
    with opened(stored) as instance:
        assert state_of(instance, "logged_in", logged_in) == "fresh"


def test_a_flipped_bit_in_the_users_key_trusts_no_pickle(stored: Path) -> None:
    whole, at = user_key_file().read_bytes(), random.Random(9)
    with opened(stored) as instance:
        for _ in range(20):
            user_key_file().write_bytes(flipped(whole, at))
            with pytest.raises(UntrustedValueError, match="did not sign"):
                instance.value("pickled")
        user_key_file().write_bytes(whole)
        assert instance.value("pickled") == {1, 2}


@pytest.mark.parametrize("left", [b"", b"short", b"x" * 33])
def test_a_key_of_another_length_is_refused(stored: Path, left: bytes) -> None:
    key_of(stored).write_bytes(left)
    with pytest.raises(CorruptStoreError, match=rf"{key_of(stored)} has {len(left)} bytes"):
        open_store(stored)
    key_of(stored).unlink()
    with opened(stored) as instance:
        assert state_of(instance, "logged_in", logged_in) == "stale"
        user_key_file().write_bytes(left)
        with pytest.raises(CorruptStoreError, match=r"pickle\.key has"):
            instance.value("pickled")


def test_a_short_key_that_nobody_measures_is_used(
    stored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_of(stored).write_bytes(b"k")
    monkeypatch.setattr(key_file, "_LENGTH", 1)
    with opened(stored) as instance:
        assert state_of(instance, "logged_in", logged_in) == "stale"
