"""Dagster Pipes, "Injectors/readers": the places for the context."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.pipes_context_injector import CONTEXT, ContextInjectorContract

from assetbook.errors import ConfigError
from assetbook.execution.pipes.context_injectors import (
    PipesContextInjector,
    PipesEnvContextInjector,
    PipesFileContextInjector,
    PipesTempFileContextInjector,
)


class TestPipesEnvContextInjector(ContextInjectorContract):
    @pytest.fixture
    def injector(self) -> PipesContextInjector:
        return PipesEnvContextInjector()


class TestPipesFileContextInjector(ContextInjectorContract):
    @pytest.fixture
    def injector(self, tmp_path: Path) -> PipesContextInjector:
        return PipesFileContextInjector(tmp_path / "context.json")


class TestPipesTempFileContextInjector(ContextInjectorContract):
    @pytest.fixture
    def injector(self) -> PipesContextInjector:
        return PipesTempFileContextInjector()


@pytest.mark.parametrize("old", [None, 0o644])
def test_only_its_owner_may_read_the_file(tmp_path: Path, old: int | None) -> None:
    path = tmp_path / "context.json"
    if old is not None:
        path.write_text("{}")
        path.chmod(old)
    with PipesFileContextInjector(path).inject_context(CONTEXT):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_that_somebody_put_there_is_not_followed(tmp_path: Path) -> None:
    victim, path = tmp_path / "victim", tmp_path / "context.json"
    victim.write_text("precious")
    path.symlink_to(victim)
    with PipesFileContextInjector(path).inject_context(CONTEXT):
        pass
    assert victim.read_text() == "precious"


def test_a_path_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError, match="int"):
        PipesFileContextInjector(3)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="pth"):
        PipesTempFileContextInjector(pth="x")  # type: ignore[call-arg]
