"""The guard of outgoing requests: what it asks for, where it connects, what it refuses."""

import httpx
import pytest

from catalog.errors import Invalid
from marketplace import fetching

PUBLIC = "93.184.216.34"


def answering(seen: list[httpx.Request], **more: httpx.Response) -> httpx.MockTransport:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return more.get(
            request.url.path.strip("/"), httpx.Response(200, content=iter([b"openapi: 3"]))
        )

    return httpx.MockTransport(answer)


def test_it_connects_to_the_address_that_was_looked_at() -> None:
    seen: list[httpx.Request] = []
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(f"{host}:{port}")
        return [PUBLIC]

    found = fetching.fetch(
        "https://api.hafen.de/spec.yaml?a=b#c", resolve=resolve, transport=answering(seen)
    )
    assert found.content == b"openapi: 3"
    assert asked == ["api.hafen.de:443"]
    assert str(seen[0].url) == f"https://{PUBLIC}/spec.yaml?a=b"
    assert seen[0].headers["host"] == "api.hafen.de"
    assert seen[0].extensions["sni_hostname"] == "api.hafen.de"


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.5", "127.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.1.1", "0.0.0.1",
        "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "::ffff:10.0.0.5", "::ffff:93.184.216.34", "64:ff9b::a00:5", "2002:a00:5::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "ff02::1", "::10.0.0.5", "nonsense",
    ],
)  # fmt: skip
def test_no_inner_address_is_public(address: str) -> None:
    assert not fetching.is_public(address)
    seen: list[httpx.Request] = []
    with pytest.raises(Invalid, match="inner network"):
        # One inner address among public ones is enough.
        fetching.fetch(
            "https://hafen.de/",
            resolve=lambda _host, _port: [PUBLIC, address],
            transport=answering(seen),
        )
    assert seen == []


@pytest.mark.parametrize(
    "url",
    [
        "http://hafen.de/", "ftp://hafen.de/", "file:///etc/passwd", "https://u:p@hafen.de/",
        "https://hafen.de:8443/", "https://93.184.216.34/", "https://[::1]/", "https://127.1/",
        "https://2130706433/", "https://0x7f.1/", "https:///a", "hafen", "https://[", "",
        "https://hafen.de\\@10.0.0.5/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused_before_a_name_is_resolved(url: str) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise AssertionError("resolved")

    with pytest.raises(Invalid) as refused:
        fetching.fetch(url, resolve=resolve, transport=answering([]))
    assert refused.value.problems[0].field == "url"


def test_every_redirect_is_looked_at_anew() -> None:
    seen: list[httpx.Request] = []
    hosts = {"hafen.de": PUBLIC, "inside.hafen.de": "10.0.0.5"}

    def leads(to: str) -> httpx.Response:
        return httpx.Response(302, headers={"location": to})

    def fetch(path: str) -> fetching.Fetched:
        return fetching.fetch(
            f"https://hafen.de/{path}",
            resolve=lambda host, _port: [hosts[host]],
            transport=answering(
                seen,
                there=leads("/spec"),
                inside=leads("https://inside.hafen.de/"),
                plain=leads("http://hafen.de/spec"),
                ring=leads("/ring"),
                gone=httpx.Response(404),
            ),
        )

    assert fetch("there").url == "https://hafen.de/spec"
    for path, words in (
        ("inside", "inner network"),
        ("plain", "https"),
        ("ring", "leads on"),
        ("gone", "404"),
    ):
        with pytest.raises(Invalid, match=words):
            fetch(path)
    assert {request.url.host for request in seen} == {PUBLIC}


def test_size_and_failures_have_an_end() -> None:
    def fetch(transport: httpx.BaseTransport) -> fetching.Fetched:
        return fetching.fetch(
            "https://hafen.de/big", limit=10, resolve=lambda *_: [PUBLIC], transport=transport
        )

    with pytest.raises(Invalid, match="larger than 10"):
        fetch(answering([], big=httpx.Response(200, content=iter([b"x" * 11]))))

    def breaks(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectTimeout("slow")

    with pytest.raises(Invalid, match="does not answer"):
        fetch(httpx.MockTransport(breaks))
    with pytest.raises(Invalid, match="no host"):
        fetching.fetch("https://hafen.de/", resolve=lambda *_: [], transport=answering([]))
