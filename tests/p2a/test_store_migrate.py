"""The migrations make what the code expects, once, and leave a newer database alone."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, select, text

from p2a.domain import AgentType
from p2a.errors import StoreUnavailable
from p2a.store import schema
from p2a.store.engine import open_engine
from p2a.store.errors import SchemaTooNew
from p2a.store.migrate import migrate, newest_revision, revision_of
from tests.fakes.two_processes import together


def test_migrate__no_drift_from_the_schema(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
        assert revision_of(connection) == newest_revision()


def test_migrate__seeds_the_seven_agents(engine: Engine) -> None:
    with engine.connect() as connection:
        agents = connection.execute(select(schema.agent).order_by(schema.agent.c.id)).all()
    assert [agent.agent_type for agent in agents] == [kind.value for kind in AgentType]
    assert all(agent.is_active and agent.capabilities for agent in agents)


def test_migrate__again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        assert len(connection.execute(select(schema.agent)).all()) == len(AgentType)


def test_migrate__two_processes_at_once(empty_database_url: str, tmp_path: Path) -> None:
    assert together("migrate", empty_database_url, folder=tmp_path) == ["migrated", "migrated"]
    engine = open_engine(empty_database_url)
    with engine.connect() as connection:
        assert len(connection.execute(select(schema.agent)).all()) == len(AgentType)
    engine.dispose()


def test_migrate__newer_database_is_left_alone(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match="9999"):
        migrate(engine)
    with engine.connect() as connection:
        assert revision_of(connection) == "9999"


def test_migrate__leaves_nothing_behind_when_it_fails(empty_database_url: str) -> None:
    engine = open_engine(empty_database_url)
    with engine.begin() as connection:
        # Stands in the way of one of the last tables.
        connection.execute(text("CREATE TABLE quality_assessment (id INTEGER)"))
    with pytest.raises(StoreUnavailable, match="quality_assessment"):
        migrate(engine)
    assert inspect(engine).get_table_names() == ["quality_assessment"]
    engine.dispose()
