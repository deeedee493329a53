"""Options of decorators that are not known, or not given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assetbook import asset, asset_check, graph, job, multi_asset, op, schedule
from assetbook.errors import UsageError


@pytest.mark.parametrize(
    ("decorate", "match"),
    [
        (lambda: asset(groupname="raw"), r"@asset\(groupname=...\): it has no such"),
        (lambda: asset(groupname="raw"), r"Did you mean `group_name`"),
        (lambda: op(config_schema={"a": int}), "annotated with a subclass of Config"),
        (lambda: asset(config_schema={"a": int}), "annotated with a subclass of Con"),
        (lambda: asset(io_manager_def=1), r"its name to io_manager_key="),
        (lambda: job(nam="nightly"), "Did you mean `name`"),
        (lambda: graph(zzz=1), "It takes name, description"),
        (lambda: asset_check(), r"@asset_check\(...\): `asset=` is not given"),
        (lambda: schedule(), r"`cron_schedule=` is not given"),
        (lambda: multi_asset(len), "its options are given by name"),
    ],
)
def test_an_option_that_does_not_fit_is_told(decorate: Callable[..., Any], match: str) -> None:
    with pytest.raises(UsageError, match=match):
        decorate()
