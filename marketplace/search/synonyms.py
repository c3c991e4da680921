"""Words that mean the same, and products that stand for a task; moderators keep them.

Whoever looks for one word of a group also finds the others. In a group of kind ``product`` the
first word is a product's name and stands for the others: who looks for the product also finds the
task, but not the other way round.

A node without rows of its own uses the list it was delivered with; the first change copies it. From
then on the rows alone count: a group that is no longer wanted is retired and can be brought back,
and a node that has retired every group searches without synonyms.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from ruamel.yaml import YAML
from sqlalchemy import String, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Invalid, NotFound
from catalog.permissions import Actor, require
from marketplace.search.tokens import SNOWBALL, stem, words

STARTING_LIST = Path(__file__).parent / "data" / "synonyms.yaml"

CHANGE_KIND = "synonyms"
"""Kind of the changes that moderators' edits leave in the feed."""

LARGEST_GROUP = 20
LONGEST_WORD = 80
"""Characters of a word or expression."""


class Kind(StrEnum):
    """Whether the words of a group mean the same or one is a product."""

    SYNONYM = "synonym"
    PRODUCT = "product"


class SynonymGroup(Base):
    """Words of one language that stand for each other, as moderators keep them."""

    __tablename__ = "synonyms"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    language: Mapped[str] = mapped_column(String(10))
    kind: Mapped[str] = mapped_column(String(10), default=Kind.SYNONYM)
    words: Mapped[list[str]]
    added_on: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    changed_by: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True)
class Group:
    """Words of one language that stand for each other; a word may be an expression of several."""

    language: str
    words: Sequence[str]
    kind: Kind = Kind.SYNONYM


Phrase = tuple[str, ...]
"""The words of an expression, as written."""


@dataclass(frozen=True)
class Thesaurus:
    """Groups, ready to be looked up: alternatives by language and stems."""

    entries: Mapping[tuple[str, Phrase], Sequence[Phrase]] = field(default_factory=dict)
    languages: Sequence[str] = ()
    longest: int = 0
    """Words in the longest expression."""

    @classmethod
    def of(cls, groups: Iterable[Group]) -> "Thesaurus":
        """The thesaurus of these groups."""
        entries: defaultdict[tuple[str, Phrase], list[Phrase]] = defaultdict(list)
        for group in groups:
            phrases = [tuple(words(word)) for word in group.words if words(word)]
            heads = phrases if group.kind is Kind.SYNONYM else phrases[:1]
            for head in heads:
                stems = tuple(stem(word, group.language) for word in head)
                entries[group.language, stems] += [other for other in phrases if other != head]
        languages = sorted({language for language, _ in entries})
        return cls(dict(entries), languages, max((len(stems) for _, stems in entries), default=0))

    def alternatives(self, expression: Sequence[str]) -> list[tuple[str, Phrase]]:
        """What else the expression may be called, each with its language."""
        found = []
        for language in self.languages:
            stems = tuple(stem(word, language) for word in expression)
            found += [(language, other) for other in self.entries.get((language, stems), ())]
        return found


def thesaurus(session: Session) -> Thesaurus:
    """The groups that count: the node's own or, while it has none, those it was delivered with."""
    return Thesaurus.of(
        Group(row.language, row.words, Kind(row.kind))
        for row in _rows(session)
        if row.retired_at is None
    )


def revision(session: Session) -> tuple[int, datetime | None]:
    """What becomes another with every change to the groups."""
    row = session.execute(select(func.count(), func.max(SynonymGroup.changed_at))).one()
    return row[0], row[1]


def kept(session: Session, actor: Actor, text: str = "") -> Sequence[SynonymGroup]:
    """The groups with a word that contains ``text``, retired ones too, by language and word."""
    _require_moderator(actor)
    wanted = text.strip().casefold()
    found = [row for row in _rows(session) if any(wanted in word.casefold() for word in row.words)]
    return sorted(found, key=lambda row: (row.language, row.words[0].casefold(), str(row.id)))


def by_id(session: Session, actor: Actor, id: UUID) -> SynonymGroup:  # noqa: A002 - the column's name
    """One group, retired or not."""
    _require_moderator(actor)
    for row in _rows(session):
        if row.id == id:
            return row
    raise NotFound("There is no such group of synonyms.")


def add(session: Session, actor: Actor, group: Group) -> SynonymGroup:
    """Let the words of ``group`` stand for each other. Raises ``Invalid`` for less than two.

    The first one joins the delivered groups, which are copied for it, and replaces none.
    """
    _require_moderator(actor)
    given = _checked(group)
    plant(session)
    row = SynonymGroup(id=new_id(), added_on=now())
    return _put(session, actor, row, "added", Group(group.language, given, group.kind))


def revise(session: Session, actor: Actor, id: UUID, group: Group) -> SynonymGroup:  # noqa: A002 - the column's name
    """Let a group have these words. Raises ``Invalid`` for less than two."""
    _require_moderator(actor)
    given = _checked(group)
    row = _planted(session, id)
    return _put(session, actor, row, "changed", Group(group.language, given, group.kind))


def retire(
    session: Session,
    actor: Actor,
    id: UUID,  # noqa: A002 - the column's name
    *,
    retired: bool = True,
) -> SynonymGroup:
    """Let the words of a group no longer stand for each other, or do so again."""
    _require_moderator(actor)
    row = _planted(session, id)
    row.retired_at = now() if retired else None
    verb = "retired" if retired else "offered"
    return _put(session, actor, row, verb, Group(row.language, row.words, Kind(row.kind)))


def plant(session: Session) -> int:
    """Copy the delivered list into an empty table, to be edited there; how many groups."""
    if revision(session)[0]:
        return 0
    copies = [
        {name: getattr(row, name) for name in ("id", "language", "kind", "words", "added_on")}
        | {"changed_at": now(), "changed_by": row.changed_by}
        for row in _delivered()
    ]
    session.execute(insert(SynonymGroup), copies)
    return len(copies)


@cache
def starting_list() -> Sequence[Group]:
    """The groups that every node is delivered with."""
    content = YAML(typ="safe").load(STARTING_LIST.read_text(encoding="utf-8"))
    kinds = {"synonyms": Kind.SYNONYM, "products": Kind.PRODUCT}
    return tuple(
        Group(language, [str(word) for word in group], kinds[section])
        for section, by_language in content.items()
        for language, groups in by_language.items()
        for group in groups
    )


@cache
def _delivered() -> Sequence[SynonymGroup]:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    return tuple(
        SynonymGroup(
            id=uuid5(
                NAMESPACE_URL, f"lichtermeer:synonyms:{group.language}:{'|'.join(group.words)}"
            ),
            language=group.language,
            kind=group.kind,
            words=list(group.words),
            added_on=moment,
            changed_at=moment,
            changed_by="Lichtermeer",
        )
        for group in starting_list()
    )


def _rows(session: Session) -> Sequence[SynonymGroup]:
    order = (SynonymGroup.added_on, SynonymGroup.id)
    return session.scalars(select(SynonymGroup).order_by(*order)).all() or _delivered()


def _planted(session: Session, id: UUID) -> SynonymGroup:  # noqa: A002 - the column's name
    plant(session)
    row = session.get(SynonymGroup, id)
    if row is None:
        raise NotFound("There is no such group of synonyms.")
    return row


def _put(
    session: Session, actor: Actor, row: SynonymGroup, verb: str, group: Group
) -> SynonymGroup:
    row.language, row.kind, row.words = group.language, group.kind, list(group.words)
    row.changed_at, row.changed_by = now(), actor.name
    session.add(row)
    session.flush()
    changes.record(session, actor, verb, CHANGE_KIND, row.id, public=False)
    return row


def _checked(group: Group) -> Sequence[str]:
    given = list(dict.fromkeys(word.strip() for word in group.words if words(word)))
    if not 2 <= len(given) <= LARGEST_GROUP:
        raise Invalid("Give between two and twenty words.", field="words")
    if any(len(word) > LONGEST_WORD for word in given):
        raise Invalid("Give words of at most eighty characters each.", field="words")
    if group.language not in SNOWBALL:
        raise Invalid("Give one of the languages that the search knows.", field="language")
    return given


def _require_moderator(actor: Actor) -> None:
    require(actor.may_moderate, "Only moderators keep the list of synonyms.")
