"""What Alembic runs: the migrations on the connection that `p2a.store.migrate` holds."""

from alembic import context

from p2a.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
