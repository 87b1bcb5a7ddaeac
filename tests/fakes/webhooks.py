"""Deliveries as GitHub signs and sends them, cut to what matters."""

import hashlib
import hmac
from typing import Any

SECRET = "a webhook secret for tests"


def sign(body: bytes, *, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def comment_payload(**changes: Any) -> dict[str, Any]:
    """Return what of an issue_comment.created payload matters, with top-level keys replaced."""
    user = {"id": 7, "login": "mona", "type": "User"}
    payload: dict[str, Any] = {
        "action": "created",
        "issue": {"id": 11, "number": 3, "title": "Uploads fail", "body": "On a flaky network."},
        "comment": {"id": 21, "body": "/p2a add retry", "user": user},
        "repository": {
            "id": 31,
            "name": "uploader",
            "owner": {"id": 5, "login": "acme", "type": "Organization"},
        },
        "installation": {"id": 41},
        "sender": user,
    }
    return {**payload, **changes}


def check_payload(
    *, action: str = "rerequested", suite: bool = False, **changes: Any
) -> dict[str, Any]:
    """Return what of a check_run or check_suite payload matters, with top-level keys replaced."""
    repository = comment_payload()["repository"]
    pull = {
        "number": 12,
        "head": {"ref": "topic", "sha": "a" * 40, "repo": {"id": 31}},
        "base": {"ref": "main", "sha": "b" * 40, "repo": {"id": 31}},
    }
    check = {"id": 51, "head_sha": "a" * 40, "pull_requests": [pull]}
    if not suite:
        check["external_id"] = "0123456789abcdef"
    payload = {
        "action": action,
        "check_suite" if suite else "check_run": check,
        "repository": repository,
        "installation": {"id": 41},
        "sender": {"id": 7, "login": "mona", "type": "User"},
    }
    return {**payload, **changes}
