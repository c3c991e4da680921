"""The notices of one step through the feed: whom a change is told to, and who is left out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from catalog.changes import Change
from catalog.memberships import Membership
from marketplace.notifications.events import Event
from marketplace.notifications.notices import News

Thing = tuple[str, UUID]


@dataclass
class Told:
    """The notices of one step, with the wishes that say whether a mail follows at once."""

    session: Session
    news: list[News] = field(default_factory=list)

    def add(
        self,
        change: Change,
        event: Event,
        thing: Thing,
        to: Iterable[UUID],
        *,
        words: str = "",
        has_letter: bool = False,
        adds_up: bool = True,
        occasion: str = "",
    ) -> None:
        """Tell ``to`` of a change, but for who made it; once for each ``occasion``."""
        self.news += [
            News(
                person_id=person_id,
                event=event,
                kind=thing[0],
                thing_id=thing[1],
                cause=f"{change.kind}.{change.verb}",
                occasion=occasion or f"change {change.serial}",
                at=change.at,
                words=words,
                has_letter=has_letter,
                adds_up=adds_up,
            )
            for person_id in sorted(set(to))
            if person_id != change.actor_id
        ]


def before(members: Iterable[Membership], moment: datetime) -> set[UUID]:
    """The people among the members who were there before ``moment``."""
    return {each.person_id for each in members if each.since < moment}
