"""Text blocks: reasons and replies that moderators choose from and change before they send them.

A node without rows of its own uses the blocks it was delivered with; the first change copies them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from uuid import NAMESPACE_URL, UUID, uuid5

from ruamel.yaml import YAML
from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, Text, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.permissions import Actor, require

KIND = "text_block"

PURPOSES = ("approve", "refuse", "return", "hold")
"""The decisions for which there are blocks."""

LANGUAGES = ("de", "en")
LONGEST_TITLE = 120
LONGEST_TEXT = 4_000


class TextBlock(Base):
    """One reason or reply in German and English."""

    __tablename__ = "text_blocks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    purpose: Mapped[str] = mapped_column(String(20))
    title: Mapped[Text]
    text: Mapped[Text]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


def present(session: Session) -> Sequence[TextBlock]:
    """The blocks that can be chosen, by purpose."""
    return [row for row in _rows(session) if row.retired_at is None]


def kept(session: Session, actor: Actor) -> Sequence[TextBlock]:
    """All blocks by purpose, those no longer offered too."""
    require(actor.may_moderate, "Only moderators keep the text blocks.")
    return sorted(_rows(session), key=lambda row: (PURPOSES.index(row.purpose), str(row.id)))


def kept_by_id(session: Session, actor: Actor, id: UUID) -> TextBlock:  # noqa: A002 - the column's name
    """One block, offered or not."""
    for block in kept(session, actor):
        if block.id == id:
            return block
    raise NotFound("There is no such text block.")


def by_id(session: Session, id: UUID) -> TextBlock:  # noqa: A002 - the column's name
    """One of the blocks that can be chosen."""
    for block in present(session):
        if block.id == id:
            return block
    raise NotFound("There is no such text block.")


def put(
    session: Session,
    actor: Actor,
    id: UUID | None,  # noqa: A002 - the column's name
    *,
    purpose: str,
    title: Mapping[str, str],
    text: Mapping[str, str],
) -> TextBlock:
    """Add a block, or change the one with this id."""
    require(actor.may_moderate, "Only moderators keep the text blocks.")
    _check(purpose, title, text)
    _plant(session)
    block = session.get(TextBlock, id) if id is not None else TextBlock(id=new_id())
    if block is None:
        raise NotFound("There is no such text block.")
    if block.retired_at is not None:
        raise Conflict("This text block is no longer offered. Offer it again to change it.")
    block.purpose = purpose
    block.title = {code: words.strip() for code, words in title.items() if code in LANGUAGES}
    block.text = {code: words.strip() for code, words in text.items() if code in LANGUAGES}
    block.changed_at, block.changed_by = now(), actor.name
    session.add(block)
    session.flush()
    changes.record(session, actor, "changed", KIND, block.id, public=False)
    return block


def retire(
    session: Session,
    actor: Actor,
    id: UUID,  # noqa: A002 - the column's name
    *,
    retired: bool = True,
) -> TextBlock:
    """No longer offer a block, or offer it again; decisions keep the words they were made with."""
    require(actor.may_moderate, "Only moderators keep the text blocks.")
    _plant(session)
    block = session.get(TextBlock, id)
    if block is None:
        raise NotFound("There is no such text block.")
    block.retired_at = now() if retired else None
    block.changed_at, block.changed_by = now(), actor.name
    verb = "retired" if retired else "offered"
    changes.record(session, actor, verb, KIND, block.id, public=False)
    return block


@cache
def delivered() -> Sequence[TextBlock]:
    """The blocks that every node is delivered with."""
    path = resources.files("catalog.moderation") / "text_blocks.yaml"
    rows = YAML(typ="safe").load(path.read_text("utf-8"))
    return tuple(
        TextBlock(
            id=uuid5(NAMESPACE_URL, f"lichtermeer:text_block:{row['key']}"),
            purpose=row["purpose"],
            title=row["title"],
            text=row["text"],
            changed_at=datetime.fromisoformat(row["as_of"]),
            changed_by="Lichtermeer",
        )
        for row in rows
    )


def _rows(session: Session) -> Sequence[TextBlock]:
    query = select(TextBlock).order_by(TextBlock.purpose, TextBlock.id)
    return session.scalars(query).all() or delivered()


def _plant(session: Session) -> None:
    if session.scalar(select(TextBlock.id).limit(1)) is None:
        session.add_all(
            TextBlock(
                id=block.id,
                purpose=block.purpose,
                title=block.title,
                text=block.text,
                changed_at=block.changed_at,
                changed_by=block.changed_by,
            )
            for block in delivered()
        )
        session.flush()


def _check(purpose: str, title: Mapping[str, str], text: Mapping[str, str]) -> None:
    problems = []
    if purpose not in PURPOSES:
        problems.append(Problem("purpose", "Choose for which decision it is."))
    for code in LANGUAGES:
        if not 0 < len(title.get(code, "").strip()) <= LONGEST_TITLE:
            problems.append(Problem(f"title.{code}", "Give a title of at most 120 characters."))
        if not 0 < len(text.get(code, "").strip()) <= LONGEST_TEXT:
            problems.append(Problem(f"text.{code}", "Give a text of at most 4,000 characters."))
    if problems:
        raise Invalid("The text block is not complete.", problems=problems)
