"""Every call of a model, the turns of the models, budgets, and workflows that wait for a time.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TEXT = sa.Text()
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns, then the tables."""
    op.add_column("workflow", sa.Column("resume_at", TIME, nullable=True))
    op.add_column("workflow", sa.Column("budget_usd", sa.Double(), nullable=True))
    op.add_column("workflow", sa.Column("budget_from_call", sa.BigInteger(), nullable=True))
    _model_call()
    op.create_table(
        "model_turn",
        sa.Column("model", TEXT, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
        sa.Column("closed_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("model", name="pk_model_turn"),
    )


def _model_call() -> None:
    op.create_table(
        "model_call",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("workflow_id", TEXT, nullable=False),
        sa.Column("task_id", ROW_ID, nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("agent", TEXT, nullable=False),
        sa.Column("model", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Double(), nullable=True),
        sa.Column("is_estimated", sa.Boolean(), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_model_call_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["workflow.id"], name="fk_model_call_workflow_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_model_call"),
    )
    op.create_index(
        "ix_model_call_repository_id_begun_at", "model_call", ["repository_id", "begun_at"]
    )
    op.create_index("ix_model_call_user_id_begun_at", "model_call", ["user_id", "begun_at"])
    op.create_index("ix_model_call_workflow_id", "model_call", ["workflow_id"])
