"""What must not happen at a desk left open waits until its person has shown who it is."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import memberships, merges, people
from catalog.database import now
from catalog.organizations import Organization
from catalog.permissions import Actor, Role
from catalog.solutions import Solution
from marketplace.accounts import api_keys, logins, passwords
from marketplace.accounts.api_keys import ApiKey
from marketplace.accounts.authentication import COOKIE
from marketplace.accounts.logins import Login
from tests.factories import OPERATOR, a_city, a_solution
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]

PASSWORD = "drei alte worte dort"
KEY = {"name": "Nachtlauf", "scope-read": "1", "expires_on": "2027-01-01"}


@pytest.fixture
def left_open(client: Client, enter: Enter, city: Organization) -> Client:
    """The browser of a lead who moderates and signed in with a password an hour ago."""
    with enter() as session:
        person = people.enter(
            session, OPERATOR, email="lead@test.example", name="Lea", is_moderator=True
        )
        memberships.join(session, OPERATOR, person, city, Role.LEAD)
        passwords.store(session, person, PASSWORD)
        token = logins.begin(session, person, way=logins.Way.PASSWORD)
        session.query(Login).one().confirmed_at = now() - logins.CONFIRMED_FOR
        session.commit()
    client.cookies.set(COOKIE, token)
    client.headers["origin"] = "https://node.example"
    return client


def confirmed(client: Client, led: str) -> str:
    """Show who one is where one was led, and where one goes on."""
    asked = urlsplit(led)
    assert asked.path == "/de/konto/bestaetigen"
    (back,) = parse_qs(asked.query)["back"]
    answer = client.post(asked.path, data={"password": PASSWORD, "back": back})
    assert answer.headers["location"] == back
    return back


def keys(enter: Enter) -> list[ApiKey]:
    with enter() as session:
        return list(session.scalars(select(ApiKey)))


def test_a_key_is_made_after_a_confirmation_and_the_form_keeps_what_it_held(
    left_open: Client, enter: Enter, city: Organization
) -> None:
    page = f"/de/organisation/{city.id}/schluessel"
    assert left_open.get(page).status_code == 200
    led = left_open.post(page, data=KEY)
    assert led.status_code == 303
    over_the_api = left_open.post(
        f"/api/v1/organizations/{city.slug}/keys",
        json={"name": "A", "scopes": ["read"], "expires_on": "2027-01-01"},
    )
    assert over_the_api.status_code == 403
    assert "Confirm first" in over_the_api.json()["detail"]
    assert keys(enter) == []

    form = left_open.get(confirmed(left_open, led.headers["location"])).text
    assert 'value="Nachtlauf"' in form
    assert 'value="2027-01-01"' in form
    assert re.search(r'name="scope-read"[^>]* checked', form)
    made = left_open.post(page, data=KEY)
    assert "lm_" in made.text
    assert [key.name for key in keys(enter)] == ["Nachtlauf"]


def test_organizations_are_merged_after_a_confirmation(
    left_open: Client, enter: Enter, city: Organization
) -> None:
    with enter() as session:
        heir = a_city(session, "Stadt Neu")
        session.commit()
    page = f"/de/moderation/organisationen/{city.id}/zusammenlegen"
    asked = {"heir": heir.slug, "on": "2026-11-01"}
    led = left_open.post(page, data=asked)
    with enter() as session:
        found = session.get(Organization, city.id)
        assert found
        assert found.merged_into_id is None

    preview = left_open.get(confirmed(left_open, led.headers["location"])).text
    assert "Stadt Neu" in preview
    assert left_open.post(page, data=asked).headers["location"].endswith("done=merged")


def test_solutions_are_merged_after_a_confirmation(
    left_open: Client, enter: Enter, city: Organization
) -> None:
    with enter() as session:
        one, other = (a_solution(session, publisher=city) for _ in range(2))
        moderator = people.by_email(session, "lead@test.example")
        actor = Actor(moderator.name, moderator.id, is_moderator=True)
        case = merges.propose(session, actor, one, other)
        session.commit()
    page = f"/de/moderation/faelle/{case.id}"
    decision = {"verb": "approve", "survivor": str(one.id), "text": "Dasselbe Werkzeug."}
    asked = left_open.post(page, data=decision)
    assert asked.status_code == 409
    assert "Dasselbe Werkzeug." in asked.text
    link = re.search(r'href="([^"]*bestaetigen[^"]*)"', asked.text)
    assert link
    over_the_api = left_open.post(
        f"/api/v1/moderation/cases/{case.id}/decisions", json={"verb": "approve"}
    )
    assert over_the_api.status_code == 403
    with enter() as session:
        found = session.get(Solution, other.id)
        assert found
        assert found.merged_into_id is None

    confirmed(left_open, link[1])
    assert left_open.post(page, data=decision).status_code == 303
    assert left_open.get(f"/de/loesungen/{other.slug}").status_code == 301


def test_a_key_outlives_its_maker_and_ends_with_its_organization(
    left_open: Client, enter: Enter, city: Organization
) -> None:
    with enter() as session:
        heir, maker = a_city(session, "Stadt Neu"), people.by_email(session, "lead@test.example")
        own = session.get(Organization, city.id)
        assert own
        actor = Actor(maker.name, maker.id, {city.id: Role.LEAD})
        _key, secret = api_keys.create(
            session, actor, own, name="Skript", scopes=["read"],
            expires_on=TODAY.replace(year=2027, month=1), today=TODAY,
        )  # fmt: skip
        people.suspend(session, OPERATOR, maker, typed_address=maker.email)
        second = people.enter(session, OPERATOR, email="zwei@test.example", name="Zwei")
        memberships.join(session, OPERATOR, second, own, Role.LEAD)
        token = logins.begin(session, second)
        session.commit()
    opens = {"Authorization": f"Bearer {secret}"}

    assert left_open.get("/de/konto").status_code == 303
    left_open.cookies.set(COOKIE, token)
    page = left_open.get(f"/de/organisation/{city.id}/schluessel").text
    assert "Lea" in page
    left_open.cookies.clear()
    assert left_open.get("/api/v1/drafts", headers=opens).status_code == 200
    with enter() as session:
        own = session.get(Organization, city.id)
        assert own
        own.merged_into_id = heir.id
        session.commit()
    assert left_open.get("/api/v1/drafts", headers=opens).status_code == 401
