"""The options of a cell's line, of which few are named: the others are not asked about."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import click


class CellOptions(click.Command):
    """A command that reads those of its options that a line names.

    Click asks about each that it knows. A cell magic has two dozen, and a notebook may have a
    hundred of its lines.
    """

    @cached_property
    def _defaults(self) -> dict[str, Any]:
        """What everything is that a line does not name."""
        context = click.Context(self, resilient_parsing=True)
        super().parse_args(context, [])
        return context.params

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        spelled = {word.partition("=")[0] for word in args if word.startswith("-")}
        named = [
            each
            for each in self.params
            if isinstance(each, click.Argument) or not spelled.isdisjoint(each.opts)
        ]
        if not spelled <= {option for each in named for option in each.opts}:
            return super().parse_args(ctx, args)  # it asks for help, or is misspelt
        left = click.Command(self.name, params=named, add_help_option=False).parse_args(ctx, args)
        ctx.params = {**self._defaults, **ctx.params}
        return left
