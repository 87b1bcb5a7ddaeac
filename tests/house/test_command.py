"""The dispatcher: help without loading a room, errors as messages, documented exit codes."""

import os
import subprocess
import sys
import time
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from p2a import command
from p2a.errors import ConfigurationInvalid

P2A = str(Path(sys.executable).with_name("p2a"))
EXAMPLE = """
from enum import StrEnum
from typing import Annotated
import typer
from p2a.errors import ConfigurationInvalid

app = typer.Typer(add_completion=False)

class Form(StrEnum):
    TEXT = "text"
    JSON = "json"

@app.command()
def act(
    how: str = "fine",
    share: Annotated[float, typer.Option(max=1)] = 0,
    number: Annotated[int, typer.Option(min=0)] = 0,
    form: Form = Form.TEXT,
) -> int:
    if how == "configuration":
        raise ConfigurationInvalid("P2A_X is wrong", why="it is 7", next_step="set it to 8")
    if how == "module":
        import not_installed_anywhere
    if how == "bug":
        raise ZeroDivisionError("an example")
    if how == "interrupt":
        raise KeyboardInterrupt
    return 0 if how == "fine" else 1
"""


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EntryPoint:
    (tmp_path / "example_room.py").write_text(EXAMPLE, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "example_room", raising=False)
    return EntryPoint(name="example", value="example_room:app", group=command.GROUP)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ([], 0, ""),
        (["--how", "other"], 1, ""),
        (["--nonsense"], 2, "next: p2a example --help"),
        (
            ["--share", "abc"],
            2,
            "p2a example: Invalid value for '--share': 'abc' is not a number\n",
        ),
        (["--share", "2"], 2, "'--share': 2 is more than 1\n"),
        (["--number", "1.5"], 2, "'--number': '1.5' is not a whole number\n"),
        (["--number", "-1"], 2, "'--number': -1 is less than 0\n"),
        (["--form", "yaml"], 2, "'--form': 'yaml' is not one of 'text', 'json'\n"),
        (
            ["--how", "configuration"],
            3,
            "p2a: P2A_X is wrong\n  why:  it is 7\n  next: set it to 8",
        ),
        (["--how", "module"], 4, "'not_installed_anywhere'"),
        (["--how", "bug"], 70, "ZeroDivisionError: an example"),
        (["--how", "interrupt"], 130, ""),
    ],
)
def test_run__every_ending_has_its_exit_code(
    example: EntryPoint,
    arguments: list[str],
    code: int,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert command.run(example, arguments) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--nonsense", "No such option: --nonsense\n"),
        ("--hwo", "No such option: --hwo (Possible options: --how)\n"),
    ],
)
def test_run__names_only_options_that_are_much_like_the_wrong_one(
    example: EntryPoint, option: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run(example, [option, "1"]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("form", ["text", "json"])
def test_run__a_full_disk_is_no_bug(tmp_path: Path, form: str) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [P2A, "graph", str(tmp_path), "--format", form],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (
        4,
        "p2a: `p2a graph` could not write its output\n"
        "  why:  No space left on device\n"
        "  next: make room there, or write to another place\n",
    )


def test_run__a_reader_that_went_away_leaves_no_outcome(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [P2A, "graph", str(tmp_path)],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.parametrize(("name", "extra"), [("run", "worker"), ("demo", "all")])
def test_run__a_missing_module_names_the_extra_that_has_it(
    example: EntryPoint, name: str, extra: str, capsys: pytest.CaptureFixture[str]
) -> None:
    entry = EntryPoint(name=name, value=example.value, group=example.group)
    assert command.run(entry, ["--how", "module"]) == 4
    assert capsys.readouterr().err.endswith(f": pip install '.[{extra}]'\n")


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("chekc", "p2a check; p2a --help"),
        ("nothing-like-it", "one of run, check, graph, context, "),
    ],
)
def test_main__an_unknown_command_names_the_nearest_or_all(
    word: str, advice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main([word]) == 2
    said = f"p2a: there is no command {word!r}\n  next: {advice}"
    assert capsys.readouterr().err.startswith(said)


def test_usage__names_every_registered_command() -> None:
    registered = {entry.name for entry in entry_points(group=command.GROUP)}
    assert set(command.SUMMARIES) == registered
    text = command.usage()
    assert all(f"  {name} " in text for name in registered)


def test_explain__leaves_out_what_was_not_said() -> None:
    assert command.explain(ConfigurationInvalid("X is wrong")) == "p2a: X is wrong\n"


def test_explain__shows_a_byte_that_is_no_text_as_one() -> None:
    name = b"a\xff".decode("utf-8", "surrogateescape")
    assert command.explain(ConfigurationInvalid(f"{name} is wrong")) == "p2a: a\\xff is wrong\n"


def test_help__loads_no_room_and_nothing_heavy() -> None:
    script = (
        "import sys; from p2a.command import main; main(['--help']);"
        "heavy = {'typer', 'sqlalchemy', 'rq', 'github', 'fastapi', 'pydantic', 'networkx',"
        " 'ccg', 'quality', 'worker', 'bot', 'action', 'playground'};"
        "print('LOADED', sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.endswith("LOADED []\n")


def test_terminated__cleans_up_and_exits_with_143(tmp_path: Path) -> None:
    project, temporary = tmp_path / "project", tmp_path / "temporary"
    (project / "tests").mkdir(parents=True)
    temporary.mkdir()
    started = tmp_path / "project" / "tests" / "test_long.py"
    started.write_text("import time\n\n\ndef test_long():\n    time.sleep(600)\n", encoding="ascii")
    environ = {**os.environ, "TMPDIR": str(temporary), "P2A_DATA_DIR": str(tmp_path / "data")}
    process = subprocess.Popen(
        [P2A, "check", str(project)],
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not list(temporary.glob("p2a-check-*/suite/tree/tests")):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.terminate()
    assert process.wait(120) == 143
    assert list(temporary.iterdir()) == []
