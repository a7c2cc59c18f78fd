"""What Alembic runs: the migrations, over the connection that ``upgrade`` has opened."""

from alembic import context

from lurewatch.casework.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=False)
context.run_migrations()
