"""The tables. What must not change stands in ``record``, ``seal``, ``claim_entry``; the rest keeps books."""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

REVISION: Final = "0002"
"""The newest migration; a database that stands there needs none."""

STATES: Final = ("ready", "waiting", "done", "failed")

setup = sa.Table(
    "setup",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("created_at", sa.Text, nullable=False),
    sa.Column("office_number", sa.Text, nullable=False, index=True),
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
    sa.CheckConstraint(f"state IN {STATES}", name="state"),
    sa.Index(
        "ix_setup_due",
        "wake_at",
        sqlite_where=sa.text("state='ready'"),
        postgresql_where=sa.text("state='ready'"),
    ),
)

record = sa.Table(
    "record",
    metadata,
    sa.Column("setup_id", sa.Text, sa.ForeignKey("setup.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.UniqueConstraint("setup_id", "kind", "key"),
)

seal = sa.Table(
    "seal",
    metadata,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("setup_id", sa.Text, sa.ForeignKey("setup.id"), nullable=False, index=True),
    sa.Column("record_count", sa.Integer, nullable=False),
    sa.Column("head_hash", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("signature", sa.Text, nullable=False),
)

event = sa.Table(
    "event",
    metadata,
    sa.Column("setup_id", sa.Text, sa.ForeignKey("setup.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("sent_at", sa.Float),
)

claim_case = sa.Table(
    "claim_case",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("programme", sa.Text, nullable=False),
    sa.Column("fiscal_year", sa.Integer, nullable=False),
    sa.Column("office_number", sa.Text, nullable=False, index=True),
    sa.Column("simulated", sa.Boolean, nullable=False),
    sa.Column("setup_id", sa.Text, sa.ForeignKey("setup.id"), index=True),
    sa.Column("opened_at", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("entry_count", sa.Integer, nullable=False),
    sa.Column("head_hash", sa.Text, nullable=False),
    sa.UniqueConstraint("programme", "fiscal_year", "office_number", "simulated"),
)
"""Claims. The unique constraint is what keeps two supporters from opening one office's claim twice."""

claim_entry = sa.Table(
    "claim_entry",
    metadata,
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("case_id", sa.Text, sa.ForeignKey("claim_case.id"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("prev_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.UniqueConstraint("case_id", "seq"),
)
"""What happened to claims: one chain over all of them, so that a claim taken out leaves a gap."""
