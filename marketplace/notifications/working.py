"""The thread that tells people: it follows the feed, writes digests and says that it lives."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from catalog import changes, deletions, merges
from catalog.permissions import Actor
from catalog.register import feedback
from marketplace import heartbeats
from marketplace.notifications import (
    confirmations,
    digests,
    following,
    notices,
    search_hits,
    unsubscribing,
)
from marketplace.notifications.digests import MailRoom
from marketplace.notifications.notices import Notice
from marketplace.search.service import SearchService
from marketplace.settings import Settings
from marketplace.transactions import Database

POLL = 5.0
"""Seconds after which the feed is read even if nobody rang."""

COLLECT = 0.2
"""Seconds to wait after a change for more of them."""

PAUSE_AFTER_TROUBLE = 30.0

DIGESTS_EVERY = 60
"""Rounds between two looks at the digests: five minutes when nothing happens."""

HEARTBEAT = "notices"

HEARTBEAT_EVERY = 30.0
"""Seconds between two signs of life."""

log = structlog.get_logger(__name__)

Step = Callable[[Session], Sequence[Notice] | None]


@dataclass
class Notifier:
    """Tells people what happened; one for each process that works."""

    database: Database
    settings: Settings
    search: SearchService
    today: Callable[[], date]
    _bell: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _beaten: float = -HEARTBEAT_EVERY

    def start(self) -> None:
        """Begin in a thread of its own, where this process follows the feed."""
        if not self.settings.worker or self._thread is not None:
            return
        self.database.on_change.append(self._bell.set)
        self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the step it is at."""
        self._stopping.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join(10)
            self._thread = None

    def catch_up(self) -> None:
        """Tell everything that happened up to now."""
        self._repeat(following.READER, following.follow)
        self._repeat(search_hits.READER, lambda session: search_hits.follow(session, self.search))

    def send_digests(self) -> None:
        """Ask for confirmations, write the digests that are due, forget and erase what is old.

        The likeliest duplicates among what was taken in become cases too.
        """
        room = self._room()
        with self.database.writing.begin() as session:
            digests.send_at_once(session, room, confirmations.ask(session, room.today))
            digests.send_due(session, room)
            notices.forget_old(session)
            unsubscribing.forget_old(session)
            feedback.forget_old(session, today=room.today)
            deletions.erase_due(session, Actor.operator("node"))
            merges.open_proposed(session)

    def _repeat(self, reader: str, step: Step) -> None:
        with self.database.reading() as session:
            # Looking costs no lock; on SQLite every writer would wait for it.
            if not changes.has_news(session, reader):
                return
        while not self._stopping.is_set():
            with self.database.writing.begin() as session:
                told = step(session)
                if told is None:
                    return
                digests.send_at_once(session, self._room(), told)

    def _room(self) -> MailRoom:
        return MailRoom.of(self.settings, self.today())

    def _beat(self) -> None:
        if time.monotonic() - self._beaten > HEARTBEAT_EVERY:
            with self.database.writing.begin() as session:
                heartbeats.beat(session, HEARTBEAT)
            self._beaten = time.monotonic()

    def _run(self) -> None:
        rounds = 0
        while not self._stopping.is_set():
            pause = POLL
            try:
                self.catch_up()
                if rounds % DIGESTS_EVERY == 0:
                    self.send_digests()
                self._beat()
            except SQLAlchemyError as trouble:
                log.warning("notices fell behind", trouble=type(trouble).__name__)
                pause = PAUSE_AFTER_TROUBLE
            rounds += 1
            if self._bell.wait(pause):
                self._bell.clear()
                self._stopping.wait(COLLECT)
