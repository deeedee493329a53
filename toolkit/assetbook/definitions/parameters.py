"""What each parameter of an author's function stands for: context, config, resource or input."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from assetbook.definitions.place import Place, authors_frame
from assetbook.definitions.ports import InputPort
from assetbook.errors import DefinitionError

CONFIG_MARK = "__assetbook_config__"
RESOURCE_MARK = "__assetbook_resource__"
CONTEXT_MARK = "__assetbook_context__"
_ANNOTATED_ONLY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a function by what they stand for, each in order."""

    names: tuple[str, ...] = ()
    context: str | None = None
    config: type | None = None
    """The class of the parameter ``config``; None if there is no such parameter."""
    resources: tuple[tuple[str, object], ...] = ()
    inputs: tuple[tuple[str, object], ...] = ()
    """Names and annotations; an annotation that cannot be resolved is None."""
    returns: object = None
    """The return annotation; ``type(None)`` for ``-> None``, None without one."""


def read_parameters(
    fn: Callable[..., object],
    *,
    resource_names: Collection[str] = (),
    local_names: Mapping[str, Any] = _ANNOTATED_ONLY,
) -> Parameters:
    """What the parameters of ``fn`` stand for.

    ``resource_names`` are parameters that are resources whatever their annotation;
    ``local_names`` help to resolve annotations that are text.
    Raises DefinitionError for ``*args``, ``**kwargs`` and a config without a Config class.
    """
    own_name(fn)
    code = fn.__code__
    if code.co_flags & _VARIADIC:
        fn = _declared(fn)
        code = fn.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names: tuple[str, ...] = code.co_varnames[:count]
    annotations = fn.__annotations__
    if not annotations:
        return _without_annotations(fn, names, resource_names)
    config: type | None = None
    context: str | None = None
    resources: list[tuple[str, object]] = []
    inputs: list[tuple[str, object]] = []
    for name in names:
        annotation = annotations.get(name)
        if type(annotation) is str:
            annotation = _evaluate(annotation, fn, local_names)
        if name == "config" and name not in resource_names:
            config = _config_class(fn, annotation)
        elif name == "context" or hasattr(annotation, CONTEXT_MARK):
            context = name
        elif name in resource_names or hasattr(annotation, RESOURCE_MARK):
            resources.append((name, annotation))
        else:
            inputs.append((name, annotation))
    returns = annotations.get("return", _MISSING)
    if type(returns) is str:
        returns = type(None) if returns == "None" else _evaluate(returns, fn, local_names)
    elif returns is None:
        returns = type(None)
    return Parameters(
        names=names,
        context=context,
        config=config,
        resources=tuple(resources),
        inputs=tuple(inputs),
        returns=None if returns is _MISSING else returns,
    )


def own_name(fn: Callable[..., object]) -> str:
    """The function's name; raises DefinitionError for what is no Python function."""
    if not hasattr(fn, "__code__"):
        raise DefinitionError(
            f"a definition from {fn!r}", "it is not a Python function", "Decorate a function."
        )
    return fn.__name__


_MISSING = object()


def _without_annotations(
    fn: Callable[..., object], names: tuple[str, ...], resource_names: Collection[str]
) -> Parameters:
    """The common, quick case: everything that has no special name is an input."""
    if not names:
        return _NO_PARAMETERS
    if "config" in names and "config" not in resource_names:
        _config_class(fn, None)
    return Parameters(
        names=names,
        context="context" if "context" in names else None,
        resources=tuple((name, None) for name in names if name in resource_names),
        inputs=tuple(
            (name, None) for name in names if name != "context" and name not in resource_names
        ),
    )


_NO_PARAMETERS = Parameters()
_QUOTES = 2
"""How often text may name text: the import of annotations wraps what is quoted already."""
_VARIADIC = 0x04 | 0x08  # CO_VARARGS | CO_VARKEYWORDS


def _declared(fn: Callable[..., Any]) -> Callable[..., Any]:
    """The function whose parameters a ``functools.wraps`` wrapper passes on."""
    inner: Callable[..., Any] = inspect.unwrap(fn)
    code = getattr(inner, "__code__", None)
    if code is None or code.co_flags & _VARIADIC:
        raise DefinitionError(
            f"the inputs of {fn.__name__}()",
            "*args and **kwargs do not say which assets they stand for",
            "Name each input, or use ins={...} with named parameters.",
        )
    return inner


def _config_class(fn: Callable[..., object], annotation: object) -> type:
    if isinstance(annotation, type) and hasattr(annotation, CONFIG_MARK):
        return annotation
    found = "it has no annotation" if annotation is None else f"it is annotated {annotation!r}"
    raise DefinitionError(
        f"the parameter `config` of {fn.__name__}()",
        found,
        "Annotate it with your subclass of assetbook.Config.",
    )


def _evaluate(text: str, fn: Callable[..., Any], local_names: Mapping[str, Any]) -> object:
    """The object that an annotation's text names, or None if its names are not there.

    Text comes from ``from __future__ import annotations`` or quotes; it is the author's own code.
    """
    closure = fn.__closure__ or ()
    cells = {}
    for name, cell in zip(fn.__code__.co_freevars, closure, strict=True):
        try:
            cells[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    found: object = text
    try:
        for _ in range(_QUOTES):
            if type(found) is str:
                found = eval(found, fn.__globals__, {**local_names, **cells})
    except (NameError, AttributeError, TypeError, SyntaxError):
        return None
    return None if type(found) is str else found


class _Annotated(Protocol):
    """A definition with the parts that say what became of its function's annotations."""

    @property
    def compute(self) -> Callable[..., Any]: ...
    @property
    def inputs(self) -> tuple[InputPort, ...]: ...
    @property
    def resource_names(self) -> tuple[tuple[str, object], ...]: ...


def unresolved(definition: _Annotated) -> tuple[str, ...]:
    """The annotated parameters whose annotation, as text, named nothing when it was defined.

    ``("orders: pd.DataFrme",)``; such an annotation counts for nothing.
    """
    written = getattr(definition.compute, "__annotations__", {})
    # a type of the author's own says of nothing what it is loaded as
    found = [
        (port.name, port.dagster_type if port.annotation is None else port.annotation)
        for port in definition.inputs
    ]
    return tuple(
        f"{name}: {text}"
        for name, annotation in (*found, *definition.resource_names)
        if annotation is None and (text := str(written.get(name)).strip("'\"")) != "None"
    )


def caller_names(fn: Callable[..., object], depth: int = 1) -> Mapping[str, Any]:
    """The local names of the decorating code, where annotations that are text may live."""
    if not any(type(each) is str for each in getattr(fn, "__annotations__", {}).values()):
        return _ANNOTATED_ONLY
    return authors_frame(sys._getframe(depth + 1)).f_locals


def place_of(fn: Callable[..., Any]) -> Place:
    """The line on which ``fn`` begins, its decorators included."""
    code = inspect.unwrap(fn).__code__ if hasattr(fn, "__wrapped__") else fn.__code__
    return Place(code.co_filename, code.co_firstlineno)
