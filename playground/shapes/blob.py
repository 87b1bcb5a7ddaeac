"""Git blobs; no I/O."""

import base64
from typing import Any

from playground.records import Repository
from playground.shapes.links import node_id
from playground.shapes.view import View


def short(sha: str, repository: Repository, view: View) -> dict[str, Any]:
    """Return the answer to writing a blob."""
    return {"sha": sha, "url": view.below(repository.id).api(f"git/blobs/{sha}")}


def blob(sha: str, content: bytes, repository: Repository, view: View) -> dict[str, Any]:
    """Return a blob with its content."""
    return short(sha, repository, view) | {
        "node_id": node_id("B", sha),
        "size": len(content),
        "content": lines(content),
        "encoding": "base64",
    }


def lines(content: bytes) -> str:
    """Return the content as GitHub encodes it: base64 in lines of 60 characters."""
    text = base64.b64encode(content).decode()
    return "".join(f"{text[start : start + 60]}\n" for start in range(0, len(text), 60))
