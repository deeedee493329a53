"""Checks of values on their way out of a function and into one, by the types they are declared of.

An output that its function streams, or leaves in a file, is checked once it is in its stored form:
of a table only the columns that its rules need are read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args, get_origin

from msgspec import structs

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.ports import InputPort
from assetbook.definitions.results import (
    NO_VALUE,
    AssetCheckResult,
    MaterializeResult,
    Output,
)
from assetbook.errors import TypeCheckError
from assetbook.execution.resource_scope import ResourceScope
from assetbook.execution.returned import Produced
from assetbook.execution.written_at_once import AtOnce
from assetbook.io.database import TableInDatabase
from assetbook.io.table_source import TableSource
from assetbook.types.declared_table import TableType
from assetbook.types.python_types import NOTHING, AnnotatedType
from assetbook.types.resolution import annotated_type
from assetbook.types.value_type import TypeCheckContext, ValueType

_PARTS = (Output, MaterializeResult)
_READ_IN_PLACE = (TableInDatabase, TableSource)


class TypeChecker:
    """Checks the values of one step."""

    def __init__(
        self,
        definition: AssetsDefinition | AssetChecksDefinition | OpDefinition,
        resources: ResourceScope,
        run_id: str,
    ) -> None:
        self._definition = definition
        self._resources = resources
        self._run_id = run_id

    def input(self, port: InputPort, value: object) -> None:
        """Raises TypeCheckError if the value that was loaded for an input is of another type."""
        wanted = None if port.annotation in _READ_IN_PLACE else annotated_type(port.dagster_type)
        if wanted is not None:
            asked = f"the input `{port.name}` of {self._called}"
            remedy = f"Materialize `{port.key}` with another value, or change the input's type."
            self.check(wanted, value, asked, remedy)

    def output(self, before: Produced, kept: Produced, returned: object) -> Produced:
        """What is ``kept`` of an output, with the metadata that its check found.

        ``before`` is the same before its stream or file was read. Raises TypeCheckError.
        """
        wanted = declared_type(before.port.dagster_type)
        if wanted is None:
            return kept
        value = self._looked_at(wanted, before, kept, returned)
        if value is NO_VALUE:
            return kept
        asked = f"the value of `{before.key}`"
        remedy = "Return another value, or change the type."
        found = self.check(wanted, value, asked, remedy)
        if not found:
            return kept
        return structs.replace(kept, metadata={**found, **kept.metadata})

    def _looked_at(
        self, wanted: ValueType, before: Produced, kept: Produced, returned: object
    ) -> object:
        """The object to check; NO_VALUE if there is none, or it cannot be asked."""
        value = before.value
        if value is NO_VALUE:
            if not isinstance(returned, AssetCheckResult | MaterializeResult | Output):
                plain = not before.port.has_value or returned is None
                return returned if plain else NO_VALUE
            return NO_VALUE
        if isinstance(kept.value, AtOnce):
            if isinstance(wanted, AnnotatedType):
                return NO_VALUE if isinstance(value, Iterator) else value
            if not isinstance(value, Path):
                return _stored(kept.value, wanted)
        return value

    def check(self, wanted: ValueType, value: object, asked: str, remedy: str) -> Any:
        """The metadata that the check found; raises TypeCheckError that begins with ``asked``."""
        found = wanted.type_check(self._context(wanted), value)
        if found.success:
            return found.metadata
        said = f"expected {wanted.name}"
        if found.description:
            said += f": {found.description}"
        error = TypeCheckError(asked, said, remedy)
        error.samples = found.samples
        raise error

    def _context(self, wanted: ValueType) -> TypeCheckContext:
        if not wanted.required_resource_keys:
            return TypeCheckContext(self._run_id)
        given = {
            name: self._resources.get(name, self._definition.resources, f"the type {wanted.name}")
            for name in wanted.required_resource_keys
        }
        return TypeCheckContext(self._run_id, SimpleNamespace(**given))

    @property
    def _called(self) -> str:
        if isinstance(self._definition, AssetsDefinition):
            return f"{self._definition.name}()"
        if isinstance(self._definition, OpDefinition):
            return f"the op `{self._definition.name}`"
        keys = self._definition.check_keys
        return f"the check {keys[0]}" if len(keys) == 1 else f"{self._definition.name}()"


def declared_type(annotation: object) -> ValueType | None:
    """The type of the value itself: ``Output[int]`` tells of an int."""
    origin = get_origin(annotation) or annotation
    if origin in _PARTS:
        inner = get_args(annotation)
        return annotated_type(inner[0]) if inner else None
    return NOTHING if annotation is type(None) else annotated_type(annotation)


def _stored(kept: AtOnce, wanted: ValueType) -> object:
    """The value out of its stored form; a table as what need not be read as a whole."""
    if not isinstance(wanted, TableType):
        return kept.form.hand_over(None if wanted.typing_type is Any else wanted.typing_type)
    from pyarrow.dataset import Dataset

    return kept.form.hand_over(Dataset)
