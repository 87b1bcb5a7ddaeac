"""Who a commit made through the API is by."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from playground import failure
from playground.call import Call
from playground.git_commit import Person
from playground.records import Account

GITHUB = ("GitHub", "noreply@github.com")
"""The committer of what GitHub itself commits for somebody."""


@dataclass(frozen=True, slots=True)
class Authorship:
    """Author, committer, and whether GitHub signs: only for an App that names neither."""

    author: Person
    committer: Person
    signed: bool


def authorship(call: Call, *, by_web: bool = False) -> Authorship:
    """Read `author` and `committer` of the body; `by_web` is a commit of the contents API."""
    given_author, given_committer = _given(call, "author"), _given(call, "committer")
    signed = call.actor.is_installation and given_author is None and given_committer is None
    account = call.account()
    acting = Person(name=account.name or account.login, email=address(account), date=call.now)
    author = given_author or (given_committer if by_web else None) or acting
    if given_committer is not None:
        committer = given_committer
    elif signed or (by_web and given_author is None):
        committer = Person(name=GITHUB[0], email=GITHUB[1], date=call.now)
    else:
        committer = author
    return Authorship(author=author, committer=committer, signed=signed)


def address(account: Account) -> str:
    """Return the address by which commits name an account."""
    return account.email or f"{account.id}+{account.login}@users.noreply.github.com"


def _given(call: Call, name: str) -> Person | None:
    fields: dict[str, Any] | None = call.take(name, dict)
    if fields is None:
        return None
    for field in ("name", "email"):
        if not isinstance(fields.get(field), str):
            raise failure.wrong_request(f'"{field}" wasn\'t supplied.')
    return Person(name=fields["name"], email=fields["email"], date=_date(call, fields))


def _date(call: Call, fields: dict[str, Any]) -> datetime:
    text = fields.get("date")
    if text is None:
        return call.now
    try:
        date = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise failure.wrong_request(f"For 'properties/date', {text!r} is not a date.") from error
    return date if date.tzinfo is not None else date.replace(tzinfo=call.now.tzinfo)
