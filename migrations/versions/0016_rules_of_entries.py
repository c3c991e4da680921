"""Which rules of the law decide which public entries, read from their assessments."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    made = op.create_table(
        "register_entry_rules",
        sa.Column("rule_set", sa.String(length=80), nullable=False),
        sa.Column("rule", sa.String(length=40), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["register_entries.id"],
            name=op.f("fk_register_entry_rules_entry_id_register_entries"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "rule_set", "rule", "entry_id", name=op.f("pk_register_entry_rules")
        ),
    )
    op.create_index(op.f("ix_register_entry_rules_entry_id"), "register_entry_rules", ["entry_id"])
    known = sa.table("register_entries", sa.column("id", sa.Uuid()), sa.column("record", sa.Text()))
    found = op.get_bind().execute(sa.select(known).where(known.c.record.is_not(None)))
    for rows in found.partitions(500):
        links = [
            {"rule_set": rule_set, "rule": rule, "entry_id": key}
            for key, text in rows
            for rule_set, rule in _held(json.loads(text))
        ]
        if links:
            op.bulk_insert(made, links)


def downgrade() -> None:
    op.drop_table("register_entry_rules")


def _held(content: dict[str, dict[str, object]]) -> list[tuple[object, str]]:
    assessment = content.get("assessment") or {}
    held = assessment.get("held", [])
    return [(assessment["rule_set"], rule) for rule in dict.fromkeys(held)]  # type: ignore[call-overload]
