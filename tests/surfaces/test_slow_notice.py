"""What takes long is told while it does, and not after."""

from __future__ import annotations

import io
import sys
import threading
import time

import pytest

from assetbook.surfaces import slow_notice
from assetbook.surfaces.slow_notice import told_if_slow


class Begun(threading.Timer):
    """A timer whose call is on its way when somebody cancels it."""

    def cancel(self) -> None:
        return


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    out = io.StringIO()
    monkeypatch.setattr(sys, "__stderr__", out)
    monkeypatch.setattr(slow_notice, "SLOW", 0.05)
    return out


def test_what_lasts_is_told_once(said: io.StringIO) -> None:
    with told_if_slow("loading it"):
        time.sleep(0.2)
    assert said.getvalue() == "assetbook: loading it ...\n"


def test_what_is_over_is_not_told(said: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "Timer", Begun)
    with told_if_slow("loading it"):
        pass
    time.sleep(0.2)
    assert said.getvalue() == ""
