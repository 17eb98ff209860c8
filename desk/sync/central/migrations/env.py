"""Alembic's entry: runs the steps over the connection that `desk.sync.central.admin` has opened, in one transaction,
so that an upgrade that fails leaves the schema as it was."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="desk", transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
