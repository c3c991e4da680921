"""How much one caller may ask in a minute, so that nobody takes the node away from all others.

Each caller has a bucket of tokens (a token bucket, RFC 2697 2): it holds what a minute allows,
fills evenly and gives what a request costs. Only handlers with a ``COST`` are counted: the API,
lists as files, checks, forms that anybody may send. What the cache answers costs nothing, so
popular addresses stay open to everybody.

A caller is an address (an IPv6 customer's whole /64), or the person or key whose valid secret came
along. A secret is looked up at the expense of its address and then believed for ``BELIEVED_FOR``
seconds, for the limit only: rights are asked for every time. An invented secret therefore buys
nothing. Buckets live in the process and the least recently used leave first.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any, Generic, TypeVar

from anyio.to_thread import run_sync
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from marketplace.accounts import api_keys, attempts, logins
from marketplace.accounts.authentication import API, COOKIE, LONGEST_SECRET
from marketplace.accounts.traces import source_of
from marketplace.settings import Settings
from marketplace.transactions import Database

COST = "cost"
"""Option of a handler: how many requests one of its requests counts for."""

ONE = 1
FILE = 5
"""A list of up to 10,000 rows as a file."""
CHECK = 10
"""Reading and checking a file that somebody sends."""
POST_BOX = 60
"""A form that lets anybody write to somebody, or has a mail sent."""

ROUNDING = 1e-6
"""Tokens by which sums of fractions may be off."""

MOST_CALLERS = 20_000
BELIEVED_FOR = 60.0

T = TypeVar("T")


class TooManyRequests(Exception):
    """A caller has used up its minute; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int, per_minute: int) -> None:
        super().__init__(
            f"The {per_minute} requests a minute that you have are used up. "
            f"Go on in {seconds} seconds."
        )
        self.seconds = seconds


@dataclass
class Remembered(Generic[T]):
    """At most ``most`` values by name; the least recently used leave first."""

    most: int = MOST_CALLERS
    _values: "OrderedDict[str, T]" = field(default_factory=OrderedDict)

    def get(self, name: str) -> T | None:
        """The value, if it is still known."""
        found = self._values.get(name)
        if found is not None:
            self._values.move_to_end(name)
        return found

    def put(self, name: str, value: T) -> None:
        """Remember a value, and forget the oldest if there are too many."""
        self._values[name] = value
        self._values.move_to_end(name)
        if len(self._values) > self.most:
            self._values.popitem(last=False)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(slots=True)
class Bucket:
    """What is left to a caller, and when that was so."""

    left: float
    at: float


@dataclass
class Buckets:
    """The buckets of all callers."""

    clock: Callable[[], float] = time.monotonic
    """Seconds."""
    kept: Remembered[Bucket] = field(default_factory=Remembered)

    def take(self, caller: str, cost: int, per_minute: int) -> None:
        """Take what a request costs; raises `TooManyRequests` if that much is not there.

        No limit where ``per_minute`` is 0. A refused request takes nothing.
        """
        if per_minute == 0:
            return
        wanted, moment = min(cost, per_minute), self.clock()
        bucket = self.kept.get(caller)
        if bucket is None:
            bucket = Bucket(per_minute, moment)
            self.kept.put(caller, bucket)
        each_second = per_minute / 60
        bucket.left = min(per_minute, bucket.left + (moment - bucket.at) * each_second)
        bucket.at = moment
        missing = wanted - bucket.left
        if missing > ROUNDING:
            raise TooManyRequests(max(1, math.ceil(missing / each_second)), per_minute)
        bucket.left -= wanted


class RateLimit(ASGIMiddleware):
    """Counts what reaches a handler with a ``COST``; stands behind the cache."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let a request through that its caller may still send."""
        cost = scope["route_handler"].opt.get(COST, 0)
        if cost:
            callers: Callers = scope["litestar_app"].state.callers
            await callers.count(Request(scope), cost)
        await next_app(scope, receive, send)


class Callers:
    """Who asks this node, and what is left to each."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        today: Callable[[], date],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.database = database
        self.today = today
        self.seconds = seconds
        self.buckets = Buckets(seconds)
        self.believed: Remembered[tuple[str, float]] = Remembered()

    async def count(self, request: Request[Any, Any, Any], cost: int) -> None:
        """Take what a request costs from its caller; raises `TooManyRequests`."""
        own, visitors = self.settings.rate_limit_signed_in, self.settings.rate_limit_visitors
        address = f"address {attempts.network(source_of(request))}"
        secret = _secret_of(request)
        if secret is not None:
            caller = self._believed(secret)
            if caller is None:
                self.buckets.take(address, ONE, visitors)
                caller = await run_sync(self._looked_up, *secret)
                if caller is not None:
                    self._believe(secret, caller)
            if caller is not None:
                self.buckets.take(caller, cost, own)
                return
        self.buckets.take(address, cost, visitors)

    def _believed(self, secret: tuple[str, str]) -> str | None:
        caller, until = self.believed.get(_name(secret)) or ("", 0.0)
        return caller if caller and self.seconds() < until else None

    def _believe(self, secret: tuple[str, str], caller: str) -> None:
        self.believed.put(_name(secret), (caller, self.seconds() + BELIEVED_FOR))

    def _looked_up(self, kind: str, secret: str) -> str | None:
        with self.database.reading() as session:
            if kind == "key":
                key = api_keys.found(session, secret, today=self.today())
                return f"key {key.id}" if key else None
            login = logins.found(session, secret)
            return f"person {login.person_id}" if login else None


def _secret_of(request: Request[Any, Any, Any]) -> tuple[str, str] | None:
    """The key or the token of a login that came along, as ``provide_actor`` reads them."""
    if request.url.path.startswith(API) and "authorization" in request.headers:
        secret = request.headers["authorization"].partition(" ")[2].strip()
        return ("key", secret) if 0 < len(secret) <= LONGEST_SECRET else None
    token = request.cookies.get(COOKIE, "")
    return ("login", token) if 0 < len(token) <= LONGEST_SECRET else None


def _name(secret: tuple[str, str]) -> str:
    return sha256(" ".join(secret).encode()).hexdigest()
