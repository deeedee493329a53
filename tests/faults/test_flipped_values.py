"""One flipped bit in a file of a value, of any kind: an error that names it, never other data.

The control reads the same damaged bytes without comparing their hash.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import cycle, islice

import pytest
from tests.faults.conftest import make_project
from tests.faults.kinds import KINDS, asset_of, file_of, name_of
from tests.faults.worker import open_store

from assetbook import Instance, materialize
from assetbook.errors import AssetbookError, CorruptStoreError
from assetbook.io import forms
from assetbook.io.file_check import problem_of

pytestmark = pytest.mark.xdist_group("flipped values")  # one fixture for all


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A store with a value of every kind."""
    folder = tmp_path_factory.mktemp("flipped")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_DATA_HOME", str(folder / "home"))
        patched.chdir(folder)
        opened = open_store(make_project(folder / "project"))
        materialize([asset_of(kind, made) for kind, made in KINDS.items()], instance=opened)
        yield opened
        opened.close()


def flipped(data: bytes, at: random.Random) -> bytes:
    damaged = bytearray(data)
    damaged[at.randrange(len(damaged))] ^= 1 << at.randrange(8)
    return bytes(damaged)


def test_every_kind_of_value_has_its_flips(instance: Instance) -> None:
    recorded = {kind: instance.version(name_of(kind)).event.value for kind in KINDS}
    assert {kind: each.kind for kind, each in recorded.items() if each} == {
        kind: kind for kind in forms._KINDS
    }


@pytest.mark.parametrize(
    ("flips", "seed"), [(500, 9), pytest.param(20_000, 10, marks=pytest.mark.long)]
)
def test_no_flipped_bit_in_a_value_file_is_silent(
    instance: Instance,
    flips: int,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    at, noticed = random.Random(seed), Counter[str]()
    files = {kind: file_of(instance, kind) for kind in KINDS}
    whole = {kind: file.read_bytes() for kind, file in files.items()}
    before = all_seen(instance)
    for kind in islice(cycle(KINDS), flips):
        file = files[kind]
        file.write_bytes(flipped(whole[kind], at))
        with pytest.raises(CorruptStoreError, match=f"the value of `{name_of(kind)}`.*damaged"):
            instance.value(name_of(kind))
        reference = instance.version(name_of(kind)).event.value
        assert reference is not None and problem_of(instance.values, reference)
        file.write_bytes(whole[kind])
        noticed[kind] += 1
    print(noticed)
    record_property("tally", str(noticed))
    assert noticed.total() == flips
    assert all_seen(instance) == before


def all_seen(instance: Instance) -> dict[str, object]:
    """What there is to see of the value of each kind."""
    return {kind: made.seen(instance.value(name_of(kind))) for kind, made in KINDS.items()}


@pytest.mark.parametrize("kind", ["json", "numpy", "bytes"])
def test_the_same_flips_give_other_data_without_a_hash(instance: Instance, kind: str) -> None:
    at, silent, made = random.Random(9), 0, KINDS[kind]
    whole = file_of(instance, kind).read_bytes()
    true = made.seen(instance.value(name_of(kind)))
    for _ in range(100):
        try:
            form = forms.read_form(kind, flipped(whole, at), asked="")
            silent += made.seen(form.hand_over(None)) != true
        except (AssetbookError, ValueError, KeyError):
            pass
    print(f"{silent} of 100 flipped bits in {kind} gave other data and no error")
    assert silent > 30
