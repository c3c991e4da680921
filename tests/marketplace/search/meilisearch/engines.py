"""Engines on a Meilisearch server, real or recorded, for one test at a time."""

import itertools
import time
from collections.abc import Callable

import httpx

from marketplace.search import meilisearch_keys
from marketplace.search.analysis import Analysis
from marketplace.search.meilisearch import MeilisearchEngine
from marketplace.search.meilisearch_client import Client
from marketplace.search.synonyms import Thesaurus
from tests.marketplace.search.meilisearch import server as servers
from tests.marketplace.search.meilisearch.recording import PATH, Recorder, Recording, Replayer
from tests.marketplace.search.meilisearch.server import Server

IS_TESTED = servers.is_real() or PATH.exists()
"""Whether there is a real server or a recording of one; nothing else can stand for it."""

ENGINES = ("embedded", "meilisearch") if IS_TESTED else ("embedded",)
PREFIX = "test"
FOREVER = 1e9

Wrap = Callable[[httpx.BaseTransport], httpx.BaseTransport]


class Meilisearch:
    """Engines and clients of one test, on a real server or on its recorded answers."""

    def __init__(self, name: str, server: Server | None, recording: Recording) -> None:
        self.name, self.server = name, server
        self.is_real = server is not None
        self._made: list[Client] = []
        self.transport: Recorder | Replayer
        if server is None:
            self.transport = Replayer(recording.exchanges.get(name, []))
        else:
            recording.exchanges[name] = []
            self.transport = Recorder(recording.exchanges[name])
        self.master = self.client(server.master_key if server else "")
        if server is not None:
            self._empty(server)
        self.keys = meilisearch_keys.make(self.master, PREFIX)

    def engine(
        self, analysis: Analysis, thesaurus: Thesaurus, *, reads_only: bool = False, **given: object
    ) -> MeilisearchEngine:
        """An engine with the least rights, which sees other processes' changes if asked to."""
        key = self.keys.reading if reads_only else self.keys.following
        options = {"state_stays": FOREVER, "generation": _generations(), **given}
        return MeilisearchEngine(self.client(key), PREFIX, analysis, thesaurus, **options)

    def close(self) -> None:
        for client in self._made:
            client.close()
        if isinstance(self.transport, Recorder):
            self.transport.end()

    def client(self, key: str, wrapped: Wrap = lambda transport: transport) -> Client:
        """A client of the server with this key."""
        url = self.server.url if self.server else "http://recorded.test"
        pause = time.sleep if self.server else lambda _seconds: None
        client = Client(url, key, wrapped(self.transport), pause)
        self._made.append(client)
        return client

    def _empty(self, server: Server) -> None:
        """Leave nothing of another test, unrecorded."""
        plain = Client(server.url, server.master_key)
        for index in plain.ask(dict, "/indexes?limit=1000")["results"]:
            if index["uid"].startswith(f"{PREFIX}-"):
                plain.run("DELETE", f"/indexes/{index['uid']}")
        plain.close()


def _generations() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"{next(numbers)}"
