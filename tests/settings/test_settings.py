"""Where a project's root and store are, and what its settings may be."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.errors import AssetbookError, ConfigError
from assetbook.project import find_project, location_id, refuse_unsupported_platform
from assetbook.settings import LogSettings, RetentionRule, Settings, TagLimit, read_settings


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    return write(tmp_path / "repo" / "work" / "nb" / "a.ipynb", "{}")


def test_a_lone_notebook_is_its_own_project(tmp_path: Path) -> None:
    # under a name that has no project above it, whatever holds the temporary folder
    notebook = write(tmp_path / "a.ipynb")
    project = find_project(notebook, {})
    assert project.root == tmp_path
    assert project.store == tmp_path / ".assetbook"
    assert project.settings == Settings(store=None, register_only=False, lease_seconds=30.0)


@pytest.mark.parametrize("marker", ["pyproject.toml", ".git"])
def test_the_nearest_project_file_makes_the_root(notebook: Path, marker: str) -> None:
    write(notebook.parents[2] / marker)
    write(notebook.parents[1] / marker)
    assert find_project(notebook, {}).root == notebook.parents[1]


def test_an_existing_store_wins_over_nearer_project_files(notebook: Path) -> None:
    (notebook.parents[2] / ".assetbook").mkdir()
    write(notebook.parents[1] / "pyproject.toml")
    assert find_project(notebook, {}).root == notebook.parents[2]


def test_a_file_named_like_a_store_is_none(notebook: Path) -> None:
    write(notebook.parent / ".assetbook")
    write(notebook.parents[1] / "pyproject.toml")
    assert find_project(notebook, {}).root == notebook.parents[1]


def test_a_folder_is_a_start_too(notebook: Path) -> None:
    assert find_project(notebook.parent, {}) == find_project(notebook, {})


def test_a_notebook_that_is_not_saved_yet_has_a_project(notebook: Path) -> None:
    assert find_project(notebook.with_name("new.ipynb"), {}).root == notebook.parent


def test_the_setting_names_a_store_from_the_root(notebook: Path) -> None:
    root = notebook.parents[2]
    write(root / "pyproject.toml", '[tool.assetbook]\nstore = "state/book"\n')
    assert find_project(notebook, {}).store == root / "state" / "book"


def test_the_variable_wins_over_the_setting(notebook: Path, tmp_path: Path) -> None:
    write(notebook.parents[2] / "pyproject.toml", '[tool.assetbook]\nstore = "state"\n')
    project = find_project(notebook, {"ASSETBOOK_STORE": str(tmp_path / "elsewhere")})
    assert project.store == tmp_path / "elsewhere"
    assert project.root == notebook.parents[2]


def test_the_process_environment_counts(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSETBOOK_STORE", "/somewhere")
    assert find_project(notebook).store == Path("/somewhere")


def test_finding_creates_nothing(notebook: Path) -> None:
    find_project(notebook, {})
    assert [path.name for path in notebook.parent.iterdir()] == ["a.ipynb"]


def test_all_settings_are_read(tmp_path: Path) -> None:
    path = write(
        tmp_path / "pyproject.toml",
        '[tool.assetbook]\nstore = "s"\nregister_only = true\nlease_seconds = 5\n',
    )
    settings = read_settings(path)
    assert settings == Settings("s", True, 5.0)
    assert isinstance(settings.lease_seconds, float)


def test_retention_is_read_for_the_project_and_for_assets(tmp_path: Path) -> None:
    text = """
    [tool.assetbook.retention]
    session_versions = 5
    [tool.assetbook.retention.assets."raw/orders"]
    scheduled_days = 7
    """
    retention = read_settings(write(tmp_path / "pyproject.toml", text)).retention
    assert retention.of("prices") == RetentionRule(5, 30.0)
    assert retention.of("raw/orders") == RetentionRule(5, 7)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lease_second = 5", "no setting `lease_second`\nDid you mean `lease_seconds`"),
        (
            "zzz = 5",
            "no setting `zzz`\nThe settings are alerts, concurrency, heartbeat_url, lease_seconds, "
            "locations, logs, read_through, register_only, retention, store, stores, values",
        ),
        ('lease_seconds = "5"', "`lease_seconds` is '5'\nGive a number of seconds above 0"),
        ("retention = 3", "`retention` is 3\nGive a table"),
        ("[tool.assetbook.retention]\nsession = 3", "Did you mean `session_versions`"),
        ("[tool.assetbook.retention]\nscheduled_days = -1", "Give a number of 0 or more"),
        ("[tool.assetbook.retention]\nsession_versions = 1.5", "`session_versions` is 1.5"),
        ("[tool.assetbook.retention]\nassets = 3", "is no table of tables"),
        ("[tool.assetbook.retention.assets.orders]\nassets = 3", "there is no setting `assets`"),
        ("lease_seconds = true", "`lease_seconds` is True"),
        ("lease_seconds = 0", "`lease_seconds` is 0"),
        ("lease_seconds = nan", "`lease_seconds` is nan"),
        ("register_only = 1", "`register_only` is 1\nGive true or false"),
        ("store = 3", "`store` is 3\nGive the path of a folder"),
        ('store = ""', "`store` is ''"),
        ('values = "data"', "`values` is 'data'\nGive an absolute path, or a URL"),
        ('values = "s3://"', "`values` is 's3://'\nGive a URL as s3://bucket/values"),
        ('values = "simplecache::s3://bucket"', "Give a URL as s3://bucket/values"),
        ("concurrency = 3", "`concurrency` is 3\nGive a table"),
        ("concurrency = {max_runs = 3}", "no setting `max_runs`"),
        ("concurrency = {max_concurrent_runs = 0}", "is 0\nGive 1 or more; leave it out for none"),
        ("concurrency = {default_pool_limit = true}", "is True\nGive 1 or more"),
        ("concurrency = {pools = {db = 0}}", "`pools.db` is 0\nGive 1 or more"),
        ("concurrency = {pools = 2}", "`pools` is 2\nGive a table, as pools"),
        ("concurrency = {tag_concurrency_limits = {}}", "Give a list of tables, as"),
        ("concurrency = {tag_concurrency_limits = [{key = 'a'}]}", "Give key, limit and perhaps"),
        (
            "concurrency = {tag_concurrency_limits = [{key = 'a', value = 3, limit = 1}]}",
            "applyLimitPerUniqueValue = true} limits each value",
        ),
        ("logs = true", "`logs` is True\nGive a table"),
        ("logs = {max_byte = 3}", "no setting `max_byte`\nDid you mean `max_bytes`"),
        ("logs = {max_bytes = 0}", "`max_bytes` is 0\nGive a number of bytes above 0"),
        ("logs = {days = -1}", "`days` is -1\nGive a number of 0 or more"),
        ("logs = {level = 'debug'}", "`level` is 'debug'\nDid you mean `DEBUG`"),
        ("logs = {level = 10}", "`level` is 10\nThe levels are DEBUG, INFO"),
        ("stores = 3", "`stores` is 3\nGive a table of names and folders"),
        ("[tool.assetbook.stores]\nprod = 3", "`prod` is 3\nGive the path of a folder"),
        ("[tool.assetbook.stores]\nrun = 'x'", "`run` is no name for a store"),
        ("[tool.assetbook.stores]\n41 = 'x'", "`41` is no name for a store"),
        ("read_through = 'prod'", "there is no such store\nName some"),
        ("read_through = 'prd'\nstores = {prod = '/p'}", "Did you mean `prod`?"),
        (
            "store = 'prod'\nread_through = 'prod'\nstores = {prod = '/p'}",
            "the store `prod` would read through to itself",
        ),
        (
            "store = '/p/../p'\nread_through = 'prod'\nstores = {prod = '/p'}",
            "the store `prod` would read through to itself",
        ),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, line: str, said: str) -> None:
    path = write(tmp_path / "pyproject.toml", f"[tool.assetbook]\n{line}\n")
    with pytest.raises(ConfigError, match=said) as raised:
        read_settings(path)
    assert str(path) in str(raised.value)


@pytest.mark.parametrize(
    "values", ["sftp://me:canary@host/x", "s3://key:canary@bucket", "az://box/x?sig=canary"]
)
def test_credentials_in_a_url_are_refused_unsaid(tmp_path: Path, values: str) -> None:
    path = write(tmp_path / "pyproject.toml", f'[tool.assetbook]\nvalues = "{values}"\n')
    with pytest.raises(ConfigError, match="a password or with options in it") as raised:
        read_settings(path)
    assert "canary" not in str(raised.value)


@pytest.mark.parametrize(
    "values",
    ["s3://bucket", "gs://b/c d", "memory://", "sftp://me@host/x", "sftp://h:22/x", "/data"],
)
def test_values_may_go_elsewhere(tmp_path: Path, values: str) -> None:
    path = write(tmp_path / "pyproject.toml", f'[tool.assetbook]\nvalues = "{values}"\n')
    assert read_settings(path).values == values


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "tool = 3\n"])
def test_files_without_settings_give_defaults(tmp_path: Path, text: str) -> None:
    assert read_settings(write(tmp_path / "pyproject.toml", text)) == Settings()


def test_settings_that_are_no_table_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it is an int"):
        read_settings(write(tmp_path / "pyproject.toml", "[tool]\nassetbook = 3\n"))


def test_a_torn_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "pyproject.toml", "[tool.assetbook\n")
    with pytest.raises(ConfigError, match="cannot be read"):
        find_project(tmp_path, {})
    assert path.exists()


def test_a_location_is_a_path_from_the_root(notebook: Path) -> None:
    assert location_id(notebook, notebook.parents[2]) == "work/nb/a.ipynb"


def test_a_location_is_the_same_through_a_link(notebook: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(notebook.parent)
    assert location_id(link / "a.ipynb", notebook.parents[2]) == "work/nb/a.ipynb"


@pytest.mark.parametrize(
    "path",
    [
        "nb/.ipynb_checkpoints/a-checkpoint.ipynb",
        "a-Copy1.ipynb",
        "a-Copy.ipynb",
        "../outside.ipynb",
    ],
)
def test_copies_and_files_outside_are_no_locations(tmp_path: Path, path: str) -> None:
    assert location_id(tmp_path / path, tmp_path) is None


def test_windows_is_refused_with_a_sentence() -> None:
    with pytest.raises(AssetbookError, match="Use WSL 2, Linux or macOS"):
        refuse_unsupported_platform("win32")
    refuse_unsupported_platform("linux")
    refuse_unsupported_platform("darwin")


NAMED = """
[tool.assetbook]
store = "dev"
read_through = "prod"
[tool.assetbook.stores]
dev = ".assetbook"
prod = "../prod"
"""


@pytest.fixture
def named(notebook: Path) -> Path:
    """A notebook of a project with named stores."""
    write(notebook.parents[1] / "pyproject.toml", NAMED)
    return notebook


def test_a_named_store_reads_through_to_another(named: Path) -> None:
    project = find_project(named, {})
    assert (project.store_name, project.read_through) == ("dev", "prod")
    assert project.store == named.parents[1] / ".assetbook"
    assert project.stores["prod"].resolve() == named.parents[2] / "prod"


@pytest.mark.parametrize("how", ["variable", "argument", "folder"])
def test_a_store_is_chosen_by_name_or_folder(named: Path, how: str) -> None:
    prod = named.parents[2] / "prod"
    given = {"variable": "prod", "argument": "dev", "folder": str(prod)}[how]
    store = "prod" if how == "argument" else None
    project = find_project(named, {"ASSETBOOK_STORE": given}, store=store)
    assert project.store.resolve() == prod
    assert (project.store_name, project.read_through) == ("prod", None)


def test_a_store_in_a_folder_without_a_name_reads_through_too(named: Path, tmp_path: Path) -> None:
    project = find_project(named, {"ASSETBOOK_STORE": str(tmp_path / "mine")})
    assert (project.store_name, project.read_through) == (None, "prod")


@pytest.mark.parametrize("how", ["variable", "argument", "setting"])
def test_an_unknown_store_is_refused_with_the_nearest(named: Path, how: str) -> None:
    if how == "setting":
        text = NAMED.replace('store = "dev"', 'store = "prd"')
        write(named.parents[1] / "pyproject.toml", text)
    environ = {"ASSETBOOK_STORE": "prd"} if how == "variable" else {}
    with pytest.raises(ConfigError, match=r"there is no store `prd`\nDid you mean `prod`"):
        find_project(named, environ, store="prd" if how == "argument" else None)


def test_without_named_stores_a_word_is_a_folder(notebook: Path) -> None:
    write(notebook.parents[1] / "pyproject.toml")
    assert find_project(notebook, {"ASSETBOOK_STORE": "prod"}).store == Path.cwd() / "prod"
    with pytest.raises(ConfigError, match="Name some"):
        find_project(notebook, {}, store="prod")


def test_limits_are_read_as_dagster_writes_them(tmp_path: Path) -> None:
    path = write(
        tmp_path / "pyproject.toml",
        """
        [tool.assetbook.concurrency]
        max_concurrent_runs = 5
        default_pool_limit = 1
        tag_concurrency_limits = [
            {key = "team", value = "etl", limit = 2},
            {key = "team", limit = 4},
            {key = "user", value = {applyLimitPerUniqueValue = true}, limit = 1},
        ]
        [tool.assetbook.concurrency.pools]
        db = 3
        """,
    )
    limits = read_settings(path).concurrency
    assert limits.max_concurrent_runs == 5
    assert limits.tag_concurrency_limits == (
        TagLimit("team", 2, "etl"),
        TagLimit("team", 4),
        TagLimit("user", 1, per_value=True),
    )
    assert (limits.slots_of("db"), limits.slots_of("api")) == (3, 1)
    assert limits.limits_runs
    assert not Settings().concurrency.limits_runs
    assert Settings().concurrency.slots_of("db") is None


def test_logs_are_set(tmp_path: Path) -> None:
    table = 'max_bytes = 1000\ndays = 7\nlevel = "INFO"'
    path = write(tmp_path / "pyproject.toml", f"[tool.assetbook.logs]\n{table}\n")
    found = read_settings(path).logs
    assert found == LogSettings(1000, 7, "INFO")
    assert read_settings(write(tmp_path / "other.toml", "")).logs == LogSettings()
