"""What a definition is at this moment: code version, configuration, files read, readers."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.code import CodeVersion, Unknown
from assetbook.definitions.digest import text_digest
from assetbook.definitions.op_definition import OpDefinition
from assetbook.definitions.parts import Parts
from assetbook.definitions.provenance import config_json, resource_token, settings_classes
from assetbook.errors import ConfigError, DefinitionError
from assetbook.execution.environment import MadeHere
from assetbook.execution.name_reads import SeenNames
from assetbook.instance.graph_asset_config import graph_config_parts
from assetbook.io.built_in import is_given
from assetbook.io.made_managers import class_of
from assetbook.io.source_files import FileMemo, fingerprint
from assetbook.keys import AssetKey
from assetbook.notebook.cell_body import CellBody
from assetbook.notebook.cell_code import CellCode
from assetbook.notebook.observed_names import MAIN, spelled
from assetbook.notebook.readers import settled_by_files
from assetbook.notebook.versioner import Versioner

_INJECTED = ("config", "context")


class Tracked:
    """Provenance of live definitions.

    ``resources`` are what parameters may ask for by name; ``key`` is the store's own, for the
    hashes of secrets; ``folder`` is where relative ``reads=`` patterns begin.
    """

    def __init__(
        self,
        versioner: Versioner,
        resources: Callable[[], Mapping[str, object]],
        key: bytes,
        folder: Path,
        run_config: Mapping[str, object] | None = None,
        observed: dict[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._versioner = versioner
        self._resources = resources
        self._key = key
        self._folder = folder
        self._run_config = run_config or {}
        self._observed = {} if observed is None else observed
        self._file_memo: FileMemo = {}
        self._objects: dict[int, CellCode] = {}

    def with_run_config(self, run_config: Mapping[str, object]) -> Tracked:
        """The same for a run with that configuration, by definition's name."""
        args = self._versioner, self._resources, self._key, self._folder
        return Tracked(*args, run_config, self._observed)

    def with_key(self, key: bytes | None) -> Tracked:
        """The same with another store's key for the hashes of secrets; itself for None."""
        if key is None or key == self._key:
            return self
        args = self._versioner, self._resources, key, self._folder, self._run_config
        return Tracked(*args, self._observed)

    def at_once(self) -> Tracked:
        """The same for questions about one moment: the resources are looked up once for all."""
        found, resources = copy(self), self._resources()
        found._resources = lambda: resources
        return found

    def code_of(self, definition: MadeHere) -> CodeVersion | None:
        """The code version of the definition's function and all that it reaches, now."""
        return self.code_ignoring(definition, definition.ignore)

    def code_ignoring(self, definition: MadeHere, names: frozenset[str]) -> CodeVersion:
        """The code version if ``names`` were what the definition ignores."""
        code = self._versioner.version(
            _code_of(definition),
            inputs=_given(definition),
            ignore=names,
            observed=self.observed_of(definition),
        )
        unversioned = self._unversioned_resources(definition)
        if not unversioned and not names:
            return code
        return replace(code, unknowns=(*code.unknowns, *unversioned), ignored=names)

    def code_of_op(self, op: OpDefinition) -> CodeVersion:
        """The code version of an op's function and all that it reaches, now."""
        return self._versioner.version(op.compute)

    def code_of_function(self, function: Callable[..., object]) -> CodeVersion:
        """The code version of another function or class of the author's, now."""
        return self._versioner.version(function)

    def code_called(self, definition: MadeHere, name: str) -> CodeVersion:
        """The code version if the definition's function was called ``name``."""
        return self._versioner.version_called(
            _code_of(definition),
            name,
            inputs=_given(definition),
            ignore=definition.ignore,
            observed=self.observed_of(definition),
        )

    def observed_of(self, definition: MadeHere) -> Mapping[str, str]:
        """The names that count as read because they were seen to be, each with its call."""
        return self._observed.get(definition.name, {})

    def observe(self, definition: MadeHere, names: Mapping[str, str]) -> None:
        """From now on these names count as read by the definition, and no others that were seen."""
        self._observed[definition.name] = names

    def code_having_read(self, definition: MadeHere, seen: SeenNames) -> CodeVersion | None:
        """Its code version now, with what it was seen to read and its code does not show."""
        names = self._not_shown(definition, seen) if seen.names else {}
        if names or definition.name in self._observed:
            self.observe(definition, names)
        return self.code_of(definition)

    def _not_shown(self, definition: MadeHere, seen: SeenNames) -> dict[str, str]:
        """The names among the seen ones that add something to what the code reaches by itself."""
        code, given, ignore = _code_of(definition), _given(definition), definition.ignore
        own = definition.compute.binds | given if isinstance(definition.compute, CellBody) else ()
        shown = self._versioner.version(code, inputs=given, ignore=ignore)
        found: dict[str, str] = {}
        for (module, name), call in seen.names.items():
            if module == MAIN and name in own:
                continue
            read = {spelled(module, name): call}
            reached = self._versioner.version(code, inputs=given, ignore=ignore, observed=read)
            new = reached.pieces.keys() - shown.pieces.keys() or reached.unknowns != shown.unknowns
            if new and name not in dict(reached.reads_assets):
                found.update(read)
        return found

    def clear_caches(self, definition: MadeHere) -> None:
        """Clears the functools caches that its code reaches."""
        for clear in self._versioner.caches(
            _code_of(definition),
            inputs=_given(definition),
            ignore=definition.ignore,
            observed=self.observed_of(definition),
        ):
            clear()

    def config_of(self, definition: MadeHere) -> tuple[Parts | None, str | None]:
        """Its configuration (a part for each field) and resources; the masked text of the first."""
        parts = self._managers_of(definition)
        given = self._run_config.get(definition.name)
        if isinstance(definition, AssetsDefinition) and definition.graph is not None and given:
            of_ops, said = graph_config_parts(definition, given, self._key)
            if of_ops:
                return Parts.of({**parts, **of_ops}), json.dumps(said, ensure_ascii=False)
        if definition.config_type is None and not definition.resource_names and not parts:
            return None, None
        shown = None
        if definition.config_type is not None:
            from assetbook.definitions.overlay import overlaid

            own = getattr(definition, "config", None)
            where = f"the config of `{definition.name}`"
            try:
                config = overlaid(definition.config_type, own, given, where=where)
            except ConfigError as error:  # the run says so; the state is of what is there
                return Parts.of({"config": f"incomplete: {error.found}"}), None
            canonical, shown = config_json(config, self._key)
            for name, value in json.loads(canonical).items():
                parts[name] = text_digest(json.dumps(value, sort_keys=True))
        for name, resource in self._named_resources(definition):
            parts[name] = self._resource_token(name, resource)[0]
        return Parts.of(parts), shown

    def reads_of(self, definition: MadeHere) -> Parts | None:
        """The files that ``reads=`` names, by the hash of their content."""
        patterns = getattr(definition, "reads", ())
        if not patterns:
            return None
        found = fingerprint(patterns, self._folder, self._file_memo)
        names = (name for name, _ in found.files)
        return Parts.of(dict(zip(names, found.contents, strict=True)))

    def reads_as_found(self, definition: MadeHere) -> Parts | None:
        """The same, also where no file matches: then that is what was found."""
        try:
            return self.reads_of(definition)
        except DefinitionError as error:  # the run says so; the state is of what is there
            return Parts.of({error.asked: error.found})

    def as_of_readers(
        self, definition: MadeHere, code: CodeVersion | None, seen: tuple[str, ...]
    ) -> tuple[str, ...]:
        """What read the world outside: readers in its code, or files and hosts ``seen``.

        Files that ``reads=`` names are versioned, and so are the readers that read only them.
        """
        named = code.readers if code is not None else ()
        patterns = getattr(definition, "reads", ())
        if patterns:
            files = fingerprint(patterns, self._folder, self._file_memo).paths
            seen = tuple(each for each in seen if each not in files)
            named = tuple(name for name in named if not settled_by_files(name))
        return tuple(dict.fromkeys([*named, *seen]))

    def _managers_of(self, definition: MadeHere) -> dict[str, str]:
        """What stands for the I/O managers that the person gave: class and settings of each."""
        available = self._resources()
        names = {port.manager_key for port in definition.inputs if port.manager_key is not None}
        used = {f"input manager {name}": name for name in names if name in available}
        if isinstance(definition, AssetsDefinition):
            names = {port.io_manager_key for port in definition.outputs if port.has_value}
            used |= {f"I/O manager {name}": name for name in names if is_given(name, available)}
        return {said: self._manager_token(name, available[name]) for said, name in used.items()}

    def _manager_token(self, name: str, manager: object) -> str:
        token, _ = resource_token(name, manager, self._key)
        return text_digest(f"{class_of(manager)}:{token}")

    def _named_resources(self, definition: MadeHere) -> list[tuple[str, object]]:
        available = self._resources() if definition.resource_names else {}
        found = []
        for name, _ in definition.resource_names:
            if name in definition.resources:
                found.append((name, definition.resources[name]))
            elif name in available:
                found.append((name, available[name]))
        return found

    def _resource_token(self, name: str, resource: object) -> tuple[str, tuple[Unknown, ...]]:
        """What stands for a resource's settings, and what cannot be versioned of it."""
        token, _ = resource_token(name, resource, self._key)
        if token is None:  # of an object without settings all of it counts
            code = self._code_of_object(name, resource)
            return f"{token}:{code.digest}", code.unknowns
        # of one with settings its class counts beside them, and the classes of settings in them
        codes = [self._code_of_object(name, each) for each in settings_classes(resource)]
        unknowns = tuple(unknown for code in codes for unknown in code.unknowns)
        return ":".join([token, *(code.digest for code in codes)]), unknowns

    def _code_of_object(self, name: str, value: object) -> CodeVersion:
        """The version of an object, as code that names it would have it."""
        known = self._objects.get(id(value))
        if known is None:
            known = CellCode(source=name, tree=ast.parse(name), namespace={name: value}, where="")
            self._objects[id(value)] = known
        return self._versioner.version(known)

    def _unversioned_resources(self, definition: MadeHere) -> tuple[Unknown, ...]:
        found: list[Unknown] = []
        for name, resource in self._named_resources(definition):
            found += self._resource_token(name, resource)[1]
        return tuple(found)


def _code_of(definition: MadeHere) -> Any:
    compute = definition.compute
    return compute.code if isinstance(compute, CellBody) else compute


def _given(definition: MadeHere) -> frozenset[str]:
    """The names that the run gives to an asset cell; a function's parameters are its own."""
    if not isinstance(definition.compute, CellBody):
        return frozenset()
    names = [port.name for port in definition.inputs]
    return frozenset([*names, *(name for name, _ in definition.resource_names), *_INJECTED])


def definition_key(value: object) -> AssetKey | None:
    """The key of a definition that code reaches by name; None for any other object."""
    if isinstance(value, AssetsDefinition):
        return value.keys[0]
    if isinstance(value, AssetChecksDefinition):
        return value.specs[0].asset_key
    return None
