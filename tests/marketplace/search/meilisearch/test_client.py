"""How the client behaves when the network or the server does not."""

import httpx
import pytest

from marketplace.search import meilisearch_client
from marketplace.search.meilisearch_client import Client, in_portions
from marketplace.search.query import EngineAway

FOUND = httpx.Response(200, json={"hits": []})


def client_of(*answers: httpx.Response | Exception) -> tuple[Client, list[httpx.Request]]:
    """A client whose server gives these answers one after the other, and what it is asked."""
    asked: list[httpx.Request] = []
    left = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = next(left)
        if isinstance(given, Exception):
            raise given
        return given

    transport = httpx.MockTransport(answer)
    return Client("http://search.test", "key", transport, lambda _seconds: None), asked


@pytest.mark.parametrize(
    "trouble", [httpx.ConnectError("x"), httpx.ReadError("x"), httpx.Response(503)]
)
def test_a_question_is_repeated_after_passing_trouble(trouble):
    client, asked = client_of(trouble, FOUND)

    assert client.ask(dict, "/indexes/a/search", {"q": ""}) == {"hits": []}
    assert len(asked) == 2


def test_a_question_is_repeated_a_few_times_only():
    client, asked = client_of(*[httpx.Response(503)] * 9)

    with pytest.raises(EngineAway, match="busy"):
        client.ask(dict, "/health")
    assert len(asked) == meilisearch_client.TRIES


def test_a_task_that_the_server_may_have_seen_is_not_begun_twice():
    client, asked = client_of(httpx.ReadError("x"), httpx.Response(202, json={"taskUid": 1}))

    with pytest.raises(EngineAway):
        client.start("POST", "/swap-indexes", [])
    assert len(asked) == 1


def test_a_server_that_does_not_answer_is_left_alone_for_a_moment(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(meilisearch_client.time, "monotonic", lambda: now[0])
    client, asked = client_of(httpx.ReadTimeout("x"), FOUND)

    for _ in range(3):
        with pytest.raises(EngineAway):
            client.ask(dict, "/health")
    assert len(asked) == 1

    now[0] += meilisearch_client.LEFT_ALONE
    assert client.ask(dict, "/health") == {"hits": []}


def test_redirects_are_not_followed():
    client, asked = client_of(httpx.Response(302, headers={"Location": "http://else.test/"}))

    with pytest.raises(EngineAway, match="status 302"):
        client.ask(dict, "/health")
    assert len(asked) == 1


def test_an_answer_that_is_too_large_is_not_read(monkeypatch):
    monkeypatch.setattr(meilisearch_client, "LARGEST_ANSWER", 1_000)
    client, _ = client_of(httpx.Response(200, content=b"x" * 2_000))

    with pytest.raises(EngineAway, match="too large"):
        client.ask(dict, "/health")


@pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"\xff"])
def test_an_answer_that_is_no_json_makes_the_engine_away(body):
    client, _ = client_of(httpx.Response(200, content=body))

    with pytest.raises(EngineAway):
        client.ask(dict, "/health")


def test_a_task_that_never_ends_is_given_up(monkeypatch):
    enqueued = httpx.Response(200, json={"status": "enqueued"})
    client, _ = client_of(*[enqueued] * 50)
    now = iter(range(100))
    monkeypatch.setattr(meilisearch_client.time, "monotonic", lambda: float(next(now)))

    with pytest.raises(EngineAway, match="in time"):
        client.wait(7, patience=20)


def test_portions_keep_the_order_and_the_size():
    documents = [b"a" * 4, b"b" * 4, b"c" * 20, b"d"]

    assert list(in_portions(documents, 10)) == [documents[:2], documents[2:3], documents[3:]]
    assert list(in_portions([], 10)) == []
