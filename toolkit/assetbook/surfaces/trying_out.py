"""``sample_run``: what is defined, run on samples of what is stored; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from assetbook.definitions.spec import key_of
from assetbook.errors import UsageError
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig, launched
from assetbook.instance.loaded import load_replacing
from assetbook.instance.outcome import MaterializeOutcome
from assetbook.instance.sampling import Sample, run_on_samples
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.desk import Desk, current_desk


@named_arguments
def sample_run(
    assets: str | Iterable[Any] = "*",
    *,
    rows: int = 1000,
    seed: int = 0,
    inputs: Mapping[Any, object] | None = None,
    selection: str | Sequence[str] | None = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
    desk: Desk | None = None,
) -> MaterializeOutcome:
    """How the selected assets go with ``rows`` rows of what they are made of; nothing is stored.

    ``assets`` is a selection of the live notebook's assets, or the definitions themselves (then
    ``selection`` narrows them). Sources that have a version, and what is read and not selected,
    are samples of their latest stored versions in ``instance`` (None: the project's store), drawn
    by ``seed``, or what ``inputs`` gives by asset. The rest runs, with its checks, in a store that
    goes with the outcome; I/O managers of one's own keep nothing of it.

    Raises SelectionError for an input without a version; what the author's code raised, if
    ``raise_on_error``.
    """
    __tracebackhide__ = True
    at = desk or current_desk()
    if isinstance(assets, str):
        if selection is not None or instance is not None:
            raise UsageError(
                f"sample_run({assets!r}, ...)",
                "selection= and instance= go with definitions given as objects",
                "Leave them out, or give the definitions.",
            )
        loading, store = at.loaded, at.instance
        asked: str | Sequence[str] = assets
    else:
        store = instance or at.instance
        loading = partial(load_replacing, assets, store)
        asked = selection or "*"
    loaded, config = launched(loading, resources, run_config)
    given = {key_of(key): value for key, value in (inputs or {}).items()}
    return run_on_samples(
        loaded,
        store,
        asked,
        Sample(rows, seed, given),
        run_config=config.definitions,
        raise_on_error=raise_on_error,
    )
