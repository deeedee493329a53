"""A store in which every field that a view shows holds hostile text."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from tests.browser.payloads import PAYLOADS
from tests.surfaces.book import CellFailedError, opened

_CELLS = (
    """
import pandas as pd
from assetbook import AssetCheckResult, AssetCheckSpec, AssetKey, MaterializeResult
from assetbook import MetadataValue, ScheduleDefinition
PAYLOADS = [*texts]
""",
    """
def named(number, text):
    key = AssetKey(["raw", f"{text}#{number}"])
    @asset(key=key, description=text, metadata={"said": text, f"{text}!": 1})
    def made(context):
        print(text)
        context.log.warning(text)
        return MaterializeResult(value=text, metadata={f"made {text}": text})
    return made

every = [named(number, text) for number, text in enumerate(PAYLOADS)]
""",
    """
@asset(
    description="\\n\\n".join(PAYLOADS),
    owners=["team:<b>x</b>"],
    check_specs=[AssetCheckSpec(f"check_{at}", asset="rich", description=text)
                 for at, text in enumerate(PAYLOADS)],
)
def rich(context):
    for text in PAYLOADS:
        print(text)
        context.log.error(text)
    return MaterializeResult(
        value=pd.DataFrame({text: PAYLOADS for text in PAYLOADS}),
        metadata={text: text for text in PAYLOADS}
        | {f"md {at}": MetadataValue.md(text) for at, text in enumerate(PAYLOADS)}
        | {f"url {at}": MetadataValue.url(text) for at, text in enumerate(PAYLOADS)}
        | {f"json {at}": MetadataValue.json({text: [text]}) for at, text in enumerate(PAYLOADS)},
        check_results=[
            AssetCheckResult(passed=False, severity="WARN", check_name=f"check_{at}",
                             description=text, metadata={text: text})
            for at, text in enumerate(PAYLOADS)
        ],
    )
""",
    """
@asset(description="fails")
def broken(rich):
    raise ValueError("\\n".join(PAYLOADS))
""",
    """
nightly = ScheduleDefinition(
    name="nightly", cron_schedule="0 6 * * *", target=[rich], description=PAYLOADS[5]
)
""",
)


def make_hostile_store(folder: Path) -> None:
    """Makes the store of a project in ``folder``: assets, versions, checks, logs, a failed run."""
    with opened(folder, "hostile.ipynb") as book:
        book.shell.user_ns["texts"] = PAYLOADS
        for cell in _CELLS:
            book.run(cell)
        with suppress(CellFailedError):
            book.run("%materialize")
        [run] = book.instance.runs()
        assert "broken" in run.message, "the broken asset was to fail"
