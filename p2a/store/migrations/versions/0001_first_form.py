"""The first form of the database: the nouns, the outbox, the ledger, and the seven agents.

Revision ID: 0001
Revises: nothing
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
JSON = sa.JSON()
TIME = sa.DateTime(timezone=True)

SEEDED_AT = datetime(2026, 11, 1, tzinfo=UTC)
AGENTS = (
    ("COORDINATOR", "Decides which agents a command needs", ["plan-steps"]),
    ("PLANNER", "Turns the issue into a plan of small steps", ["read-issue", "plan-change"]),
    ("DEVELOPER", "Writes the change with tools", ["read-files", "edit-files", "run-commands"]),
    ("REVIEWER", "Reads the change and says what is wrong with it", ["read-diff", "find-faults"]),
    ("TESTER", "Runs the tests and judges what they show", ["run-tests", "judge-results"]),
    ("DOCUMENTER", "Describes the change for people", ["write-description"]),
    ("QUALITY", "Measures the change and gives it scores", ["measure", "score"]),
)


def upgrade() -> None:
    """Make the tables in the order of their references, then seed the agents."""
    _agent()
    _delivery()
    _secret()
    _workflow()
    _artifact()
    _code_context_graph()
    _effect()
    _outbox()
    _progress_log()
    _task()
    _quality_assessment()
    _seed_agents()


def _agent() -> None:
    op.create_table(
        "agent",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("agent_type", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("capabilities", JSON, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agent"),
        sa.UniqueConstraint("agent_type", name="uq_agent_agent_type"),
        sa.UniqueConstraint("name", name="uq_agent_name"),
    )


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("guid", TEXT, nullable=False),
        sa.Column("event", TEXT, nullable=False),
        sa.Column("action", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("guid", name="pk_delivery"),
    )


def _secret() -> None:
    op.create_table(
        "secret",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secret"),
    )


def _workflow() -> None:
    op.create_table(
        "workflow",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("title", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("user", TEXT, nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("prompt", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("completed_at", TIME, nullable=True),
        sa.Column("result_data", JSON, nullable=False),
        sa.Column("error_message", TEXT, nullable=True),
        sa.Column("code_context", JSON, nullable=True),
        sa.Column("origin_key", TEXT, nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("repository_owner", TEXT, nullable=False),
        sa.Column("repository_name", TEXT, nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("is_pull_request", sa.Boolean(), nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("head_sha", TEXT, nullable=True),
        sa.Column("base_sha", TEXT, nullable=True),
        sa.Column("base_ref", TEXT, nullable=True),
        sa.Column("is_fork", sa.Boolean(), nullable=False),
        sa.Column("lease_owner", TEXT, nullable=True),
        sa.Column("lease_token", sa.BigInteger(), nullable=False),
        sa.Column("lease_expires_at", TIME, nullable=True),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("cancelled_by", TEXT, nullable=True),
        sa.Column("payload_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workflow"),
        sa.UniqueConstraint("origin_key", name="uq_workflow_origin_key"),
    )
    op.create_index("ix_workflow_repository_id_number", "workflow", ["repository_id", "number"])
    op.create_index("ix_workflow_status", "workflow", ["status"])


def _artifact() -> None:
    op.create_table(
        "artifact",
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("media_type", TEXT, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name="fk_artifact_workflow_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workflow_id", "name", name="pk_artifact"),
    )


def _code_context_graph() -> None:
    op.create_table(
        "code_context_graph",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("nodes", JSON, nullable=False),
        sa.Column("edges", JSON, nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("complexity_metrics", JSON, nullable=False),
        sa.Column("dependencies", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflow.id"],
            name="fk_code_context_graph_workflow_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_code_context_graph"),
        sa.UniqueConstraint("workflow_id", name="uq_code_context_graph_workflow_id"),
    )


def _effect() -> None:
    op.create_table(
        "effect",
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("external_id", TEXT, nullable=True),
        sa.Column("url", TEXT, nullable=True),
        sa.Column("adopted", sa.Boolean(), nullable=True),
        sa.Column("lease_token", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name="fk_effect_workflow_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workflow_id", "key", name="pk_effect"),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name="fk_outbox_workflow_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("workflow_id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_sent_at", "outbox", ["sent_at"])


def _progress_log() -> None:
    op.create_table(
        "progress_log",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("task", TEXT, nullable=True),
        sa.Column("message", TEXT, nullable=False),
        sa.Column("log_level", TEXT, nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("timestamp", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name="fk_progress_log_workflow_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_progress_log"),
    )
    op.create_index("ix_progress_log_workflow_id_id", "progress_log", ["workflow_id", "id"])


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("agent_id", ROW_ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("progress_percentage", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("depends_on", JSON, nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Double(), nullable=True),
        sa.Column("result_data", JSON, nullable=False),
        sa.Column("error_message", TEXT, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("completed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name="fk_task_agent_id"),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name="fk_task_workflow_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.UniqueConstraint("workflow_id", "name", name="uq_task_workflow_id_name"),
    )


def _quality_assessment() -> None:
    op.create_table(
        "quality_assessment",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("task_id", ROW_ID, nullable=False),
        sa.Column("code_quality_score", sa.Double(), nullable=True),
        sa.Column("test_coverage_score", sa.Double(), nullable=True),
        sa.Column("documentation_score", sa.Double(), nullable=True),
        sa.Column("performance_score", sa.Double(), nullable=True),
        sa.Column("security_score", sa.Double(), nullable=True),
        sa.Column("overall_score", sa.Double(), nullable=True),
        sa.Column("reasons", JSON, nullable=False),
        sa.Column("feedback", TEXT, nullable=False),
        sa.Column("recommendations", JSON, nullable=False),
        sa.Column("assessed_at", TIME, nullable=False),
        sa.Column("assessed_by", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_quality_assessment_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflow.id"],
            name="fk_quality_assessment_workflow_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_quality_assessment"),
        sa.UniqueConstraint(
            "workflow_id", "task_id", name="uq_quality_assessment_workflow_id_task_id"
        ),
    )


def _seed_agents() -> None:
    agent = sa.table(
        "agent",
        sa.column("name", TEXT),
        sa.column("agent_type", TEXT),
        sa.column("description", TEXT),
        sa.column("capabilities", JSON),
        sa.column("is_active", sa.Boolean()),
        sa.column("created_at", TIME),
        sa.column("updated_at", TIME),
    )
    op.bulk_insert(
        agent,
        [
            {
                "name": kind.lower(),
                "agent_type": kind,
                "description": description,
                "capabilities": capabilities,
                "is_active": True,
                "created_at": SEEDED_AT,
                "updated_at": SEEDED_AT,
            }
            for kind, description, capabilities in AGENTS
        ],
    )
