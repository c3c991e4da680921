"""The node's own labels, words and codes, on top of the delivered code lists.

A code never changes its meaning and never goes away: labels and words for searching may be changed,
new codes appended, and a code that is no longer wanted is retired. Records that use it keep it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, taxonomy
from catalog.database import Base, Text, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.permissions import Actor, require
from catalog.taxonomy import CodeList, OwnCode

KIND = "code"

FIXED = frozenset(
    {"evidence", "land", "license_class", "organization_kind", "size_class", "stage", "withholding"}
)
"""Lists whose codes the program itself knows; their labels may change, their codes may not."""

LABEL_LANGUAGES = ("de", "en")
"""The languages that every label is given in."""

LONGEST_LABEL = 200
MOST_WORDS = 50

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")


class CodeEntry(Base):
    """What this node says about a code: a new one, or other words for a delivered one."""

    __tablename__ = "code_entries"
    __table_args__ = (UniqueConstraint("list_name", "code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    list_name: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(40))
    label: Mapped[Text]
    words: Mapped[list[str]]
    parent: Mapped[str] = mapped_column(String(40), default="")
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    changed_by: Mapped[str] = mapped_column(String(200), default="")


def describe(
    session: Session,
    actor: Actor,
    list_name: str,
    code: str,
    *,
    label: Mapping[str, str],
    words: Sequence[str],
) -> CodeEntry:
    """Give a code that exists other labels and further words to search it by."""
    require(actor.may_moderate, "Only moderators keep the code lists.")
    known = _code(session, list_name, code)
    _check(label, words)
    entry = _entry(session, list_name, code) or CodeEntry(
        id=new_id(), list_name=list_name, code=code, parent=known.parent
    )
    return _put(session, actor, entry, "changed", label=label, words=words)


def append(
    session: Session,
    actor: Actor,
    list_name: str,
    code: str,
    *,
    label: Mapping[str, str],
    words: Sequence[str] = (),
    parent: str = "",
) -> CodeEntry:
    """Add a code of the node's own; one that was ever given stays given."""
    require(actor.may_moderate, "Only moderators keep the code lists.")
    found = one(session, list_name)
    if list_name in FIXED:
        raise Conflict("The program itself knows the codes of this list. It takes no new ones.")
    if not _CODE.fullmatch(code):
        raise Invalid("Give a code of letters, digits, hyphen and underscore.", field="code")
    if _entry(session, list_name, code) is not None or code in found.codes:
        raise Invalid("This code is given already. A code never changes its meaning.", field="code")
    if parent and parent not in {each.parent for each in found.codes.values()}:
        raise Invalid("Choose one of the parent codes.", field="parent")
    _check(label, words)
    entry = CodeEntry(id=new_id(), list_name=list_name, code=code, parent=parent)
    return _put(session, actor, entry, "added", label=label, words=words)


def retire(
    session: Session, actor: Actor, list_name: str, code: str, *, retired: bool = True
) -> CodeEntry:
    """No longer offer a code, or offer it again; records that use it keep it."""
    require(actor.may_moderate, "Only moderators keep the code lists.")
    known = _code(session, list_name, code)
    if list_name in FIXED:
        raise Conflict("The program itself knows the codes of this list. None can be retired.")
    entry = _entry(session, list_name, code) or CodeEntry(
        id=new_id(), list_name=list_name, code=code, parent=known.parent
    )
    entry.retired_at = now() if retired else None
    verb = "retired" if retired else "offered"
    return _put(session, actor, entry, verb, label=known.label, words=known.words)


def present(session: Session) -> Mapping[str, CodeList]:
    """Every code list by name, as this node keeps it now."""
    return taxonomy.with_own(_own(session))


def one(session: Session, list_name: str) -> CodeList:
    """A code list as this node keeps it now."""
    found = present(session).get(list_name)
    if found is None:
        raise NotFound("There is no list “%(name)s”.", name=list_name)
    return found


def code_changed(session: Session, entry_id: UUID) -> str | None:
    """The code that an entry of the change feed is about."""
    return session.scalar(select(CodeEntry.code).where(CodeEntry.id == entry_id))


def renew(session: Session) -> bool:
    """Let this process know the node's own codes; whether they were others before."""
    mark = session.execute(select(func.count(), func.max(CodeEntry.changed_at))).one()
    if taxonomy.own_mark() == tuple(mark):
        return False
    taxonomy.use_own(_own(session), tuple(mark))
    return True


def _own(session: Session) -> Sequence[OwnCode]:
    rows = session.scalars(select(CodeEntry).order_by(CodeEntry.id))
    return [
        OwnCode(
            row.list_name,
            row.code,
            row.label,
            row.parent,
            row.words,
            is_retired=row.retired_at is not None,
        )
        for row in rows
    ]


def _put(
    session: Session,
    actor: Actor,
    entry: CodeEntry,
    verb: str,
    *,
    label: Mapping[str, str],
    words: Sequence[str],
) -> CodeEntry:
    entry.label = {code: text.strip() for code, text in label.items() if text.strip()}
    entry.words = list(dict.fromkeys(word.strip() for word in words if word.strip()))
    entry.changed_at, entry.changed_by = now(), actor.name
    session.add(entry)
    session.flush()
    changes.record(session, actor, verb, KIND, entry.id, public=False)
    return entry


def _code(session: Session, list_name: str, code: str) -> taxonomy.Code:
    found = present(session).get(list_name)
    if found is None or code not in found.codes:
        raise NotFound("There is no code “%(code)s” in this list.", code=code)
    return found.codes[code]


def _entry(session: Session, list_name: str, code: str) -> CodeEntry | None:
    query = select(CodeEntry).where(CodeEntry.list_name == list_name, CodeEntry.code == code)
    return session.scalar(query)


def _check(label: Mapping[str, str], words: Sequence[str]) -> None:
    problems = [
        Problem(f"label.{code}", "Give a label of at most 200 characters.")
        for code in LABEL_LANGUAGES
        if not 0 < len(label.get(code, "").strip()) <= LONGEST_LABEL
    ]
    if len(words) > MOST_WORDS or any(len(word) > LONGEST_LABEL for word in words):
        problems.append(Problem("words", "Give at most 50 words of at most 200 characters."))
    if problems:
        raise Invalid("The code is not complete.", problems=problems)
