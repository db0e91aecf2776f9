"""The first ledger: setups, their chained records, seals, events and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the five tables."""
    op.create_table(
        "setup",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sa.Column("office_number", sa.Text, nullable=False),
        sa.Column("office_name", sa.Text, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("document", sa.JSON, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("wake_at", sa.Float, nullable=False, server_default="0"),
        sa.Column("epoch", sa.Integer, nullable=False, server_default="0"),
        sa.Column("lease_until", sa.Float, nullable=False, server_default="0"),
        sa.Column("owner", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("overall", sa.Text),
        sa.Column("record_count", sa.Integer, nullable=False, server_default="0"),
        sa.Column("head_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_setup"),
        sa.CheckConstraint("state IN ('ready', 'waiting', 'done', 'failed')", name=op.f("ck_setup_state")),
    )
    op.create_index("ix_setup_office_number", "setup", ["office_number"])
    ready = sa.text("state='ready'")
    op.create_index("ix_setup_due", "setup", ["wake_at"], sqlite_where=ready, postgresql_where=ready)
    op.create_table(
        "record",
        sa.Column("setup_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("setup_id", "seq", name="pk_record"),
        sa.UniqueConstraint("setup_id", "kind", "key", name="uq_record_setup_id"),
        sa.ForeignKeyConstraint(["setup_id"], ["setup.id"], name="fk_record_setup_id_setup"),
    )
    _create_seals_and_boxes()


def _create_seals_and_boxes() -> None:
    op.create_table(
        "seal",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("setup_id", sa.Text, nullable=False),
        sa.Column("record_count", sa.Integer, nullable=False),
        sa.Column("head_hash", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_seal"),
        sa.ForeignKeyConstraint(["setup_id"], ["setup.id"], name="fk_seal_setup_id_setup"),
    )
    op.create_index("ix_seal_setup_id", "seal", ["setup_id"])
    op.create_table(
        "event",
        sa.Column("setup_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("setup_id", "key", name="pk_event"),
        sa.ForeignKeyConstraint(["setup_id"], ["setup.id"], name="fk_event_setup_id_setup"),
    )
    identity = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "outbox",
        sa.Column("id", identity, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("sent_at", sa.Float),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )


def downgrade() -> None:
    """Drop them; the ledger is gone."""
    for table in ("outbox", "event", "seal", "record", "setup"):
        op.drop_table(table)
