"""What the server says of itself; no I/O."""

from typing import Any

from playground.shapes.view import View


def meta(view: View) -> dict[str, Any]:
    """Return the server's addresses."""
    host = view.links.host()
    return {
        "verifiable_password_authentication": False,
        "hooks": ["127.0.0.0/8"],
        "web": ["127.0.0.0/8"],
        "api": ["127.0.0.0/8"],
        "git": ["127.0.0.0/8"],
        "domains": {"website": [host]},
    }
