"""Labels; no I/O."""

from typing import Any

from playground.records import Label
from playground.shapes.links import node_id
from playground.shapes.view import View


def label(label: Label, view: View) -> dict[str, Any]:
    """Return a label of a repository."""
    return {
        "id": label.id,
        "node_id": node_id("LA", label.id),
        "url": view.below(label.repository_id).api(f"labels/{label.name}"),
        "name": label.name,
        "color": label.color,
        "default": label.default,
        "description": label.description,
    }
