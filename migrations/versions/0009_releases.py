"""Releases: artifacts with checksum, security notice, end of support, which one replaces which."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.add_column(sa.Column("artifacts", sa.Text(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("security", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("supported_until", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("supersedes", sa.String(length=80), nullable=False, server_default="")
        )


def downgrade() -> None:
    with op.batch_alter_table("releases", schema=None) as batch_op:
        batch_op.drop_column("supersedes")
        batch_op.drop_column("supported_until")
        batch_op.drop_column("security")
        batch_op.drop_column("artifacts")
