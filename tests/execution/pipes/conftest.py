"""A step for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.execution.pipes.outside import Step, a_step


@pytest.fixture
def step() -> Iterator[Step]:
    with a_step() as step:
        yield step
