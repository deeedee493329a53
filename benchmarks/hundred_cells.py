"""A notebook of a hundred cells, as people leave them: a few are needed by its thirty assets.

Ten groups of ten cells: text, constants, a helper, assets by decorator and by ``%%asset``, looking
around, plots, something that was tried.
"""

from __future__ import annotations

from pathlib import Path

import nbformat

_TOP = """\
%load_ext assetbook
import collections
import json
import math
import statistics
from assetbook import asset"""


def write_notebook(path: Path) -> None:
    """Writes the notebook, ready to run, to ``path``."""
    cells = [nbformat.v4.new_code_cell(_TOP)]
    for number in range(10):
        cells += _group(number)
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(cells=cells[:100], metadata={"kernelspec": kernel})
    nbformat.write(notebook, path)


def _group(number: int) -> list[nbformat.NotebookNode]:
    markdown = f"## Part {number}\n\nWhat the shops of region {number} sold."
    rate = f"RATE_{number} = 0.{number}9\nNAMES_{number} = ['a', 'b', 'c']"
    tried = f"begun = time.time()\ntried_{number} = [taxed_{number}(n) for n in range(50)]"
    figure = f"figure_{number} = dict(zip(NAMES_{number}, map(math.sqrt, range(4))))"
    printed = f"for name in NAMES_{number}:\n    print(json.dumps({{name: RATE_{number}}}))"
    texts = [
        f"{rate}\nNAMES_{number}.append('d')",
        _helper(number),
        _decorated(number),
        f"sorted(NAMES_{number})[:3]\nprint(len(NAMES_{number}), RATE_{number})",
        f"%%asset shares_{number} --group region_{number}\n{_shares(number)}",
        f"import time\n{tried}",
        f"{figure}\nfigure_{number}",
        _total(number),
        printed,
    ]
    return [nbformat.v4.new_markdown_cell(markdown), *map(nbformat.v4.new_code_cell, texts)]


def _helper(number: int) -> str:
    return f'''\
def taxed_{number}(amount: float, *, rounded: bool = True) -> float:
    """The amount with the tax of region {number}."""
    found = amount * (1 + RATE_{number})
    if rounded:
        found = round(found, 2)
    return found


class Shop_{number}:
    """A shop of the region."""

    names = NAMES_{number}

    def __init__(self, name: str) -> None:
        self.name = name
        self.sold: list[float] = []

    def sell(self, amount: float) -> None:
        self.sold.append(taxed_{number}(amount))'''


def _decorated(number: int) -> str:
    before = f"total_{number - 1}" if number else ""
    return f'''\
@asset(group_name="region_{number}", kinds={{"python"}}, tags={{"region": "{number}"}})
def sales_{number}({before}) -> list[float]:
    """What each shop of region {number} sold."""
    shops = [Shop_{number}(name) for name in NAMES_{number}]
    for at, shop in enumerate(shops):
        shop.sell(at * {number + 1})
    return [amount for shop in shops for amount in shop.sold]'''


def _shares(number: int) -> str:
    return f"""\
whole = sum(sales_{number}) or 1
counted = collections.Counter(round(each) for each in sales_{number})
[
    {{"share": each / whole, "rate": RATE_{number}, "times": counted[round(each)]}}
    for each in sales_{number}
]"""


def _total(number: int) -> str:
    return f'''\
@asset(group_name="region_{number}")
def total_{number}(sales_{number}: list[float], shares_{number}: list[dict]) -> dict:
    """The sums of region {number}."""
    middle = statistics.median(sales_{number})
    whole = taxed_{number}(sum(sales_{number}))
    return {{"sum": whole, "middle": middle, "of": len(shares_{number})}}'''
