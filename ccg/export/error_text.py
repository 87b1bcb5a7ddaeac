"""An error as people read it on a terminal; no I/O."""

from ccg.errors import GraphError
from ccg.export.visible import visible


def explain(error: GraphError) -> str:
    """Return what happened, why and what next, a line each; nothing in it steers a terminal."""
    parts = (("  why:  ", error.why), ("  next: ", error.next_step))
    text = "\n".join([f"p2a: {error.what}", *(name + part for name, part in parts if part)])
    return "".join(f"{visible(line)}\n" for line in text.splitlines())
