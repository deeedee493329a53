"""How a report reads: as plain text, as JSON, as Slack's blocks. In none of them is a name, a
traceback or a source anything but text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from assetbook.automation.alerts.report import Report

_SLACK_TITLE, _SLACK_TEXT = 150, 2_900
"""Characters that Slack takes."""


def as_text(report: Report) -> str:
    """It as lines for people; names of parts stand above what is indented by four."""
    lines = [report.said, "", *(f"{name + ':':<10} {value}" for name, value in _facts(report))]
    for name, body in _bodies(report):
        lines += ["", f"{name}:", *(f"    {line}" for line in body.splitlines())]
    return "\n".join([*lines, "", f"id {report.id}", ""])


def as_json(report: Report) -> dict[str, Any]:
    """It as plain values; the texts are as they are, and ``id`` tells repeats apart."""
    return {
        "id": report.id,
        "kind": report.kind,
        "title": report.title,
        "subject": report.subject,
        "said": report.said,
        "at": report.at.isoformat(),
        "project": report.project,
        "location": report.location,
        "run_id": report.run_id,
        "step": report.step,
        "assets": list(report.assets),
        "where": report.where,
        "source": report.source,
        "traceback": report.traceback,
        "inputs": dict(report.inputs),
        "detail": report.detail,
        "kernel": report.kernel,
        "retry": report.remedy,
        "more": report.more,
    }


def as_slack(report: Report) -> dict[str, Any]:
    """It in the form of Slack's webhooks: plain text and preformatted blocks, nothing that is read
    as marks, links or mentions."""
    facts = "\n".join(f"{name}: {value}" for name, value in _facts(report))
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": _plain(report.title, _SLACK_TITLE)},
        {"type": "section", "text": _plain(f"{report.said}\n{facts}", _SLACK_TEXT)},
    ]
    for name, body in _bodies(report):
        blocks.append({"type": "rich_text", "elements": [_words(name), _preformatted(body)]})
    blocks.append({"type": "context", "elements": [_plain(f"id {report.id}", _SLACK_TEXT)]})
    text = f"{report.title}: {report.said}"[:_SLACK_TEXT]
    return {"text": _escaped(text), "mrkdwn": False, "unfurl_links": False, "blocks": blocks}


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "project", report.project
    yield "at", f"{report.at:%Y-%m-%d %H:%M:%S} UTC"
    if report.run_id:
        yield "run", report.run_id
    if report.where:
        yield "raised in", report.where
    for name, version in report.inputs.items():
        yield "read", f"{name}, {version}"
    if report.kernel:
        yield "kernel", report.kernel
    if report.remedy:
        yield "next", report.remedy


def _bodies(report: Report) -> Iterator[tuple[str, str]]:
    """The longer parts, by their names."""
    if report.source:
        yield "source", report.source
    if report.traceback:
        yield "traceback", report.traceback
    if report.detail:
        yield "logged", report.detail


def _plain(text: str, most: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:most], "emoji": False}


def _words(text: str) -> dict[str, Any]:
    return {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}


def _preformatted(text: str) -> dict[str, Any]:
    elements = [{"type": "text", "text": text[:_SLACK_TEXT]}]
    return {"type": "rich_text_preformatted", "elements": elements}


def _escaped(text: str) -> str:
    """As text that Slack reads: what it takes for a mention or link is written out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
