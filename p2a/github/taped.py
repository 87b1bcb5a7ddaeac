"""Requests to GitHub and what came of them, as they stand in a record; no I/O."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

from p2a.errors import GitHubError
from p2a.github.answer import Answer
from p2a.github.request import Request
from p2a.github.retry import Failure
from p2a.record.failure import dump_failure, load_failure
from p2a.tape import Codec

HEADERS = (
    "retry-after",
    "x-accepted-github-permissions",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
)
"""Of an answer: the only ones that anything is decided by."""


def dump_request(request: Request) -> dict[str, Any]:
    """Return a request without what only our own waits depend on."""
    values: dict[str, Any] = {"verb": request.verb, "path": request.path}
    if request.parameters:
        values["parameters"] = dict(request.parameters)
    if request.body is not None:
        values["body"] = _readable(request.body)
    return values


def _readable(body: Mapping[str, Any]) -> dict[str, Any]:
    """Show a file that is sent as base64 as its text, where it is one."""
    if body.get("encoding") != "base64":
        return dict(body)
    try:
        text = base64.b64decode(body["content"]).decode("utf-8")
    except (binascii.Error, ValueError):
        return dict(body)
    return {**body, "content": text, "encoding": "base64 of this text"}


def _dump(result: Answer | Failure) -> dict[str, Any]:
    if isinstance(result, Failure):
        return {
            "failure": dump_failure(result.error),
            "sent": result.sent,
            "retry_after": result.retry_after,
        }
    headers = {name: result.headers[name] for name in HEADERS if name in result.headers}
    values: dict[str, Any] = {"status": result.status}
    if headers:
        values["headers"] = headers
    try:
        return {**values, "body": result.json()}
    except ValueError:
        return {**values, "text": result.text}


def _load(value: Any) -> Answer | Failure:
    if "failure" in value:
        error = load_failure(value["failure"])
        if not isinstance(error, GitHubError):
            raise TypeError("a failure of GitHub is an error of GitHub's")
        return Failure(error, sent=value["sent"], retry_after=value["retry_after"])
    text = json.dumps(value["body"]) if "body" in value else value["text"]
    return Answer(value["status"], value.get("headers", {}), text)


RESULT: Codec[Answer | Failure] = Codec(_dump, _load)
