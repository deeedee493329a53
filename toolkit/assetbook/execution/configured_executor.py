"""The section ``execution`` of a run's configuration: which executor runs its steps.

``{"config": {"multiprocess": {"max_concurrent": 4}}}`` or ``{"config": {"in_process": {}}}``
chooses one; ``{"config": {"max_concurrent": 4}}`` says how many steps the run's own runs at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetbook.errors import ConfigError, did_you_mean, with_article
from assetbook.execution.executor import Executor, InProcessExecutor
from assetbook.execution.executor_choice import executor_named

_KINDS = {"in_process": "in-process", "multiprocess": "processes"}


def configured_executor(where: str, section: object, own: Executor | None) -> Executor | None:
    """The executor that ``section`` says; ``own``, that of the job or the definitions, if none.

    Raises ConfigError, which begins with ``where``, for what it does not know.
    """
    where = f"{where}: execution"
    config = _known(where, _known(where, section, ("config",)).get("config"), _TAKEN)
    chosen = [name for name in _KINDS if name in config]
    if len(chosen) > 1:
        raise ConfigError(where, "it names two executors", "Name one of them.")
    if chosen:
        return _named(chosen[0], f"{where}: {chosen[0]}", config[chosen[0]])
    workers = _workers(where, config)
    return own if workers is None else _resized(where, own, workers)


_TAKEN = (*_KINDS, "max_concurrent", "retries")


def _named(name: str, where: str, given: object) -> Executor:
    taken = ("max_concurrent", "retries") if name == "multiprocess" else ("retries",)
    return executor_named(_KINDS[name], _workers(where, _known(where, given, taken)))


def _resized(where: str, own: Executor | None, workers: int) -> Executor:
    """An executor of the kind of ``own`` that runs so many steps at a time; processes for none."""
    if own is None:
        return executor_named("processes", workers)
    if isinstance(own, InProcessExecutor) or not hasattr(own, "workers"):
        raise ConfigError(
            f"{where}: max_concurrent",
            f"the executor is {own!r}, which does not run several steps at a time",
            'Give {"multiprocess": {"max_concurrent": ...}}.',
        )
    kind: Any = type(own)
    made: Executor = kind(workers)
    return made


def _workers(where: str, config: Mapping[str, Any]) -> int | None:
    """How many steps at a time; None for as many as the executor runs by itself."""
    retries = config.get("retries")
    if retries and retries != {"enabled": {}}:
        raise ConfigError(
            f"{where}: retries",
            f"it is {retries!r}, and steps are always tried again as their policy says",
            "Leave it out; change retry_policy= of the op.",
        )
    found = config.get("max_concurrent")
    if not found:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or found < 1:
        raise ConfigError(f"{where}: max_concurrent", f"it is {found!r}", "Give a whole number.")
    return found


def _known(where: str, given: object, names: tuple[str, ...]) -> Mapping[str, Any]:
    """``given`` as a dict with keys of ``names``."""
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ConfigError(where, f"it is {with_article(type(given).__name__)}", "Give a dict.")
    for each in given:
        if each not in names:
            raise ConfigError(
                where,
                f"`{each}` is not known there",
                did_you_mean(str(each), names) or f"It takes {', '.join(names)}.",
            )
    return given
