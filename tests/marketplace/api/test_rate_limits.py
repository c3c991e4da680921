"""Who asks too often waits; keys and people signed in may ask more; memory stays bounded."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from catalog.permissions import Scope
from marketplace.accounts import api_keys
from marketplace.api.openapi import OPERATIONS
from marketplace.cli import server
from marketplace.pages import feeds
from marketplace.rate_limits import COST, Buckets, Remembered, TooManyRequests
from marketplace.settings import Settings
from tests.factories import OPERATOR, a_city
from tests.marketplace.api.conftest import TODAY, Api, opened, settings_for

Pass = Callable[[float], None]


@pytest.fixture
def api(migrated_file: Path, tmp_path: Path) -> Iterator[Api]:
    """A node where a visitor may ask 20 times a minute, and a key 60 times."""
    shutil.copy(migrated_file, tmp_path / "marketplace.db")
    own = settings_for(tmp_path, rate_limit_visitors=20, rate_limit_signed_in=60)
    with opened(own) as found:
        yield found


@pytest.fixture
def wait(api: Api) -> Pass:
    """Lets seconds pass."""
    callers = api.http.app.state.callers
    moment = [0.0]
    callers.seconds = callers.buckets.clock = lambda: moment[0]

    def on(seconds: float) -> None:
        moment[0] += seconds

    return on


def statuses(api: Api, count: int, **headers: str) -> list[int]:
    """The answers to as many different questions, so that the cache knows none."""
    return [api.get(f"/search?q=a{n}", **headers).status_code for n in range(count)]


def a_key(api: Api) -> str:
    with api.enter() as session:
        city = a_city(session)
        _key, secret = api_keys.create(
            session, OPERATOR, city, name="Skript", scopes=[Scope.READ],
            expires_on=TODAY + timedelta(30), today=TODAY,
        )  # fmt: skip
        return secret


def test_a_visitor_who_asks_too_often_waits_as_long_as_said(api: Api, wait: Pass) -> None:
    assert statuses(api, 20) == [200] * 20
    refused = api.get("/search?q=more")

    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.headers["retry-after"] == "3"
    assert "20 requests a minute" in refused.json()["detail"]
    assert "Retry-After" in refused.json()["remedy"]
    assert refused.headers["content-security-policy"]
    wait(2.9)
    assert api.get("/search?q=more").status_code == 429
    wait(0.1)
    assert api.get("/search?q=more").status_code == 200


@pytest.mark.usefixtures("wait")
def test_what_the_cache_knows_and_pages_are_not_counted(api: Api) -> None:
    api.http.app.state.clock.look()
    assert api.get("/taxonomy/stage").status_code == 200
    statuses(api, 20)

    assert api.get("/search?q=other").status_code == 429
    assert api.get("/taxonomy/stage").status_code == 200
    assert api.http.get("/de/loesungen?q=neu").status_code == 200


@pytest.mark.usefixtures("wait")
def test_a_key_and_a_person_may_ask_more_often_and_each_for_itself(api: Api) -> None:
    key = f"Bearer {a_key(api)}"
    with api.enter() as session:
        other = a_city(session, "Stadt Anderswo")
    token = api.sign_in(other)
    statuses(api, 18)

    assert statuses(api, 61, authorization=key) == [200] * 60 + [429]
    assert statuses(api, 61, cookie=f"login={token}") == [200] * 60 + [429]


@pytest.mark.parametrize("name", ["authorization", "cookie"])
@pytest.mark.usefixtures("wait")
def test_invented_secrets_buy_nothing(api: Api, name: str) -> None:
    secret = "Bearer lm_{}" if name == "authorization" else "login={}"
    answers = [api.get(f"/search?q=b{n}", **{name: secret.format(n)}) for n in range(25)]

    assert [each.status_code for each in answers][-5:] == [429] * 5


def test_a_key_that_was_ended_counts_as_its_address(api: Api, wait: Pass) -> None:
    secret = a_key(api)
    assert statuses(api, 30, authorization=f"Bearer {secret}") == [200] * 30
    with api.enter() as session:
        found = api_keys.found(session, secret, today=TODAY)
        assert found
        api_keys.revoke(session, OPERATOR, found)
    wait(61)

    # Each look-up of the key costs its address as much as the question does.
    assert statuses(api, 11, authorization=f"Bearer {secret}") == [200] * 10 + [429]


@pytest.mark.usefixtures("wait")
def test_what_costs_more_counts_for_more(api: Api) -> None:
    files = [api.http.get(f"/de/loesungen.csv?q=c{n}") for n in range(5)]

    assert [each.status_code for each in files] == [200] * 4 + [429]
    assert files[-1].headers["retry-after"] == "15"
    assert "Zu viele Anfragen" in files[-1].text
    report = api.http.post(
        "/de/loesungen/keine/fehler-melden", headers={"sec-fetch-site": "same-origin"}
    )
    assert report.status_code == 429


def test_every_address_of_the_api_and_every_file_is_counted(api: Api) -> None:
    limited = {
        (method, route.path_format)
        for route in api.http.app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if COST in handler.opt
    }

    assert {(each.method, f"/api/v1{each.path}") for each in OPERATIONS} <= limited
    assert all(COST in each.opt for each in feeds.HANDLERS)


def test_memory_stays_bounded_and_the_last_ones_stay() -> None:
    buckets = Buckets(lambda: 0.0, Remembered(3))
    for number in range(1_000):
        buckets.take(f"address {number}", 1, 1)

    assert len(buckets.kept) == 3
    with pytest.raises(TooManyRequests):
        buckets.take("address 999", 1, 1)
    buckets.take("address 0", 1, 1)


def test_nothing_is_limited_where_the_limit_is_zero() -> None:
    buckets = Buckets(lambda: 0.0)
    for _ in range(1_000):
        buckets.take("address", 60, 0)


@pytest.mark.parametrize(
    ("proxies", "seen"),
    [("", "127.0.0.1"), ("127.0.0.1", "203.0.113.7"), ("10.0.0.0/8", "127.0.0.1")],
)
def test_only_a_proxy_that_is_named_says_where_readers_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, proxies: str, seen: str
) -> None:
    clients: list[str] = []

    async def application(scope: Any, _receive: object, _send: object) -> None:
        clients.append(scope["client"][0])

    def run(_app: object, **options: Any) -> None:
        config = uvicorn.Config(application, **options)
        config.load()
        scope = {
            "type": "http",
            "client": ("127.0.0.1", 1),
            "scheme": "http",
            "headers": [(b"x-forwarded-for", b"203.0.113.7")],
        }
        # In a thread of its own, because the browser's loop may be running in this one.
        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, config.loaded_app(scope, None, None)).result()  # type: ignore[arg-type]

    monkeypatch.setattr(server, "create_app", lambda _settings: None)
    monkeypatch.setattr(server.uvicorn, "run", run)
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    server._serve(Settings(data_dir=tmp_path, trusted_proxies=proxies))

    assert clients == [seen]
