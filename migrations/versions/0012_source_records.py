"""Source records: the hash of a row's bytes, by which it is recognized unread, and its warnings."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("source_records", schema=None) as batch_op:
        batch_op.add_column(sa.Column("raw_hash", sa.LargeBinary(length=16), nullable=True))
        batch_op.add_column(sa.Column("warnings", sa.String(), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_source_records_raw_hash"), ["raw_hash"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("source_records", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_records_raw_hash"))
        batch_op.drop_column("warnings")
        batch_op.drop_column("raw_hash")
