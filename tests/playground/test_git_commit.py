"""Commit objects read and written as values."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from playground.git_commit import (
    NewCommit,
    Person,
    decode_commit,
    encode_commit,
    is_verified,
)

KEY = b"k" * 32
ADA = Person("Ada", "ada@example.com", datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
WEST = Person(
    "Bo",
    "bo@example.com",
    datetime(2026, 3, 2, 9, 0, tzinfo=timezone(timedelta(hours=-5, minutes=-30))),
)


def written(*, signed: bool = False, signature: str | None = None, message: str = "M") -> bytes:
    new = NewCommit("1" * 40, ("2" * 40, "3" * 40), ADA, WEST, message, signed, signature)
    return encode_commit(new, signing_key=KEY)


def test_encode__is_gits_own_form() -> None:
    assert (
        written(message="Do it\n")
        == (
            f"tree {'1' * 40}\nparent {'2' * 40}\nparent {'3' * 40}\n"
            "author Ada <ada@example.com> 1772442000 +0000\n"
            "committer Bo <bo@example.com> 1772461800 -0530\n\nDo it\n"
        ).encode()
    )


@pytest.mark.parametrize("message", ["M", "Two\n\nparts\n", "", "ümlaut", "gpgsig\n tricks"])
def test_decode__undoes_encode(message: str) -> None:
    commit = decode_commit("4" * 40, written(signed=True, message=message))
    assert (commit.tree, commit.parents) == ("1" * 40, ("2" * 40, "3" * 40))
    assert (commit.author, commit.committer) == (ADA, WEST)
    assert commit.message == message.rstrip("\n")
    assert is_verified(commit, key=KEY)
    assert not is_verified(commit, key=b"other")


def test_verified__only_our_own_signature() -> None:
    plain = decode_commit("4" * 40, written())
    assert (plain.signature, plain.payload, is_verified(plain, key=KEY)) == (None, None, False)
    foreign = decode_commit(
        "4" * 40, written(signature="-----BEGIN X-----\n\nabc\n-----END X-----")
    )
    assert foreign.signature == "-----BEGIN X-----\n\nabc\n-----END X-----\n"
    assert not is_verified(foreign, key=KEY)


def test_person__cannot_break_out_of_its_line() -> None:
    bad = Person("A\nparent <x>", "e>\nvil@x", ADA.date)
    new = NewCommit("1" * 40, (), bad, bad, "M")
    commit = decode_commit("4" * 40, encode_commit(new, signing_key=KEY))
    assert commit.parents == ()
    assert commit.author.name == "Aparent x"
    assert commit.author.email == "evil@x"


@pytest.mark.parametrize("line", [b"Ada <a@x> soon +0000", b"Ada <a@x> 99999999999999999 +0000"])
def test_decode__a_date_that_is_none_is_the_epoch(line: bytes) -> None:
    raw = b"tree " + b"1" * 40 + b"\nauthor " + line + b"\ncommitter " + line + b"\n\nM"
    assert decode_commit("4" * 40, raw).author.date == datetime(1970, 1, 1, tzinfo=UTC)
