"""What findings come to and how they are shown."""

import json

import pytest

from p2a.doctor.finding import (
    Finding,
    as_json,
    as_table,
    bad_part,
    bad_setting,
    exit_code,
    from_error,
    ok,
    warn,
    without,
)
from p2a.errors import ConfigurationInvalid, QueueUnavailable

GOOD = ok("git", "2.39.5")
WARNED = warn("user", "root", "run p2a as a user of its own")
PART = bad_part("queue", "refused\n  twice", "start it")
SETTING = bad_setting("model", "unknown", "correct P2A_MODEL")


@pytest.mark.parametrize(
    ("findings", "code"),
    [((), 0), ((GOOD, WARNED), 0), ((GOOD, PART), 4), ((PART, SETTING), 3), ((SETTING,), 3)],
)
def test_exit_code__names_the_worst(findings: tuple[Finding, ...], code: int) -> None:
    assert exit_code(findings) == code


def test_from_error__a_setting_and_a_part() -> None:
    wrong = ConfigurationInvalid("P2A_X is wrong", why="not a number", next_step="correct it")
    assert from_error("x", wrong) == bad_setting("x", "P2A_X is wrong: not a number", "correct it")
    assert from_error("x", QueueUnavailable("gone")) == bad_part("x", "gone", "")


def test_table__is_aligned_and_counted() -> None:
    assert as_table((GOOD, WARNED, PART)) == (
        "ok    git    2.39.5\n"
        "warn  user   root\n"
        "             next: run p2a as a user of its own\n"
        "fail  queue  refused twice\n"
        "             next: start it\n"
        "\n"
        "1 ok, 1 warn, 1 fail\n"
    )
    assert as_table(()) == "\n0 ok, 0 warn, 0 fail\n"


def test_json__holds_the_same() -> None:
    data = json.loads(as_json((GOOD, PART)))
    assert data["exit_code"] == 4
    assert data["findings"][1] == {
        "part": "queue",
        "grade": "fail",
        "found": "refused\n  twice",
        "next_step": "start it",
    }


def test_without__replaces_secrets_and_leaves_words() -> None:
    found = without([bad_part("x", "user:hunter22@host ok", "ask hunter22")], ["hunter22", "ok"])
    assert found == (bad_part("x", "user:***@host ok", "ask ***"),)
