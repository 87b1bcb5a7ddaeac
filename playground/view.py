"""What a renderer may look at: the records and the addresses under which they are served."""

from dataclasses import dataclass

from playground.state import State

API = "/api/v3"


@dataclass(frozen=True, slots=True)
class View:
    """The second argument of every renderer in `playground.shapes`."""

    state: State
    base: str
    """The web address, for example `http://127.0.0.1:4100`, without a slash at the end."""
    viewer_id: int | None = None
    """The account that asks, None for anonymous callers, Apps and webhooks."""

    def api(self, path: str) -> str:
        """Return the REST address of a path such as `/repos/o/r`."""
        return f"{self.base}{API}{path}"

    def html(self, path: str) -> str:
        """Return the page address of a path such as `/o/r/issues/1`."""
        return f"{self.base}{path}"
