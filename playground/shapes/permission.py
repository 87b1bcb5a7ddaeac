"""What an account may do on a repository; no I/O."""

PERMISSIONS = {
    "read": "pull",
    "triage": "triage",
    "write": "push",
    "maintain": "maintain",
    "admin": "admin",
}
"""The levels, weakest first, each with the flag that it adds."""


def flags(permission: str | None) -> dict[str, bool]:
    """Return the five flags of a level; all are false for none."""
    levels = list(PERMISSIONS)
    reach = levels.index(permission) if permission in PERMISSIONS else -1
    return {PERMISSIONS[name]: levels.index(name) <= reach for name in reversed(levels)}


def legacy(permission: str | None) -> str:
    """Return the level among the four that GitHub's `permission` field knows."""
    return {"maintain": "write", "triage": "read", None: "none"}.get(
        permission, permission or "none"
    )
