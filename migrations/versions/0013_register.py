"""Entries of the KI-Transparenzregister, their versions, and declarations that no AI is in use."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "register_zero_declarations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_register_zero_declarations_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_zero_declarations")),
    )
    op.create_index(
        op.f("ix_register_zero_declarations_organization_id"),
        "register_zero_declarations",
        ["organization_id"],
    )
    op.create_table(
        "register_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=100), nullable=False),
        sa.Column("adoption_id", sa.Uuid(), nullable=True),
        sa.Column("organization_id", sa.Uuid(), nullable=False),
        sa.Column("municipality_id", sa.Uuid(), nullable=True),
        sa.Column("land", sa.String(length=2), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("risk_class", sa.String(length=40), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("draft_revision", sa.Integer(), nullable=False),
        sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft_saved_by", sa.String(length=200), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=True),
        sa.Column("returned_note", sa.String(length=2000), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_since", sa.Date(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("review_due", sa.Date(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("is_sample", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoptions.id"],
            name=op.f("fk_register_entries_adoption_id_adoptions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["municipality_id"],
            ["municipalities.id"],
            name=op.f("fk_register_entries_municipality_id_municipalities"),
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organizations.id"],
            name=op.f("fk_register_entries_organization_id_organizations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_entries")),
        sa.UniqueConstraint("adoption_id", name=op.f("uq_register_entries_adoption_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_register_entries_slug")),
    )
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.create_index(
            "ix_register_entries_facets",
            ["state", "land", "topic", "risk_class", "status", "review_due"],
            unique=False,
        )
        batch_op.create_index(
            "ix_register_entries_municipality_id_state", ["municipality_id", "state"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_register_entries_organization_id"), ["organization_id"], unique=False
        )
        batch_op.create_index("ix_register_entries_review_due", ["review_due"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_register_entries_source_key"), ["source_key"], unique=False
        )
        batch_op.create_index(
            "ix_register_entries_state_valid_since_id", ["state", "valid_since", "id"], unique=False
        )

    op.create_table(
        "register_entry_versions",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("valid_since", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entries.id"],
            name=op.f("fk_register_entry_versions_entry_id_register_entries"),
        ),
        sa.PrimaryKeyConstraint("entry_id", "number", name=op.f("pk_register_entry_versions")),
    )


def downgrade() -> None:

    op.drop_table("register_entry_versions")
    with op.batch_alter_table("register_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_register_entries_state_valid_since_id")
        batch_op.drop_index(batch_op.f("ix_register_entries_source_key"))
        batch_op.drop_index("ix_register_entries_review_due")
        batch_op.drop_index(batch_op.f("ix_register_entries_organization_id"))
        batch_op.drop_index("ix_register_entries_municipality_id_state")
        batch_op.drop_index("ix_register_entries_facets")

    op.drop_table("register_entries")
    op.drop_table("register_zero_declarations")
