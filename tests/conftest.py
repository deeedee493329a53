"""What every test relies on, however the tests were started."""

from __future__ import annotations

import gc
import os
import signal
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from tests.longer_forms import LONGER_FORMS
from tests.process_tree import host_processes

from assetbook.definitions.secret import known_secrets
from assetbook.kernels.host.address import FOLDER_VARIABLE
from assetbook.notebook.lean_nbformat import lean_nbformat

lean_nbformat()  # before the first test module imports all of it


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Finds the tests with the collector of garbage off, since what that makes stays, and keeps
    their bytecode, also where Python is told to keep none: pytest compiles tests and, of a package
    with a plugin, all modules in a way of its own."""
    keeps_none, sys.dont_write_bytecode = sys.dont_write_bytecode, False
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        sys.dont_write_bytecode = keeps_none


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the longer forms."""
    for item in items:
        if item.nodeid.removeprefix("tests/") in LONGER_FORMS:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Interrupts arrive: a shell has programs that it starts in the background ignore them."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def one_kernel_host() -> Iterator[None]:
    """The stores of all tests share a kernel host, which ends with them."""
    with tempfile.TemporaryDirectory(prefix="abk") as folder:
        os.environ[FOLDER_VARIABLE] = folder
        yield
        for host in host_processes(Path(folder)):
            os.kill(host, signal.SIGKILL)


@pytest.fixture(autouse=True)
def no_secrets_of_other_tests() -> Iterator[None]:
    """What one test calls secret is an ordinary word in the next."""
    values, forms = known_secrets._values, known_secrets._forms
    yield
    known_secrets._values, known_secrets._forms = values, forms


@pytest.fixture(autouse=True)
def interrupts_as_before() -> Iterator[None]:
    """Whoever handles interrupts for a while gives them back."""
    before = signal.getsignal(signal.SIGINT)
    yield
    assert signal.getsignal(signal.SIGINT) == before
