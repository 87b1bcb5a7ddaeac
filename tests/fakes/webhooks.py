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
