"""What a step produced, as it is kept: values stored, events made, source texts gathered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion, Piece
from assetbook.definitions.digest import text_digest
from assetbook.definitions.parts import Parts
from assetbook.definitions.results import NO_VALUE, AssetCheckResult
from assetbook.definitions.secret_literals import masked
from assetbook.dependencies.code_changes import manifest_of
from assetbook.events.records import (
    AssetMaterialized,
    CheckEvaluated,
    CodeRef,
    ValueRef,
)
from assetbook.execution.context import AssetExecutionContext
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.recorded_runs import StoredRuns
from assetbook.execution.returned import Produced
from assetbook.execution.values import AnyForm, Held, MemoryForm, RunValues, is_stored
from assetbook.execution.written_at_once import AtOnce
from assetbook.io.arrow_stream import ArrowStream
from assetbook.io.built_in import built_in_form, manager_for
from assetbook.io.contexts import OutputContext
from assetbook.keys import AssetKey
from assetbook.metadata import metadata_value, to_wire
from assetbook.planning.steps import Step


class Version(msgspec.Struct):
    """A new version of one asset, on its way into the store."""

    key: AssetKey
    held: Held
    """Its event as far as it is known, and the form that its consumers get."""
    inputs: dict[str, Held]
    """What it was made of, by parameter."""
    io_manager: str
    """The key of what stores it."""


class Made(msgspec.Struct):
    """What a step made, to be stored, and then committed in one transaction."""

    versions: list[Version] = []
    checks: list[CheckEvaluated] = []
    texts: dict[str, str] = {}
    """Source texts and manifests that the events refer to, by digest."""

    @property
    def size(self) -> int:
        """Bytes of memory of the values that are to be written."""
        forms = [version.held.form for version in self.versions]
        return sum(form.size for form in forms if form is not None and is_stored(form))


class Recorder(msgspec.Struct):
    """Turns what one step produced into events, storing values on the way."""

    environment: RunEnvironment
    run_id: str
    step: Step
    definition: AssetsDefinition
    context: AssetExecutionContext | None
    timing: Timing
    values: RunValues
    made: Made = msgspec.field(default_factory=Made)
    code: CodeRef = CodeRef()
    config: str | None = None
    config_text: str | None = None
    reads: str | None = None
    readers: tuple[str, ...] = ()

    def describe(
        self,
        code: CodeVersion | None,
        changed: tuple[str, ...],
        reads: Parts | None,
        readers: tuple[str, ...],
    ) -> None:
        """Sets what all events of this step have in common."""
        if code is not None:
            self.code = self._code_ref(code, changed)
        config, self.config_text = self.environment.provenance.config_of(self.definition)
        self.config = self._kept(config)
        self.reads = self._kept(reads)
        self.readers = readers

    def _code_ref(self, code: CodeVersion, changed: tuple[str, ...]) -> CodeRef:
        digest = self.environment.manifests.get(code.digest)
        if digest is None:
            digest = add_texts(code, self.made.texts)
        return CodeRef(
            digest=code.digest,
            authored=self.definition.outputs[0].spec.code_version,
            manifest=digest,
            unknowns=(*(unknown.why for unknown in code.unknowns), *changed),
        )

    def _kept(self, parts: Parts | None) -> str | None:
        """The digest of the parts, whose text is stored beside the event."""
        if parts is None:
            return None
        self.made.texts[parts.digest] = parts.text
        return parts.digest

    def record(self, produced: Produced, resources: Mapping[str, object]) -> None:
        """Adds the version that one output is, in its stored form.

        A user's own I/O manager stores it here and now.
        """
        environment = self.environment
        key = produced.port.spec.key
        authored = produced.data_version
        data_version = authored.value if authored is not None else ""
        metadata: dict[str, Any] = {}
        reference, form, told = self._form(produced, resources, metadata)
        data_version = data_version or told
        if self.context is not None:
            metadata.update(self.context.metadata_of(produced.port.name))
        metadata.update(produced.metadata)
        event = AssetMaterialized(
            at=environment.clock.now(),
            run_id=self.run_id,
            key=key.text,
            step=self.step.name,
            duration=self.timing.elapsed(environment.clock),
            data_version=data_version,
            authored_data_version=authored is not None,
            value=reference,
            code=self._authored_for(produced),
            config=self.config,
            config_text=self.config_text,
            reads=self.reads,
            as_of=self.timing.at if self.readers else None,
            readers=self.readers,
            metadata=_wired(metadata) if metadata else {},
            tags=dict(produced.tags),
            overridden=environment.overridden,
        )
        inputs = self.values.inputs_of(environment.graph.inputs[key])
        held = Held(event, form=form)
        self.made.versions.append(Version(key, held, inputs, produced.port.io_manager_key))

    def _authored_for(self, produced: Produced) -> CodeRef:
        authored = produced.port.spec.code_version
        if authored == self.code.authored:
            return self.code
        return CodeRef(
            digest=self.code.digest,
            authored=authored,
            manifest=self.code.manifest,
            unknowns=self.code.unknowns,
        )

    def _form(
        self, produced: Produced, resources: Mapping[str, object], metadata: dict[str, Any]
    ) -> tuple[ValueRef | None, AnyForm | None, str]:
        """Where the value is, the form that consumers get, and the data version, where known."""
        key = produced.port.spec.key
        if produced.value is NO_VALUE:
            return None, None, ""
        if isinstance(produced.value, AtOnce):
            metadata.update(produced.value.metadata)
            return produced.value.reference, produced.value.form, produced.value.data_version
        if self.environment.values is None:
            return None, MemoryForm(_whole(produced.value)), ""
        name = produced.port.io_manager_key
        manager = manager_for(name, resources)
        if manager is None:
            form = built_in_form(name, produced.value, asked=f"the value of `{key}`")
            metadata.update(form.describe())
            return None, form, ""
        context = OutputContext(
            name=produced.port.name,
            step_key=self.step.name,
            asset_key=key,
            run_id=self.run_id,
            definition_metadata=produced.port.spec.metadata,
            resources=resources,
            recorded=StoredRuns.of(self.environment.store, key),
        )
        streams = getattr(manager, "takes_streams", False)
        manager.handle_output(context, produced.value if streams else _whole(produced.value))
        metadata.update(context.output_metadata)
        versioned = bool(getattr(manager, "versioned", False))
        reference = ValueRef(io_manager=name, kind="custom", versioned=versioned)
        return reference, None, context.data_version


def _whole(value: object) -> object:
    """The value; rows that can be read but once, as a table."""
    return value.read_all() if isinstance(value, ArrowStream) else value


def _wired(metadata: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_wire(metadata_value(raw, name)) for name, raw in metadata.items()}


def add_texts(code: CodeVersion, texts: dict[str, str]) -> str:
    """The digest of the manifest of ``code``, which is added to ``texts`` with all its pieces."""
    manifest, digest = manifest_text(code)
    texts[digest] = manifest
    for piece in code.pieces.values():
        if piece.digest not in texts:
            texts[piece.digest] = shown_text(piece)
    return digest


def shown_text(piece: Piece) -> str:
    """The text of a piece as it may be stored: what looks like a secret is masked."""
    return masked(piece.text, piece.name if piece.kind == "constant" else "")


def manifest_text(code: CodeVersion) -> tuple[str, str]:
    """The manifest of a code version as stored text, and its digest."""
    import json

    text = json.dumps(manifest_of(code), ensure_ascii=False, separators=(",", ":"))
    return text, text_digest(text)


def check_event(
    environment: RunEnvironment,
    step: Step,
    run_id: str,
    result: AssetCheckResult,
    definition: AssetsDefinition,
    code: CodeVersion | None,
) -> CheckEvaluated:
    key = AssetKey.from_coercible(result.asset_key)  # type: ignore[arg-type]
    spec = next(
        spec
        for spec in definition.check_specs
        if spec.asset_key == key and spec.name == result.check_name
    )
    return CheckEvaluated(
        at=environment.clock.now(),
        run_id=run_id,
        key=key.text,
        check=spec.name,
        step=step.name,
        passed=result.passed,
        severity=result.severity.value,
        blocking=spec.blocking,
        description=result.description or "",
        metadata=_wired(result.metadata),
        code=code.digest if code is not None else None,
    )
