"""The tables as SQLAlchemy values; the migrations make them, a test compares the two."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    UniqueConstraint,
)

from p2a.store.columns import ROW_ID, CleanJson, CleanText, UtcDateTime

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

metadata = MetaData(naming_convention=NAMING)


def _of_workflow(*, primary_key: bool = False) -> "Column[str]":
    return Column(
        "workflow_id",
        CleanText,
        ForeignKey("workflow.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


agent = Table(
    "agent",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    Column("name", CleanText, nullable=False, unique=True),
    Column("agent_type", CleanText, nullable=False, unique=True),
    Column("description", CleanText, nullable=False),
    Column("capabilities", CleanJson, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

workflow = Table(
    "workflow",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("kind", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("description", CleanText, nullable=False),
    Column("user", CleanText, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("prompt", CleanText, nullable=False),
    Column("status", CleanText, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    Column("result_data", CleanJson, nullable=False),
    Column("error_message", CleanText),
    Column("code_context", CleanJson),
    Column("origin_key", CleanText, nullable=False, unique=True),
    Column("repository_id", BigInteger, nullable=False),
    Column("repository_owner", CleanText, nullable=False),
    Column("repository_name", CleanText, nullable=False),
    Column("installation_id", BigInteger, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("is_pull_request", Boolean, nullable=False),
    Column("comment_id", BigInteger),
    Column("head_sha", CleanText),
    Column("base_sha", CleanText),
    Column("base_ref", CleanText),
    Column("is_fork", Boolean, nullable=False),
    Column("lease_owner", CleanText),
    Column("lease_token", BigInteger, nullable=False),
    Column("lease_expires_at", UtcDateTime),
    Column("cancel_requested", Boolean, nullable=False),
    Column("cancelled_by", CleanText),
    Column("payload_version", Integer, nullable=False),
    Column("resume_at", UtcDateTime),
    Column("budget_usd", Double),
    Column("budget_from_call", BigInteger),
    Index(None, "repository_id", "number"),
    Index(None, "status"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("guid", CleanText, primary_key=True),
    Column("event", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("digest", CleanText, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    # No foreign key: the row is written before the workflow's, in the same transaction.
    Column("workflow_id", CleanText, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    _of_workflow(primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Index(None, "sent_at"),
)

task = Table(
    "task",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    _of_workflow(),
    Column("agent_id", ROW_ID, ForeignKey("agent.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("description", CleanText, nullable=False),
    Column("order", Integer, nullable=False),
    Column("status", CleanText, nullable=False),
    Column("progress_percentage", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("depends_on", CleanJson, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_usd", Double),
    Column("result_data", CleanJson, nullable=False),
    Column("error_message", CleanText),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("completed_at", UtcDateTime),
    UniqueConstraint("workflow_id", "name"),
)

model_call = Table(
    "model_call",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    _of_workflow(),
    Column("task_id", ROW_ID, ForeignKey("task.id", ondelete="CASCADE"), nullable=False),
    # Copied from the workflow: limits of a day are asked before each call.
    Column("repository_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("agent", CleanText, nullable=False),
    Column("model", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_usd", Double),
    Column("is_estimated", Boolean, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "repository_id", "begun_at"),
    Index(None, "user_id", "begun_at"),
    Index(None, "workflow_id"),
)

model_turn = Table(
    "model_turn",
    metadata,
    Column("model", CleanText, primary_key=True),
    Column("next_at", UtcDateTime, nullable=False),
    Column("closed_until", UtcDateTime, nullable=False),
)

progress_log = Table(
    "progress_log",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    _of_workflow(),
    # The task's name, which is unique within its workflow.
    Column("task", CleanText),
    Column("message", CleanText, nullable=False),
    Column("log_level", CleanText, nullable=False),
    Column("metadata", CleanJson, nullable=False),
    Column("timestamp", UtcDateTime, nullable=False),
    Index(None, "workflow_id", "id"),
)

quality_assessment = Table(
    "quality_assessment",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    _of_workflow(),
    Column("task_id", ROW_ID, ForeignKey("task.id", ondelete="CASCADE"), nullable=False),
    Column("code_quality_score", Double),
    Column("test_coverage_score", Double),
    Column("documentation_score", Double),
    Column("performance_score", Double),
    Column("security_score", Double),
    Column("overall_score", Double),
    Column("reasons", CleanJson, nullable=False),
    Column("feedback", CleanText, nullable=False),
    Column("recommendations", CleanJson, nullable=False),
    Column("assessed_at", UtcDateTime, nullable=False),
    Column("assessed_by", CleanText, nullable=False),
    UniqueConstraint("workflow_id", "task_id"),
)

code_context_graph = Table(
    "code_context_graph",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    _of_workflow(),
    Column("nodes", CleanJson, nullable=False),
    Column("edges", CleanJson, nullable=False),
    Column("metadata", CleanJson, nullable=False),
    Column("complexity_metrics", CleanJson, nullable=False),
    Column("dependencies", CleanJson, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("workflow_id"),
)

effect = Table(
    "effect",
    metadata,
    _of_workflow(primary_key=True),
    Column("key", CleanText, primary_key=True),
    Column("external_id", CleanText),
    Column("url", CleanText),
    Column("adopted", Boolean),
    Column("lease_token", BigInteger, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime),
)

artifact = Table(
    "artifact",
    metadata,
    _of_workflow(primary_key=True),
    Column("name", CleanText, primary_key=True),
    Column("media_type", CleanText, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

secret = Table(
    "secret",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

record_part = Table(
    "record_part",
    metadata,
    Column("id", ROW_ID, primary_key=True),
    _of_workflow(),
    Column("name", CleanText, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "workflow_id"),
)
