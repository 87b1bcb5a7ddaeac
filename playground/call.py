"""A request to the REST API on its way to an endpoint, and the endpoint's answer.

An endpoint is `def handler(call: Call) -> Answer`, run under the world's lock; it raises `Failure`
to refuse. Each endpoint module exports `ROUTES: tuple[Route, ...]`.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from playground import failure
from playground.actor import Actor, ActorKind
from playground.failure import Failure
from playground.page_links import PageOf, link_header
from playground.records import Account, App, Repository
from playground.shapes.view import View
from playground.state import LEVELS
from playground.world import World

T = TypeVar("T")

_GRANTS = ("none", "read", "write", "admin")
_PARAMETER = re.compile(r"\{(\w+)(:path)?\}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answers: a JSON `body`, or `raw` bytes of another media type."""

    status: int = 200
    body: Any = None
    """What becomes JSON; None with `raw` None is an empty answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    media_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Call:
    """One request: what was asked, by whom and when."""

    method: str
    path: str
    """Still percent-encoded, without `/api/v3`."""
    params: Mapping[str, str]
    """The placeholders of the route's pattern, percent-decoded."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name."""
    raw_body: bytes
    actor: Actor
    world: World
    view: View
    now: datetime

    # Who may do what

    def repository(self) -> Repository:
        """Return the repository `{owner}/{repo}` of the path, if the actor may see it.

        Raises:
            Failure: 404 where it is not there or private to others.
        """
        found = self.world.repository_named(self.params["owner"], self.params["repo"])
        if found is None or not self.may_see(found):
            raise failure.not_found()
        return found

    def may_see(self, repository: Repository) -> bool:
        """Tell whether the actor may know of the repository."""
        if not repository.private:
            return True
        if self.actor.is_installation:
            return repository.id in self.actor.repository_ids
        if self.actor.kind is ActorKind.USER:
            return self.world.permission(repository, self.actor.account_id) != "none"
        return False

    def need(
        self,
        permission: str,
        level: str = "read",
        *,
        role: str | None = None,
        otherwise: str | None = None,
    ) -> Repository:
        """Return the path's repository once the actor is known to have the right.

        An installation needs `permission` (or `otherwise`) at `level` (`read`, `write`, `admin`)
        and, to write, the repository among its own; a user needs `role` on the repository, by
        default the level itself.

        Raises:
            Failure: 404 unseen, 403 without the right, 401 for an anonymous write.
        """
        repository = self.repository()
        actor = self.actor
        if actor.kind is ActorKind.ANONYMOUS and level != "read":
            raise Failure(401, failure.REQUIRES_AUTHENTICATION)
        if actor.kind is ActorKind.APP:
            raise Failure(403, failure.NOT_INTEGRATION)
        if actor.is_installation:
            names = [permission] if otherwise is None else [permission, otherwise]
            self._need_grant(repository, names, level=level)
        elif not self.has_role(repository, role or level):
            raise Failure(403, failure.NOT_ADMIN)
        if level != "read" and repository.archived:
            raise Failure(403, "Repository was archived so is read-only.")
        return repository

    def _need_grant(self, repository: Repository, names: Sequence[str], *, level: str) -> None:
        inside = repository.id in self.actor.repository_ids
        if not inside and level == "read" and not repository.private:
            return
        granted = [self.actor.permissions.get(name, "none") for name in names]
        enough = any(_GRANTS.index(one) >= _GRANTS.index(level) for one in granted)
        if not inside or not enough:
            accepted = "; ".join(f"{name}={level}" for name in names)
            raise Failure(
                403,
                failure.NOT_INTEGRATION,
                headers={"X-Accepted-GitHub-Permissions": accepted},
            )

    def has_role(self, repository: Repository, role: str) -> bool:
        """Tell whether the acting user has at least that role on the repository."""
        held = self.world.permission(repository, self.actor.account_id)
        return LEVELS.index(held) >= LEVELS.index(role)

    def account(self) -> Account:
        """Return the acting account: the user, or the bot of an installation.

        Raises:
            Failure: 401 for an anonymous caller, 403 for an App's JWT.
        """
        account = self.world.accounts.get(self.actor.account_id)
        if self.actor.kind is ActorKind.APP:
            raise Failure(403, failure.NOT_INTEGRATION)
        if account is None:
            raise Failure(401, failure.REQUIRES_AUTHENTICATION)
        return account

    def app(self) -> App:
        """Return the App whose JWT was shown.

        Raises:
            Failure: 401 for any other credentials.
        """
        app = self.world.apps.get(self.actor.app_id)
        if self.actor.kind is not ActorKind.APP or app is None:
            raise Failure(401, "A JSON web token could not be decoded")
        return app

    # What was asked

    def number(self, name: str) -> int:
        """Return a placeholder of the path as a number.

        Raises:
            Failure: 404 where it is none.
        """
        text = self.params[name]
        if not text.isascii() or not text.isdigit():
            raise failure.not_found()
        return int(text)

    @cached_property
    def body(self) -> Any:
        """Return the parsed JSON body; an empty one is `{}`.

        Raises:
            Failure: 400 for what is no JSON.
        """
        if not self.raw_body.strip():
            return {}
        try:
            return whole_text(json.loads(self.raw_body.decode("utf-8")))
        except (ValueError, RecursionError) as error:
            raise Failure(400, failure.PROBLEMS_PARSING) from error

    @property
    def document(self) -> dict[str, Any]:
        """Return the body, which must be a JSON object.

        Raises:
            Failure: 400 for what is no JSON or no object.
        """
        body = self.body
        if not isinstance(body, dict):
            raise Failure(400, "Body should be a JSON object")
        return body

    def take(self, name: str, kind: type[T], default: T | None = None) -> T | None:
        """Return a field of the body, or `default` where it is absent or null.

        Raises:
            Failure: 422 where it is not of that kind.
        """
        value = self.document.get(name)
        if value is None:
            return default
        # JSON's true is no number, although Python's True is an int.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            shown = json.dumps(value)
            raise failure.wrong_request(
                f"For 'properties/{name}', {shown} is not {_NAMES.get(kind, 'valid')}."
            )
        return value

    def require(self, name: str, kind: type[T]) -> T:
        """Return a field of the body that must be there.

        Raises:
            Failure: 422 where it is absent, null or not of that kind.
        """
        if name not in self.document:
            raise failure.wrong_request(f'"{name}" wasn\'t supplied.')
        value = self.take(name, kind)
        if value is None:
            raise failure.wrong_request(
                f"For 'properties/{name}', nil is not {_NAMES.get(kind, 'valid')}."
            )
        return value

    def strings(self, name: str) -> list[str] | None:
        """Return a field that is a list of strings, None where it is absent.

        Raises:
            Failure: 422 where it is anything else.
        """
        values: list[Any] | None = self.take(name, list)
        for index, value in enumerate(values or ()):
            if not isinstance(value, str):
                raise failure.wrong_request(
                    f"For 'items/{index}', {json.dumps(value)} is not a string."
                )
        return values

    # What is answered

    def page(
        self,
        records: Iterable[T],
        render: Callable[[T, View], Any],
        *,
        key: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answer the asked page of a list with its Link header.

        With `key` the list stands under it beside `total_count` and `extra`, as for check runs.
        """
        everything: Sequence[T] = list(records)
        page = PageOf.asked(self.query, total=len(everything))
        shown = [render(record, self.view) for record in everything[page.start : page.stop]]
        address = self.view.links.api() + self.path
        link = link_header(address, query=self.query, page=page)
        body: Any = shown
        if key is not None:
            body = {"total_count": len(everything), **(extra or {}), key: shown}
        return Answer(200, body, {"Link": link} if link else {})


def whole_text(value: Any) -> Any:
    """Return a JSON value with each lone surrogate, which no UTF-8 can hold, as U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, list):
        return [whole_text(one) for one in value]
    if isinstance(value, dict):
        return {whole_text(key): whole_text(one) for key, one in value.items()}
    return value


_NAMES: dict[type, str] = {
    str: "a string",
    int: "an integer",
    bool: "a boolean",
    list: "an array",
    dict: "an object",
}


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path pattern, such as `/repos/{owner}/{repo}/contents/{path:path}`."""

    method: str
    pattern: str
    handler: Callable[[Call], Answer]
    creates_content: bool = False
    """Whether the secondary limit on content creation counts it."""

    def expression(self) -> re.Pattern[str]:
        """Return the pattern as a regular expression over the undecoded path."""
        parts = _PARAMETER.split(self.pattern)
        text = ""
        for index in range(0, len(parts), 3):
            text += re.escape(parts[index])
            if index + 1 < len(parts):
                text += f"(?P<{parts[index + 1]}>{'.+' if parts[index + 2] else '[^/]+'})"
        return re.compile(text + r"\Z")
