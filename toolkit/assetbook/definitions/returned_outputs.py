"""From what the body of a graph returns to where its outputs come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetbook.definitions.handles import DynamicHandle, OutputHandle
from assetbook.definitions.invocations import FromOutput
from assetbook.errors import DefinitionError, did_you_mean

_ONLY = ("result",)


def returned_outputs(
    graph: object, said: str, returned: Any, outputs: Sequence[str] | None
) -> dict[str, FromOutput]:
    """Where each output of a graph comes from; ``said`` names the graph.

    ``outputs`` are their names; None for ``result`` alone, if something is returned. Raises
    DefinitionError where what was returned is no such thing.
    """
    if outputs is None and returned is None:
        return {}
    names = _ONLY if outputs is None else tuple(outputs)
    given = _by_name(said, returned, names)
    return {name: _source(graph, said, name, given[name]) for name in names}


def _by_name(said: str, returned: Any, names: Sequence[str]) -> Mapping[str, Any]:
    if isinstance(returned, Mapping):
        for each in returned:
            if each not in names:
                raise DefinitionError(
                    f"what {said} returns",
                    f"it has no output `{each}`",
                    did_you_mean(str(each), names) or f"Its outputs are {_listed(names)}.",
                )
        _check_count(said, len(returned), names)
        return returned
    if isinstance(returned, tuple):
        _check_count(said, len(returned), names)
        fields = getattr(returned, "_fields", None)
        if fields is not None and set(fields) == set(names):
            return {name: getattr(returned, name) for name in names}
        return dict(zip(names, returned, strict=True))
    _check_count(said, 0 if returned is None else 1, names)
    return dict.fromkeys(names, returned)


def _check_count(said: str, count: int, names: Sequence[str]) -> None:
    if count == len(names):
        return
    if not names:
        raise DefinitionError(
            f"what {said} returns", "a job has no outputs", "Return nothing, or make it a @graph."
        )
    raise DefinitionError(
        f"what {said} returns",
        f"{count or 'no'} output{'' if count == 1 else 's'} of {len(names)}",
        f"Return a dict or a tuple with {_listed(names)}."
        if len(names) > 1
        else 'Return the output of one op, or name several with out={"...": GraphOut()}.',
    )


def _source(graph: object, said: str, name: str, value: Any) -> FromOutput:
    if isinstance(value, OutputHandle | DynamicHandle) and value.graph is graph:
        if isinstance(value, OutputHandle) and value.over is not None:
            raise DefinitionError(
                f"the output `{name}` of {said}",
                f"`{value.said}` is one element of a dynamic output",
                "Return what map(...) gives.",
            )
        return value.source
    raise DefinitionError(
        f"the output `{name}` of {said}",
        f"the body returns {value!r} for it",
        "Return what an op gives that the body calls.",
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)
