"""A notebook that has every view show a text that would do harm if it were taken for HTML."""

from __future__ import annotations

ALIVE = "img, script, iframe, [onload], [onerror], a[href^=javascript], b"
"""What a payload would become if it were taken for HTML."""
_CODE = """
@asset(description=TEXT, metadata={"said": TEXT, TEXT: 1}, owners=["team:<b>x</b>"])
def evil(context):
    one_word = '<b>in the code</b>'
    print(TEXT)
    context.log.warning(TEXT)
    return MaterializeResult(
        value=pd.DataFrame({TEXT: [TEXT]}),
        metadata={
            "text": TEXT,
            TEXT: TEXT,
            "link": MetadataValue.url("javascript:window.__xss=6"),
            "prose": MetadataValue.md(TEXT),
            "plain": {"<b>": TEXT},
        },
    )

@asset_check(asset=evil, description=TEXT)
def suspicion(evil):
    return AssetCheckResult(passed=False, description=TEXT, metadata={TEXT: TEXT})

@asset(key=AssetKey(["raw", "<b>in a key</b>"]))
def keyed(evil):
    return 1
"""


def hostile_cells(payload: str) -> dict[str, str]:
    """The cells by their ids; most of them show ``payload``, and all of them may."""
    return {
        "load": f"""
%load_ext assetbook
import pandas as pd
from assetbook import AssetCheckResult, AssetKey, MaterializeResult, MetadataValue
TEXT = {payload!r}""",
        "card": _CODE,
        "progress": "%materialize *",
        "failure": "%%asset broken\nlen(evil)\nraise ValueError(TEXT)\n1",
        "edit": _CODE.replace("one_word", "other_word"),
        "assets": "%assets --checks",
        "show": "%show evil",
        "lineage": "%lineage",
        "logs": "%logs",
        "why": "%why evil",
        "runs": "%runs",
        "plan": "%plan *",
        "versions": "%versions evil",
        "overview": "%assetbook",
        "definition": "evil",
        "check": "suspicion",
    }
