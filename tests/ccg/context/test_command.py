"""The door: real files in, real text out, errors with what, why and what next."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

P2A = str(Path(sys.executable).with_name("p2a"))


@pytest.fixture
def issue(tmp_path: Path) -> Path:
    file = tmp_path / "issue.md"
    file.write_text("parse_price fails\n\nIt does.\n", encoding="utf-8")
    return file


def run(
    *arguments: str | Path, cache: Path | None = None, given: bytes = b"", code: int = 0
) -> tuple[str, str]:
    environ = {**os.environ, "P2A_CACHE_DIR": str(cache or "")}
    done = subprocess.run(
        [P2A, "context", *map(str, arguments)],
        input=given,
        capture_output=True,
        timeout=120,
        env=environ,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout.decode(), done.stderr.decode()


def test_context__json_and_markdown(issue: Path, shop: Path) -> None:
    out, _ = run(issue, "--repo", shop, "--budget", "500", "--format", "json")
    assert json.loads(out)[0]["symbol"] == "parse_price"
    out, _ = run(issue, "--repo", shop, "--budget", "500")
    assert "`parse_price`: named in the issue" in out


def test_context__reads_standard_input(shop: Path) -> None:
    out, _ = run("-", "--repo", shop, "--format", "json", given=b"parse_price fails \xff")
    assert json.loads(out)[0]["symbol"] == "parse_price"


def test_context__the_second_answer_comes_from_the_cache_and_is_the_same(
    issue: Path, shop: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    first = run(issue, "--repo", shop, cache=cache)
    assert (cache / "facts.sqlite3").is_file()
    assert run(issue, "--repo", shop, cache=cache) == first
    assert run(issue, "--repo", shop, "--no-cache", cache=cache) == first


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.md"], "absent.md cannot be read"),
        (["."], "why:  Is a directory"),
        (["-"], "the issue is empty"),
        (["ISSUE", "--repo", "absent"], "absent is not a folder"),
        (["ISSUE", "--repo", "EMPTY"], "holds no Python code"),
    ],
)
def test_context__errors_say_what_why_and_what_next(
    arguments: list[str], said: str, issue: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    places = {"ISSUE": str(issue), "EMPTY": str(tmp_path / "empty")}
    _, err = run(*(places.get(each, each) for each in arguments), code=3)
    assert err.startswith("p2a: ")
    assert said in err
    assert "  next: " in err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--form", "x"], "argument --format: invalid choice: 'x'"),
        (["--budget", "0"], "argument --budget: 0 tokens hold nothing; give 8000 or so"),
        (["--budget", "-5"], "argument --budget: -5 tokens hold nothing"),
        (["--budget", "x"], "argument --budget: invalid whole number value: 'x'"),
    ],
)
def test_context__wrong_usage_has_its_own_code(
    issue: Path, arguments: list[str], said: str
) -> None:
    out, err = run(issue, *arguments, code=2)
    assert (out, err.startswith(f"p2a context: {said}")) == ("", True)
    assert err.endswith("\n  next: p2a context --help\n")


def test_context__says_that_nothing_fits_and_what_to_do(shop: Path) -> None:
    out, err = run("-", "--repo", shop, given=b"zzz qqq")
    assert out == "No code was found that this issue is about.\n"
    assert err.startswith(f"p2a: nothing below {shop} fits the issue\n  why:  no name and no word")
    assert "\n  next: say it in the code's words" in err
    out, _ = run("-", "--repo", shop, "--format", "json", given=b"zzz qqq")
    assert json.loads(out) == []
    _, err = run("-", "--repo", shop, "--budget", "1", given=b"parse_price fails")
    assert err == (
        "p2a: no piece of the code fits into 1 token\n"
        "  next: give a larger --budget, for example 8000\n"
    )


def test_context__help_reads_as_that_of_the_other_commands() -> None:
    out, _ = run("--help")
    assert out.startswith("Usage: p2a context [OPTIONS] ISSUE\n")
    assert "\nArguments:\n" in out
    assert "[default: markdown]" in " ".join(out.split())


def test_context__tells_what_was_left_out(issue: Path, shop: Path) -> None:
    for number in range(8):
        (shop / f"bad{number}.py").write_bytes(b"# coding: none-such\n")
    _, err = run(issue, "--repo", shop)
    assert err.count("p2a: left out 'bad") == 5
    assert "left out 3 more files" in err
