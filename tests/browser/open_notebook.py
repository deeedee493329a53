"""A notebook that is open in JupyterLab, driven as a person drives it: by Lab's own commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from tests.browser.lab import Lab

SECONDS = 30.0
"""How long a test waits for something to show."""

_OPEN = """async path => {
  const app = window.jupyterapp;
  const open = { path, factory: 'Notebook' };
  const panel = await app.commands.execute('docmanager:open', open);
  await panel.context.ready;
  await panel.sessionContext.ready;
  await panel.sessionContext.session.kernel.info;
  const cell = id => panel.content.widgets.find(each => each.model.id === id);
  (window.books ??= {})[path] = {
    panel,
    cell,
    below: id => cell(id).outputArea.node,
    activate: () => app.shell.activateById(panel.id),
    pick: id => {
      app.shell.activateById(panel.id);
      panel.content.deselectAll();
      panel.content.activeCellIndex = panel.content.widgets.indexOf(cell(id));
    },
    isIdle: () => {
      const kernel = panel.sessionContext.session?.kernel;
      return kernel?.connectionStatus === 'connected' && kernel.status === 'idle';
    },
    close: async () => {
      await panel.sessionContext.shutdown();
      panel.context.model.dirty = false;
      panel.dispose();
    },
  };
}"""


class OpenNotebook:
    """One open notebook, ``path`` from the server's root; its cells are named by their ids."""

    def __init__(self, page: Page, path: str) -> None:
        self.page = page
        self.path = path
        page.evaluate(_OPEN, path)
        self.wait_until_idle()

    def close(self) -> None:
        """Ends its kernel and closes it."""
        self._ask("book.close()")

    def run(self, *cells: str) -> str:
        """Runs these cells one after the other; what the last one shows."""
        for cell in cells:
            self._ask("book.pick(given)", cell)
            self.command("notebook:run-cell")
        return self.shown(cells[-1])

    def start(self, cell: str) -> None:
        """Runs a cell and does not wait for its end."""
        self._ask("book.pick(given)", cell)
        self._ask("void jupyterapp.commands.execute('notebook:run-cell')")

    def command(self, name: str) -> None:
        """Does what Lab's menu does, and waits for its end."""
        self._ask("book.activate(), jupyterapp.commands.execute(given)", name)

    def edit(self, cell: str, source: str) -> None:
        """Replaces a cell's text."""
        self._ask("book.cell(given[0]).model.sharedModel.setSource(given[1])", [cell, source])

    def type(self, cell: str, text: str) -> None:
        """Types into a cell with the keyboard."""
        self._ask("book.pick(given), book.cell(given).editor.focus()", cell)
        self.command("notebook:enter-edit-mode")
        self.page.keyboard.type(text)

    def wait_for_source(self, cell: str, text: str) -> None:
        """Waits until a cell's text is ``text``."""
        source = "book.cell(given[0]).model.sharedModel.getSource()"
        try:
            self._wait(f"{source} === given[1]", [cell, text])
        except PlaywrightTimeoutError:
            raise AssertionError(f"{cell} holds {self._ask(source, [cell])!r}") from None

    def delete(self, cell: str) -> None:
        """Deletes a cell."""
        self._ask("book.pick(given)", cell)
        self.command("notebook:delete-cell")

    def restart(self) -> None:
        """Restarts the kernel, and says yes when asked."""
        self._ask("book.activate(), void jupyterapp.commands.execute('notebook:restart-kernel')")
        self.page.locator(".jp-Dialog .jp-mod-accept").click()
        self.page.locator(".jp-Dialog").wait_for(state="detached")
        self.wait_until_idle()

    def shown(self, cell: str) -> str:
        """What stands below a cell now."""
        return str(self._ask("book.below(given).innerText", cell))

    def cells(self, text: str) -> list[str]:
        """The ids of the code cells whose text begins with ``text``."""
        models = "book.panel.content.widgets.map(each => each.model)"
        begins = "each.type === 'code' && each.sharedModel.getSource().startsWith(given)"
        return list(self._ask(f"{models}.filter(each => {begins}).map(each => each.id)", text))

    def count(self, cell: str, selector: str) -> int:
        """How many elements below a cell match the selector."""
        return int(
            self._ask("book.below(given[0]).querySelectorAll(given[1]).length", [cell, selector])
        )

    def wait_for(self, cell: str, text: str, seconds: float = SECONDS) -> str:
        """What stands below a cell once ``text`` is in it; fails with what stood there instead."""
        try:
            self._wait("book.below(given[0]).innerText.includes(given[1])", [cell, text], seconds)
        except PlaywrightTimeoutError:
            raise AssertionError(f"no {text!r} below {cell}: {self.shown(cell)!r}") from None
        return self.shown(cell)

    def wait_until_idle(self) -> None:
        """Waits until its kernel runs no cell."""
        self._wait("book.isIdle()")

    def is_busy(self) -> bool:
        """Whether its kernel runs a cell."""
        return not self._ask("book.isIdle()")

    def is_running(self, cell: str) -> bool:
        """Whether a cell runs: a kernel that answers a page beside it counts as idle in Lab."""
        return bool(self._ask("book.cell(given).promptNode.innerText.includes('*')", cell))

    def wait_until_done(self, cell: str) -> None:
        """Waits until a cell runs no more."""
        self._wait("!book.cell(given).promptNode.innerText.includes('*')", cell)

    def _ask(self, expression: str, given: object = None) -> Any:
        """The value of an expression about ``book`` and ``given``, in the page."""
        asked = f"async ([path, given]) => {{ const book = books[path]; return {expression} }}"
        return self.page.evaluate(asked, [self.path, given])

    def _wait(self, condition: str, given: object = None, seconds: float = SECONDS) -> None:
        asked = f"([path, given]) => {{ const book = books[path]; return {condition} }}"
        self.page.wait_for_function(asked, arg=[self.path, given], timeout=seconds * 1000)


@contextmanager
def opened(lab: Lab, page: Page, folder: str, cells: Mapping[str, str]) -> Iterator[OpenNotebook]:
    """A new notebook with these cells, open in ``page`` until the ``with`` ends.

    It lies in a folder of its own below the server's root, and so has a store of its own.
    """
    write_notebook(lab.root / folder / "book.ipynb", cells)
    book = OpenNotebook(page, f"{folder}/book.ipynb")
    yield book
    book.close()


def write_notebook(path: Path, cells: Mapping[str, str]) -> None:
    """Writes a notebook whose cells' ids are their names; folders are made."""
    notebook: Any = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    notebook.cells = [
        nbformat.v4.new_code_cell(source, id=cell_id) for cell_id, source in cells.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
