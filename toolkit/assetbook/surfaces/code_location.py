"""``load_definitions``: a notebook, module or package as a code location, and ``CodeLocation``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from assetbook.definitions.collection import Definitions
from assetbook.errors import NotLoadedError, SelectionError, UsageError, did_you_mean
from assetbook.instance.asked import Options
from assetbook.instance.asset_record import Snapshot
from assetbook.instance.instance import Instance
from assetbook.instance.remembered_plan import plan_remembered
from assetbook.keys import AssetKey
from assetbook.named_arguments import named_arguments
from assetbook.notebook.location_source import LocationSource, source_of
from assetbook.planning.steps import Plan
from assetbook.surfaces.asked_process import ask_process
from assetbook.surfaces.in_this_process import InThisProcess
from assetbook.surfaces.loading import Load
from assetbook.surfaces.location_answer import LocationAnswer, answer_from
from assetbook.surfaces.partition_options import PartitionsGiven, partitions_asked


class LocationRun(msgspec.Struct, frozen=True):
    """How a location's run ended."""

    success: bool
    run_id: str | None
    """None if nothing had to run."""
    instance: Instance
    """The store that it was recorded in."""

    def asset_value(self, key: AssetKey | str, as_type: object = None) -> Any:
        """The stored value of an asset; raises SelectionError if there is none."""
        return self.instance.value(key, as_type=as_type)


class CodeLocation:
    """A notebook, module or package whose definitions were loaded.

    ``load_definitions`` makes one. What it shows is as of then; ``plan`` and ``materialize`` load
    it anew where its code runs in a process of its own.
    """

    def __init__(
        self, source: LocationSource, answer: LocationAnswer, here: InThisProcess | None
    ) -> None:
        self.source = source
        self.answer = answer
        self._here = here

    @property
    def id(self) -> str | None:
        """Its path from the project's root, or its module's name; None for a notebook that is no
        location, as a copy."""
        return self.source.id

    @property
    def snapshot(self) -> Snapshot:
        """What it defines: specs, edges, code versions, cells, what is unknown."""
        return self.answer.snapshot

    @property
    def left_out(self) -> tuple[str, ...]:
        """The cells of which nothing was run, each with its first line."""
        return self.answer.left_out

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on definitions that are wrong, that moved, or that nobody can reach."""
        return self.answer.warnings

    @property
    def definitions(self) -> Definitions:
        """Its definitions; raises NotLoadedError if they are in a process of their own."""
        return self._in_this_process().definitions()

    def __getitem__(self, name: str) -> Any:
        """What a notebook binds to ``name``: a definition or a helper, to be called in a test.

        Raises NotLoadedError as ``definitions``, SelectionError if loading bound no such name.
        """
        names = self._in_this_process().names()
        if name in names:
            return names[name]
        raise SelectionError(
            f"`{name}` of {self.source}",
            "loading it bound no such name",
            did_you_mean(name, names) or 'load_definitions(..., load="all") runs all of it.',
        )

    def _in_this_process(self) -> InThisProcess:
        if self._here is not None:
            return self._here
        raise NotLoadedError(
            f"the definitions of {self.source}",
            "they are in a process of their own, and only what they say of themselves is here",
            "load_definitions(..., in_process=True) loads them into this one.",
        )

    @property
    def instance(self) -> Instance:
        """The store of the project that it belongs to."""
        return Instance.get(self.source.folder)

    def plan(
        self,
        selection: str = "*",
        *,
        force: bool = False,
        only: bool = False,
        unknown: bool = False,
        sources: bool = False,
        partition: str | None = None,
        partitions: PartitionsGiven = None,
        missing: bool = False,
        stale: bool = False,
        failed: bool = False,
    ) -> Plan:
        """What ``materialize`` would run, with a reason for each step; touches nothing."""
        of = {"missing": missing, "stale": stale, "failed": failed}
        options: dict[str, Any] = {"force": force, "only": only, "unknown": unknown, **of}
        options |= {"sources": sources, "partition": partition, "partitions": partitions}
        if self._here is not None:
            planned: Plan = self._here.call("plan", {"selection": selection, **options})
            return planned
        asked = Options(
            force,
            only,
            unknown,
            sources,
            partitions=partitions_asked(partition, partitions, **of),
        )
        plan, _, _ = plan_remembered(self.instance, selection, asked, self.id)
        return plan

    def materialize(
        self,
        selection: str = "*",
        *,
        force: bool = False,
        only: bool = False,
        unknown: bool = False,
        sources: bool = False,
        partition: str | None = None,
        partitions: PartitionsGiven = None,
        missing: bool = False,
        stale: bool = False,
        failed: bool = False,
    ) -> LocationRun:
        """Materializes what is selected and not fresh, with what it needs of this location.

        Durable when it returns. Raises what kept it from starting; a step that fails is in the
        run, whose ``success`` is False then.
        """
        options: dict[str, Any] = {"force": force, "only": only, "unknown": unknown}
        options |= {"sources": sources, "partition": partition, "partitions": partitions}
        options |= {"missing": missing, "stale": stale, "failed": failed}
        if self._here is not None:
            outcome = self._here.call(
                "materialize", {"assets": selection, "raise_on_error": False, **options}
            )
            return LocationRun(outcome.success, outcome.run_id, self.instance)
        asked = {"verb": "materialize", "arguments": {"selection": [selection], **options}}
        answered = ask_process(self.source, {**asked, "load": "slice", "json": True, "quiet": True})
        return LocationRun(answered["success"], answered["outcome"]["run_id"], self.instance)

    def __repr__(self) -> str:
        return f"<CodeLocation {self.source}: {len(self.snapshot.assets)} assets>"


@named_arguments
def load_definitions(
    location: str | Path, *, in_process: bool = False, load: Load = "slice"
) -> CodeLocation:
    """The definitions of a notebook (.ipynb, or .py in percent format), module or package.

    ``location`` is a path, or a module's name. Of a notebook only what its definitions need is run;
    with ``load="all"`` all of it. That happens in a process of its own, by the notebook's kernel's
    Python and in its folder; with ``in_process`` in this one, with modules of its own, as tests
    want it. Its snapshot is stored.

    Raises NotLoadedError and DefinitionError if it cannot be loaded, RunFailedError naming the cell
    and line that failed.
    """
    if load not in ("slice", "all"):
        raise UsageError(
            f"load_definitions(load={load!r})", "there is no such way", 'Say "slice" or "all".'
        )
    source = source_of(location)
    if in_process:
        here = InThisProcess(source, load)
        return CodeLocation(source, here.answer, here)
    return CodeLocation(source, loaded_in_process(source, load), None)


def loaded_in_process(source: LocationSource, load: Load = "slice") -> LocationAnswer:
    """What the process that loads ``source`` says of it; raises what it raises."""
    if load == "all" and source.module is None:
        from assetbook.kernels.whole_notebook import whole_notebook

        code = "from assetbook.surfaces.headless import answer_location as _assetbook_answer\n"
        with whole_notebook(source.path, _ignore) as kernel:
            return answer_from(kernel.ask(f"{code}_assetbook_answer()"))
    return answer_from(ask_process(source, {"load": "slice"})["location"])


def _ignore(stream: str, text: str) -> None:
    """What it prints is not asked for."""
