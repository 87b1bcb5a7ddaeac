"""Commits, trees and people as git stores them, read and written as values; no I/O."""

import hashlib
import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

NO_OBJECT = "0" * 40
"""What git writes for a reference that is not there."""

SIGNATURE_HEAD = "-----BEGIN PGP SIGNATURE-----\n\n"
SIGNATURE_FOOT = "\n-----END PGP SIGNATURE-----\n"


@dataclass(frozen=True, slots=True)
class Person:
    """Who made a commit and when; the date keeps its own offset."""

    name: str
    email: str
    date: datetime


@dataclass(frozen=True, slots=True)
class GitCommit:
    """One commit object."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str
    signature: str | None = None
    payload: str | None = None
    """The text that was signed, when there is a signature."""


@dataclass(frozen=True, slots=True)
class NewCommit:
    """A commit to be written."""

    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str
    signed: bool = False
    """Whether the playground signs it."""
    signature: str | None = None
    """A signature that came with it, kept as it is."""


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One line of a tree; `size` stands only on blobs."""

    mode: str
    type: str
    sha: str
    size: int | None
    path: str


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One entry of a new tree: a known object, inline content, or (neither) a deletion."""

    path: str
    mode: str
    sha: str | None = None
    content: bytes | None = None


def encode_commit(new: NewCommit, *, signing_key: bytes) -> bytes:
    """Return the commit object's bytes, with our signature in it when it is to be signed."""
    lines = [f"tree {new.tree}", *(f"parent {parent}" for parent in new.parents)]
    lines.append(f"author {_person_line(new.author)}")
    lines.append(f"committer {_person_line(new.committer)}")
    head = "\n".join(lines)
    payload = f"{head}\n\n{new.message}"
    signature = sign(payload, key=signing_key) if new.signed else new.signature
    if signature is not None:
        folded = signature.rstrip("\n").replace("\n", "\n ")
        payload = f"{head}\ngpgsig {folded}\n\n{new.message}"
    return payload.encode("utf-8", "surrogateescape")


def decode_commit(sha: str, raw: bytes) -> GitCommit:
    """Read a commit object's bytes."""
    text = raw.decode("utf-8", "replace")
    head, _, message = text.partition("\n\n")
    fields: dict[str, list[str]] = {}
    unsigned: list[str] = []
    name = ""
    for line in head.split("\n"):
        if line.startswith(" "):
            fields[name][-1] += "\n" + line[1:]
        else:
            name, _, value = line.partition(" ")
            fields.setdefault(name, []).append(value)
        if name != "gpgsig":
            unsigned.append(line)
    signature = fields["gpgsig"][0] + "\n" if "gpgsig" in fields else None
    return GitCommit(
        sha=sha,
        tree=fields["tree"][0],
        parents=tuple(fields.get("parent", [])),
        author=_read_person(fields["author"][0]),
        committer=_read_person(fields["committer"][0]),
        # GitHub shows no line's end after a message, though git keeps one.
        message=message.rstrip("\n"),
        signature=signature,
        payload="\n".join(unsigned) + "\n\n" + message if signature else None,
    )


def sign(payload: str, *, key: bytes) -> str:
    """Return the playground's stand-in for GitHub's own signature over a commit."""
    digest = hmac.new(key, payload.encode("utf-8", "surrogateescape"), hashlib.sha512).digest()
    return SIGNATURE_HEAD + b64encode(digest).decode() + SIGNATURE_FOOT


def is_verified(commit: GitCommit, *, key: bytes) -> bool:
    """Tell whether the commit carries a signature that this playground made."""
    if commit.signature is None or commit.payload is None:
        return False
    return hmac.compare_digest(commit.signature, sign(commit.payload, key=key))


def _person_line(person: Person) -> str:
    offset = person.date.strftime("%z")[:5] or "+0000"
    name = person.name.translate({ord(c): None for c in "<>\n"}).strip()
    email = person.email.translate({ord(c): None for c in "<>\n "})
    return f"{name} <{email}> {int(person.date.timestamp())} {offset}"


def _read_person(line: str) -> Person:
    head, _, tail = line.rpartition("> ")
    name, _, email = head.partition("<")
    seconds, _, offset = tail.partition(" ")
    try:
        date = datetime.fromtimestamp(int(seconds), tz=_zone(offset))
    except (ValueError, OverflowError, OSError):
        date = datetime.fromtimestamp(0, tz=UTC)
    return Person(name=name.strip(), email=email, date=date)


def _zone(offset: str) -> timezone:
    minutes = int(offset[1:3] or 0) * 60 + int(offset[3:5] or 0)
    return timezone(timedelta(minutes=-minutes if offset.startswith("-") else minutes))
