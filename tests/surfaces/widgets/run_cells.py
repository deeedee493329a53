"""A cell whose runs have what views of runs show: tries, failures, output, pictures."""

from __future__ import annotations

import pytest
from tests.surfaces.book import Book, CellFailedError

NIGHTLY = """
import logging, sys
from IPython.display import HTML, Image, display

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63"
    "f8cfc0f01f0005000201a5f645400000000049454e44ae426082"
)

@op(retry_policy=RetryPolicy(max_retries=2))
def flaky(context):
    if context.retry_number < 1:
        raise OSError("the disk is away")
    return 1

@op
def shows(context, one):
    print("first\\nsecond", end="")
    print(" goes on")
    print("to stderr", file=sys.stderr)
    context.log.warning("careful\\nhere")
    logging.getLogger("lib").error("odd", extra={"rows": 3})
    display(Image(data=PNG, format="png"))
    display(HTML("<b>bold</b>"))
    return one

@op
def fails(one):
    raise ValueError("no")

@op
def never(one):
    pass

@job(tags={"team": "core"})
def nightly():
    never(fails(shows(flaky())))
"""


def failed_run(book: Book) -> str:
    """The id of a run of ``nightly``."""
    book.run(NIGHTLY)
    with pytest.raises(CellFailedError):
        book.run("%launch nightly")
    return str(book.instance.runs(1)[0].id)
