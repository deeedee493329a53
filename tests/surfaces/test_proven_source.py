"""What a schedule runs of a notebook that is not pinned, and whose file does not load as it ran."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.automation.alerts.happening import NOON
from tests.automation.alerts.listening import http_server
from tests.surfaces.gated import until
from tests.surfaces.test_parity import SETUP, lived, write

from assetbook.automation.alerts.channel import Channel
from assetbook.automation.launches import Launch
from assetbook.errors import DefinitionError
from assetbook.instance.instance import Instance
from assetbook.keys import RunId, new_run_id
from assetbook.settings.alerts import AlertTarget, Webhook
from assetbook.storage.automations import LaunchRequest, StoredRequest
from assetbook.storage.process_identity import current_process
from assetbook.storage.store import RunRecord
from assetbook.surfaces.daemon_hands import LocationHands

SCHEDULE = '%schedule nightly "0 6 * * *" a_text --on'
ASSET = "@asset\ndef a_text():\n    return TEXT, len(open('pyproject.toml').read())"
ENDS = {"asset": ASSET, "schedule": SCHEDULE}
RAN = {"setup": SETUP, "text": "TEXT = 7", **ENDS}
UPWARD = {"setup": SETUP, "later": "TEXT = 1", "text": "TEXT = 5", **ENDS}
DOWNWARD = {"setup": SETUP, "text": "TEXT = 5", "later": "TEXT = 1", **ENDS}
"""What a session runs, and how it stands in the file."""


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Instance]:
    monkeypatch.delenv("ASSETBOOK_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").touch()
    yield Instance.get(tmp_path)
    Instance.get(tmp_path).close()


def launched(instance: Instance) -> RunRecord:
    """The run that the daemon's hands launch."""
    run_id: RunId = new_run_id()
    request = StoredRequest(1, "book.ipynb:nightly", NOON, LaunchRequest(run_id, ""))
    LocationHands(instance).launch(request, Launch("book.ipynb", "a_text"))
    until(lambda: instance.own.runs(beginning=run_id)[0].ended_at)
    return instance.own.runs(beginning=run_id)[0]


def test_the_source_before_goes_on_and_people_are_told(tmp_path: Path, instance: Instance) -> None:
    lived(tmp_path, RAN)
    write(tmp_path, RAN)
    instance = Instance.get(tmp_path)
    first = launched(instance)
    assert first.status == "success"
    lease = instance.own.acquire_lease(current_process())
    with http_server() as posted:
        channel = Channel(instance, AlertTarget("team", Webhook(posted.url)), lambda: lease)
        channel.look()
        assert posted.bodies == []
        lived(tmp_path, UPWARD)
        write(tmp_path, DOWNWARD)
        instance = Instance.get(tmp_path)
        second = launched(instance)
        assert (second.status, second.bundle) == ("success", first.bundle)
        Channel(instance, AlertTarget("team", Webhook(posted.url)), lambda: lease).look()
    (told,) = posted.bodies
    assert told["title"] == "code differs: the code of book.ipynb"
    assert "`a_text` (`TEXT` is 5 in the session, 1 when loaded" in told["said"]


def test_without_one_before_nothing_runs(tmp_path: Path, instance: Instance) -> None:
    lived(tmp_path, UPWARD)
    write(tmp_path, DOWNWARD)
    with pytest.raises(DefinitionError, match="`a_text`: `TEXT` is 5 in the session, 1 when load"):
        launched(Instance.get(tmp_path))
