"""Dagster Pipes, "Client" and "External side": commands, with the real dagster-pipes in them."""

from __future__ import annotations

import os
import resource
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.execution.kept import Kept
from tests.execution.pipes.outside import Step, a_step, piped, python

from assetbook.definitions.env_var import EnvVar
from assetbook.definitions.resource import resolve
from assetbook.definitions.results import AssetCheckResult, AssetCheckSeverity, DataVersion
from assetbook.definitions.secret import Secret
from assetbook.errors import ConfigError, DefinitionError, PipesError
from assetbook.execution.built_contexts import build_asset_context
from assetbook.execution.capture import into
from assetbook.execution.kept_lines import KeptLines
from assetbook.execution.pipes.context_injectors import PipesEnvContextInjector
from assetbook.execution.pipes.subprocess_client import PipesSubprocessClient
from assetbook.keys import AssetKey
from assetbook.metadata import (
    MetadataValue,
    TableColumn,
    TableColumnConstraints,
    TableColumnDep,
    TableColumnLineage,
    TableRecord,
    TableSchema,
)

COLUMNS = [
    {"name": "id", "type": "int", "constraints": {"nullable": False, "unique": True}},
    {"name": "who", "type": "string", "description": "a name", "tags": {"pii": "yes"}},
]
SCHEMA = TableSchema(
    [
        TableColumn("id", "int", constraints=TableColumnConstraints(False, True)),
        TableColumn("who", "string", "a name", tags={"pii": "yes"}),
    ]
)
METADATA: list[tuple[str, Any, MetadataValue[Any]]] = [
    ("text", "a <b>", MetadataValue.text("a <b>")),
    ("url", "https://x.y", MetadataValue.url("https://x.y")),
    ("path", "/a/b", MetadataValue.path("/a/b")),
    ("notebook", "n.ipynb", MetadataValue.notebook("n.ipynb")),
    ("json", {"a": [1, None]}, MetadataValue.json({"a": [1, None]})),
    ("md", "*a*", MetadataValue.md("*a*")),
    ("float", 0.5, MetadataValue.float(0.5)),
    ("int", 3, MetadataValue.int(3)),
    ("bool", True, MetadataValue.bool(True)),
    ("dagster_run", "r1", MetadataValue.run("r1")),
    ("asset", "raw/a", MetadataValue.asset(AssetKey(["raw", "a"]))),
    ("null", None, MetadataValue.null()),
    (
        "table",
        {"records": [{"id": 1, "who": "ada"}], "schema": COLUMNS},
        MetadataValue.table([TableRecord({"id": 1, "who": "ada"})], SCHEMA),
    ),
    ("table_schema", {"columns": COLUMNS}, MetadataValue.table_schema(SCHEMA)),
    (
        "table_column_lineage",
        {"deps_by_column": {"who": [{"asset_key": "raw/a", "column_name": "name"}]}},
        MetadataValue.column_lineage(
            TableColumnLineage({"who": [TableColumnDep(AssetKey(["raw", "a"]), "name")]})
        ),
    ),
    ("timestamp", 1_700_000_000, MetadataValue.timestamp(1_700_000_000.0)),
    ("__infer__", [1, "two"], MetadataValue.json([1, "two"])),
]


def test_client_gives_a_materialization_with_metadata_of_every_type(step: Step) -> None:
    reported = {kind: {"type": kind, "raw_value": raw} for kind, raw, _ in METADATA}
    code = f"""
        pipes.report_asset_materialization(
            metadata={{**{reported!r}, "plain": 7}}, data_version="v1"
        )
    """
    result = step.run(piped(code)).get_materialize_result()
    assert result.asset_key == AssetKey("orders")
    assert result.data_version == DataVersion("v1")
    expected = {kind: value for kind, _, value in METADATA}
    assert result.metadata == {**expected, "plain": MetadataValue.int(7)}
    assert step.log == []


def test_client_adds_the_checks_to_the_materialization(step: Step) -> None:
    code = """
        pipes.report_asset_check("few", passed=False, severity="WARN", metadata={"n": 2})
        pipes.report_asset_materialization()
        pipes.report_asset_check("many", passed=True)
    """
    result = step.run(piped(code)).get_materialize_result()
    assert list(result.check_results) == [
        AssetCheckResult(
            False,
            AssetKey("orders"),
            "few",
            {"n": MetadataValue.int(2)},
            AssetCheckSeverity.WARN,
        ),
        AssetCheckResult(True, AssetKey("orders"), "many"),
    ]


def test_client_gives_a_check_alone(step: Step) -> None:
    done = step.run(piped("pipes.report_asset_check('c', passed=True)"))
    with pytest.raises(PipesError, match="there are 1 checks and 1 materializations"):
        done.get_asset_check_result()
    with pytest.raises(PipesError, match="there is none\nCall report_asset_materialization"):
        done.get_materialize_result(implicit_materialization=False)


def test_client_gives_messages_and_lines_in_order(step: Step) -> None:
    code = """
        pipes.log.warning("careful: 100%")
        pipes.log.log(25, "odd")
        pipes.report_custom_message({"rows": [1, None]})
        pipes.report_custom_message(float("inf"))
    """
    done = step.run(piped(code))
    assert done.get_custom_messages() == ({"rows": [1, None]}, float("inf"))
    assert step.log == [("WARNING", "careful: 100%"), ("Level 25", "odd")]


def test_external_side_has_the_context(step: Step) -> None:
    code = "pipes.report_custom_message([pipes.asset_key, pipes.run_id, pipes.get_extra('day')])"
    client = PipesSubprocessClient(context_injector=PipesEnvContextInjector())
    done = step.run(piped(code), client, extras={"day": "monday"})
    assert done.get_custom_messages() == (["orders", "test", "monday"],)


def test_external_side_refuses_a_second_materialization(step: Step) -> None:
    code = "pipes.report_asset_materialization()\npipes.report_asset_materialization()"
    with pytest.raises(PipesError, match="has already been materialized"):
        step.run(piped(code))


def test_external_side_runs_alone_too() -> None:
    import subprocess

    done = subprocess.run(
        piped("pipes.report_asset_materialization()"), capture_output=True, text=True, check=True
    )
    assert "no-ops" in done.stderr


def test_a_process_in_any_language_writes_the_format_by_hand(step: Step) -> None:
    """Without dagster-pipes: decode two variables, read a file, append lines to another."""
    code = r"""
        import base64, json, os, zlib
        def params(name):
            return json.loads(zlib.decompress(base64.b64decode(os.environ[name])))
        context = json.load(open(params("DAGSTER_PIPES_CONTEXT")["path"]))
        out = open(params("DAGSTER_PIPES_MESSAGES")["path"], "a")
        def send(method, params, end="\n"):
            message = {"__dagster_pipes_version": "0.1", "method": method, "params": params}
            out.write(json.dumps(message) + end)
        send("opened", {"extras": {}})
        key = context["asset_keys"][0]
        metadata = {"rows": {"type": "int", "raw_value": 3}}
        send("log", {"message": "from afar", "level": "ERROR"})
        send("report_asset_materialization",
             {"asset_key": key, "metadata": metadata, "data_version": None})
        out.write("this is no message\n")
        send("report_from_the_future", {"x": 1})
        send("closed", None, end="")
    """
    result = step.run(python(code)).get_materialize_result()
    assert result.metadata == {"rows": MetadataValue.int(3)} and result.data_version is None
    assert step.log[0] == ("ERROR", "from afar")
    assert [level for level, _ in step.log] == ["ERROR", "ERROR", "WARNING"]


def test_what_is_printed_stays_with_the_step() -> None:
    code = """
        import sys
        print("to stdout: ü")
        print("to stderr", file=sys.stderr)
        sys.stdout.buffer.write(b"\\xff no text\\n")
        print("no end", end="")
    """
    with a_step() as step:
        step.run(python(code))
    assert step.kept.text("stdout") == "to stdout: ü\n\ufffd no text\nno end"
    assert step.kept.text("stderr") == "to stderr\n"
    assert step.out.getvalue() == step.kept.text("stdout")


def test_what_is_printed_shows_while_the_process_runs(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    code = f"print('early')\nopen({str(gate)!r}).read()\nprint('late')"
    with a_step() as step:

        class Watching:
            def write(self, text: str) -> int:
                if "early" in text:
                    gate.write_text("go on")  # waits for the process to read
                return len(text)

            def flush(self) -> None: ...

        sys.stdout._stream = Watching()  # type: ignore[attr-defined]
        step.run(python(code))
    assert step.kept.text("stdout") == "early\nlate\n"


def test_a_flood_neither_blocks_nor_grows_without_bound() -> None:
    code = "import sys\nfor n in range(200): sys.stdout.write('x' * 99_999 + '\\n')"
    with a_step() as step:
        step.run(python(code))
    assert step.out.getvalue().count("\n") == 200
    lines = KeptLines()
    kept = [*lines.take(step.kept.records), *lines.rest()]
    assert sum(len(each.text) for each in kept) < 1_300_000
    assert next(each.text for each in kept if each.level).endswith(" lines are left out here")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_flood_that_nobody_wants_is_read_all_the_same(step: Step, stream: str) -> None:
    code = f"import sys\nfor n in range(50): sys.{stream}.write('x' * 100_000)"
    step.run(python(code), PipesSubprocessClient(forward_stdio=False))
    assert step.kept.text(stream) == ""


def test_output_is_read_in_a_process_with_many_open_files() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2_000), hard))
    files = [os.open(os.devnull, os.O_RDONLY) for _ in range(1_100)]
    try:
        with a_step() as step:
            step.run(python("print('seen')"))
    finally:
        for each in files:
            os.close(each)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert step.kept.text("stdout") == "seen\n"


def test_what_cannot_be_shown_is_an_error_and_the_process_goes_on(tmp_path: Path) -> None:
    class Full:
        def write(self, text: str) -> int:
            raise OSError("no space left")

        def flush(self) -> None: ...

    code = "print('x' * 1_000_000)\nopen('done', 'w').close()"
    with a_step() as step, pytest.raises(OSError, match="no space left"):
        sys.stdout._stream = Full()  # type: ignore[attr-defined]
        step.run(python(code), cwd=tmp_path)
    assert (tmp_path / "done").exists()


def test_processes_left_behind_are_not_waited_for(step: Step) -> None:
    code = "import subprocess\nprint(subprocess.Popen(['sleep', '60']).pid)"
    with a_step() as own:
        own.run(python(code))
    pid = int(own.kept.text("stdout"))
    os.kill(pid, signal.SIGKILL)  # it is there still: it may be meant to be


def test_an_exception_of_the_process_is_told_whole(step: Step) -> None:
    code = """
        try:
            {}["rows"]
        except KeyError as error:
            raise ValueError("no rows <b>") from error
    """
    with pytest.raises(PipesError) as caught:
        step.run(piped(code))
    error = caught.value
    assert error.asked.startswith(f"the command `{sys.executable} -c 'from dagster_pipes")
    assert error.asked.endswith(" ...`") and len(error.asked) < 250
    assert error.found.startswith("it ended with exit code 1\nits own exception:\n")
    assert "KeyError: 'rows'" in error.found and "which led to" in error.found
    assert "ValueError: no rows <b>" in error.found
    assert error.found.count("ValueError: no rows") == 1  # Python writes it to stderr, too
    assert "closed by an exception" in step.log[0][1]


def test_an_exception_and_other_last_lines_are_told_both(step: Step) -> None:
    code = """
        from dagster_pipes import open_dagster_pipes
        import sys
        try:
            with open_dagster_pipes() as pipes:
                raise ValueError("no rows")
        except ValueError:
            sys.exit("giving up")
    """
    with pytest.raises(PipesError) as caught:
        step.run(python(code))
    assert "ValueError: no rows" in caught.value.found
    assert caught.value.found.endswith("stderr:\ngiving up")


def test_an_exception_that_the_process_got_over_is_told_alone(step: Step) -> None:
    code = """
        from dagster_pipes import open_dagster_pipes
        try:
            with open_dagster_pipes() as pipes:
                pipes.report_asset_materialization()
                raise ValueError("no rows")
        except ValueError:
            pass
    """
    assert step.run(python(code)).get_materialize_result().asset_key == AssetKey("orders")
    [(level, text)] = step.log
    assert level == "ERROR" and "ValueError: no rows" in text


def test_a_failure_has_the_last_lines_alone(step: Step) -> None:
    code = "import sys\nfor n in range(5000): print('line', n, file=sys.stderr)\nsys.exit(3)"
    with pytest.raises(PipesError, match="exit code 3") as caught:
        step.run(python(code))
    assert "line 4999" in caught.value.found and "line 4980" in caught.value.found
    assert "line 4979" not in caught.value.found


def test_a_killed_process_is_told_with_its_signal(step: Step) -> None:
    code = """
        import os, signal
        pipes.report_custom_message("before")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    with pytest.raises(PipesError, match=r"it was ended by SIGKILL \(signal 9\)$"):
        step.run(piped(code))
    assert "did not say that it was done" in step.log[0][1]


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["no-such-program"], r"cannot be started: No such file or directory: 'no-such-program'$"),
        ("python train.py", r"Give a list: command=\['python', 'train.py'\]\.$"),
        ([""], "cannot be started"),
    ],
)
def test_a_command_that_cannot_be_started_says_why(step: Step, command: Any, said: str) -> None:
    with pytest.raises(PipesError, match=said):
        step.run(command)


def test_a_folder_that_is_not_there_is_named(step: Step, tmp_path: Path) -> None:
    with pytest.raises(PipesError, match=r"No such file or directory: '.*/nowhere'"):
        step.run(python(""), cwd=tmp_path / "nowhere")


def test_a_context_too_large_for_the_environment_says_what_to_do(step: Step) -> None:
    client = PipesSubprocessClient(context_injector=PipesEnvContextInjector())
    noise = os.urandom(300_000).hex()
    with pytest.raises(PipesError, match=r"too long[^\n]*\n.*PipesTempFileContextInjector\(\)"):
        step.run(piped(""), client, extras={"noise": noise})
    step.run(piped("assert len(pipes.get_extra('noise')) == 600_000"), extras={"noise": noise})


def test_several_at_once_do_not_mix() -> None:
    def run(number: int) -> tuple[object, str]:
        kept = Kept(f"step{number}")
        context = build_asset_context(asset_key=f"a{number}")
        with into(kept.sink):
            done = client.run(context=context, command=piped(code), extras={"n": number})
        return done.get_custom_messages()[0], kept.text("stdout")

    client = PipesSubprocessClient()
    code = "n = pipes.get_extra('n')\nprint('line', n)\npipes.report_custom_message(n)"
    with a_step(), ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, range(8)))
    assert found == [(number, f"line {number}\n") for number in range(8)]


def test_variables_and_folder_of_a_run_win(step: Step, tmp_path: Path) -> None:
    client = PipesSubprocessClient(env={"A": "client", "B": "client"}, cwd="/")
    code = "import os\npipes.report_custom_message([os.environ['A'], os.environ['B'], os.getcwd()])"
    done = step.run(piped(code), client, env={"B": "run"}, cwd=tmp_path)
    assert done.get_custom_messages() == (["client", "run", str(tmp_path)],)


def test_secrets_reach_the_process_and_no_text(step: Step, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "sesame-by-variable")
    client = resolve(
        PipesSubprocessClient(env={"API_TOKEN": "sesame-by-name", "X": Secret("sesame-by-type")})
    )
    assert "sesame" not in repr(client)
    code = """
        import os, sys
        found = [os.environ[name] for name in ("API_TOKEN", "X", "Y", "MY_SECRET")]
        pipes.report_custom_message(found)
        pipes.log.info(" ".join(found))
        print(*found)
        print(*found, file=sys.stderr)
        raise ValueError(" ".join(found))
    """
    given: Any = {"Y": EnvVar("DB_PASSWORD"), "MY_SECRET": "sesame-of-run"}
    with a_step() as own, pytest.raises(PipesError) as caught:
        own.run(piped(code), client, env=given)
    own.kept.sink.close()
    assert "***" in caught.value.found and "sesame" not in str(caught.value)
    texts = " ".join(each.text for each in own.kept.records)
    assert "***" in texts and "sesame" not in texts
    assert "sesame-by-name" in own.out.getvalue()  # shown as it is, as by print() in any cell


def test_a_secret_word_of_a_command_is_masked(step: Step) -> None:
    Secret("sesame-by-word")
    with pytest.raises(PipesError, match=r"^the command `false --password \*\*\*`"):
        step.run(["false", "--password", "sesame-by-word"])


def test_values_of_variables_are_text(step: Step) -> None:
    with pytest.raises(ConfigError, match="`NOT_THERE` is not set"):
        step.run(piped(""), env={"A": EnvVar("NOT_THERE")})
    with pytest.raises(ConfigError, match="its value is int"):
        step.run(piped(""), env={"A": 3})
    with pytest.raises(ConfigError, match="env"):
        PipesSubprocessClient(env={"A": 3})  # type: ignore[dict-item]


def test_the_context_must_be_handed_on() -> None:
    client = PipesSubprocessClient()
    with pytest.raises(DefinitionError, match="Give the function a parameter `context`"):
        client.run(context=None, command=["true"])  # type: ignore[arg-type]
