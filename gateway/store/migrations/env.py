"""Alembic's entry: migrates over the connection it is handed; nothing is read from the environment or an ini file."""

from alembic import context
from sqlmodel import SQLModel

from gateway.store.tables import line

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()

__all__ = ["line"]
