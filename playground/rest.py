"""The REST API's one way through: credentials, limits, route, endpoint, answer, log."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from playground import failure
from playground.actor import ANONYMOUS, Actor, ActorKind
from playground.auth import actor_of
from playground.call import Answer, Call, Route
from playground.failure import Failure
from playground.journal import Exchange, Journal
from playground.limits import Meter
from playground.shapes.view import View
from playground.world import World

API_VERSIONS = ("2022-11-28", "2026-03-10")
READS = frozenset({"GET", "HEAD"})
SECRET_HEADERS = frozenset({"authorization", "cookie"})
NO_USER_AGENT = (
    "Request forbidden by administrative rules. Please make sure your request has a "
    "User-Agent header"
)
_MEDIA_PARAMETER = re.compile(r"application/vnd\.github(?:\.v3)?(?:\.([a-z-]+))?(?=[+,;\s]|\Z)")


@dataclass(frozen=True, slots=True)
class Asked:
    """An HTTP request as it came in."""

    method: str
    path: str
    """Still percent-encoded, without `/api/v3`."""
    query: str
    headers: Mapping[str, str] = field(repr=False)
    """By lower-case name."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Served:
    """An HTTP answer ready to be sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def _rank(route: Route) -> tuple[bool, int, int]:
    pattern = route.pattern
    return ":path}" in pattern, pattern.count("{"), -len(pattern)


class Rest:
    """Serves requests to the REST API; may be used from any thread."""

    def __init__(
        self, world: World, *, view: View, routes: Sequence[Route], journal: Journal, meter: Meter
    ) -> None:
        self._world = world
        self._view = view
        self._journal = journal
        self._meter = meter
        # Literal parts win over placeholders: `issues/comments` is not issue "comments".
        # So does a longer pattern: `commits/{ref:path}/status` is no commit "main/status".
        ordered = sorted(routes, key=_rank)
        self._routes = [(route, route.expression()) for route in ordered]

    def serve(self, asked: Asked) -> Served:
        """Answer one request and log it."""
        actor = ANONYMOUS
        now = self._world.clock()
        try:
            self._check_headers(asked)
            with self._world.lock:
                actor = actor_of(asked.headers.get("authorization"), world=self._world, now=now)
                answer = self._perform(asked, actor=actor, now=now)
        except Failure as refusal:
            answer = refused(refusal)
        answer = self._unless_known(answer, asked=asked, actor=actor)
        served = self._dress(answer, asked=asked, actor=actor)
        self._log(asked, answer=answer, served=served, actor=actor)
        return served

    def _check_headers(self, asked: Asked) -> None:
        if not asked.headers.get("user-agent"):
            raise Failure(403, NO_USER_AGENT)
        version = asked.headers.get("x-github-api-version")
        if version is not None and version not in API_VERSIONS:
            raise Failure(400, f"{version} is not a supported version of the REST API.")

    def _perform(self, asked: Asked, *, actor: Actor, now: datetime) -> Answer:
        method = "GET" if asked.method == "HEAD" else asked.method
        if asked.path != "/rate_limit":
            self._meter.spend(actor)
        route, params = self._find(method, asked.path)
        self._meter.spend_secondary(
            actor, is_write=method not in READS, creates=route.creates_content
        )
        return route.handler(
            Call(
                method=method,
                path=asked.path,
                params=params,
                query=dict(parse_qsl(asked.query, keep_blank_values=True)),
                headers=asked.headers,
                raw_body=asked.body,
                actor=actor,
                world=self._world,
                view=self._view,
                now=now,
            )
        )

    def _find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        for route, expression in self._routes:
            found = expression.match(path) if route.method == method else None
            if found is not None:
                return route, {name: unquote(text) for name, text in found.groupdict().items()}
        raise failure.not_found()

    def _unless_known(self, answer: Answer, *, asked: Asked, actor: Actor) -> Answer:
        if asked.method not in READS or answer.status != 200:
            return answer
        tag = f'W/"{hashlib.sha256(_encoded(answer)).hexdigest()}"'
        headers = {**answer.headers, "ETag": tag}
        known = {one.strip() for one in asked.headers.get("if-none-match", "").split(",")}
        if tag not in known and tag.removeprefix("W/") not in known:
            return replace(answer, headers=headers)
        if actor.kind is not ActorKind.ANONYMOUS and asked.path != "/rate_limit":
            self._meter.give_back(actor)
        return Answer(304, headers=headers)

    def _dress(self, answer: Answer, *, asked: Asked, actor: Actor) -> Served:
        body = _encoded(answer)
        rate = self._meter.rate(actor)
        headers = {
            "Content-Type": answer.media_type,
            "Cache-Control": "private, max-age=60, s-maxage=60",
            "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP",
            "X-GitHub-Media-Type": media_type(asked.headers.get("accept", "")),
            "X-GitHub-Api-Version-Selected": asked.headers.get(
                "x-github-api-version", API_VERSIONS[0]
            ),
            "X-GitHub-Request-Id": uuid4().hex.upper(),
            **(rate.headers if rate else {}),
            **answer.headers,
        }
        if actor.kind is ActorKind.USER:
            headers["X-OAuth-Scopes"] = "repo"
        if not body:
            del headers["Content-Type"]
        if answer.status not in {204, 304}:
            headers["Content-Length"] = str(len(body))
        return Served(answer.status, headers, b"" if asked.method == "HEAD" else body)

    def _log(self, asked: Asked, *, answer: Answer, served: Served, actor: Actor) -> None:
        name, request = self._name(actor), parsed(asked.body)
        at = self._world.clock()
        if asked.method not in READS:
            self._journal.log_write(
                at=at,
                actor=name,
                method=asked.method,
                path=asked.path,
                status=served.status,
                request=request if not isinstance(request, bytes) else repr(request),
                response_id=identity(answer.body),
            )
        self._journal.log_exchange(
            Exchange(
                at=at,
                method=asked.method,
                path=asked.path,
                query=asked.query,
                request_headers={
                    key: value for key, value in asked.headers.items() if key not in SECRET_HEADERS
                },
                request_body=request,
                status=served.status,
                response_headers={key.lower(): value for key, value in served.headers.items()},
                response_body=answer.raw if answer.raw is not None else parsed(served.body),
                actor=name,
            )
        )

    def _name(self, actor: Actor) -> str:
        with self._world.lock:
            account = self._world.accounts.get(actor.account_id)
            app = self._world.apps.get(actor.app_id)
        if account is not None:
            return account.login
        return app.slug if app else "anonymous"


def refused(refusal: Failure) -> Answer:
    """Return a refusal as an answer."""
    return Answer(refusal.status, refusal.body, refusal.headers)


def media_type(accept: str) -> str:
    """Return what X-GitHub-Media-Type says to an Accept header."""
    found = _MEDIA_PARAMETER.search(accept)
    parameter = found[1] if found else None
    if parameter is None:
        return "github.v3; format=json"
    return f"github.v3; param={parameter}; format=json"


def parsed(body: bytes) -> Any:
    """Return the JSON value of a body, None for an empty one, its bytes where it is no JSON."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return body


def identity(body: Any) -> int | str | None:
    """Return by what the answer's object is known."""
    if not isinstance(body, dict):
        return None
    for key in ("id", "sha", "ref", "path"):
        value = body.get(key)
        if isinstance(value, int | str):
            return value
    return None


def _encoded(answer: Answer) -> bytes:
    if answer.raw is not None:
        return answer.raw
    if answer.body is None:
        return b""
    return json.dumps(answer.body, ensure_ascii=False, separators=(",", ":")).encode()
