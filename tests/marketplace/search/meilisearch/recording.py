"""Answers of a real Meilisearch server: recorded once, replayed where there is no server.

A test's requests are kept in their order, each as a fingerprint of method, path and body, with the
real answer. Replaying insists on the same requests in the same order; a request that differs fails
the test and says so, because then nobody knows what a real server would have answered.
"""

import json
import lzma
import re
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import httpx

PATH = Path(__file__).parent / "recorded" / "answers.json.xz"

_KEY = re.compile(rb'"key":"[0-9a-f]{64}"')
_NUMBER = re.compile(r"^/tasks/\d+$")

Exchange = tuple[str, int, str]
"""Fingerprint of the request, status and body of the answer."""


@dataclass
class Recording:
    """What a server of one version answered, by test."""

    version: str = ""
    day: str = ""
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)

    @classmethod
    def load(cls) -> "Recording":
        """The recording that lies beside the tests; empty if there is none."""
        if not PATH.exists():
            return cls()
        content = json.loads(lzma.decompress(PATH.read_bytes()))
        return cls(content["version"], content["day"], content["exchanges"])

    def save(self) -> None:
        """Write the recording beside the tests; equal content makes an equal file."""
        content = {"version": self.version, "day": self.day, "exchanges": self.exchanges}
        PATH.parent.mkdir(exist_ok=True)
        encoded = json.dumps(content, separators=(",", ":"), sort_keys=True).encode()
        PATH.write_bytes(lzma.compress(encoded))


class Recorder(httpx.BaseTransport):
    """Passes requests on to a server and notes its answers."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._inner = httpx.HTTPTransport()
        self._exchanges = exchanges

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        body = _KEY.sub(b'"key":"recorded"', answer.read())
        exchange = (_fingerprint(request), answer.status_code, body.decode())
        if _is_poll(request) and self._exchanges and self._exchanges[-1][0] == exchange[0]:
            # Only how a task ended matters, not how often we looked.
            self._exchanges[-1] = exchange
        else:
            self._exchanges.append(exchange)
        return httpx.Response(answer.status_code, content=answer.read())

    def end(self) -> None:
        """Give up the connections; several clients share them, so closing one of those does not."""
        self._inner.close()


class Replayer(httpx.BaseTransport):
    """Gives the recorded answers of one test, in their order."""

    def __init__(self, exchanges: list[Exchange]) -> None:
        self._left = iter(exchanges)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        known, status, body = next(self._left, ("nothing more", 0, ""))
        asked = _fingerprint(request)
        assert asked == known, (
            f"{asked} was not asked when the answers were recorded ({known}). "
            "Record them anew against a real server; the README says how."
        )
        return httpx.Response(status, text=body)


def _fingerprint(request: httpx.Request) -> str:
    body = sha256(request.read()).hexdigest()[:12]
    return f"{request.method} {request.url.raw_path.decode()} {body}"


def _is_poll(request: httpx.Request) -> bool:
    return bool(_NUMBER.match(request.url.path))
