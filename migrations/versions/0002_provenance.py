"""Provenance: source records, likenesses and proposals of duplicates."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "source_records",
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("record_hash", sa.String(length=64), nullable=False),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "key", name=op.f("pk_source_records")),
    )
    op.create_index("ix_source_records_kind_thing_id", "source_records", ["kind", "thing_id"])
    op.create_table(
        "likenesses",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("block", sa.String(length=32), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "block", name=op.f("pk_likenesses")),
    )
    op.create_table(
        "duplicate_proposals",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("thing_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint(
            "kind", "thing_id", "other_id", name=op.f("pk_duplicate_proposals")
        ),
    )
    op.create_index("ix_duplicate_proposals_state_kind", "duplicate_proposals", ["state", "kind"])


def downgrade() -> None:
    op.drop_table("duplicate_proposals")
    op.drop_table("likenesses")
    op.drop_table("source_records")
