"""Plays the table of edits with assetbook, Hamilton's cache and marimo's, and counts what came.

``python benchmarks/edits.py``, or with the names of some notebooks of ``tests/notebooks/edits``.
The measure is the same for all: what was served after an edit, beside what a clean run gives.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parent
sys.path.insert(0, str(ROOT))  # the table of edits is one of the tests

from edited_programs import State, states  # noqa: E402
from peers import RELEASES, peer_python  # noqa: E402
from tests.notebooks.edits import NOTEBOOKS  # noqa: E402

LIBRARIES = ("pandas", "duckdb")
CONTESTANTS = {
    "assetbook": ("", ["ours_edits.py"]),
    "Hamilton": ("hamilton", ["peer_hamilton_edits.py"]),
    "marimo, decorator": ("marimo", ["peer_marimo_edits.py", "decorator"]),
    "marimo, block": ("marimo", ["peer_marimo_edits.py", "block"]),
}
"""Of each contestant: the peer whose environment it needs, and its program."""

Played = Mapping[str, list[dict[str, Any]]]
"""What came of each edit, by notebook."""
Case = tuple[str, str, str]
"""A notebook, an edit, an asset."""

NEW, SAME = "computed, another value", "computed, the same value"
REUSED, MARKED = "reused, as a clean run", "an old value, marked *as of*"
BY_AUTHOR = "an old value, as the author's `code_version=` or `max_age=` asks"
WRONG, FAILED = "**an old value, and nothing said so**", "failed, where a clean run does not"
DRAWN, LEFT = "no clean run is like another", "cannot be expressed"
ANSWERS = (NEW, REUSED, SAME, WRONG, MARKED, BY_AUTHOR, FAILED)


def main() -> None:
    """Plays the notebooks that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", help="names of notebooks in tests/notebooks/edits")
    parser.add_argument("--say", metavar="CONTESTANT", help="print its old values and why it left")
    given = parser.parse_args()
    books = {
        each.name: list(states(each))
        for each in NOTEBOOKS
        if each.name in (given.notebooks or [each.name])
    }
    for peer in {peer for peer, _ in CONTESTANTS.values() if peer}:
        peer_python(peer, LIBRARIES)
    with ThreadPoolExecutor(2) as pool:
        played = dict(
            zip(CONTESTANTS, pool.map(lambda name: _play(name, books), CONTESTANTS), strict=True)
        )
    ours = played["assetbook"]
    found = {name: dict(judged(books, ours, each)) for name, each in played.items()}
    print(", ".join(release.replace("==", " ") for release in RELEASES.values()))
    print(markdown(found))
    if given.say:
        for case, answer in found[given.say].items():
            if answer not in (NEW, REUSED, SAME):
                print(*case, answer, sep=" | ")


def _play(name: str, books: Mapping[str, list[State]]) -> Played:
    peer, program = CONTESTANTS[name]
    python = str(peer_python(peer, LIBRARIES)) if peer else sys.executable
    given = {book: [state.to_json() for state in made] for book, made in books.items()}
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    if peer:
        environment.pop("PYTHONPATH", None)
    done = subprocess.run(
        [python, *program],
        cwd=HERE, input=json.dumps(given), text=True, stdout=subprocess.PIPE, check=True,
        env=environment,
    )  # fmt: skip
    answer: Played = json.loads(done.stdout.splitlines()[-1])
    return answer


def judged(
    books: Mapping[str, list[State]], ours: Played, played: Played
) -> Iterator[tuple[Case, str]]:
    """For each asset after each edit, what the contestant did, or why it could not.

    ``ours`` says which assets there are.
    """
    for book, edits in played.items():
        for state, edit, known in zip(books[book][1:], edits, ours[book], strict=True):
            for asset in sorted(known["clean"]):
                yield (book, state.change, asset), _answer(state, edit, asset)


def _answer(state: State, edit: Mapping[str, Any], asset: str) -> str:
    served, clean, other, before = (
        edit[which].get(asset) or edit[which].get("*", {})
        for which in ("served", "clean", "other", "before")
    )
    if "value" not in clean:
        told = state.program.left_out.get(asset, "made by a loop, a factory or for several assets")
        reason = clean.get("error", told)
        return f"{LEFT}: {reason.splitlines()[0]}"
    if clean["value"] != other.get("value"):
        return DRAWN
    if "value" not in served:
        return FAILED
    if served["value"] != clean["value"]:
        return _why_old(state, asset, served)
    if not served["computed"]:
        return REUSED
    return SAME if clean["value"] == before.get("value") else NEW


def _why_old(state: State, asset: str, served: Mapping[str, Any]) -> str:
    """Whether the contestant, where it can, or the asset's author said that it may be old."""
    if "told" not in served:
        return WRONG
    text = "".join(cell for cell in state.cells.values() if f"def {asset}(" in cell)
    by_author = "code_version=" in text or "max_age=" in text
    return MARKED if served["told"] else BY_AUTHOR if by_author else WRONG


def markdown(found: Mapping[str, Mapping[Case, str]]) -> str:
    """Two tables: the cases that all can express, and all cases of each."""
    every = set.intersection(
        *({case for case in each if _counts(each[case])} for each in found.values())
    )
    shared = {name: [each[case] for case in every] for name, each in found.items()}
    own = {name: list(each.values()) for name, each in found.items()}
    return "\n\n".join(
        (
            _table(f"the {len(every):,} cases that all can express", shared, ANSWERS),
            _table("each one's own cases", own, (*ANSWERS, DRAWN, LEFT)),
        )
    )


def _counts(answer: str) -> bool:
    return answer in ANSWERS


def _table(title: str, found: Mapping[str, list[str]], answers: Iterable[str]) -> str:
    lines = [f"| {title} | {' | '.join(found)} |", "| --- " * (len(found) + 1) + "|"]
    for answer in answers:
        counts = [
            Counter(each.partition(": ")[0] for each in found[name])[answer] for name in found
        ]
        lines.append(f"| {answer} | {' | '.join(f'{count:,}' for count in counts)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
