"""From table rows to the domain's values; no I/O."""

from typing import Any

from sqlalchemy import Row

from p2a.domain import (
    AgentType,
    LogLevel,
    NewWorkflow,
    Origin,
    ProgressEntry,
    Repository,
    Task,
    TaskStatus,
    Workflow,
    WorkflowKind,
    WorkflowStatus,
)
from p2a.store.records import Artifact, Assessment, ModelCall, StoredGraph

SCORES = (
    "code_quality",
    "test_coverage",
    "documentation",
    "performance",
    "security",
    "overall",
)
"""The names of the scores; each has a column `<name>_score`."""


def origin_values(new: NewWorkflow) -> dict[str, Any]:
    """Return the columns that a new workflow brings along."""
    origin = new.origin
    return {
        "id": new.id,
        "kind": new.kind.value,
        "title": new.title,
        "description": new.body,
        "prompt": new.prompt,
        "user": origin.user,
        "user_id": origin.user_id,
        "origin_key": origin.key,
        "repository_id": origin.repository.id,
        "repository_owner": origin.repository.owner,
        "repository_name": origin.repository.name,
        "installation_id": origin.installation_id,
        "number": origin.number,
        "is_pull_request": origin.is_pull_request,
        "comment_id": origin.comment_id,
        "head_sha": origin.head_sha,
        "base_sha": origin.base_sha,
        "base_ref": origin.base_ref,
        "is_fork": origin.is_fork,
        "budget_usd": new.budget_usd,
    }


def workflow(row: Row[Any]) -> Workflow:
    """Read a row of the workflow table."""
    return Workflow(
        id=row.id,
        kind=WorkflowKind(row.kind),
        origin=_origin(row),
        title=row.title,
        body=row.description,
        prompt=row.prompt,
        status=WorkflowStatus(row.status),
        attempt=row.attempt,
        created_at=row.created_at,
        updated_at=row.updated_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
        error_message=row.error_message,
        result=row.result_data,
        cancel_requested=row.cancel_requested,
        cancelled_by=row.cancelled_by,
        payload_version=row.payload_version,
        resume_at=row.resume_at,
        budget_usd=row.budget_usd,
    )


def _origin(row: Row[Any]) -> Origin:
    return Origin(
        key=row.origin_key,
        repository=Repository(row.repository_id, row.repository_owner, row.repository_name),
        installation_id=row.installation_id,
        number=row.number,
        is_pull_request=row.is_pull_request,
        user=row.user,
        user_id=row.user_id,
        comment_id=row.comment_id,
        head_sha=row.head_sha,
        base_sha=row.base_sha,
        base_ref=row.base_ref,
        is_fork=row.is_fork,
    )


def task(row: Row[Any]) -> Task:
    """Read a row of the task table joined with its agent's type."""
    return Task(
        id=row.id,
        workflow_id=row.workflow_id,
        name=row.name,
        agent=AgentType(row.agent_type),
        description=row.description,
        order=row.order,
        status=TaskStatus(row.status),
        attempt=row.attempt,
        progress_percentage=row.progress_percentage,
        started_at=row.started_at,
        completed_at=row.completed_at,
        result=row.result_data,
        error_message=row.error_message,
        depends_on=tuple(row.depends_on),
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
    )


def model_call(row: Row[Any]) -> ModelCall:
    """Read a row of the calls."""
    return ModelCall(
        id=row.id,
        agent=row.agent,
        model=row.model,
        outcome=row.outcome,
        input_tokens=row.input_tokens,
        output_tokens=row.output_tokens,
        cost_usd=row.cost_usd,
        is_estimated=row.is_estimated,
        begun_at=row.begun_at,
        ended_at=row.ended_at,
    )


def progress_entry(row: Row[Any]) -> ProgressEntry:
    """Read a row of the progress log."""
    return ProgressEntry(
        id=row.id,
        workflow_id=row.workflow_id,
        task=row.task,
        message=row.message,
        level=LogLevel(row.log_level),
        metadata=row.metadata,
        timestamp=row.timestamp,
    )


def artifact(row: Row[Any]) -> Artifact:
    """Read a row of the artifact table."""
    return Artifact(
        workflow_id=row.workflow_id,
        name=row.name,
        media_type=row.media_type,
        content=bytes(row.content),
        created_at=row.created_at,
    )


def assessment(row: Row[Any]) -> Assessment:
    """Read a row of the quality assessments."""
    return Assessment(
        workflow_id=row.workflow_id,
        task_id=row.task_id,
        scores={name: getattr(row, f"{name}_score") for name in SCORES},
        reasons=row.reasons,
        feedback=row.feedback,
        recommendations=tuple(row.recommendations),
        assessed_at=row.assessed_at,
        assessed_by=row.assessed_by,
    )


def graph(row: Row[Any]) -> StoredGraph:
    """Read a row of the code context graphs."""
    return StoredGraph(
        workflow_id=row.workflow_id,
        nodes=row.nodes,
        edges=row.edges,
        metadata=row.metadata,
        complexity_metrics=row.complexity_metrics,
        dependencies=row.dependencies,
        updated_at=row.updated_at,
    )
