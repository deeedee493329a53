"""Stored output is shown again as it was shown first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from tests.surfaces.view_examples import DELAYS, MADE, RUN, key, printed

from assetbook.events.asset_events import AssetMaterialized
from assetbook.events.log_record import LogRecord
from assetbook.instance.instance import Instance
from assetbook.io.value_files import ValueFiles
from assetbook.storage.memory_store import MemoryStore
from assetbook.storage.version import Version
from assetbook.surfaces.replay import show_again

BUNDLE = {"text/plain": "<Figure>", "image/png": "iVBORw0KGgo="}
FIGURE = LogRecord(
    run_id=RUN, step="delays", at=MADE, stream="display", text="<Figure>", bundle=BUNDLE
)
VERSION = Version(key("delays"), 1, None, 1, DELAYS)


def instance_with(*records: LogRecord) -> Instance:
    """An instance in whose store these were recorded."""
    store = MemoryStore()
    store.later(records)
    return Instance(store, ValueFiles(Path("values")))


@pytest.fixture
def shell() -> Iterator[Any]:
    """An IPython shell that keeps what it publishes."""
    InteractiveShell.clear_instance()
    yield InteractiveShell.instance(display_pub_class=CapturingDisplayPublisher)
    InteractiveShell.clear_instance()


def test_text_goes_to_the_streams_it_came_from(capsys: pytest.CaptureFixture[str]) -> None:
    show_again(
        instance_with(
            printed("delays", "stdout", "joined\n"),
            printed("delays", "stderr", "careful\n"),
            printed("other", "stdout", "not mine\n"),
        ),
        VERSION,
    )
    assert capsys.readouterr() == ("joined\n", "careful\n")


def test_log_lines_show_from_info_upwards(capsys: pytest.CaptureFixture[str]) -> None:
    show_again(
        instance_with(
            printed("delays", "log", "details", "DEBUG"),
            printed("delays", "log", "16 rows", "INFO"),
            printed("delays", "log", "odd", "NOTICE"),
        ),
        VERSION,
    )
    assert capsys.readouterr() == ("", "INFO 16 rows\nNOTICE odd\n")


def test_displays_are_published_with_their_bundles(shell: Any) -> None:
    show_again(instance_with(FIGURE), VERSION)
    assert [each["data"] for each in shell.display_pub.outputs] == [BUNDLE]


def test_without_ipython_displays_are_their_text(capsys: pytest.CaptureFixture[str]) -> None:
    show_again(instance_with(FIGURE), VERSION)
    assert capsys.readouterr().out == "<Figure>\n"


def test_a_reported_version_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    event = AssetMaterialized(at=MADE, key="delays")
    show_again(instance_with(printed("", "stdout", "x")), Version(key("delays"), 1, None, 1, event))
    assert capsys.readouterr() == ("", "")
