"""A secret that a notebook's run is given, holds, prints, shows or raises is in no file of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from tests.automation.alerts.listening import http_server
from tests.kernels.notebooks import written
from tests.surfaces.book import Book, CellFailedError, opened
from tests.surfaces.canary import canary, forms_of, found

from assetbook.automation.alerts.alert import Alert
from assetbook.automation.alerts.report import report_of
from assetbook.automation.alerts.sending import send
from assetbook.settings.alerts import Webhook

ROUTES = ("variable", "literal", "typed", "given", "config", "swept", "dying")
URL_SECRET, SCHEDULED = "Kq83-of-a-url-4711", "Kq83-of-a-schedule-4711"
SECRETS = [*map(canary, ROUTES), URL_SECRET, SCHEDULED]
PLAIN = "plain-data-that-is-no-secret"
SHOWING = (
    "import base64, logging, sys, time, json, urllib.parse\n"
    "from IPython.display import HTML, JSON, SVG, Image, display, update_display",
    f"print({PLAIN!r}, token)\nprint(repr(token), json.dumps(token), file=sys.stderr)",
    "for part in (token[:5], token[5:9], token[9:]):\n"
    "    print(part, end='', flush=True); time.sleep(0.02)\n"
    "print()\nsys.stdout.write(token[:7]); sys.stdout.flush(); sys.stderr.write('between')\n"
    "sys.stderr.flush(); print(token[7:])",
    "print(base64.b64encode(f'ada:{token}'.encode()), base64.b64encode(token.encode()).decode())\n"
    "print(base64.urlsafe_b64encode(f'b:{token}'.encode()), urllib.parse.quote(token))\n"
    "print(urllib.parse.urlencode({'password': token}), urllib.parse.quote(token, safe=''))",
    "display({'token': token}, JSON({'deep': [token, {token: token}]}), HTML(f'<b>{token}</b>'))\n"
    "display({'text/plain': token}, raw=True, metadata={'text/plain': {'title': token}})",
    "import pandas\npandas.DataFrame({'name': ['ada'], token: [token]})",
    "import matplotlib.pyplot as plt\nfrom matplotlib_inline.backend_inline import "
    "set_matplotlib_formats\nset_matplotlib_formats('svg')\n"
    "plt.rcParams['svg.fonttype'] = 'none'\nplt.title(token); plt.plot([1, 2]); plt.show()",
    "handle = display('none', display_id='one')\nupdate_display(token, display_id='one')",
    "import ipywidgets\nipywidgets.Text(value=token, description=token)",
    "logging.getLogger('app').warning('login with %s', token)\n!echo \"$CANARY_TOKEN\"",
    "token",
)
RAISING = "local = token\n1 / 0  # {secret}"
INSIDE = (  # what a notebook materializes is a run of its own, written by its kernel
    "%load_ext assetbook\nfrom assetbook import *",
    "class Db(ConfigurableResource):\n    password: str\ndb = Db(password=token)\n"
    "@asset(metadata={'at': token}, description=token)\n"
    "def inside(context: AssetExecutionContext, db: Db) -> int:\n"
    "    print('it is', db.password)\n    context.log.warning('log %s', db.password)\n"
    "    context.add_output_metadata({'note': db.password})\n    return 1",
    "%materialize inside",
)
RAISING = "local = token\nraise ValueError(f'no login with {token}')"
DYING = "import os\nos.write(2, token.encode() + b'\\n')\nos._exit(3)"
CONFIG = (
    "from assetbook import Config, Secret\nclass Login(Config):\n    user: str = 'ada'\n"
    "    password: Secret = Secret('')\nlogin = Login()"
)
LOGIN = "print(login.password.get_value(), login)\nraise ValueError(login.password.get_value())"


def launched(book: Book, words: str) -> str:
    """What the cell showed, of a run that fails or not."""
    try:
        return book.run(words)
    except CellFailedError as failed:
        return str(failed)


def literal_notebook(path: Path) -> Path:
    """One whose cells hold what is secret, which they show, too."""
    secret = canary("literal")
    written(
        path,
        f"db_password = {secret!r}  # of the shop\nprint({PLAIN!r}, db_password)",
        f"engine = dict(url='postgresql://ada:{URL_SECRET}@db/shop')\n"
        "print(engine['url'].split(':')[2].split('@')[0])\nengine",
        f"def login(password={secret!r}):\n    raise ValueError(password)\nlogin()",
    )
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(f"Log in: `password = {secret!r}`"))
    notebook.metadata["note"] = notebook.cells[1].metadata["note"] = f"with {secret}"
    nbformat.write(notebook, path)
    return path


pytestmark = pytest.mark.xdist_group("notebook secrets")  # one fixture for all


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str], list[Any]]]:
    """The store's folder after all of it ran, what every cell showed, and what a server got."""
    folder = tmp_path_factory.mktemp("book")
    with (
        pytest.MonkeyPatch.context() as patch,
        opened(folder) as book,
        http_server() as posted,
    ):
        patch.setenv("CANARY_TOKEN", canary("variable"))
        shown = [launched(book, each) for each in cells(folder, book.path)]
        for run in book.instance.runs():
            shown += [book.run(f"%show {run.id}"), book.run(f"%logs {run.id}")]
            about: Any = {"kind": "failed", "subject": "report", "said": "no", "key": run.id}
            alert = Alert(**about, at=book.instance.clock.now(), run_id=run.id, step=run.steps[0])
            send(Webhook(f"{posted.url}hook"), report_of(book.instance, alert, "shop"))
        yield folder / ".assetbook", shown, posted.bodies


def cells(folder: Path, own: Path) -> Iterator[str]:
    """What runs notebooks that have a secret in each of the ways there are."""
    report = written(folder / "report.ipynb", *SHOWING, *INSIDE, RAISING, parameters="token = ''")
    given = "parameters={'token': EnvVar('CANARY_TOKEN')}"
    yield f"shown = notebook_job({str(report)!r}, name='shown', html='with code', {given})"
    yield "%launch shown"
    literal = literal_notebook(folder / "literal.ipynb")
    yield f"written = notebook_job({str(literal)!r}, html='with code')\n%launch literal"
    login = written(folder / "login.ipynb", LOGIN, parameters=CONFIG)
    yield f"%launch {login} password={canary('typed')!r}"
    yield f"launch({str(login)!r}, {{'password': {canary('given')!r}}})"
    yield f"launch({str(login)!r}, {{'password': Secret({canary('config')!r})}})"
    dying = written(folder / "dying.ipynb", DYING, parameters="token = ''")
    yield f"launch({str(dying)!r}, {{'token': Secret({canary('dying')!r}).get_value()}})"
    swept = f"{{'password': [{canary('swept')!r}]}}"
    yield f"swept = notebook_job({str(login)!r}, name='swept', sweep={swept})"
    swept = "{'password': [EnvVar('CANARY_TOKEN')]}"
    yield f"swept = notebook_job({str(login)!r}, name='swept', sweep={swept})"
    yield "%backfill --job swept all"
    written(own, "token", parameters="token = 'none'")
    yield f'%schedule weekly "0 7 * * 1" --notebook token={SCHEDULED} --on'
    yield "%schedules"
    yield "%plan"


def test_no_file_and_no_alert_holds_a_secret(told: tuple[Path, list[str], list[Any]]) -> None:
    folder, _, posted = told

    assert found(folder, SECRETS) == []
    assert len(posted) > 6
    (folder / "alerts").write_text(json.dumps(posted))
    assert found(folder, SECRETS) == []


def test_the_search_finds_what_is_there(told: tuple[Path, list[str], list[Any]]) -> None:
    """The control: what is no secret is in every kind of file."""
    folder, _, _ = told

    kinds = {place.rpartition("in ")[2].rpartition(".")[2] for place in found(folder, [PLAIN])}
    assert kinds >= {"ipynb", "jsonl", "html", "log", "out", "db-wal"}


def test_each_form_is_found(tmp_path: Path) -> None:
    """The control for each form, and for what stands in a database compressed."""
    for number, (_, body) in enumerate(forms_of(SECRETS[0])):
        (tmp_path / "file").write_bytes(b"x" * number + body)
        assert found(tmp_path, SECRETS), number


def test_what_runs_showed_has_stars(told: tuple[Path, list[str], list[Any]]) -> None:
    _, shown, _ = told
    said = "\n".join(shown)

    assert "ValueError: no login with ***" in said
    assert "db_password = '***'  # of the shop" in said and "postgresql://***@db/shop" in said
    assert "exit code 3, peak memory " in said and "; it said last: ***" in said
    assert "`password` holds a secret, and would name a partition" in said
    assert "partitions  static: password=CANARY_TOKEN" in said
    assert "it is ***" in said and "WARNING log ***" in said
    assert not [each for each in SECRETS if each in said]
