"""What is announced, kept in memory so that no page asks the database for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from catalog.announcements import Announcement
from catalog.database import Text


@dataclass(frozen=True)
class Posted:
    """An announcement as pages need it."""

    id: UUID
    text: Text
    weight: str
    shown_from: datetime
    shown_until: datetime

    def in_language(self, language: str) -> str:
        """The text in a language; every announcement has both."""
        return self.text.get(language) or next(iter(self.text.values()), "")


@dataclass
class Bulletin:
    """The announcements of now and later; one thread hangs them up, all others read."""

    _posted: Sequence[Posted] = ()

    def hang_up(self, found: Sequence[Announcement]) -> None:
        """Take these announcements for those of the node."""
        self._posted = tuple(
            Posted(each.id, each.text, each.weight, each.shown_from, each.shown_until)
            for each in found
        )

    def shown(self, moment: datetime) -> Sequence[Posted]:
        """What readers see at ``moment``."""
        return [each for each in self._posted if each.shown_from <= moment < each.shown_until]

    def key(self, moment: datetime) -> tuple[UUID, ...]:
        """What is shown at ``moment``, by id: a kept answer is good for this and no other."""
        return tuple(each.id for each in self.shown(moment))
