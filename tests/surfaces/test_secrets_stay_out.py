"""A secret that runs print, log, raise, return or hold is nowhere in the store's files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.canary import found

WRITTEN = "canary-7a2d-in-source"
CANARY = "canary-5f1c-Kq83-unguessable"
PLAIN = "plain-data-that-is-no-secret"

VIEWS = (
    "!%materialize raised",
    "%show printed",
    "%show told",
    "%show noted",
    "%why inner",
    "%logs",
)
CELLS = (
    "import logging",
    "class Login(Config):\n    user: str = 'ada'\n    password: Secret\n    note: str = ''",
    "class Db(ConfigurableResource):\n    password: Secret",
    "login = Login(password=EnvVar('CANARY'))",
    "db = Db(password=EnvVar('CANARY'))",
    # printed and logged
    "@asset(config=login)\ndef printed(config: Login) -> str:\n"
    "    print('it is', config.password.get_value())\n"
    "    print(repr(config), config.password)\n"
    "    logging.getLogger('app').warning('login with %s', config.password.get_value())\n"
    f"    return '{PLAIN}'",
    "%materialize printed",
    # raised
    "@asset(config=login)\ndef raised(config: Login) -> str:\n"
    "    raise ValueError(f'no login with {config.password.get_value()}')",
    "!%materialize raised",
    # in metadata, tags and a description
    "@asset(config=login)\ndef told(context: AssetExecutionContext, config: Login) -> str:\n"
    "    context.add_output_metadata({'url': f'x://{config.password.get_value()}@db'})\n"
    "    return 'x'",
    "%materialize told",
    # through a resource
    "@asset\ndef through(db: Db) -> int:\n    print(db.password.get_value())\n    return 1",
    "%materialize through",
    # in another field of the configuration
    f"@asset(config=Login(password=EnvVar('CANARY'), note='mine is {CANARY}'))\n"
    "def noted(config: Login) -> str:\n    return config.user",
    "%materialize noted",
    # in source, bound to a name that says what it is
    f"password = '{CANARY}'",
    "@asset\ndef literal() -> int:\n    return len(password)",
    f"@asset\ndef inner() -> int:\n    api_token = '{CANARY}'\n    return len(api_token)",
    f"%%asset cell_literal\npassword = '{CANARY}'\nlen(password)",
    "%materialize literal",
    "%materialize inner",
    # known by its name in the source alone
    f"@asset\ndef said() -> int:\n    api_key = '{WRITTEN}'\n    print(api_key)\n"
    "    raise ValueError(api_key)",
    "!%materialize said",
    # displayed
    f"from IPython.display import display\n@asset\ndef displayed() -> int:\n"
    f"    display({{'token': '{CANARY}'}})\n    return 1",
    "%materialize displayed",
    *VIEWS[1:],
)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """The store's folder after all cells ran, and what every cell showed."""
    folder = tmp_path_factory.mktemp("book")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CANARY", CANARY)
        with opened(folder) as book:
            shown = [run(book, cell) for cell in CELLS]
            yield folder / ".assetbook", shown


def run(book: Book, cell: str) -> str:
    """What it showed; a cell that begins with ``!`` is meant to fail."""
    if not cell.startswith("!"):
        return book.run(cell)
    with pytest.raises(CellFailedError) as failed:
        book.run(cell.removeprefix("!"))
    return str(failed.value)


def test_no_file_of_the_store_holds_the_secret(told: tuple[Path, list[str]]) -> None:
    folder, _ = told
    assert found(folder, [CANARY, WRITTEN]) == []


def test_the_search_finds_what_is_there(told: tuple[Path, list[str]]) -> None:
    folder, _ = told
    assert found(folder, [PLAIN]) != []


def test_failures_and_views_show_stars(told: tuple[Path, list[str]]) -> None:
    _, shown = told
    views = dict(zip(CELLS, shown, strict=True))
    assert "no login with ***" in views["!%materialize raised"]
    assert "x://***@db" in views["%show told"]
    assert "it is ***" in views["%show printed"]
    assert [cell for cell in VIEWS if CANARY in views[cell]] == []
