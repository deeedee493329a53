"""Messages of a kernel as what a cell of a notebook shows, by nbclient's rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode


class ShowingClient(NotebookClient):  # type: ignore[misc]
    """Puts messages into the outputs of cells; needs no kernel for that."""

    def __init__(self, notebook: NotebookNode, **settings: Any) -> None:
        super().__init__(notebook, store_widget_state=False, **settings)
        self.reset_execution_trackers()
        self.begin_cell()

    def begin_cell(self) -> None:
        """Forgets a cell that was to be cleared by what it shows next."""
        self.clear_before_next_output = False

    def show(self, message: dict[str, Any], cell: NotebookNode, index: int) -> NotebookNode | None:
        """Puts a message that was made fit into the outputs of a cell; gives back the new one."""
        if message["msg_type"] == "stream":
            content = message["content"]
            text = content["text"][: message["shown"]]
            if not text:
                return None
            message = {**message, "content": {**content, "text": text}}
        message = {"header": {"msg_type": message["msg_type"]}, "parent_header": {}, **message}
        shown: NotebookNode | None = super().process_message(message, cell, index)
        return shown


def messages_of(outputs: Iterable[NotebookNode]) -> Iterator[dict[str, Any]]:
    """The messages that make a cell show these outputs."""
    for each in outputs:
        content = {name: said for name, said in each.items() if name != "output_type"}
        shown = {"shown": len(each.text)} if each.output_type == "stream" else {}
        yield {"msg_type": each.output_type, "content": content, **shown}


def finish_outputs(cell: NotebookNode, left_out: int) -> None:
    """Joins what a cell printed without anything in between, and says how many characters of it are
    not there."""
    cell.outputs = _joined(cell.get("outputs", ()))
    if left_out:
        text = f"… {left_out:,} more characters are in the run's log alone\n"
        cell.outputs.append(NotebookNode(output_type="stream", name="stderr", text=text))


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    found: list[NotebookNode] = []
    for (kind, name), group in groupby(outputs, lambda each: (each.output_type, each.get("name"))):
        if kind == "stream":
            text = "".join(each.text for each in group)
            found.append(NotebookNode(output_type=kind, name=name, text=text))
        else:
            found += group
    return found
