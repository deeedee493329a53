"""The verbs as Python functions, at a live notebook and at a store alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.surfaces.book import Book, opened

import assetbook
from assetbook.definitions.asset_decorator import asset
from assetbook.errors import ConfigError, NotLoadedError, SelectionError, UsageError
from assetbook.instance.instance import Instance
from assetbook.surfaces import making_verbs, value_verbs, verbs
from assetbook.surfaces.desk import StoreDesk, current_desk, live_desk


@pytest.fixture
def filled(book: Book) -> Book:
    """Two assets that are made, one that is not."""
    book.run("@asset(group_name='raw')\ndef numbers():\n    print('counting')\n    return [1, 2]")
    book.run("@asset\ndef total(numbers):\n    return sum(numbers)")
    book.run("@asset(key='marts/twice')\ndef twice(total):\n    return 2 * total")
    book.run("%materialize total")
    return book


@pytest.fixture
def store(tmp_path: Path) -> Iterator[StoreDesk]:
    """The same store with no notebook open."""
    with opened(tmp_path, "numbers.ipynb") as book:
        book.run("%%asset numbers\n[1, 2]")
        book.run("%%asset total\nsum(numbers)")
    instance = Instance.get(tmp_path)
    yield StoreDesk(instance)
    instance.close()


def test_assets_gives_a_row_each(filled: Book) -> None:
    table = assetbook.assets()
    assert [(str(row.key), row.state, row.number, row.cell) for row in table] == [
        ("numbers", "fresh", 1, "In[3]"),
        ("total", "fresh", 1, "In[4]"),
        ("marts/twice", "missing", None, "In[5]"),
    ]


def test_assets_can_be_narrowed(filled: Book) -> None:
    assert [str(row.key) for row in assetbook.assets("group:raw")] == ["numbers"]


def test_show_tells_who_made_it_and_what_it_printed(filled: Book) -> None:
    shown = str(assetbook.show("numbers"))
    assert "counting" in shown
    assert "book.ipynb In[6]" in shown


@pytest.mark.parametrize("name", ["marts/twice", "twice"])
def test_an_asset_may_be_named_by_its_last_part(filled: Book, name: str) -> None:
    assert str(assetbook.show(name).row.key) == "marts/twice"


def test_a_wrong_name_offers_the_nearest(filled: Book) -> None:
    for ask in (assetbook.show, assetbook.why, assetbook.versions, assetbook.value):
        with pytest.raises(SelectionError, match="Did you mean `total`"):
            ask("totall")


def test_lineage_has_the_edges_of_what_is_chosen(filled: Book) -> None:
    assert len(assetbook.lineage().edges) == 2
    assert len(assetbook.lineage("+total").edges) == 1


def test_why_shows_the_code_that_changed(filled: Book) -> None:
    filled.run("@asset\ndef total(numbers):\n    return sum(numbers) + 1")
    shown = str(assetbook.why("total"))
    assert "-    return sum(numbers)" in shown
    assert "+    return sum(numbers) + 1" in shown


def test_a_plan_touches_nothing(filled: Book) -> None:
    assert [step.name for step in assetbook.plan("twice")] == ["marts/twice"]
    assert len(filled.instance.runs()) == 1


def test_materialize_by_name_uses_the_notebooks_definitions(filled: Book) -> None:
    outcome = assetbook.materialize("twice")
    assert outcome.asset_value("marts/twice") == 6
    assert assetbook.materialize("twice").run_id is None


def test_materialize_by_name_takes_configuration(filled: Book) -> None:
    filled.run("class Day(Config):\n    day: int = 1")
    filled.run("@asset\ndef daily(config: Day):\n    return config.day")
    outcome = assetbook.materialize("daily", run_config={"daily": {"day": 9}})
    assert outcome.asset_value("daily") == 9
    assert "9" in str(outcome.materialized[0].config_text)
    assert assetbook.value("daily") == 9
    assert "config changed: day 9 → 1" in str(assetbook.why("daily"))
    with pytest.raises(ConfigError, match="Did you mean `daily`"):
        assetbook.materialize("daily", run_config={"dayly": {}})


RATED = """from assetbook import ConfigurableResource
class Rate(ConfigurableResource):
    factor: int
rate = Rate(factor=2)
"""


def test_materialize_by_name_takes_resources(filled: Book) -> None:
    filled.run(RATED)
    filled.run("@asset\ndef priced(rate: Rate):\n    return rate.factor")
    rate = filled.shell.user_ns["Rate"](factor=50)
    outcome = assetbook.materialize("priced", resources={"rate": rate})
    assert outcome.asset_value("priced") == 50
    assert filled.instance.latest_materialization("priced") is None
    assetbook.materialize("priced", resources={"rate": rate}, record=True)
    assert assetbook.value("priced") == 50
    assert "config changed: rate" in str(assetbook.why("priced"))
    assetbook.materialize("priced")
    assert assetbook.value("priced") == 2


def test_what_goes_with_objects_only_is_refused_for_names(filled: Book) -> None:
    with pytest.raises(UsageError, match="selection= goes with definitions given as objects"):
        assetbook.materialize("twice", selection="twice")
    with pytest.raises(UsageError, match="instance= goes with"):
        assetbook.materialize("twice", instance=filled.instance)


def test_runs_and_logs_tell_what_happened(filled: Book) -> None:
    [run] = assetbook.runs()
    assert "counting" in str(assetbook.logs())
    assert "counting" in str(assetbook.logs(run.id[:4], "numbers"))
    assert "counting" not in str(assetbook.logs(run.id[:4], "total"))


def test_logs_of_nothing_say_so(book: Book) -> None:
    with pytest.raises(SelectionError, match="nothing has run here yet"):
        assetbook.logs()


@pytest.mark.parametrize(("name", "version"), [("total", None), ("total@1", None), ("total", 1)])
def test_values_are_read_by_version(filled: Book, name: str, version: int | None) -> None:
    assert assetbook.value(name, version) == 3


def test_what_is_no_version_is_told_what_is(filled: Book) -> None:
    with pytest.raises(SelectionError, match=r"`x` is not a version: .*run:ID\n`%versions total`"):
        assetbook.value("total@x")


@pytest.mark.parametrize("reference", ["1", "2999-01-01", "run:"])
def test_a_version_is_named_alike_everywhere(filled: Book, reference: str) -> None:
    if reference == "run:":
        reference += filled.instance.version("total").run_id[:5]
    filled.run("@asset\ndef total(numbers):\n    return sum(numbers) + 1")
    named = f"total@{reference}"
    if reference != "2999-01-01":
        filled.run("%materialize total")
    assert assetbook.value(named) == assetbook.value("total", reference) == 3
    assert filled.instance.value(named) == filled.instance.value("total", reference) == 3
    assert filled.names["total"].value(reference) == 3
    assert [each.number for each in assetbook.versions(named)] == [1]
    assert assetbook.show(named).version == filled.instance.version(named)
    assert "its own code changed" in str(assetbook.why(named))
    filled.run(f"%value {named}")
    assert filled.result == 3


def test_show_tells_an_earlier_version_from_the_latest(filled: Book) -> None:
    filled.run("@asset\ndef total(numbers):\n    return sum(numbers) + 1")
    filled.run("%materialize total")
    shown = str(assetbook.show("total@1"))
    assert "version 1 would be ◐ stale" in shown
    assert "1, and the latest is 2" in shown
    assert "would be" not in str(assetbook.show("total@2"))
    shown = str(assetbook.why("total@1"))
    assert shown.startswith("total with version 1 would be  ◐ stale")
    for view in (assetbook.show("total@1"), assetbook.why("total@1")):
        told = view.to_json()
        assert told["version"]["version"] == 1
        assert "latest" not in told
    assert assetbook.why("total@2").to_json()["latest"]["version"] == 2


def test_an_earlier_version_may_be_named_by_the_last_part(filled: Book) -> None:
    filled.run("%materialize twice")
    assert assetbook.value("twice@1") == assetbook.value("marts/twice@1") == 6


def test_a_key_with_an_at_sign_is_itself(filled: Book) -> None:
    filled.run("@asset(key='mail@1')\ndef mail():\n    return 'letter'")
    filled.run("%materialize")
    assert assetbook.value("mail@1") == assetbook.value("mail@1@1") == "letter"
    assert filled.instance.value("mail@1") == filled.instance.value("mail@1@1") == "letter"
    assert assetbook.show("mail@1").row.key.parts == ("mail@1",)


def test_a_version_that_is_named_twice_is_refused(filled: Book) -> None:
    with pytest.raises(SelectionError, match="version 1 is asked for too"):
        assetbook.value("total@1", 1)


def test_versions_of_what_was_never_made_are_an_error(filled: Book) -> None:
    with pytest.raises(SelectionError, match="never been materialized"):
        assetbook.versions("twice")


def test_a_value_of_ones_own_manager_is_read_with_the_notebooks(book: Book) -> None:
    book.run(
        "class Shelf(IOManager):\n"
        "    kept = {}\n"
        "    def handle_output(self, context, obj):\n        self.kept[context.asset_key] = obj\n"
        "    def load_input(self, context):\n        return self.kept[context.asset_key]\n"
        "shelf = Shelf()"
    )
    book.run("@asset(io_manager_key='shelf')\ndef kept():\n    return object")
    book.run("kept_outcome = assetbook.materialize('kept')")
    assert assetbook.value("kept") is object
    assert book.names["kept_outcome"].asset_value("kept") is object


def test_forgetting_keeps_the_versions(filled: Book) -> None:
    assert "`%versions total` still lists" in assetbook.forget("total")
    assert len(assetbook.versions("total").versions) == 1


def test_the_overview_counts_states(filled: Book) -> None:
    assert "2 fresh" in str(assetbook.overview())


# -- a store alone


def test_without_a_notebook_the_projects_store_is_asked(
    store: StoreDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert live_desk() is None
    desk = current_desk()
    assert isinstance(desk, StoreDesk)
    assert [row.state for row in verbs.assets()] == ["fresh", "fresh"]


def test_every_row_says_where_it_is_known_from(store: StoreDesk) -> None:
    for row in verbs.assets(desk=store):
        assert row.source.startswith("as of In[")
        assert row.source.endswith(", numbers.ipynb")


def test_what_only_has_versions_is_an_orphan(store: StoreDesk) -> None:
    @asset
    def loose() -> int:
        return 1

    making_verbs.materialize([loose], desk=store)
    assert [str(row.key) for row in verbs.assets(orphans=True, desk=store)] == ["loose"]


def test_assets_of_a_gone_notebook_are_orphans(store: StoreDesk, tmp_path: Path) -> None:
    assert len(verbs.assets(orphans=True, desk=store)) == 0
    (tmp_path / "numbers.ipynb").unlink()
    [first, _] = verbs.assets(orphans=True, desk=store)
    assert first.source == "no notebook defines it: numbers.ipynb is no more"


def test_values_and_views_need_no_notebook(store: StoreDesk) -> None:
    assert value_verbs.value("total", desk=store) == 3
    assert "upstream    numbers" in str(verbs.show("total", desk=store))
    assert str(verbs.why("total", desk=store)).startswith("total")
    assert len(verbs.lineage(desk=store).edges) == 1


@pytest.mark.parametrize(
    "ask",
    [
        lambda desk: making_verbs.plan(desk=desk),
        lambda desk: making_verbs.materialize("total", desk=desk),
        lambda desk: verbs.forget("total", desk=desk),
        lambda desk: desk.take_over(()),
    ],
)
def test_what_needs_definitions_says_how_to_get_them(store: StoreDesk, ask: object) -> None:
    with pytest.raises(NotLoadedError, match="no notebook is loaded here\nIn a notebook run"):
        ask(store)  # type: ignore[operator]
