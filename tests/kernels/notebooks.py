"""Notebooks for tests, written to a folder."""

from __future__ import annotations

from pathlib import Path

import nbformat

Cells = list[str | tuple[str, str]]


def written(
    path: Path, *cells: str, parameters: str | None = None, kernel: str = "python3"
) -> Path:
    """A notebook of code cells; with ``parameters`` as its first one, tagged so."""
    made = [nbformat.v4.new_code_cell(each) for each in cells]
    if parameters is not None:
        tags = {"tags": ["parameters"]}
        made.insert(0, nbformat.v4.new_code_cell(parameters, metadata=tags))
    spec = {"name": kernel, "display_name": "Python", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": spec}), path)
    return path


def outputs_of(path: Path) -> list[str]:
    """What each code cell of a notebook shows, as one text."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return ["".join(map(_text, each.outputs)) for each in notebook.cells if "outputs" in each]


def _text(output: nbformat.NotebookNode) -> str:
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    return str(output.text if output.output_type == "stream" else output.data["text/plain"])
