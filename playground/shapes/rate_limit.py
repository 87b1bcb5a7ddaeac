"""How much of the hour's requests is left; no I/O."""

from typing import Any

RESOURCES = ("core", "search", "graphql", "code_search", "integration_manifest")


def rate_limit(*, limit: int, used: int, reset: int) -> dict[str, Any]:
    """Return the limits; only `core` is counted here, `reset` is in seconds since 1970."""
    core = {"limit": limit, "used": used, "remaining": max(limit - used, 0), "reset": reset}
    untouched = {"limit": limit, "used": 0, "remaining": limit, "reset": reset}
    resources = {name: dict(untouched) for name in RESOURCES} | {"core": core}
    return {"resources": resources, "rate": core}
