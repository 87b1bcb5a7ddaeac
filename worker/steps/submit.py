"""Sends the review of a pull request: one, found again after a restart, which never approves."""

from p2a.domain import Task
from worker.coordinator import Step
from worker.github_site import GitHubSite
from worker.pages import Pages
from worker.patch import read_patch
from worker.records import PublishedRecord
from worker.run import Run, StepResult
from worker.steps.publish import still_allowed
from worker.submission import plan_review


def submit(site: GitHubSite, run: Run, step: Step, task: Task) -> StepResult:
    """Look at the permission once more, then send the review.

    Raises:
        GitHubForbidden: the user lost the permission since the command.
    """
    still_allowed(site, run)
    story = run.story()
    base = story.base or run.trees.resolve()
    # GitHub takes comments on lines of the whole diff, also where only a part was read.
    patches = read_patch(run.tree().patch_since(base.against or base.sha))
    done = site.perform(plan_review(run.workflow, story, patches, Pages()))
    run.log(f"review {done.url}", task=step.name)
    record = PublishedRecord(branch="", sha=base.sha, review_url=done.url)
    return StepResult({"published": record.model_dump()})
