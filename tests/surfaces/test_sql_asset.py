"""``%%sql_asset``: SQL is an asset's body, with the options of ``%%asset``."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pytest
from tests.surfaces.book import Book, CellFailedError

from assetbook.keys import AssetKey

ORDERS = """import pandas as pd
@asset(key_prefix='raw')
def orders() -> pd.DataFrame:
    return pd.DataFrame({'city': ['a', 'b', 'a'], 'amount': [1, 2, 3]})"""
TOTALS = "%%sql_asset totals\nselect city, sum(amount)::int as total from orders group by city"


def state(book: Book, name: str) -> str:
    return book.live.standing()[0].states[AssetKey(name)].state


@pytest.fixture
def orders(book: Book) -> Book:
    book.run(ORDERS)
    return book


def test_it_brings_its_inputs_and_shows_a_frame(orders: Book) -> None:
    orders.run(f"{TOTALS} order by city")
    expected = pd.DataFrame({"city": ["a", "b"], "total": pd.Series([4, 2], dtype="int32")})
    pd.testing.assert_frame_equal(orders.result, expected)
    event = orders.instance.version("totals").event
    assert (event.value.kind, [read.key for read in event.inputs.values()]) == (
        "arrow",
        [AssetKey(["raw", "orders"]).text],
    )
    assert "notes" not in event.metadata


def test_fresh_it_is_shown_again(orders: Book) -> None:
    orders.run(TOTALS)
    shown = orders.run(f"{TOTALS}  -- the same")
    assert "`totals` is fresh since" in shown
    assert isinstance(orders.result, pd.DataFrame)
    assert len(orders.instance.versions("totals")) == 1


def test_what_is_handed_over_is_what_the_file_gives(orders: Book) -> None:
    orders.run(f"{TOTALS} order by all --define".replace("totals\n", "totals --define\n"))
    orders.run("%%sql_asset twice\nselect total * 2 as n from totals order by n")
    from_memory = orders.instance.value("twice", as_type=pa.Table)
    orders.run("%materialize twice --force --only")
    assert orders.instance.value("twice", as_type=pa.Table) == from_memory
    versions = orders.instance.versions("twice")
    assert versions[0].event.data_version == versions[1].event.data_version


def test_python_values_make_it_stale(orders: Book) -> None:
    orders.run("least = 2")
    orders.run("%%sql_asset large\nselect * from orders where amount >= :least order by amount")
    assert list(orders.result["amount"]) == [2, 3]
    shown = orders.run("least = 3")
    assert "`large` became stale (constant least 2 → 3)" in shown


def test_a_value_of_an_asset_can_be_bound(orders: Book) -> None:
    orders.run("%%asset least\n2")
    orders.run("%%sql_asset large\nselect * from orders where amount > :least")
    assert list(orders.result["amount"]) == [3]
    assert set(orders.instance.version("large").event.inputs) == {"least", "orders"}


def test_fields_of_its_config_are_bound(orders: Book) -> None:
    orders.run("class Limits(Config):\n    least: int = 3")
    orders.run("least = 1")
    orders.run("%%sql_asset large --config Limits\nselect * from orders where amount >= $least")
    assert list(orders.result["amount"]) == [3]
    orders.run("%materialize large")
    orders.run("least = 2")
    assert state(orders, "large") == "fresh"
    orders.run("class Limits(Config):\n    least: int = 2")
    orders.run("%%sql_asset large --config Limits\nselect * from orders where amount >= $least")
    assert list(orders.result["amount"].sort_values()) == [2, 3]


def test_readers_bear_their_mark(orders: Book) -> None:
    (orders.path.parent / "x.csv").write_text("a\n1\n")
    orders.run("%%sql_asset read\nfrom read_csv('x.csv')")
    assert orders.instance.version("read").event.readers == ("read_csv",)
    orders.run("%%sql_asset counted --reads x.csv\nfrom 'x.csv'")
    assert orders.instance.version("counted").event.readers == ()
    assert state(orders, "counted") == "fresh"
    (orders.path.parent / "x.csv").write_text("a\n2\n")
    assert state(orders, "counted") == "stale"


def test_comments_may_stand_above(orders: Book) -> None:
    with pytest.raises(CellFailedError, match="line 4, column 8: Referenced column `amont`"):
        orders.run("# here\n\n%%sql_asset wrong\nselect amont from orders")


def test_wrong_names_are_told_with_their_place(orders: Book) -> None:
    with pytest.raises(CellFailedError, match=r"line 2, column 6: `ordres` is neither") as failed:
        orders.run("%%sql_asset wrong\nfrom ordres")
    assert "Did you mean `raw/orders`?" in str(failed.value)
    with pytest.raises(CellFailedError, match=r"`leat` is neither .*\n.*`least`"):
        orders.run("least = 1")
        orders.run("%%sql_asset wrong\nfrom orders where amount > :leat")


def test_a_parameter_that_is_no_plain_value_is_named(orders: Book) -> None:
    with pytest.raises(CellFailedError, match="`:pd` is a module"):
        orders.run("%%sql_asset wrong\nfrom orders where amount > :pd")


def test_a_plain_asset_is_no_table(orders: Book) -> None:
    orders.run("%%asset least\n2")
    with pytest.raises(CellFailedError, match="`least`: it is an int, not a table\nA plain"):
        orders.run("%%sql_asset wrong\nfrom least")


def test_data_at_fault_shows_no_traceback(orders: Book) -> None:
    with pytest.raises(CellFailedError, match="line 2, column 12: Could not convert") as failed:
        orders.run("%%sql_asset wrong\nselect city::int as n from orders")
    assert "Traceback" not in str(failed.value)
    assert "duckdb" not in str(failed.value)


def test_an_effect_has_no_value(orders: Book) -> None:
    orders.run("%%sql_asset out --effect\ncopy orders to 'out.csv'")
    assert (orders.path.parent / "out.csv").read_text().startswith("city,amount\na,1\n")
    assert orders.instance.version("out").event.value is None


def test_python_cells_read_what_it_made(orders: Book) -> None:
    orders.run(TOTALS)
    orders.run("%%asset number --as totals=pd.DataFrame\nint(totals['total'].sum())")
    assert orders.result == 6


def test_a_type_of_an_input_is_refused(orders: Book) -> None:
    with pytest.raises(CellFailedError, match="Leave --as out"):
        orders.run("%%sql_asset wrong --as orders=pd.DataFrame\nfrom orders")


def test_other_managers_are_given_a_table(orders: Book) -> None:
    orders.run("kept = InMemoryIOManager()")
    orders.run(TOTALS.replace("totals\n", "totals --io-manager-key kept\n"))
    orders.run("%%sql_asset count\nselect count(*)::int as n from totals, totals t")
    assert list(orders.result["n"]) == [4]
    assert isinstance(orders.instance.value("totals", resources=orders.names), pa.Table)


def test_in_memory_it_can_be_read_twice(orders: Book) -> None:
    orders.run(TOTALS.replace("totals\n", "totals --define\n"))
    orders.run("%%sql_asset count --define\nselect count(*)::int as n from totals, totals t")
    orders.run("made = materialize_to_memory([orders, totals, count])")
    assert orders.names["made"].success


def test_only_defined_its_card_says_what_its_value_is(orders: Book) -> None:
    shown = orders.run(TOTALS.replace("totals\n", "totals --define\n"))
    assert "its value is the last query" in shown


def test_after_its_input_is_deleted_it_still_reads_it(orders: Book) -> None:
    orders.run("%%asset old --key-prefix raw\npd.DataFrame({'a': [1]})")
    orders.run("%%sql_asset young\nfrom raw.old")
    orders.run("%forget raw/old")
    orders.run("%materialize young --force")
    assert len(orders.instance.versions("young")) == 2
