"""Cells as typed, turned into Python; their shell lines run."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from assetbook.notebook.cell_names import SHELL_CALL, cell_names
from assetbook.notebook.cell_text import python_text, strip_comment
from assetbook.notebook.shell_line import ShellLineError, run_shell, shell_function


class Shell:
    """The part of an IPython shell that a shell line writes to."""

    def __init__(self) -> None:
        self.user_ns: dict[str, object] = {}


def run_cell(text: str, **names: object) -> dict[str, object]:
    namespace: dict[str, object] = dict(names)
    namespace[SHELL_CALL] = shell_function(namespace)
    exec(compile(python_text(text).source, "<cell>", "exec"), namespace)
    return namespace


def test_plain_python_stays_as_typed() -> None:
    text = "\n\nx = a % b  # !no\ny = x != 2"
    assert python_text(text).source is text


def test_plain_python_needs_no_ipython() -> None:
    code = (
        "import sys; from assetbook.notebook.cell_text import python_text; python_text('x = 1');"
        "sys.exit('IPython' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("!ls -l", f"{SHELL_CALL}('ls -l', capture=False)\n"),
        ("x = !ls", f"x = {SHELL_CALL}('ls', capture=True)\n"),
        ("!!ls", f"{SHELL_CALL}('ls', capture=True)\n"),
        ("if a:\n    !ls", f"if a:\n    {SHELL_CALL}('ls', capture=False)\n"),
        ("%cd /tmp", "get_ipython().run_line_magic('cd', '/tmp')\n"),
        ("x = %pwd", "x = get_ipython().run_line_magic('pwd', '')\n"),
        ("%%time\nx = 1", "get_ipython().run_cell_magic('time', '', 'x = 1\\n')\n"),
        ("'''\n!ls\n'''\n!pwd", f"'''\n!ls\n'''\n{SHELL_CALL}('pwd', capture=False)\n"),
    ],
)
def test_escapes_become_calls(text: str, source: str) -> None:
    assert python_text(text).source == source


def test_a_call_written_out_is_left_alone() -> None:
    text = "get_ipython().system('false')\n%pwd\n"
    assert python_text(text).source.startswith("get_ipython().system('false')\n")


def test_lines_keep_their_numbers() -> None:
    source = python_text("\n\nx = 1\n%pwd\n\n!ls\ny = z").source
    assert cell_names(source).first_read["z"] == 7


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("!cp {src} $dst", "src dst"),
        ("x = !cat {folder / name}", "folder name"),
        ("%cd {folder}", "folder"),
        ("!awk '{print $1}' f", ""),
        ("!echo $$x {{y}}", ""),
        ("x = %time f(y)", "f y"),
        ("%timeit -n 10 g(w)", "g w"),
        ("%%time\nx = q\n!ls {k}", "q k"),
        ("%%bash\nls x", ""),
    ],
)
def test_reads_inside_escapes_are_found(text: str, reads: str) -> None:
    assert python_text(text).hidden_reads == set(reads.split())


@pytest.mark.parametrize(
    ("text", "has_shell", "magics"),
    [
        ("!ls", True, ()),
        ("%pip install x\n%cd a\n%cd b", False, ("pip", "cd")),
        ("%%bash\nls", True, ("bash",)),
        ("%time !ls", True, ("time",)),
        ("x = 'a ! b'", False, ()),
    ],
)
def test_shell_and_magics_are_named(text: str, has_shell: bool, magics: tuple[str, ...]) -> None:
    found = python_text(text)
    assert (found.has_shell, found.magics) == (has_shell, magics)


def test_a_shell_line_prints_as_it_runs(capsys: pytest.CaptureFixture[str]) -> None:
    run_cell("!echo one; echo two >&2; printf three")
    assert capsys.readouterr().out == "one\ntwo\nthree"


def test_an_assigned_shell_line_gives_its_lines() -> None:
    lines = run_cell("x = !printf 'a\\nb\\n'")["x"]
    assert lines == ["a", "b"]
    assert lines.s == "a b"  # type: ignore[attr-defined]  # an SList, as IPython gives


def test_names_come_from_the_cells_own_namespace() -> None:
    cell = "word = 'in'\nx = !echo {word.upper()} $other"
    assert run_cell(cell, word="out", other=7)["x"] == ["IN 7"]


def test_what_cannot_be_expanded_is_left_to_the_shell() -> None:
    assert run_cell("x = !echo a b | awk '{print $2}'")["x"] == ["b"]


def test_a_failing_line_names_command_and_code() -> None:
    with pytest.raises(ShellLineError, match=r"(?s)run `!echo no; exit 3`.*exit code 3.*\|\| true"):
        run_cell("!echo no; exit 3")


def test_a_failing_captured_line_shows_what_it_said() -> None:
    with pytest.raises(ShellLineError, match="said:\nno such table"):
        run_cell("x = !echo no such table >&2; exit 1")


def test_a_killed_command_names_its_signal() -> None:
    with pytest.raises(ShellLineError, match="ended by signal 9"):
        run_cell("!kill -9 $$")


def test_or_true_lets_a_line_fail() -> None:
    assert run_cell("!false || true\nx = 1")["x"] == 1


def test_a_background_line_is_refused() -> None:
    with pytest.raises(ShellLineError, match="in the background"):
        run_cell("!sleep 5 &")


def test_the_exit_code_goes_to_the_shell() -> None:
    shell = Shell()
    with pytest.raises(ShellLineError, match="exit code 4"):
        run_shell("exit 4", capture=False, shell=shell)
    assert shell.user_ns == {"_exit_code": 4}


def test_a_shell_error_travels_between_processes() -> None:
    with pytest.raises(ShellLineError, match="exit code 1") as caught:
        run_shell("false", capture=True)
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize(
    ("line", "stripped"),
    [
        ('nightly "0 6 * * *" +orders   # note', 'nightly "0 6 * * *" +orders'),
        ("a#b", "a#b"),
        ("a #b", "a"),
        ("# all", ""),
        ('"a # b" c', '"a # b" c'),
        ("'a # b' # c", "'a # b'"),
        (r'"a \" # b" # c', r'"a \" # b"'),
        ("don't # note", "don't"),
        ("x  ", "x"),
        ("", ""),
        ("a\t# tab", "a"),
    ],
)
def test_trailing_comments_are_dropped(line: str, stripped: str) -> None:
    assert strip_comment(line) == stripped
