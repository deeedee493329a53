"""A process that is killed while it moves a pin leaves the old pin, whole, or the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = '''
import os, signal, sqlite3, sys
from pathlib import Path
from assetbook.events.parts import Origin
from assetbook.instance.bundles import Bundle, BundleCell, bundle_at, keep_bundle
from assetbook.instance.instance import Instance
from assetbook.instance.pins import pin, pinned

folder, naive = Path(sys.argv[1]), sys.argv[2] == "naive"
ANN = Origin(kind="cli", user="ann", host="laptop")
left = -1

def bundle(text):
    return Bundle("shop.ipynb", (BundleCell("c1", text),), {}, "python3", "CPython 3.11", {})

def count(statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

open_connection = sqlite3.connect
def connect(*words, **options):
    connection = open_connection(*words, **options)
    connection.set_trace_callback(count)
    return connection
sqlite3.connect = connect

def move(text, die_at=-1):
    """In a child of its own, since no connection crosses a fork; whether it was killed."""
    global left
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    instance = Instance.get(folder)
    instance.store.flush()
    left = die_at
    if naive and die_at > 0:
        raw = connect(instance.values.root.parent / "assetbook.db", isolation_level=None)
        raw.execute("DELETE FROM pins")
        pin(instance, "shop.ipynb", keep_bundle(instance, bundle(text)), by=ANN)
    else:
        pin(instance, "shop.ipynb", keep_bundle(instance, bundle(text)), by=ANN)
    os._exit(0)

def found():
    """What the pin's bundle says, or what is wrong with it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        instance = Instance.get(folder)
        moved = pinned(instance, "shop.ipynb")
        text = bundle_at(instance, moved.bundle).cells[0].text if moved else "no pin"
        text = "damaged" if instance.store.damage() else text
        os.write(writing, text.encode())
        os._exit(0)
    os.waitpid(child, 0)
    return os.read(reading, 99).decode()

move("old")
for at in range(1, 40, 2 if not naive else 4):
    killed = move(f"new {at}", at)
    print(found(), "of", f"new {at}" if not killed else "old")
    if not killed:
        break
    move("old")
'''


@pytest.mark.parametrize("protocol", ["ours", "naive"])
def test_a_kill_leaves_the_old_pin_or_the_new(tmp_path: Path, protocol: str) -> None:
    (tmp_path / "pyproject.toml").touch()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), protocol],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.split(" of ") for line in done.stdout.splitlines()]
    assert len(lines) > 2  # it was killed at as many statements
    whole = [found == "old" or found.startswith("new") for found, _ in lines]
    assert lines[-1][0] == lines[-1][1]  # the last one was not killed, and moved it
    if protocol == "ours":
        assert all(whole)
        assert any(found == "old" for found, _ in lines)
    else:
        assert not all(whole)  # the control: what deletes first loses the pin
