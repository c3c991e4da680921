"""Organizations: domains, answering unit, four eyes, mergers."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # Columns one by one: a batch would copy the table, and SQLite drops none that is referred to.
    for column in (
        sa.Column("mail_domains", sa.JSON(none_as_null=True), nullable=False, server_default="[]"),
        sa.Column("answering_unit", sa.String(length=200), nullable=False, server_default=""),
        sa.Column("publishes_at_once", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("merged_into_id", sa.Uuid(), nullable=True),
        sa.Column("merged_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("organizations", column)
    op.create_index("ix_organizations_merged_into_id", "organizations", ["merged_into_id"])


def downgrade() -> None:
    op.drop_index("ix_organizations_merged_into_id", "organizations")
    for name in (
        "revision",
        "merged_on",
        "merged_into_id",
        "publishes_at_once",
        "answering_unit",
        "mail_domains",
    ):
        op.drop_column("organizations", name)
