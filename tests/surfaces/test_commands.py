"""The one table of verbs: what each is called, takes and shows."""

from __future__ import annotations

import inspect
import shlex

import click
import pytest

import assetbook
from assetbook.notebook.slice_rules import rules
from assetbook.surfaces.commands import VERBS
from assetbook.surfaces.verb import Verb, call


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_its_options_are_parameters_of_its_function(verb: Verb) -> None:
    taken = set(inspect.signature(verb.function).parameters)
    renamed = {"selection": "assets"} if verb.name == "materialize" else {}
    given = {renamed.get(param.name or "", param.name) for param in verb.params}
    assert given <= taken


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_its_function_is_public_under_its_name(verb: Verb) -> None:
    name = "overview" if verb.name == "assetbook" else verb.name.replace(" ", "_")
    assert getattr(assetbook, name) is verb.function


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_its_examples_can_be_typed(verb: Verb) -> None:
    command = verb.command(lambda **arguments: arguments, "%")
    for example in verb.examples:
        assert example.startswith(verb.name)
        words = shlex.split(example.removeprefix(verb.name))
        command.make_context(verb.name, words)


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_each_option_says_what_it_does(verb: Verb) -> None:
    options = [param for param in verb.params if isinstance(param, click.Option)]
    assert [option.name for option in options if not (option.help or "").endswith(".")] == []
    assert verb.help.endswith(".")


def test_words_become_the_selection_of_the_function() -> None:
    def echo(**arguments: object) -> object:
        """Says what it was given."""
        return arguments

    def said(name: str, *words: str) -> object:
        return call(Verb(name, echo, (), ()), {"selection": words})

    assert said("materialize", "+a", "or", "b") == {"assets": "+a or b"}
    assert said("materialize") == {"assets": "*"}
    assert said("plan") == {"selection": "*"}
    assert said("assets") == {"selection": ""}


def test_loading_a_notebook_runs_no_verb() -> None:
    assert {name.partition(" ")[0] for name in VERBS} <= rules().skipped
