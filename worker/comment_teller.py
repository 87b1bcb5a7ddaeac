"""Keeps the one progress comment up to date, not more often than allowed."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from p2a.domain import LogLevel, Workflow, WorkflowKind
from p2a.effects import AddReaction, Effect, Performed, PutComment
from p2a.errors import GitHubError
from p2a.tape import Tape, Untaped
from worker.final import Final
from worker.pages import Pages
from worker.progress import Link, Progress, render_progress
from worker.story import Story

logger = logging.getLogger(__name__)


class CommentTeller:
    """The progress comment of one workflow."""

    def __init__(
        self,
        workflow: Workflow,
        *,
        perform: Callable[[Effect], Performed],
        story: Callable[[], Story],
        clock: Callable[[], datetime],
        every_seconds: float,
        tape: Tape | None = None,
    ) -> None:
        self._workflow = workflow
        self._perform = perform
        self._story = story
        self._clock = clock
        self._every_seconds = every_seconds
        self._tape = tape or Untaped(clock)
        self._pages = Pages()
        self._begun = False
        self._last: datetime | None = None
        self._is_stale = False
        self._pauses: dict[int, str] = {}
        """Why the work waits, by thread: steps that are taken at the same time wait apart."""
        self._lock = threading.RLock()

    @property
    def is_wanted(self) -> bool:
        """Whether this workflow has a progress comment: a check that an event started has none."""
        kind, origin = self._workflow.kind, self._workflow.origin
        return kind is not WorkflowKind.CHECK or origin.comment_id is not None

    def line(self, message: str, level: LogLevel) -> None:
        """Do nothing: the comment shows tasks, the log is in the store."""

    def begin(self) -> None:
        """Allow edits: the comment was written by an earlier try of this workflow."""
        self._begun = True

    def refresh(self, *, force: bool = False) -> None:
        """Write the present state; a failed edit is made good by the next one."""
        if not self.is_wanted:
            return
        # Without the lock: a step that only says so is not to wait for another one's edit.
        self._begun = self._begun or force
        self._is_stale = self._begun
        if force:
            with self._lock:
                self._write(None, (), by="force")
        else:
            self.flush()

    def pause(self, text: str) -> None:
        """Show that the work waits, with its reason; an empty text says that it goes on."""
        with self._tape.moment("pause"):
            self._pauses[threading.get_ident()] = text
        self.refresh()

    def flush(self) -> None:
        """Write the present state if it changed since the last edit and an edit is due.

        A failed edit is made good by the next one, which is due as after one that succeeded.
        """
        if not self._tape.is_due(self._is_due):
            return
        with self._lock:
            if not self._tape.is_due(self._is_due):
                return
            try:
                self._write(None, (), by="flush")
            except GitHubError as error:
                logger.warning("the progress comment was not edited: %s", error)
                self._last, self._is_stale = self._clock(), True

    def final(self, final: Final, links: tuple[Link, ...] = ()) -> None:
        """Write the final state and react, where the state asks for a reaction.

        Raises:
            GitHubError: it could not be written.
        """
        if self.is_wanted:
            self._write(final, links, by="final")
        if self.is_wanted and final.reaction:
            origin = self._workflow.origin
            self._perform(
                AddReaction(final.reaction, number=origin.number, comment_id=origin.comment_id)
            )

    def _write(self, final: Final | None, links: tuple[Link, ...], *, by: str) -> None:
        # Before the edit: what changes meanwhile is shown by the next one.
        self._is_stale = False
        with self._tape.moment("edit", by=by) as now:
            pause = "; ".join(dict.fromkeys(filter(None, [*self._pauses.values()])))
            progress = Progress(
                self._workflow, self._story(), now, final=final, links=links, pause=pause
            )
        body = render_progress(progress, self._pages)
        workflow = self._workflow
        self._perform(PutComment(workflow.origin.number, workflow.marker, body))
        self._last = self._clock()

    def _is_due(self) -> bool:
        if not self._is_stale or self._last is None:
            return self._is_stale
        return (self._clock() - self._last).total_seconds() >= self._every_seconds
