"""Brings a change to where it belongs: a draft pull request, a commit, or suggestions."""

from p2a.errors import BranchMoved, GitHubInvalid
from worker.destination import Destination, Way, choose, raced, refused
from worker.github_site import GitHubSite
from worker.new_secrets import refuse_secrets
from worker.pages import Pages
from worker.patch import read_patch, sections
from worker.publish import Publication, plan_change, plan_commit, plan_suggestions
from worker.reach import check_reach_of
from worker.records import PublishedRecord
from worker.run import Run
from worker.story import Story
from worker.suggestions import split


def deliver(
    site: GitHubSite, run: Run, publication: Publication, pages: Pages, *, name: str
) -> PublishedRecord:
    """Publish the change of a workflow; a commit that does not go onto its branch becomes a draft.

    Raises:
        EditRefused: the change holds a secret.
        GitFailed: the pull request was closed meanwhile.
        BranchMoved: the branch of the pull request is gone.
        GitHubError: GitHub refused it or could not be reached.
    """
    check_reach_of(site.questions, run.workflow.origin)
    refuse_secrets(publication.story.changes, run.tree().workspace.original)
    destination = _destination(site, run, publication.story)
    if destination.way is Way.SUGGESTIONS:
        return _suggest(site, run, publication, pages, destination, name=name)
    if destination.way is Way.COMMITS:
        try:
            return _commit(site, run, publication, name=name)
        except BranchMoved:
            destination = raced(_ref(publication.story))
        except GitHubInvalid as error:
            destination = refused(_ref(publication.story), why=error.why)
    return _draft(site, run, publication, pages, destination, name=name)


def _destination(site: GitHubSite, run: Run, story: Story) -> Destination:
    is_pull_request = run.workflow.origin.is_pull_request
    is_guarded = False
    if is_pull_request and story.base is not None and not story.base.is_fork:
        facts = site.questions.branch_facts(story.base.ref)
        if facts is None:
            raise BranchMoved(
                f"the branch {story.base.ref} is gone",
                why="somebody deleted or renamed it while the change was made",
                next_step="restore it first, or give the command on an issue",
            )
        is_guarded = facts.is_protected or story.base.ref == site.questions.default_branch()
    return choose(story, is_pull_request=is_pull_request, is_guarded=is_guarded)


def _draft(
    site: GitHubSite,
    run: Run,
    publication: Publication,
    pages: Pages,
    destination: Destination,
    *,
    name: str,
) -> PublishedRecord:
    branch, pull = (site.perform(effect) for effect in plan_change(publication, pages))
    run.log(f"draft pull request {pull.url}", task=name)
    return PublishedRecord(
        branch=run.workflow.branch,
        sha=branch.external_id,
        pull_number=int(pull.external_id),
        pull_url=pull.url,
        why=destination.why,
        tree=publication.tree,
    )


def _commit(site: GitHubSite, run: Run, publication: Publication, *, name: str) -> PublishedRecord:
    done = site.perform(plan_commit(publication))
    run.log(f"commit {done.url}", task=name)
    return PublishedRecord(
        branch=_ref(publication.story),
        sha=done.external_id,
        pull_number=run.workflow.origin.number,
        way=Way.COMMITS,
        tree=publication.tree,
        commit_url=done.url,
    )


def _suggest(
    site: GitHubSite,
    run: Run,
    publication: Publication,
    pages: Pages,
    destination: Destination,
    *,
    name: str,
) -> PublishedRecord:
    tree = run.tree()
    parts = split(publication.story.changes, tree.workspace.original, read_patch(tree.pull_diff()))
    review = plan_suggestions(
        publication, parts, patches=sections(tree.diff()), why=destination.why, pages=pages
    )
    done = site.perform(review)
    run.log(f"suggestions {done.url}", task=name)
    return PublishedRecord(
        branch="",
        sha=review.commit_id,
        way=Way.SUGGESTIONS,
        why=destination.why,
        tree=publication.tree,
        review_url=done.url,
    )


def _ref(story: Story) -> str:
    return story.base.ref if story.base else ""
