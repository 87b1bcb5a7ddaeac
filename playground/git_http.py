"""Git's smart HTTP at /OWNER/NAME.git: access rules, `git http-backend`, and what a push brings."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import parse_qs

from playground.actor import ANONYMOUS, Actor, ActorKind
from playground.failure import Failure
from playground.git_backend import PIECE, BackendRequest, run_backend
from playground.git_commit import NO_OBJECT
from playground.git_facts import store_of
from playground.git_store import GitStore
from playground.git_wire import Unzipper, WishReader
from playground.records import Repository
from playground.ref_move import RefMove, follow
from playground.state import LEVELS, State

PATH = re.compile(
    r"/(?P<owner>[^/]+)/(?P<name>[^/]+?)(?:\.git)?/"
    r"(?P<service>info/refs|git-upload-pack|git-receive-pack)"
)
CHALLENGE = ("WWW-Authenticate", 'Basic realm="GitHub"')
READ, WRITE = "git-upload-pack", "git-receive-pack"
NOT_FOUND = "Repository not found."
NO_LOGIN = "Invalid username or token. Password authentication is not supported for Git operations."
ARCHIVED = "This repository was archived so it is read-only."


class Wire(Protocol):
    """One HTTP exchange: the request to read and the answer to write."""

    method: str
    path: str
    """Percent-decoded, without the query."""
    query: str
    headers: Mapping[str, str]
    """By lower-case name."""

    def read(self, size: int) -> bytes:
        """Return the next at most `size` bytes of the body, empty at its end."""
        ...

    def start(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Send the status and the headers."""
        ...

    def write(self, data: bytes) -> None:
        """Send a piece of the answer's body."""
        ...


@dataclass(frozen=True, slots=True)
class _Job:
    repository: Repository
    store: GitStore
    actor: Actor
    service: str
    """What is wanted in the end: reading or writing."""
    endpoint: str


class Refused(Exception):
    """The git client is not let in; git shows the text after `remote:`."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class GitHttp:
    """Serves clone, fetch and push of the world's repositories."""

    def __init__(self, state: State, authenticate: Callable[[str], Actor]) -> None:
        """`authenticate` tells whose an Authorization header is; it raises `Failure`."""
        self._state = state
        self._authenticate = authenticate

    @staticmethod
    def takes(path: str) -> bool:
        """Tell whether a path (without query) is one of git's."""
        return PATH.fullmatch(path) is not None

    def serve(self, wire: Wire) -> None:
        """Answer one request, streaming both ways."""
        try:
            job = self._admit(wire)
        except Refused as refused:
            self._refuse(wire, refused)
            return
        if job.endpoint == WRITE:
            self._push(job, wire)
        else:
            self._send(job, wire)

    # -------------------------------------------------------------- admission

    def _admit(self, wire: Wire) -> _Job:
        found = PATH.fullmatch(wire.path)
        if found is None:
            raise Refused(404, NOT_FOUND)
        endpoint = found["service"]
        service = (
            parse_qs(wire.query).get("service", [""])[0] if endpoint == "info/refs" else endpoint
        )
        if service not in (READ, WRITE):
            raise Refused(403, "Please upgrade your git client.")
        actor = self._actor(wire)
        with self._state.lock:
            repository = self._state.repository_named(found["owner"], found["name"])
            self._check(repository, actor, service=service)
            assert repository is not None  # noqa: S101 - checked before
        store = store_of(self._state, repository.id)
        return _Job(
            repository=repository, store=store, actor=actor, service=service, endpoint=endpoint
        )

    def _actor(self, wire: Wire) -> Actor:
        given = wire.headers.get("authorization", "")
        if not given:
            return ANONYMOUS
        try:
            return self._authenticate(given)
        except Failure as failure:
            raise Refused(401, NO_LOGIN) from failure

    def _check(self, repository: Repository | None, actor: Actor, *, service: str) -> None:
        anonymous = actor.kind is ActorKind.ANONYMOUS
        level = self._level(repository, actor)
        if repository is None or level == "none":
            raise Refused(401, NO_LOGIN) if anonymous else Refused(404, NOT_FOUND)
        if service == READ:
            return
        if anonymous:
            raise Refused(401, NO_LOGIN)
        if repository.archived:
            raise Refused(403, ARCHIVED)
        if LEVELS.index(level) < LEVELS.index("write"):
            account = self._state.accounts.get(actor.account_id)
            full_name = self._state.full_name(repository)
            login = account.login if account is not None else "you"
            raise Refused(403, f"Permission to {full_name}.git denied to {login}.")

    def _level(self, repository: Repository | None, actor: Actor) -> str:
        if repository is None:
            return "none"
        public = "none" if repository.private else "read"
        match actor.kind:
            case ActorKind.INSTALLATION:
                granted = actor.permissions.get("contents", "none")
                inside = repository.id in actor.repository_ids
                return granted if inside and granted != "none" else public
            case ActorKind.USER:
                return self._state.permission(repository, actor.account_id)
            case _:
                return public

    def _refuse(self, wire: Wire, refused: Refused) -> None:
        text = f"{refused.text}\n".encode()
        headers = [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Length", str(len(text))),
        ]
        wire.start(refused.status, [*headers, CHALLENGE] if refused.status == 401 else headers)
        wire.write(text)

    # -------------------------------------------------------------- the work

    def _send(self, job: _Job, wire: Wire) -> None:
        with run_backend(_cgi(job, wire), _body(wire, WishReader())) as backend:
            wire.start(*backend.head())
            for piece in backend.body():
                wire.write(piece)
            backend.finish()

    def _push(self, job: _Job, wire: Wire) -> None:
        stood = _references(job.store)
        reader = WishReader()
        with run_backend(_cgi(job, wire), _body(wire, reader)) as backend:
            status, headers = backend.head()
            # Only the report of a push comes back, so it may wait for the records to follow.
            report = b"".join(backend.body())
            backend.finish()
        self._follow(job, reader, stood=stood)
        wire.start(status, [*headers, ("Content-Length", str(len(report)))])
        wire.write(report)

    def _follow(self, job: _Job, reader: WishReader, *, stood: Mapping[str, str]) -> None:
        stands = _references(job.store)
        for wish in reader.wishes:
            before = stood.get(wish.ref, NO_OBJECT)
            # A client that lost the answer asks again: what it wants stands there already.
            if before == wish.after or stands.get(wish.ref, NO_OBJECT) != wish.after:
                continue
            if wish.ref.startswith("refs/pull/"):
                continue
            follow(
                self._state,
                RefMove(
                    repository_id=job.repository.id,
                    ref=wish.ref,
                    before=before,
                    after=wish.after,
                    sender_id=job.actor.account_id or job.repository.owner_id,
                ),
            )


def _references(store: GitStore) -> dict[str, str]:
    return {reference.name: reference.sha for reference in store.refs()}


def _cgi(job: _Job, wire: Wire) -> BackendRequest:
    return BackendRequest(
        method=wire.method,
        git_dir=job.store.git_dir,
        endpoint=job.endpoint,
        query=wire.query,
        headers=wire.headers,
        remote_user=str(job.actor.account_id or ""),
    )


def _body(wire: Wire, reader: WishReader) -> Callable[[], bytes]:
    zipped = wire.headers.get("content-encoding", "") in ("gzip", "x-gzip")
    unzipper = Unzipper() if zipped else None

    def source() -> bytes:
        piece = b""
        # A piece of a gzip body may inflate to nothing yet; nothing would mean the end.
        while not piece:
            read = wire.read(PIECE)
            if not read:
                return b""
            piece = unzipper.feed(read) if unzipper is not None else read
        reader.feed(piece)
        return piece

    return source
