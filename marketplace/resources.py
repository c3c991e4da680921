"""What an application works with as long as it is served: database, search, mail, what it keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from litestar import Litestar

from catalog import nodes
from catalog.database import open_engine
from catalog.nodes import Node
from marketplace import migrating
from marketplace.accounts import openid_providers
from marketplace.caching import Clock, Shelf
from marketplace.form_guard import FormGuard
from marketplace.mail.delivery import Postman
from marketplace.notifications.working import Notifier
from marketplace.pages.cards import CardShelf
from marketplace.rate_limits import Callers
from marketplace.search.service import SearchService
from marketplace.settings import Settings
from marketplace.transactions import Database


@dataclass(frozen=True)
class Resources:
    """The node behind an application; handlers find each part in the application's state."""

    settings: Settings
    today: Callable[[], date]
    database: Database
    node: Node
    search: SearchService
    postman: Postman
    notifier: Notifier
    clock: Clock
    shelf: Shelf
    card_shelf: CardShelf
    callers: Callers

    @classmethod
    def opened(cls, settings: Settings, today: Callable[[], date]) -> "Resources":
        """Those that the settings ask for; nothing works in the background until `start`.

        Raises ``RuntimeError`` if the database is behind the program.
        """
        openid_providers.of(settings)  # What is wrong in them is said at the start.
        database = Database.on(open_engine(settings.database))
        if not migrating.is_current(database.engine):
            raise RuntimeError("The database is behind the program. Run: marketplace migrate")
        search = SearchService.on(database, settings)
        clock = Clock(database, search.position, today)
        search.tell_advance(clock.tick)
        with database.reading() as session:
            node = nodes.own(session)
        return cls(
            settings,
            today,
            database,
            node,
            search,
            Postman.on(database, settings),
            Notifier(database, settings, search, today),
            clock,
            Shelf(),
            CardShelf(),
            Callers(settings, database, today),
        )

    def lend_to(self, app: Litestar) -> None:
        """Let the handlers of an application work with these; it then has them to itself."""
        app.state.update(
            {
                "resources": self,
                "settings": self.settings,
                "today": self.today,
                "database": self.database,
                "node": self.node,
                "search": self.search,
                "notifier": self.notifier,
                "clock": self.clock,
                "form_guard": FormGuard(self.database),
                "bulletin": self.clock.bulletin,
                "shelf": self.shelf,
                "card_shelf": self.card_shelf,
                "callers": self.callers,
            }
        )

    def start(self) -> None:
        """Follow the change feed, deliver mails, watch the clock, each in a thread of its own."""
        self.search.start()
        self.postman.start()
        self.notifier.start()
        self.clock.start()

    def stop(self) -> None:
        """End what `start` began, and close the connections to the database."""
        self.clock.stop()
        self.notifier.stop()
        self.postman.stop()
        self.search.stop()
        self.database.engine.dispose()
