"""One process outside at work for one step: what it is given, and what it has reported."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import msgspec

from assetbook.definitions.results import MaterializeResult
from assetbook.execution.file_reads import unobserved
from assetbook.execution.pipes.context_data import StepContext, asset_keys_of, context_data
from assetbook.execution.pipes.context_injectors import PipesContextInjector
from assetbook.execution.pipes.message_handler import PipesExecutionResult, PipesMessageHandler
from assetbook.execution.pipes.message_readers import PipesMessageReader
from assetbook.execution.pipes.messages import PipesException
from assetbook.execution.pipes.wire_format import (
    CONTEXT_ENV_VAR,
    MESSAGES_ENV_VAR,
    PipesContextData,
    PipesExtras,
    PipesParams,
    cli_argument,
    encode_param,
)
from assetbook.named_arguments import named_arguments


class PipesSession(msgspec.Struct, frozen=True):
    """A session while it is open, and its reports also afterwards."""

    context: StepContext
    context_data: PipesContextData
    context_injector_params: PipesParams
    message_reader_params: PipesParams
    message_handler: PipesMessageHandler

    def get_bootstrap_params(self) -> Mapping[str, PipesParams]:
        """What the process must be given to begin, by the names of environment variables."""
        return {
            CONTEXT_ENV_VAR: self.context_injector_params,
            MESSAGES_ENV_VAR: self.message_reader_params,
        }

    def get_bootstrap_env_vars(self) -> Mapping[str, str]:
        """The environment variables to start the process with, beside its others."""
        return {name: encode_param(each) for name, each in self.get_bootstrap_params().items()}

    @property
    def env(self) -> Mapping[str, str]:
        """The same as ``get_bootstrap_env_vars()``."""
        return self.get_bootstrap_env_vars()

    def get_bootstrap_cli_arguments(self) -> Mapping[str, str]:
        """The options and values to start the process with, where it has no environment."""
        return {
            cli_argument(name): encode_param(each)
            for name, each in self.get_bootstrap_params().items()
        }

    def get_reported_results(self) -> Sequence[PipesExecutionResult]:
        """The materializations and checks that the process has reported so far, in order."""
        return self.message_handler.results

    def get_results(
        self,
        *,
        implicit_materializations: bool = True,
        metadata: Mapping[str, Any] | None = None,
    ) -> Sequence[PipesExecutionResult]:
        """What was reported so far, and a result without metadata for each asset that was not.

        ``implicit_materializations=False`` leaves the latter out; ``metadata`` is added to each.
        """
        results = list(self.get_reported_results())
        if implicit_materializations:
            reported = {each.asset_key for each in results if isinstance(each, MaterializeResult)}
            keys = asset_keys_of(self.context) or []
            results += [MaterializeResult(asset_key=key) for key in keys if key not in reported]
        if not metadata:
            return tuple(results)
        return tuple(replace(each, metadata={**each.metadata, **metadata}) for each in results)

    def get_custom_messages(self) -> Sequence[Any]:
        """The payloads of the custom messages so far, in order."""
        return self.message_handler.custom_messages

    @property
    def exception(self) -> PipesException | None:
        """What closed the other side; None if nothing went wrong there, or it never said so."""
        return self.message_handler.exception


@named_arguments
@contextmanager
def open_pipes_session(
    context: StepContext,
    context_injector: PipesContextInjector,
    message_reader: PipesMessageReader,
    extras: PipesExtras | None = None,
) -> Iterator[PipesSession]:
    """A session in which a process outside may work for the step; start it inside the block.

    Its log lines and what it prints by messages go to the step's log. At the end all messages are
    read, and what was put somewhere for the process is removed. That it sent none, or did not say
    that it was done, is a warning in the log. Raises DefinitionError for a context that is none
    and for extras that JSON cannot hold.
    """
    data = context_data(context, extras)
    handler = PipesMessageHandler(context)
    stack = ExitStack()
    try:
        with unobserved():  # our own files are no data of the asset's
            injected = stack.enter_context(context_injector.inject_context(data))
            read = stack.enter_context(message_reader.read_messages(handler))
        yield PipesSession(context, data, injected, read, handler)
    finally:
        with unobserved():
            stack.close()
    _tell_missing(context, handler, context_injector, message_reader)


def _tell_missing(
    context: StepContext,
    handler: PipesMessageHandler,
    injector: PipesContextInjector,
    reader: PipesMessageReader,
) -> None:
    if not handler.opened:
        context.log.warning(
            "[pipes] the process sent no message: it did not call open_dagster_pipes(), or ended "
            "before. %s %s",
            injector.no_messages_debug_text(),
            reader.no_messages_debug_text(),
        )
    elif not handler.closed:
        context.log.warning(
            "[pipes] the process did not say that it was done: messages may be missing. Use "
            "open_dagster_pipes() in a with block."
        )
