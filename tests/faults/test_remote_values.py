"""Values in a bucket: whatever happens on the way there, each event has its value."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.faults.conftest import make_project
from tests.faults.crash_points import REMOTE_POINTS, CrashPoint
from tests.faults.unfaithful_proxy import UnfaithfulProxy, unfaithful_proxy
from tests.faults.verification import Witness, wrong_with_value
from tests.faults.warm_worker import Order, WarmWorker
from tests.faults.worker import open_store, orders
from tests.io.s3_server import S3Server, environment, s3_server

from assetbook import Instance, materialize
from assetbook.clock import ManualClock
from assetbook.errors import CorruptStoreError, StoreError
from assetbook.instance.collecting import collect
from assetbook.instance.disk_use import disk_use
from assetbook.instance.verifying import verify
from assetbook.io import remote_values
from assetbook.surfaces.health import findings


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server


@pytest.fixture(scope="module")
def worker(s3: S3Server) -> Iterator[WarmWorker]:
    """One whose environment names the server."""
    with WarmWorker() as warm:
        yield warm


@pytest.fixture
def bucket(s3: S3Server) -> str:
    return s3.bucket()


@pytest.fixture
def project(tmp_path: Path, bucket: str) -> Path:
    folder = make_project(tmp_path / "project")
    with (folder / "pyproject.toml").open("a") as settings:
        settings.write(f'values = "s3://{bucket}/team"\n')
    return folder


@pytest.fixture
def order(project: Path, tmp_path: Path) -> Order:
    return Order(str(project), str(tmp_path / "lines"))


def forget_copies(project: Path) -> None:
    shutil.rmtree(project / ".assetbook" / "cache", ignore_errors=True)


# a process that is killed


def crashing(order: Order, name: str, protocol: str = "assetbook") -> Order:
    return Order(order.project, order.lines, protocol=protocol, crash=name)


@pytest.mark.parametrize(
    "point",
    [
        pytest.param(REMOTE_POINTS[0], marks=pytest.mark.long),
        REMOTE_POINTS[1],
        pytest.param(REMOTE_POINTS[2], marks=pytest.mark.long),
    ],
    ids=lambda point: point.name,
)
def test_a_kill_before_the_commit_loses_nothing(
    worker: WarmWorker, project: Path, order: Order, point: CrashPoint, s3: S3Server, bucket: str
) -> None:
    witness = Witness(project)
    assert worker.run(order) == 0
    forget_copies(project)
    assert witness.look() == []

    assert worker.run(crashing(order, point.name)) == -signal.SIGKILL
    forget_copies(project)
    assert witness.look(whole=True) == []
    sent = point is not REMOTE_POINTS[0]
    instance = open_store(project)
    assert len(instance.versions("orders")) == 1
    assert (len(disk_use(instance).leftovers), len(s3.objects(bucket))) == (sent, 1 + sent)
    assert (
        any(each.what == "leftovers" and each.status == "warn" for each in findings(instance))
        is sent
    )
    assert collect(instance).strays == ()
    instance.clock = ManualClock(instance.clock.now() + timedelta(days=2))
    assert (len(collect(instance).strays), len(s3.objects(bucket))) == (sent, 1)
    instance.close()

    assert worker.run(order) == 0
    forget_copies(project)
    assert witness.look(whole=True) == []


@pytest.mark.parametrize(
    ("protocol", "point"),
    [("one object, then event", "after it is sent"), ("event, then object", "before it is sent")],
)
def test_a_kill_catches_naive_protocols(
    worker: WarmWorker, project: Path, order: Order, protocol: str, point: str
) -> None:
    witness = Witness(project, latest_only=True)
    assert worker.run(Order(order.project, order.lines, protocol=protocol)) == 0
    forget_copies(project)
    assert witness.look() == []
    assert worker.run(crashing(order, point, protocol)) == -signal.SIGKILL
    forget_copies(project)
    assert any("no readable value" in wrong for wrong in witness.look())


# a network and a server that fail


@pytest.fixture
def proxy(s3: S3Server) -> Iterator[UnfaithfulProxy]:
    with unfaithful_proxy(s3.address) as proxy, environment({"AWS_ENDPOINT_URL": proxy.address}):
        yield proxy


@pytest.fixture
def instance(project: Path, proxy: UnfaithfulProxy) -> Iterator[Instance]:
    """One that reaches the bucket through the proxy, and has a version already."""
    opened = open_store(project)
    make(opened)
    yield opened
    proxy.go_away()
    opened.close()


def make(instance: Instance) -> str:
    """What went wrong with one more version; empty if nothing did."""
    outcome = materialize([orders], instance=instance, force=True, raise_on_error=False)
    return str(outcome.outcomes[0].exception or "")


def wrong(instance: Instance, project: Path) -> list[str]:
    """What is wrong with all versions, read from the bucket."""
    forget_copies(project)
    return [
        each
        for version in instance.versions("orders")
        for each in wrong_with_value(instance, version)
    ]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("refusals", "refuses access"),
        ("cuts", "cannot be reached"),
        ("alterations", "is not what was sent"),
    ],
)
def test_a_failed_upload_is_no_version(
    instance: Instance,
    project: Path,
    proxy: UnfaithfulProxy,
    s3: S3Server,
    bucket: str,
    fault: str,
    says: str,
) -> None:
    setattr(proxy, fault, 100)
    said = make(instance)
    assert says in said
    assert said.endswith("Nothing was recorded by this, and earlier versions are intact.")
    setattr(proxy, fault, 0)
    assert len(instance.versions("orders")) == 1
    assert len(s3.objects(bucket)) == 1
    assert make(instance) == ""
    assert wrong(instance, project) == []
    assert len(instance.versions("orders")) == 2


@pytest.mark.parametrize("fault", ["cuts", "lost_answers"])
def test_one_failure_is_tried_again(
    instance: Instance, project: Path, proxy: UnfaithfulProxy, s3: S3Server, bucket: str, fault: str
) -> None:
    setattr(proxy, fault, 1)
    assert make(instance) == ""
    assert getattr(proxy, fault) == 0
    assert len(s3.objects(bucket)) == len(instance.versions("orders")) == 2
    assert wrong(instance, project) == []


def test_not_looking_takes_altered_values(
    instance: Instance, project: Path, proxy: UnfaithfulProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote_values, "_has_arrived", lambda *given: True)
    proxy.alterations = 1
    assert make(instance) == ""
    assert [each.number for each in verify(instance).damaged] == [2]
    assert any("no readable value" in each for each in wrong(instance, project))


def test_a_server_that_is_away_loses_nothing(
    instance: Instance, project: Path, proxy: UnfaithfulProxy
) -> None:
    proxy.go_away()
    assert "cannot be reached" in make(instance)
    assert len(instance.value("orders")) > 0  # of the copy
    forget_copies(project)
    with pytest.raises(StoreError, match="cannot be reached") as raised:
        instance.value("orders")
    assert not isinstance(raised.value, CorruptStoreError)
    for look in (verify, collect):
        with pytest.raises(StoreError, match="cannot be reached"):
            look(instance)
    [said] = [each for each in findings(instance) if each.what == "values"]
    assert (said.status, "cannot be reached" in said.said) == ("bad", True)
    proxy.come_back()
    assert make(instance) == ""
    assert wrong(instance, project) == []
    assert len(instance.versions("orders")) == 2


def test_objects_that_change_are_no_values(
    instance: Instance, project: Path, s3: S3Server, bucket: str
) -> None:
    [key] = s3.objects(bucket)
    whole = s3.client.get_object(Bucket=bucket, Key=key)["Body"].read()
    for body, says in (
        (whole[:-1], "changed or damaged"),
        (b"", "changed or damaged"),
        (None, "gone"),
    ):
        if body is None:
            s3.client.delete_object(Bucket=bucket, Key=key)
        else:
            s3.client.put_object(Bucket=bucket, Key=key, Body=body)
        forget_copies(project)
        with pytest.raises(CorruptStoreError, match=says):
            instance.value("orders")
        assert says in verify(instance).damaged[0].found


def test_a_damaged_copy_is_fetched_again(instance: Instance, project: Path) -> None:
    [copy] = (project / ".assetbook" / "cache").rglob("*.parquet")
    before = instance.value("orders")
    whole = copy.read_bytes()
    copy.write_bytes(whole[:-100] + bytes(100))
    assert instance.value("orders").equals(before)
    assert copy.read_bytes() == whole
    os.truncate(copy, 10)
    assert verify(instance).is_whole
