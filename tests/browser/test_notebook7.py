"""The dashboard in Notebook 7: live, in its dark theme, without an error in its console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.lab import Lab
from tests.browser.open_notebook import write_notebook

pytestmark = pytest.mark.xdist_group("browser")

CELLS = {
    "load": "%load_ext assetbook",
    "orders": "@asset\ndef orders():\n    return [1, 2]",
    "dashboard": "%dashboard",
    "sleep": "import time\ntime.sleep(8)",
}
RUN = "void jupyterapp.commands.execute('notebook:run-all-cells')"
IDLE = """() => {
  const panel = window.jupyterapp?.shell.currentWidget;
  return panel?.sessionContext?.session?.kernel?.status === 'idle';
}"""
SECONDS = 30_000


@pytest.fixture(scope="module")
def notebook7(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """The server."""
    with Lab(tmp_path_factory.mktemp("notebook7"), "notebook") as server:
        write_notebook(server.root / "book" / "book.ipynb", CELLS)
        yield server


@pytest.fixture
def page(notebook7: Lab, browser: Browser) -> Iterator[Page]:
    """The notebook, open and idle in the dark theme; nothing of ours may go wrong in it."""
    page = browser.new_page()
    wrong: list[str] = []
    ours = "blob:"  # where our programs are; Notebook has errors of its own
    page.on("pageerror", lambda error: ours in (error.stack or "") and wrong.append(error.stack))
    page.goto(notebook7.url("notebooks/book/book.ipynb"))
    page.wait_for_function(IDLE, timeout=60_000)
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Dark'})"
    )
    yield page
    page.close()
    assert wrong == []


def test_it_is_live_while_a_cell_sleeps(page: Page) -> None:
    page.evaluate(RUN)
    page.get_by_role("tab", name="Assets").click(timeout=SECONDS)
    orders = page.locator(".ab-root tr[data-key=orders]")
    expect(orders).to_contain_text("missing", timeout=SECONDS)

    orders.get_by_role("button", name="Materialize orders").click()

    expect(orders).to_contain_text("fresh")
    prompts = page.locator(".jp-CodeCell .jp-InputPrompt")
    assert "*" in prompts.last.inner_text()
    dark = page.locator(".ab-root").evaluate("each => getComputedStyle(each).backgroundColor")
    assert sum(map(int, dark.strip("rgba()").split(",")[:3])) < 150
