"""What a process outside has reported by its end, as an asset or a check returns it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from assetbook.definitions.results import AssetCheckResult, MaterializeResult
from assetbook.errors import PipesError
from assetbook.execution.pipes.message_handler import PipesExecutionResult
from assetbook.execution.pipes.session import PipesSession


class PipesClientCompletedInvocation:
    """The reports of one run of a process, after its end."""

    def __init__(self, session: PipesSession) -> None:
        self._session = session

    def get_results(
        self, *, implicit_materializations: bool = True
    ) -> Sequence[PipesExecutionResult]:
        """All results in order: for a step that makes several assets; return it as it is.

        An asset that was not reported has a result without metadata, unless
        ``implicit_materializations=False``.
        """
        return self._session.get_results(implicit_materializations=implicit_materializations)

    def get_materialize_result(
        self, *, implicit_materialization: bool = True
    ) -> MaterializeResult[Any]:
        """The one materialization, with the checks that were reported beside it.

        Raises PipesError if there is none or more than one, or if a check is of another asset.
        """
        results = self.get_results(implicit_materializations=implicit_materialization)
        made = [each for each in results if isinstance(each, MaterializeResult)]
        checks = [each for each in results if isinstance(each, AssetCheckResult)]
        if len(made) != 1:
            names = ", ".join(f"`{each.asset_key}`" for each in made)
            raise PipesError(
                "the materialization that the process has reported",
                f"there are {len(made)}: {names}" if made else "there is none",
                "Use get_results(), which gives all of them."
                if made
                else "Call report_asset_materialization() in the process.",
            )
        other = next((each for each in checks if each.asset_key != made[0].asset_key), None)
        if other is not None:
            raise PipesError(
                f"the checks of `{made[0].asset_key}`",
                f"the check `{other.check_name}` was reported for `{other.asset_key}`",
                "Use get_results(), which gives all of them.",
            )
        return replace(made[0], check_results=[*made[0].check_results, *checks])

    def get_asset_check_result(self) -> AssetCheckResult:
        """The one check, where nothing else was reported; raises PipesError otherwise."""
        results = self.get_results()
        if len(results) == 1 and isinstance(results[0], AssetCheckResult):
            return results[0]
        made = sum(isinstance(each, MaterializeResult) for each in results)
        raise PipesError(
            "the check that the process has reported",
            f"there are {len(results) - made} checks and {made} materializations",
            "Use get_results(), which gives all of them.",
        )

    def get_custom_messages(self) -> Sequence[Any]:
        """The payloads of the custom messages, in order."""
        return self._session.get_custom_messages()
