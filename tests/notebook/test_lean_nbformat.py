"""nbformat is there in an instant, whatever jsonschema finds to read."""

from __future__ import annotations

import subprocess
import sys

_LEAN = """
import sys
from assetbook.notebook.lean_nbformat import lean_nbformat
nbformat = lean_nbformat()
slow = "rfc3987_syntax"
"""


def printed(code: str) -> str:
    """What a new interpreter prints."""
    command = [sys.executable, "-c", _LEAN + code]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_the_grammar_of_addresses_is_not_read() -> None:
    control = "del sys.modules['nbformat']; import jsonschema; print(slow in sys.modules)"

    assert printed("print(slow in sys.modules)") == "False\n"
    assert printed(control) == "True\n"


def test_notebooks_are_still_validated() -> None:
    code = """
nbformat.validate(nbformat.v4.new_notebook())
try:
    nbformat.validate({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{}]})
except nbformat.ValidationError:
    print("refused")
"""
    assert printed(code) == "refused\n"


def test_who_imports_jsonschema_later_gets_all_of_it() -> None:
    code = "import jsonschema; print('iri' in jsonschema.FormatChecker().checkers)"

    assert printed(code) == "True\n"


def test_what_is_loaded_already_stays() -> None:
    code = "import jsonschema as one; lean_nbformat(); import jsonschema; print(one is jsonschema)"

    assert printed(code) == "True\n"
