"""What the pages show, as frozen values read from the world under its lock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playground import records
from playground.git_diff import files_between
from playground.git_facts import pull_base, store_of
from playground.page.markdown import to_html
from playground.world import World

EMOJI = {"eyes": "👀", "rocket": "🚀", "confused": "😕", "+1": "👍", "-1": "👎", "heart": "❤️"}
MOST_PATCH_LINES = 2000
MOVING = timedelta(seconds=45)
RERUN = records.CheckAction("Re-run check", "GitHub's own button", "rerequest")
START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class RepositoryLine:
    """A repository on the front page."""

    full_name: str
    issues: int
    pulls: int


@dataclass(frozen=True, slots=True)
class IssueLine:
    """An issue or a pull request in a list."""

    number: int
    title: str
    author: str
    state: str
    is_pull: bool
    comments: int
    verdict: str
    """The conclusion of the newest check run of a pull request, or an empty string."""


@dataclass(frozen=True, slots=True)
class Said:
    """A description or a comment."""

    author: str
    is_bot: bool
    at: datetime
    html: str
    reactions: tuple[str, ...]
    was_edited: bool


@dataclass(frozen=True, slots=True)
class PatchLine:
    """A line of a diff: `add`, `del`, `hunk` or `same`."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file of a pull request."""

    path: str
    status: str
    additions: int
    deletions: int
    patch: tuple[PatchLine, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """A check run."""

    id: int
    name: str
    app: str
    status: str
    conclusion: str
    title: str
    summary_html: str
    text_html: str
    details_url: str
    actions: tuple[records.CheckAction, ...]
    """Its buttons; a run that has ended has GitHub's own for a re-run as well."""
    annotations: tuple[records.Annotation, ...]


@dataclass(frozen=True, slots=True)
class Conversation:
    """An issue or a pull request with everything said about it."""

    number: int
    title: str
    state: str
    is_pull: bool
    labels: tuple[tuple[str, str], ...]
    head: str
    base: str
    said: tuple[Said, ...]
    checks: tuple[Check, ...]
    files: tuple[ChangedFile, ...]
    linked: tuple[IssueLine, ...]


def repositories(world: World) -> list[RepositoryLine]:
    """Return all repositories by name."""
    with world.lock:
        found = []
        for repository in world.repositories.all():
            issues = world.issues.where(repository_id=repository.id)
            pulls = [issue for issue in issues if issue.pull_id is not None]
            name = world.full_name(repository)
            found.append(RepositoryLine(name, len(issues) - len(pulls), len(pulls)))
        return sorted(found, key=lambda line: line.full_name)


def is_moving(world: World) -> bool:
    """Tell whether anything was written in the last seconds, so that a reader waits for more."""
    with world.lock:
        times = [issue.updated_at for issue in world.issues.all()]
        times += [comment.updated_at for comment in world.comments.all()]
        times += [run.completed_at or run.started_at or START for run in world.check_runs.all()]
        return world.now() - max(times, default=START) < MOVING


def issue_lines(world: World, repository: records.Repository) -> list[IssueLine]:
    """Return a repository's issues and pull requests, newest first."""
    with world.lock:
        issues = world.issues.where(repository_id=repository.id)
        return [_line(world, issue) for issue in sorted(issues, key=lambda one: -one.number)]


def conversation(world: World, repository: records.Repository, number: int) -> Conversation | None:
    """Return an issue or a pull request, None when there is none of that number."""
    with world.lock:
        issue = world.issue_numbered(repository.id, number)
        if issue is None:
            return None
        pull = world.pulls.get(issue.pull_id)
        labels = [world.labels.need(id) for id in issue.label_ids]
        return Conversation(
            number=number,
            title=issue.title,
            state=_state(world, issue),
            is_pull=pull is not None,
            labels=tuple((label.name, label.color) for label in labels),
            head=pull.head_ref if pull else "",
            base=pull.base_ref if pull else "",
            said=tuple(_said(world, issue)),
            checks=checks_of(world, repository.id, pull.head_sha) if pull else (),
            files=tuple(_files(world, pull)) if pull else (),
            linked=tuple(_linked(world, issue)),
        )


def checks_of(world: World, repository_id: int, sha: str) -> tuple[Check, ...]:
    """Return the check runs of a commit, newest first."""
    runs = world.check_runs.where(repository_id=repository_id, head_sha=sha)
    return tuple(_check(world, run) for run in sorted(runs, key=lambda run: -run.id))


def _line(world: World, issue: records.Issue) -> IssueLine:
    pull = world.pulls.get(issue.pull_id)
    checks = checks_of(world, issue.repository_id, pull.head_sha) if pull else ()
    return IssueLine(
        number=issue.number,
        title=issue.title,
        author=world.accounts.need(issue.author_id).login,
        state=_state(world, issue),
        is_pull=pull is not None,
        comments=len(world.comments.where(issue_id=issue.id)),
        verdict=(checks[0].conclusion or checks[0].status) if checks else "",
    )


def _state(world: World, issue: records.Issue) -> str:
    pull = world.pulls.get(issue.pull_id)
    if pull is not None and pull.merged_at is not None:
        return "merged"
    if pull is not None and pull.draft and issue.state == "open":
        return "draft"
    return issue.state


def _said(world: World, issue: records.Issue) -> Iterator[Said]:
    author = world.accounts.need(issue.author_id)
    yield Said(
        author=author.login,
        is_bot=author.kind == "Bot",
        at=issue.created_at,
        html=to_html(issue.body or "*No description provided.*"),
        reactions=_reactions(world, "issue", issue.id),
        was_edited=False,
    )
    for comment in sorted(world.comments.where(issue_id=issue.id), key=lambda one: one.id):
        writer = world.accounts.need(comment.author_id)
        yield Said(
            author=writer.login,
            is_bot=writer.kind == "Bot",
            at=comment.created_at,
            html=to_html(comment.body),
            reactions=_reactions(world, "comment", comment.id),
            was_edited=comment.updated_at > comment.created_at,
        )


def _reactions(world: World, subject: str, subject_id: int) -> tuple[str, ...]:
    found = world.reactions.where(subject=subject, subject_id=subject_id)
    return tuple(EMOJI.get(reaction.content, reaction.content) for reaction in found)


def _check(world: World, run: records.CheckRun) -> Check:
    app = world.apps.get(run.app_id)
    return Check(
        id=run.id,
        name=run.name,
        app=app.slug if app else "",
        status=run.status,
        conclusion=run.conclusion or "",
        title=run.title or "",
        summary_html=to_html(run.summary or ""),
        text_html=to_html(run.text or ""),
        details_url=run.details_url or "",
        actions=(*run.actions, RERUN) if run.status == "completed" else (),
        annotations=run.annotations,
    )


def _files(world: World, pull: records.Pull) -> Iterator[ChangedFile]:
    store = store_of(world, pull.repository_id)
    base = store.merge_base(pull_base(world, pull), pull.head_sha)
    for change in files_between(store, base, pull.head_sha) if base else ():
        lines = (change.patch or "").split("\n")[:MOST_PATCH_LINES]
        yield ChangedFile(
            path=change.filename,
            status=change.status,
            additions=change.additions,
            deletions=change.deletions,
            patch=tuple(PatchLine(_kind(line), line) for line in lines if line),
        )


def _kind(line: str) -> str:
    return {"+": "add", "-": "del", "@": "hunk"}.get(line[0], "same")


def _linked(world: World, issue: records.Issue) -> Iterator[IssueLine]:
    """Yield the pull requests whose text names this issue as the one they fix."""
    if issue.pull_id is not None:
        return
    for other in world.issues.where(repository_id=issue.repository_id):
        words = (other.body or "").replace(".", " ").split()
        if other.pull_id is not None and f"#{issue.number}" in words:
            yield _line(world, other)
