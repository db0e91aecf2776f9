"""Alembic's entry: run on the connection that the ledger hands over."""

from __future__ import annotations

from alembic import context

from kaigo_gateway.ledger._tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
