"""Which function takes which stage, on GitHub and on a local repository."""

from collections.abc import Mapping
from functools import partial

from worker.comment_teller import CommentTeller
from worker.coordinator import Stage
from worker.drive import StepFunction
from worker.github_site import GitHubSite
from worker.steps.acknowledge import acknowledge
from worker.steps.answer import answer
from worker.steps.ask import answer_question
from worker.steps.authorise import authorise
from worker.steps.begin import begin
from worker.steps.coordinator import coordinate
from worker.steps.developer import develop
from worker.steps.documenter import document
from worker.steps.examine import examine
from worker.steps.graph import build
from worker.steps.planner import plan
from worker.steps.prepare import prepare
from worker.steps.publish import publish
from worker.steps.quality import assess_quality
from worker.steps.rebase import rebase
from worker.steps.report import report
from worker.steps.reviewer import review
from worker.steps.submit import submit
from worker.steps.tester import write_tests

WORK: Mapping[Stage, StepFunction] = {
    Stage.PREPARE: prepare,
    Stage.COORDINATOR: coordinate,
    Stage.PLANNER: plan,
    Stage.DEVELOPER: develop,
    Stage.REVIEWER: review,
    Stage.TESTER: write_tests,
    Stage.DOCUMENTER: document,
    Stage.REBASE: rebase,
    Stage.QUALITY: assess_quality,
    Stage.GRAPH: build,
    Stage.ASK: answer_question,
}
"""What is the same wherever the repository is."""


def on_github(site: GitHubSite, teller: CommentTeller) -> Mapping[Stage, StepFunction]:
    """Return every stage's function for a workflow on GitHub."""
    return {
        **WORK,
        Stage.AUTHORISE: partial(authorise, site),
        Stage.ACKNOWLEDGE: partial(acknowledge, site),
        Stage.PREPARE: partial(begin, site),
        Stage.EXAMINE: partial(examine, site),
        Stage.SUBMIT: partial(submit, site),
        Stage.PUBLISH: partial(publish, site),
        Stage.ANSWER: partial(answer, site),
        Stage.REPORT: partial(report, teller),
    }
