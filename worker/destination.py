"""Where a change goes: a draft pull request, commits of a pull request, or suggestions; no I/O."""

from dataclasses import dataclass
from enum import StrEnum

from worker.records import SuiteRecord
from worker.story import Story

FORK = (
    "The pull request's branch is in somebody else's repository, where p2a may not write, and a "
    "branch of it here would run its code with this repository's secrets. So the change is offered "
    "as suggestions, which the author can commit."
)
GUARDED = (
    "`{branch}` is the default branch or a protected one, so the change comes as a draft into it."
)
CONFLICT = (
    "`{branch}` moved meanwhile and conflicts with the change in {paths}, so it comes as a draft into "
    "it: merge `{branch}` there and solve the conflict, or give the command again for a change that "
    "is made anew."
)
WORSE = (
    "Tests fail that did not fail before ({line}), so nothing was added to `{branch}`: the change "
    "comes as a draft into it, to look at."
)
RACED = "`{branch}` moved at the last moment, so the change comes as a draft into it."

REFUSED = "GitHub took no commit on `{branch}` ({why}), so the change comes as a draft into it."


class Way(StrEnum):
    """How a change is delivered."""

    DRAFT = "draft"
    """A branch of its own and a draft pull request."""
    COMMITS = "commits"
    """A commit on the pull request's own branch."""
    SUGGESTIONS = "suggestions"
    """A review of the pull request."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A way, and why it is not the one that somebody may have expected."""

    way: Way
    why: str = ""


def choose(story: Story, *, is_pull_request: bool, is_guarded: bool) -> Destination:
    """Choose the way of a change.

    Args:
        story: what was done and measured.
        is_pull_request: whether the command was given on a pull request.
        is_guarded: whether its branch is protected or the default one.
    """
    base = story.base
    if not is_pull_request or base is None:
        return Destination(Way.DRAFT)
    if base.is_fork:
        return Destination(Way.SUGGESTIONS, FORK)
    if is_guarded:
        return Destination(Way.DRAFT, GUARDED.format(branch=base.ref))
    if story.rebase is not None and story.rebase.conflicts:
        paths = ", ".join(f"`{path}`" for path in story.rebase.conflicts)
        return Destination(Way.DRAFT, CONFLICT.format(branch=base.ref, paths=paths))
    if story.suite is not None and is_worse(story.baseline, story.suite):
        line = story.suite.line()
        return Destination(Way.DRAFT, WORSE.format(branch=base.ref, line=line))
    return Destination(Way.COMMITS)


def refused(branch: str, *, why: str) -> Destination:
    """Return the way of a change whose commit GitHub did not take."""
    return Destination(Way.DRAFT, REFUSED.format(branch=branch, why=why.rstrip(".")))


def raced(branch: str) -> Destination:
    """Return the way of a change whose branch moved when the commit was to be added."""
    return Destination(Way.DRAFT, RACED.format(branch=branch))


def is_worse(before: SuiteRecord | None, after: SuiteRecord) -> bool:
    """Tell whether tests fail that did not fail before the change; flaky ones do not count."""
    if not after.ran or after.is_green:
        return False
    broken = after.broken - len(after.flaky)
    if after.flaky and not broken:
        return False
    if before is None or not before.ran or before.is_green:
        return True
    is_new = not set(after.steady_failures) <= set(before.failures)
    return is_new or (not after.scope and broken > before.broken)
