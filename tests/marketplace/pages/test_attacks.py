"""Attacks from outside on every address that writes: each ends in a clear refusal."""

import json
import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import people
from catalog.people import Person
from marketplace.accounts import logins
from marketplace.application import LARGEST_BODY
from tests.factories import OPERATOR

Client = TestClient[Litestar]
Enter = Callable[[], Session]

ELSEWHERE = ("https://evil.example/", "//evil.example", "/\\evil.example", "/de\r\nX-Evil: 1")


@pytest.fixture
def writing(app: Litestar) -> list[tuple[str, str]]:
    """Method and address of everything that writes, with something in its parts."""
    return [
        (method, re.sub(r"{\w+}", "018e2c86-9000-72d5-8e74-db7e6cb91272", route.path_format))
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in sorted(route.methods)
        if method in ("POST", "PUT", "DELETE", "PATCH")
    ]


@pytest.fixture
def signed_in(enter: Enter) -> dict[str, str]:
    """The cookie of the steward, who may do everything."""
    with enter() as session:
        person = people.enter(
            session, OPERATOR, email="steward@test.example", name="St", is_steward=True
        )
        token = logins.begin(session, person)
        session.commit()
    return {"Cookie": f"login={token}"}


@pytest.mark.parametrize(
    "origin",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_nothing_is_written_for_a_page_of_another_site(
    client: Client,
    writing: list[tuple[str, str]],
    signed_in: dict[str, str],
    origin: dict[str, str],
) -> None:
    taken = {
        (method, path)
        for method, path in writing
        if client.request(method, path, headers={**signed_in, **origin}).status_code != 403
    }

    assert not taken


def test_a_body_that_is_too_large_is_refused_everywhere(
    client: Client, writing: list[tuple[str, str]], signed_in: dict[str, str]
) -> None:
    headers = {**signed_in, "Sec-Fetch-Site": "same-origin"}
    form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    statuses = {}
    for method, path in writing:
        is_api = path.startswith("/api/")
        body = b"{" + b" " * LARGEST_BODY if is_api else b"a=" + b"b" * LARGEST_BODY
        kind = {**headers, "Content-Type": "application/json"} if is_api else form
        statuses[path] = client.request(method, path, content=body, headers=kind).status_code

    # An address that takes no body, or asks first who one is, need not read it.
    assert {path: status for path, status in statuses.items() if status >= 500} == {}
    assert 413 in statuses.values()


def test_a_body_that_is_nested_deeply_breaks_nothing(
    client: Client, writing: list[tuple[str, str]], signed_in: dict[str, str]
) -> None:
    headers = {**signed_in, "Sec-Fetch-Site": "same-origin", "If-Match": "*"}
    deep = b'{"record":' * 100_000
    broken, taken = {}, {}
    for method, path in writing:
        kind = {**headers, "Content-Type": "application/json"}
        answer = client.request(method, path, content=deep, headers=kind)
        if answer.status_code >= 500:
            broken[path] = answer.status_code
        if path.startswith("/api/v1/drafts") and answer.status_code < 400:
            taken[path] = answer.status_code

    assert (broken, taken) == ({}, {})


def test_a_wrong_method_does_nothing(
    client: Client, app: Litestar, signed_in: dict[str, str]
) -> None:
    known = {
        route.path_format: set(route.methods)
        for route in app.routes
        if isinstance(route, HTTPRoute) and not route.path_format.startswith("/static")
    }
    headers = {
        **signed_in,
        "Sec-Fetch-Site": "same-origin",
        "X-HTTP-Method-Override": "DELETE",
        "X-HTTP-Method": "DELETE",
    }
    wrong = {
        (method, path): status
        for path, methods in known.items()
        for method in {"PUT", "PATCH", "DELETE", "TRACE"} - methods
        if (
            status := client.request(
                method, re.sub(r"{\w+}", "unbekannt", path), headers=headers
            ).status_code
        )
        not in (404, 405)
    }

    assert not wrong


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_no_address_in_a_form_or_a_link_leads_elsewhere(
    client: Client, writing: list[tuple[str, str]], signed_in: dict[str, str], wanted: str
) -> None:
    headers = {**signed_in, "Sec-Fetch-Site": "same-origin"}
    given = dict.fromkeys(("back", "next", "return", "then", "to", "url"), wanted)
    led = []
    for method, path in writing:
        if path.startswith("/api/"):
            continue
        answer = client.request(method, path, data=given, params=given, headers=headers)
        if "evil" in answer.headers.get("location", "") or "x-evil" in answer.headers:
            led.append(path)

    assert not led


@pytest.mark.parametrize(
    "path",
    [
        "/static/../settings.py",
        "/static/..%2f..%2fsettings.py",
        "/static/%2e%2e/%2e%2e/settings.py",
        "/static//etc/passwd",
        "/de/daten/..%2f..%2f/marketplace.db",
        "/de/daten/%2e%2e/marketplace.db",
        "/de/daten/../marketplace.db",
    ],
)
def test_a_download_leaves_its_folder_never(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code in (400, 404)
    assert b"SQLite" not in answer.content
    assert b"root:" not in answer.content


@pytest.mark.parametrize(
    "path", ["/de/konto", "/api/v1/account", "/api/v1/drafts", "/de/meine-loesungen"]
)
def test_a_token_that_was_ended_opens_nothing(
    client: Client, enter: Enter, signed_in: dict[str, str], path: str
) -> None:
    assert client.get(path, headers=signed_in).status_code == 200
    with enter() as session:
        (person,) = session.query(Person)
        logins.end_all(session, person.id)
        session.commit()

    assert client.get(path, headers=signed_in).status_code in (303, 401)


def test_no_field_that_a_form_does_not_show_raises_anybody(client: Client, enter: Enter) -> None:
    with enter() as session:
        person = people.enter(session, OPERATOR, email="anna@test.example", name="Anna")
        headers = {
            "Cookie": f"login={logins.begin(session, person)}",
            "Sec-Fetch-Site": "same-origin",
        }
        session.commit()
    raised = {
        "name": "Anna", "language": "de", "is_steward": "1", "is_moderator": "on", "role": "lead",
        "verified": "1", "roles": "lead", "email": "steward@test.example",
    }  # fmt: skip

    client.post("/de/konto", data=raised, headers=headers)
    answer = client.put(
        "/api/v1/account",
        content=json.dumps({"name": "Anna", "language": "de", "is_steward": True}),
        headers={**headers, "Content-Type": "application/json", "If-Match": "*"},
    )

    assert answer.status_code == 422
    assert "is_steward" in answer.text
    with enter() as session:
        (found,) = session.query(Person)
        assert (found.is_steward, found.is_moderator) == (False, False)
        assert found.email == "anna@test.example"
