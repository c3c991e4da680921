"""Headers on every answer, forms only from our own pages, no sign-in on a real node."""

import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import nodes, people
from marketplace.security import CONTENT_SECURITY_POLICY
from tests.factories import OPERATOR, a_city, a_solution

Client = TestClient[Litestar]
Enter = Callable[[], Session]


@pytest.mark.parametrize(
    "path", ["/", "/de", "/de/loesungen", "/gibt-es-nicht", "/health/live", "/static/nichts.css"]
)
def test_every_answer_carries_the_policy(client: Client, path: str) -> None:
    answer = client.get(path)

    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_the_policy_allows_no_inline_code_and_no_other_host() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "default-src 'none'" in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://node.example"}, 303),
        ({"Origin": "https://evil.example"}, 403),
        ({"Cookie": "login=x"}, 403),
        ({}, 303),
    ],
)
def test_a_form_from_another_site_is_refused(
    client: Client, headers: dict[str, str], status: int
) -> None:
    answer = client.post("/darstellung", data={"theme": "dark", "back": "/de"}, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_a_form_never_leads_to_another_host(client: Client, back: str) -> None:
    answer = client.post("/darstellung", data={"theme": "dark", "back": back})

    assert answer.headers["location"] == "/"


def test_readers_get_no_cookie(client: Client) -> None:
    for path in ("/de", "/de/loesungen?q=Post", "/de/kommunen"):
        assert "set-cookie" not in client.get(path).headers


@pytest.mark.parametrize("path", ["/de/anmelden", "/en/sign-in"])
def test_nobody_signs_in_without_a_password_on_a_real_node(
    client: Client, enter: Enter, path: str
) -> None:
    session = enter()
    nodes.name(session, OPERATOR, name="Knoten", operator="Amt", is_sample=False)
    people.enter(session, OPERATOR, email="jule@test.example", name="Jule", is_sample=True)
    session.commit()
    session.close()

    assert "Jule" not in client.get(path).text
    for data in ({"person": "jule@test.example"}, {"email": "jule@test.example", "password": ""}):
        refused = client.post(path, data=data)
        assert refused.status_code in (404, 422)
        assert "set-cookie" not in refused.headers


def test_only_invented_people_sign_in_on_a_sample_node(client: Client, enter: Enter) -> None:
    session = enter()
    nodes.name(session, OPERATOR, name="Knoten", operator="Amt", is_sample=True)
    people.enter(session, OPERATOR, email="echt@test.example", name="Echt")
    people.enter(session, OPERATOR, email="jule@test.example", name="Jule", is_sample=True)
    session.commit()
    session.close()

    assert client.post("/de/anmelden", data={"person": "echt@test.example"}).status_code == 403
    signed_in = client.post("/de/anmelden", data={"person": "jule@test.example"})
    cookie = signed_in.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_an_unknown_or_ended_login_is_a_visitor(client: Client, enter: Enter) -> None:
    session = enter()
    a_solution(session, "PostLotse", publisher=a_city(session))
    session.commit()
    session.close()

    answer = client.get("/de/loesungen/postlotse/nachnutzung", headers={"Cookie": "login=forged"})
    assert answer.status_code == 303


def test_a_fault_shows_a_reference_and_nothing_of_the_inside(
    app: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("catalog.solutions.count_published", broken)
    with TestClient(app, raise_server_exceptions=False) as client:
        answer = client.get("/de")

    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert re.search(r"Kennzeichen: [0-9a-f]{12}", answer.text)


def test_programs_get_problem_json(client: Client) -> None:
    answer = client.get("/de/loesungen/nichts", headers={"Accept": "application/json"})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.json()["status"] == 404
