"""Words that mean the same, and products that stand for a task; moderators keep them.

Whoever looks for one word of a group also finds the others. In a group of kind ``product`` the
first word is a product's name and stands for the others: who looks for the product also finds the
task, but not the other way round. A node without rows of its own uses the list it was delivered
with.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from uuid import UUID

from ruamel.yaml import YAML
from sqlalchemy import String, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Invalid
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
    """The node's own groups or, while it has none, those it was delivered with."""
    rows = session.scalars(select(SynonymGroup).order_by(SynonymGroup.added_on)).all()
    own = [Group(row.language, row.words, Kind(row.kind)) for row in rows]
    return Thesaurus.of(own or starting_list())


def revision(session: Session) -> tuple[int, datetime | None]:
    """What changes when a group is added or removed; groups are never edited in place."""
    row = session.execute(select(func.count(), func.max(SynonymGroup.added_on))).one()
    return row[0], row[1]


def add(session: Session, actor: Actor, group: Group) -> SynonymGroup:
    """Let the words of ``group`` stand for each other. Raises ``Invalid`` for less than two.

    The first one joins the delivered groups, which are copied for it, and replaces none.
    """
    require(actor.is_moderator or actor.is_steward, "Only moderators keep the list of synonyms.")
    given = [word.strip() for word in group.words if words(word)]
    if not 2 <= len(given) <= LARGEST_GROUP:
        raise Invalid("Give between two and twenty words.", field="words")
    if any(len(word) > LONGEST_WORD for word in given):
        raise Invalid("Give words of at most eighty characters each.", field="words")
    if group.language not in SNOWBALL:
        raise Invalid("Give one of the languages that the search knows.", field="language")
    plant(session)
    row = SynonymGroup(language=group.language, kind=group.kind, words=given)
    session.add(row)
    session.flush()
    changes.record(session, actor, "added", CHANGE_KIND, row.id, public=False)
    return row


def remove(session: Session, actor: Actor, group: SynonymGroup) -> None:
    """Let the words of ``group`` no longer stand for each other."""
    require(actor.is_moderator or actor.is_steward, "Only moderators keep the list of synonyms.")
    session.delete(group)
    changes.record(session, actor, "removed", CHANGE_KIND, group.id, public=False)


def plant(session: Session) -> int:
    """Copy the starting list into an empty table, to be edited there; how many groups."""
    if revision(session)[0]:
        return 0
    rows = [
        {
            "id": new_id(),
            "language": g.language,
            "kind": g.kind,
            "words": g.words,
            "added_on": now(),
        }
        for g in starting_list()
    ]
    session.execute(insert(SynonymGroup), rows)
    return len(rows)


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
