"""Claims and what happened to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the two tables."""
    op.create_table(
        "claim_case",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("fiscal_year", sa.Integer, nullable=False),
        sa.Column("office_number", sa.Text, nullable=False),
        sa.Column("simulated", sa.Boolean, nullable=False),
        sa.Column("setup_id", sa.Text),
        sa.Column("opened_at", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("entry_count", sa.Integer, nullable=False),
        sa.Column("head_hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_claim_case"),
        sa.UniqueConstraint(
            "programme", "fiscal_year", "office_number", "simulated", name="uq_claim_case_programme"
        ),
        sa.ForeignKeyConstraint(["setup_id"], ["setup.id"], name="fk_claim_case_setup_id_setup"),
    )
    op.create_index("ix_claim_case_office_number", "claim_case", ["office_number"])
    op.create_index("ix_claim_case_setup_id", "claim_case", ["setup_id"])
    op.create_table(
        "claim_entry",
        sa.Column("number", sa.BigInteger, nullable=False, autoincrement=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("prev_hash", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_claim_entry"),
        sa.UniqueConstraint("case_id", "seq", name="uq_claim_entry_case_id"),
        sa.ForeignKeyConstraint(["case_id"], ["claim_case.id"], name="fk_claim_entry_case_id_claim_case"),
    )


def downgrade() -> None:
    """Drop them; what is known of claims is gone."""
    op.drop_table("claim_entry")
    op.drop_table("claim_case")
