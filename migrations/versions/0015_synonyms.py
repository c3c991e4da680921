"""Groups of synonyms are changed in place and retired, no longer deleted."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("synonyms") as batch:
        batch.add_column(sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("changed_by", sa.String(length=200), nullable=True))
        batch.add_column(sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE synonyms SET changed_at = added_on, changed_by = ''")
    with op.batch_alter_table("synonyms") as batch:
        batch.alter_column("changed_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.alter_column("changed_by", existing_type=sa.String(length=200), nullable=False)


def downgrade() -> None:
    op.execute("DELETE FROM synonyms WHERE retired_at IS NOT NULL")
    with op.batch_alter_table("synonyms") as batch:
        batch.drop_column("retired_at")
        batch.drop_column("changed_by")
        batch.drop_column("changed_at")
