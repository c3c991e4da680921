"""The one place from which this node talks to sign-in services, with limits on time and size."""

import json
from typing import Any

import httpx

TIMEOUT = httpx.Timeout(5.0)
"""Seconds for connecting and for each part of an answer."""

LARGEST_ANSWER = 1_000_000
"""Bytes."""


class ServiceAwayError(Exception):
    """A sign-in service does not answer, or not with what was asked for."""


def fetch(method: str, url: str, *, bearer: str = "", **options: Any) -> dict[str, Any]:
    """The JSON object at an address of a sign-in service; ``bearer`` is an access token.

    Redirects are not followed: the operator has named the service, nobody else does. Raises
    `ServiceAwayError`; its words hold no secret.
    """
    headers = {"Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    try:
        with (
            httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client,
            client.stream(method, url, headers=headers, **options) as answer,
        ):
            body = _limited(answer)
    except (httpx.HTTPError, httpx.InvalidURL) as trouble:
        raise ServiceAwayError(type(trouble).__name__) from trouble
    if answer.status_code != 200:
        raise ServiceAwayError(f"It answered with {answer.status_code}.")
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as trouble:
        raise ServiceAwayError("Its answer is not JSON.") from trouble
    if not isinstance(value, dict):
        raise ServiceAwayError("Its answer is no object.")
    return value


def _limited(answer: httpx.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise ServiceAwayError("Its answer is too large.")
    return bytes(body)
