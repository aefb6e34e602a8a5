"""How Alembic finds the tables and the connection: the store hands over its own, with the lock held."""

from alembic import context

from pelvicrt.mdt.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=False,  # the store's own transaction is open
    render_as_batch=True,
)
context.run_migrations()
