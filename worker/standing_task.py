"""The task of commands that always ask for the same, so that no model has to plan it; no I/O."""

from typing import Any

from p2a.domain import WorkflowKind
from worker.outcomes import ChangeKind, Plan, PlanStep, Route

_TASKS = {
    WorkflowKind.TEST: (
        Route(
            kind=ChangeKind.TESTS,
            title="Test what the pull request changes",
            summary="Tests for what the pull request changes; its code stays as it is.",
        ),
        Plan(
            task="Write tests for what the pull request changes. Change nothing but tests.",
            acceptance_criteria=[
                "Each new or changed behaviour is held by a test that fails without it.",
                "Existing tests stay as they are.",
            ],
            steps=[
                PlanStep(text="Read the change."),
                PlanStep(text="Write the tests that it lacks.", after=[1]),
            ],
            files=[],
        ),
    ),
    WorkflowKind.DOCS: (
        Route(
            kind=ChangeKind.DOCUMENTATION,
            title="Document what the pull request changes",
            summary="The documents in line with what the pull request changes; its code stays.",
        ),
        Plan(
            task="Bring the documents in line with what the pull request changes.",
            acceptance_criteria=["No document says what is not true after the change."],
            steps=[
                PlanStep(text="Read the change."),
                PlanStep(text="Write what it makes untrue or leaves unsaid.", after=[1]),
            ],
            files=[],
        ),
    ),
}


def task_of(kind: WorkflowKind) -> dict[str, Any]:
    """Return the route and the plan of such a command as facts; nothing for any other."""
    if kind not in _TASKS:
        return {}
    route, plan = _TASKS[kind]
    return {"route": route.model_dump(mode="json"), "plan": plan.model_dump(mode="json")}
