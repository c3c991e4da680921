"""The one way in which the node fetches what people name: guarded against inner networks.

Only https, only public addresses, no user names and no addresses in numbers. A name is resolved
once; if any of its addresses is not public, nothing is fetched, and the connection goes to the very
address that was looked at, with the name in TLS and Host: checking first and letting the client
resolve again is the common hole (CWE-918). Every redirect is looked at anew. Size and time have
limits, and proxies of the environment are not used.
"""

import ipaddress
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

import httpx

from catalog.errors import Invalid
from marketplace.translations import message

MAX_BYTES = 5 * 1024 * 1024
MAX_HOPS = 3
MAX_SECONDS = 30.0
USER_AGENT = "Lichtermeer"

_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_REDIRECTS = frozenset({301, 302, 303, 307, 308})

Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True)
class Fetched:
    """What an address answered with."""

    content: bytes
    url: str
    """The last address, after redirects."""
    media_type: str


def fetch(
    url: str,
    *,
    limit: int = MAX_BYTES,
    field: str = "url",
    resolve: Resolve | None = None,
    transport: httpx.BaseTransport | None = None,
) -> Fetched:
    """The content behind a public https address.

    Raises ``Invalid`` at ``field`` with what is wrong and what to do.
    """
    deadline = time.monotonic() + MAX_SECONDS
    timeout = httpx.Timeout(10.0, read=10.0)
    with httpx.Client(
        transport=transport, trust_env=False, follow_redirects=False, timeout=timeout
    ) as client:
        for _ in range(MAX_HOPS + 1):
            parts = _checked(url, field)
            address = _public_address(parts, field, resolve or _resolved)
            try:
                answer = _ask(client, parts, address, limit, deadline)
            except httpx.HTTPError as error:
                raise Invalid(
                    "The address does not answer: %(reason)s.", field=field,
                    reason=type(error).__name__,
                ) from error  # fmt: skip
            except _TooMuchError as error:
                raise Invalid(error.sentence, field=field, limit=limit) from error
            if isinstance(answer, Fetched):
                return answer
            url = urljoin(url, _followed(answer, field))
    raise Invalid("The address leads on more than %(hops)d times.", field=field, hops=MAX_HOPS)


class _TooMuchError(Exception):
    """An answer beyond the limits of size or time."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def _followed(answer: httpx.Response, field: str) -> str:
    location: str = answer.headers.get("location", "")
    if answer.status_code not in _REDIRECTS or not location:
        raise Invalid(
            "The address answers with %(status)d instead of a file.",
            field=field,
            status=answer.status_code,
        )
    return location


def _checked(url: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise Invalid("This is no web address.", field=field) from None
    if parts.scheme != "https" or not parts.hostname:
        raise Invalid("Give a web address beginning with https://.", field=field)
    if parts.username or parts.password or port not in (None, 443):
        raise Invalid("Give an address without user name and port.", field=field)
    if _is_number(parts.hostname) or not all(c.isprintable() and c != "\\" for c in url):
        raise Invalid("Give a name, not a number, as the host of the address.", field=field)
    return parts


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        # Also the short and octal forms that some resolvers take: 127.1, 0x7f.1, 2130706433.
        return host.rstrip(".").split(".")[-1].lower().removeprefix("0x").isdigit()
    return True


def _resolved(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


def _public_address(parts: SplitResult, field: str, resolve: Resolve) -> str:
    host = parts.hostname or ""
    try:
        name = host.encode("idna").decode("ascii")
        found = list(resolve(name, 443))
    except (OSError, UnicodeError) as error:
        raise Invalid("There is no host “%(host)s”.", field=field, host=host) from error
    if not found:
        raise Invalid("There is no host “%(host)s”.", field=field, host=host)
    if not all(is_public(each) for each in found):
        raise Invalid("The address leads into an inner network.", field=field)
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is reachable for everybody, and stands for no other address inside.

    Refused are all that IANA's registries do not call global, multicast, and those that carry an
    IPv4 address: mapped (RFC 4291), 6to4 (RFC 3056), Teredo (RFC 4380) and NAT64 (RFC 6052).
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found.ipv4_mapped is not None
        or found.sixtofour is not None
        or found.teredo is not None
        or any(found in network for network in _NAT64)
    ):
        return False
    return found.is_global and not (found.is_multicast or found.is_reserved)


def _ask(
    client: httpx.Client, parts: SplitResult, address: str, limit: int, deadline: float
) -> Fetched | httpx.Response:
    host = (parts.hostname or "").encode("idna").decode("ascii")
    numbers = f"[{address}]" if ":" in address else address
    target = parts._replace(netloc=numbers, fragment="").geturl()
    headers = {"Host": host, "User-Agent": USER_AGENT, "Accept-Encoding": "identity"}
    request = client.build_request(
        "GET", target, headers=headers, extensions={"sni_hostname": host}
    )
    answer = client.send(request, stream=True)
    try:
        if answer.status_code != 200:
            return answer
        content = bytearray()
        for chunk in answer.iter_raw(65_536):
            content += chunk
            if len(content) > limit:
                raise _TooMuchError(message("The file is larger than %(limit)d bytes."))
            if time.monotonic() > deadline:
                raise _TooMuchError(message("The address answers too slowly."))
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(bytes(content), parts.geturl(), media_type)
    finally:
        answer.close()
