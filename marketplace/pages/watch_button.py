"""The button with which somebody watches what a page shows; the owner sees how many do."""

from dataclasses import dataclass
from uuid import UUID

from catalog import watching
from catalog.database import Session
from marketplace.pages.reader import Reader


@dataclass(frozen=True)
class WatchButton:
    """What the form of the button sends, and what stands beside it."""

    action: str
    kind: str
    thing_id: str
    back: str
    is_watching: bool
    watchers: int | None
    """How many watch; None for everybody but the body that answers for the thing."""


def watch_button(
    session: Session, reader: Reader, kind: str, thing_id: UUID, *, owner_id: UUID | None
) -> WatchButton:
    """The button for a thing; a visitor's costs no query."""
    actor = reader.actor
    is_known = actor.person_id is not None
    may_count = is_known and actor.may_draft_for(owner_id)
    return WatchButton(
        action=reader.address("watches"),
        kind=kind,
        thing_id=str(thing_id),
        back=reader.path,
        is_watching=is_known and watching.of_thing(session, actor, kind, thing_id) is not None,
        watchers=watching.count(session, actor, kind, thing_id, owner_id=owner_id)
        if may_count
        else None,
    )
