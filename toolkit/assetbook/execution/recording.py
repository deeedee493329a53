"""What a step made, as it is recorded: events, and the source texts that they refer to."""

from __future__ import annotations

import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.code import CodeVersion, Piece
from assetbook.definitions.digest import text_digest
from assetbook.definitions.parts import Parts
from assetbook.definitions.results import AssetCheckResult
from assetbook.definitions.secret_literals import masked
from assetbook.dependencies.code_changes import manifest_of
from assetbook.events.asset_events import AssetMaterialized, AssetObserved, CheckEvaluated
from assetbook.events.parts import CodeRef
from assetbook.execution.asset_call import Kept
from assetbook.execution.environment import RunEnvironment, Timing
from assetbook.execution.held_form import is_stored
from assetbook.execution.op_values import HeldOutput
from assetbook.execution.values import Held, RunValues
from assetbook.keys import AssetKey, PartitionKey
from assetbook.metadata.wired import wired_metadata
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
    outputs: list[HeldOutput] = []
    """What an op gave, but for what are versions of assets."""
    told: list[AssetObserved | AssetMaterialized] = []
    """What was found of sources, and told of assets that others make."""
    texts: dict[str, str] = {}
    """Source texts and manifests that the events refer to, by digest."""

    @property
    def size(self) -> int:
        """Bytes of memory of the values that are to be written."""
        forms = [version.held.form for version in self.versions]
        forms += [output.form for output in self.outputs]
        return sum(form.size for form in forms if form is not None and is_stored(form))


class Recorder(msgspec.Struct):
    """Turns what one step produced into events."""

    environment: RunEnvironment
    run_id: str
    step: Step
    definition: AssetsDefinition
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

    def record(self, kept: Kept) -> None:
        """Adds the version that one output is."""
        environment = self.environment
        key = kept.key
        sources = environment.graph.sources_followed(key)
        readers = self.readers if not sources else ()  # their observations settle what is read
        event = AssetMaterialized(
            at=environment.clock.now(),
            run_id=self.run_id,
            key=key.text,
            partition=key.partition,
            step=self.step.name,
            duration=self.timing.elapsed(environment.clock),
            data_version=kept.data_version,
            authored_data_version=kept.authored,
            value=kept.reference,
            code=self._authored_for(kept),
            config=self.config,
            config_text=self.config_text,
            reads=self.reads,
            as_of=self.timing.at if readers else None,
            readers=readers,
            metadata=wired_metadata(kept.metadata) if kept.metadata else {},
            tags=dict(kept.tags),
            overridden=environment.overridden,
            meaning=environment.graph.meaning_of(key),
        )
        inputs = self.values.inputs_of(environment.graph.inputs[key])
        inputs |= {name: self.values.of_source(each) for name, each in sources.items()}
        held = Held(event, form=kept.form)
        self.made.versions.append(Version(key, held, inputs, kept.port.io_manager_key))

    def _authored_for(self, kept: Kept) -> CodeRef:
        authored = kept.port.spec.code_version
        if authored == self.code.authored:
            return self.code
        return CodeRef(
            digest=self.code.digest,
            authored=authored,
            manifest=self.code.manifest,
            unknowns=self.code.unknowns,
        )


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
    partition: PartitionKey | None = None,
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
        partition=partition,
        check=spec.name,
        step=step.name,
        passed=result.passed,
        severity=result.severity.value,
        blocking=spec.blocking,
        description=result.description or "",
        metadata=wired_metadata(result.metadata),
        code=code.digest if code is not None else None,
    )
