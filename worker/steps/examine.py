"""Lets the reviewer read a pull request, or what is new in it since our last review."""

import re
from dataclasses import dataclass, replace

from p2a.domain import LogLevel, Task
from p2a.github.review import Review
from worker.agents import pull_reviewer as agent
from worker.coordinator import Signal, Step
from worker.github_site import GitHubSite
from worker.patch import FilePatch, numbered, read_patch
from worker.reading import ask_reading
from worker.records import BaseRecord, ExaminedRecord, PublishedRecord
from worker.remarks import fingerprints_in, hold, without_repeats
from worker.run import Run, StepResult
from worker.story import FINDINGS_DROPPED
from worker.submission import REVIEW_MARKER, reviewed_in
from worker.work_tree import WorkTree

FULL = re.compile(r"(?:full|all)\b[ \t]*", re.IGNORECASE)
"""Before the text of the command: everything is looked at again."""
MAX_DIFF = 55_000
"""Characters of the diff in the question; `worker.prompt` cuts a longer foreign text."""
MAX_SAID = 40
SAME = (
    "Commit {sha} was reviewed already. Push something new, or say `/p2a review full` to have all of "
    "it looked at again."
)
NOTHING_CHANGED = "The pull request changes no text file."
REWRITTEN = "the branch was rewritten since the last review"
ASKED = "that was asked for"
DROPPED = "{count} findings dropped: they cite what is not there"


@dataclass(frozen=True, slots=True)
class _Earlier:
    """What we said on this pull request before."""

    reviews: list[Review]
    texts: list[str]

    @property
    def sha(self) -> str:
        """Return the commit of the newest review, empty for none."""
        return reviewed_in(self.reviews[-1].body) if self.reviews else ""


def examine(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Ask once, with a look into the code; what was said before, or is not there, is left out."""
    tree, base = run.tree(), run.story().base or run.trees.resolve()
    earlier = _earlier(site, run.workflow.origin.number)
    is_full = FULL.match(run.workflow.prompt) is not None
    if earlier.sha == base.sha and not is_full:
        there = PublishedRecord(branch="", sha=base.sha, review_url=earlier.reviews[-1].url)
        said = SAME.format(sha=base.sha[:12])
        return StepResult({"nothing": said, "published": there.model_dump()}, Signal.NOTHING)
    since, because = _range(tree, earlier.sha, is_full=is_full)
    patches = read_patch(tree.patch_since(since or base.against or base.sha))
    if not any(patch.hunks for patch in patches.values()):
        return StepResult({"nothing": NOTHING_CHANGED}, Signal.NOTHING)
    return _asked(run, base, patches, earlier, since=since, because=because, name=step.name)


def _asked(
    run: Run,
    base: BaseRecord,
    patches: dict[str, FilePatch],
    earlier: _Earlier,
    *,
    since: str,
    because: str,
    name: str,
) -> StepResult:
    diff, left_out = numbered(patches.values(), limit=MAX_DIFF)
    brief = replace(run.brief(), diff=diff, prompt=FULL.sub("", run.workflow.prompt, count=1))
    request = agent.ask(
        brief,
        run.prompts,
        is_whole=not since,
        left_out=left_out,
        said=[_shown(text) for text in earlier.texts[-MAX_SAID:]],
    )
    answer = ask_reading(run, request, agent.read, name=name)
    workspace = run.tree().workspace
    held, dropped = hold(answer.findings, workspace.lines, workspace.may_change)
    remarks, repeats = without_repeats(held, fingerprints_in(earlier.texts))
    run.log(f"{len(remarks)} findings, {repeats} said before", task=name)
    if dropped:
        run.log(DROPPED.format(count=len(dropped)), level=LogLevel.WARNING, task=name)
    repository = run.workflow.origin.repository.full_name
    record = ExaminedRecord(
        sha=base.sha,
        since=since,
        whole_because=because,
        summary=answer.summary,
        remarks=remarks,
        repeats=repeats,
        left_out=left_out,
        blob_url=f"{run.settings.github_url}/{repository}/blob/{base.sha}",
    )
    return StepResult(
        {
            "examined": record.model_dump(),
            FINDINGS_DROPPED: [item.model_dump() for item in dropped],
        }
    )


def _earlier(site: GitHubSite, number: int) -> _Earlier:
    reviews = [
        one for one in site.questions.own_reviews(number) if one.body.startswith(REVIEW_MARKER)
    ]
    comments = site.questions.own_review_comments(number) if reviews else []
    # A job writes under a name that other jobs write under as well.
    ours = [text for text in comments if fingerprints_in([text])]
    return _Earlier(reviews, [*(one.body for one in reviews), *ours])


def _range(tree: WorkTree, earlier: str, *, is_full: bool) -> tuple[str, str]:
    """Return the commit from which to look, empty for all of it, and why all of it."""
    if not earlier:
        return "", ""
    if is_full:
        return "", ASKED
    return (earlier, "") if tree.grew_from(earlier) else ("", REWRITTEN)


def _shown(text: str) -> str:
    return re.sub(r"<!--.*?-->\n?", "", text).strip()
