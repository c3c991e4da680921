"""What is kept of the browser in which somebody signs in: enough to recognize it, no more.

The full address of a browser is never stored with a login. What is kept is the kind of browser and
the first half of an IPv4 address or the first 32 bits of an IPv6 address: the provider, in most
cases, so that a person can tell the town hall from elsewhere, and nobody can be found by it.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from litestar import Request

BROWSERS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Chromium/", "Chromium"), ("Safari/", "Safari"),
)  # fmt: skip
"""Mark in User-Agent → name; the first that fits, for each names its forebears too."""

SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Trace:
    """Kind of browser and part of the network."""

    browser: str = ""
    network: str = ""


def of_request(request: Request[Any, Any, Any]) -> Trace:
    """The trace of whoever sends a request."""
    return Trace(browser_of(request.headers.get("user-agent", "")), network_of(source_of(request)))


def source_of(request: Request[Any, Any, Any]) -> str:
    """The address that a request comes from, as the server sees it; behind a proxy, as that says.

    Kept only as a hash among the attempts (see ``attempts``), for an hour.
    """
    return request.client.host if request.client else ""


def browser_of(user_agent: str) -> str:
    """Browser and system in two words: "Firefox · Windows"; empty for what we do not know."""
    found = (
        next((name for mark, name in names if mark in user_agent), "")
        for names in (BROWSERS, SYSTEMS)
    )
    return " · ".join(filter(None, found))


def network_of(source: str) -> str:
    """The first half of an IPv4 address, the first 32 bits of an IPv6 address."""
    try:
        found = ip_address(source)
    except ValueError:
        return ""
    if isinstance(found, IPv4Address):
        return ".".join(source.split(".")[:2]) + ".*.*"
    return str(ip_network((int(found) >> 96 << 96, 32)))
