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
        (["ISSUE", "--budget", "0"], "a budget of 0 tokens holds nothing"),
        (["ISSUE", "--budget", "-5"], "next: give --budget"),
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


def test_context__wrong_usage_has_its_own_code(issue: Path) -> None:
    run(issue, "--budget", "many", code=2)
    run(code=2)


def test_context__tells_what_was_left_out(issue: Path, shop: Path) -> None:
    for number in range(8):
        (shop / f"bad{number}.py").write_bytes(b"# coding: none-such\n")
    _, err = run(issue, "--repo", shop)
    assert err.count("p2a: left out 'bad") == 5
    assert "left out 3 more files" in err
