"""The report of a workflow as JSON, from its stored records; no I/O."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

from p2a.domain import Task, Workflow
from p2a.store.records import ModelCall
from worker.coordinator import Signal
from worker.cost import by_agent, total
from worker.story import SIGNAL, Story, finished
from worker.timeline import Span, spans_of

SCHEMA = "p2a-workflow/1"


def report_of(workflow: Workflow, story: Story, calls: Sequence[ModelCall] = ()) -> dict[str, Any]:
    """Return everything that was executed and measured, with what it cost by agent and by call."""
    records = {
        "base": story.base,
        "route": story.route,
        "plan": story.plan,
        "change": story.change,
        "review": story.review,
        "tests_before": story.baseline,
        "tests_after": story.suite,
        "tests_proof": story.proof,
        "assessment": story.assessment,
        "feedback": story.feedback,
        "graph": story.graph,
        "answer": story.answer,
        "examined": story.examined,
        "rebase": story.rebase,
        "published": story.published,
        "partial": story.partial,
    }
    return {
        "schema": SCHEMA,
        "workflow": workflow.id,
        "kind": workflow.kind.value,
        "repository": workflow.origin.repository.full_name,
        "number": workflow.origin.number,
        "steps": [_step(task) for task in finished(story.tasks)],
        "timeline": [_span(span) for span in spans_of(story.tasks)],
        "plan_touches": [item.model_dump() for item in story.touched],
        "team": story.team.model_dump(),
        "nothing_to_do": story.nothing or None,
        "changed_files": [change.path for change in story.changes],
        "refused_paths": [item.model_dump() for item in story.refusals],
        "review_findings_dropped": [item.model_dump() for item in story.findings_dropped],
        "commands": [item.model_dump() for item in story.commands],
        "notes": list(story.notes),
        "cost": {
            "total": asdict(total(story.tasks)),
            "agents": _costs(story),
            "calls": _calls(calls),
        },
        **{name: _dumped(record) for name, record in records.items()},
    }


def _step(task: Task) -> dict[str, Any]:
    """Return a finished step with what it said of its end: `tests-failed` sends the developer again."""
    return {"name": task.name, "signal": Signal(task.result.get(SIGNAL, Signal.DONE)).value}


def _span(span: Span) -> dict[str, Any]:
    return {
        "name": span.name,
        "agent": span.agent,
        "started_at": span.started_at.isoformat(),
        "start_seconds": span.start,
        "end_seconds": span.end,
        "beside": list(span.beside),
    }


def _costs(story: Story) -> list[dict[str, Any]]:
    return [asdict(cost) for cost in by_agent(story.tasks)]


def _calls(calls: Sequence[ModelCall]) -> list[dict[str, Any]]:
    return [
        {
            "agent": call.agent.lower(),
            "model": call.model,
            "outcome": call.outcome,
            "input_tokens": call.input_tokens,
            "output_tokens": call.output_tokens,
            "usd": call.cost_usd,
            "is_estimated": call.is_estimated,
        }
        for call in calls
    ]


def _dumped(record: BaseModel | None) -> dict[str, Any] | None:
    return None if record is None else record.model_dump(mode="json")
