"""The text of a cell's part that is loaded: statements at their places, the rest blank."""

from __future__ import annotations

from assetbook.notebook.statements import CodeCell, Statement


def slice_text(cell: CodeCell, taken: list[Statement]) -> str:
    """The cell's Python with blank lines for what is not taken, so that lines keep their numbers.

    Comments between statements are left out.
    """
    if len(taken) == len(cell.statements):
        return cell.python
    lines = cell.python.encode("utf-8", "surrogatepass").split(b"\n")
    found = [b""] * len(lines)
    for each in taken:
        (first, begin), (last, end) = each.begin, each.end
        for number in range(first, last + 1):
            line = lines[number - 1]
            part = line[begin if number == first else 0 : end if number == last else len(line)]
            # statements that share a line are simple ones
            found[number - 1] += b"; " + part if found[number - 1] else part
    return b"\n".join(found).decode("utf-8", "surrogatepass")
