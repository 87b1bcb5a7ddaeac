"""The answer to "what may this user do here"; no I/O."""

from typing import Any

from playground.records import Account
from playground.shapes import user
from playground.shapes.permission import legacy
from playground.shapes.view import View


def permission(account: Account, view: View, *, level: str | None) -> dict[str, Any]:
    """Return a user's level on a repository; None stands for no access."""
    return {
        "permission": legacy(level),
        "user": user.collaborator(account, view, permission=level or "none"),
        "role_name": level or "none",
    }
