"""Logging git's pushes: which references one request to git moved."""

import threading

from playground.git_http import GitHttp, Wire
from playground.journal import Journal
from playground.records import Event
from playground.world import World


class PushLog:
    """Runs requests to git and logs the pushes among them; may be used from any thread."""

    def __init__(self, world: World, journal: Journal) -> None:
        self._world = world
        self._journal = journal
        self._here = threading.local()
        world.listen(self._take)

    def serve(self, git: GitHttp, wire: Wire) -> None:
        """Serve a request to git; what it pushes is logged."""
        self._here.pushing = True
        try:
            git.serve(wire)
        finally:
            self._here.pushing = False

    def _take(self, event: Event) -> None:
        # References also move by the REST API, in other threads: those requests are logged as such.
        if event.name != "push" or not getattr(self._here, "pushing", False):
            return
        repository = self._world.repositories.need(event.repository_id)
        moved = {key: event.parts.get(key) for key in ("ref", "before", "after")}
        self._journal.log_write(
            at=self._world.clock(),
            actor=self._world.accounts.need(event.sender_id).login,
            method="PUSH",
            path=self._world.full_name(repository),
            status=200,
            request=moved,
            response_id=moved["after"],
        )
