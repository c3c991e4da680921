"""Who may enter the editor of entries, and what its pages have in common."""

from uuid import UUID

from catalog import records
from catalog.database import Session
from catalog.errors import NotFound
from catalog.register import entries
from catalog.register.entries import RegisterEntry
from catalog.register.record import EntryRecord
from catalog.solutions import State
from marketplace.pages.reader import Reader


def opened(session: Session, reader: Reader, key: str) -> RegisterEntry:
    """The entry that the address names, for those who may prepare it."""
    try:
        return entries.opened(session, reader.actor, UUID(key))
    except ValueError:
        raise NotFound("There is no such register entry.") from None


def working_record(entry: RegisterEntry) -> EntryRecord:
    """The draft, or what is public where there is none."""
    return entry.draft or entry.record or EntryRecord(name={})


def name_of(reader: Reader, entry: RegisterEntry) -> str:
    """What the system is called in its draft, else in public."""
    return records.best(working_record(entry).name, reader.language)[0]


def crumbs(reader: Reader, entry: RegisterEntry | None = None) -> list[tuple[str, str]]:
    """Label and address of what lies above a page of the editor."""
    found = [(reader._("My register entries"), reader.address("my_entries"))]
    if entry is not None:
        href = reader.address("entry_draft", id=str(entry.id))
        found.append((name_of(reader, entry), href))
    return found


def state_words(reader: Reader, entry: RegisterEntry) -> str:
    """How the entry stands, in words."""
    _ = reader._
    if entry.submitted_at is not None:
        return _("Submitted")
    if entry.state == State.WITHDRAWN:
        return _("Withdrawn, draft begun") if entry.draft else _("Withdrawn")
    if entry.is_published:
        return _("Published, changes in draft") if entry.draft else _("Published")
    return _("Draft")


def state_kind(entry: RegisterEntry) -> str:
    """The sign beside these words."""
    if entry.submitted_at is not None:
        return "working"
    return {"published": "ok", "withdrawn": "stale"}.get(entry.state, "open")
