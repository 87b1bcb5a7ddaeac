"""Git references; no I/O."""

from typing import Any

from playground.git_store import Reference
from playground.records import Repository
from playground.shapes.links import node_id
from playground.shapes.view import View


def reference(reference: Reference, repository: Repository, view: View) -> dict[str, Any]:
    """Return a reference and the object that it names."""
    below = view.below(repository.id)
    return {
        "ref": reference.name,
        "node_id": node_id("REF", f"{repository.id}:{reference.name}"),
        "url": below.api(f"git/{reference.name}"),
        "object": {
            "sha": reference.sha,
            "type": reference.type,
            "url": below.api(f"git/{reference.type}s/{reference.sha}"),
        },
    }
