"""Writing an entry over HTTP: from the use to the public card, what is kept and what blocks."""

import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, memberships, people
from catalog.adoptions import Stage, Use
from catalog.organizations import Organization
from catalog.permissions import Role
from catalog.register import fields
from catalog.register.questionnaire import questionnaire
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from tests.factories import OPERATOR, a_city, a_solution, an_entry
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]
HOME = "/de/meine-registereintraege"


@pytest.fixture
def city(enter: Enter) -> Organization:
    with enter() as session:
        body = a_city(session, "Stadt Auenrode")
        session.commit()
        return body


@pytest.fixture
def signed_in(client: Client, enter: Enter, city: Organization) -> Client:
    with enter() as session:
        person = people.enter(session, OPERATOR, email="toni@test.example", name="Toni Test")
        memberships.join(session, OPERATOR, person, city, Role.EDITOR)
        token = logins.begin(session, person)
        session.commit()
    client.cookies.set(COOKIE, token)
    client.headers["origin"] = "https://node.example"
    return client


@pytest.fixture
def use(enter: Enter, city: Organization) -> str:
    with enter() as session:
        made = adoptions.declare(
            session, OPERATOR, a_solution(session, summary={"de": "Ordnet Post zu."}), city,
            Use(Stage.LIVE, TODAY), today=TODAY,
        )  # fmt: skip
        session.commit()
        return str(made.id)


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def save(client: Client, address: str, section: str, **typed: str) -> int:
    """Post a section with what it holds and what is typed besides."""
    path = f"{address}/angaben/{section}"
    page = client.get(path).text
    held = dict(re.findall(r'<input[^>]*name="([^"]+)" value="([^"]*)"', page))
    areas = dict(re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n(.*?)</textarea>', page, re.S))
    picked = re.findall(r'<select[^>]*name="([^"]+)".*?</select>', page, re.S)
    chosen = {
        name: found[1]
        for name in picked
        if (found := re.search(rf'name="{name}".*?<option value="([^"]*)" selected', page, re.S))
        and "</select>" not in found[0]
    }
    ticks = re.findall(r'<input[^>]*type="checkbox"[^>]*name="([^"]+)"(?![^>]*checked)', page)
    held = {name: value for name, value in held.items() if name not in ticks}
    return client.post(path, data={**held, **areas, **chosen, **typed}).status_code


def test_from_the_use_to_the_public_card(signed_in: Client, use: str) -> None:
    client = signed_in
    assert "Eintrag beginnen" in client.get(HOME).text
    address = client.post(HOME, data={"adoption": use}).headers["location"]
    assert client.post(HOME, data={"adoption": use}).headers["location"] == address

    early = client.post(address, data={"step": "publish", "revision": "1"})
    assert early.status_code == 422
    assert "Stufen Sie den Einsatz zuerst ein" in early.text

    contact = {"contact-office": "Amt für Digitales", "redress": "Schreiben Sie uns."}
    assert save(client, address, "contact", **contact) == 303
    assert save(client, address, "purpose", impact_on_people="Ja, wenn Sie schreiben.") == 303
    assert save(client, address, "decision", decision_mode="propose") == 303
    hidden = {"suppliers-withhold": "trade_secret", "suppliers-note": "§ 2 GeschGehG"}
    assert save(client, address, "technology", **hidden) == 303
    form = client.get(f"{address}/einstufen").text
    assert form.count("wie üblich") == len(questionnaire().sections)
    answered = client.post(f"{address}/einstufen", data={"revision": revision(form)})
    assert answered.status_code == 303

    page = client.get(address).text
    done = client.post(address, data={"step": "publish", "revision": revision(page)})
    assert done.status_code == 303, done.text

    client.cookies.clear()
    card = client.get("/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode").text
    assert "Minimales Risiko" in card
    assert "Geschäftsgeheimnis, § 2 GeschGehG, geprüft am 23. November 2026" in card
    assert "Toni Test" not in card


def test_a_stale_form_and_a_wrong_value_come_back_filled(signed_in: Client, use: str) -> None:
    address = signed_in.post(HOME, data={"adoption": use}).headers["location"]
    path = f"{address}/angaben/system"

    stale = signed_in.post(path, data={"revision": "7", "name": "<b>Neu</b>"})
    wrong = signed_in.post(
        path, data={"revision": "1", "name": "Post", "start": "gestern", "status": "fliegt"}
    )

    assert stale.status_code == 409
    assert "&lt;b&gt;Neu&lt;/b&gt;" in stale.text
    assert wrong.status_code == 422
    assert 'value="gestern"' in wrong.text


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_section_shows_each_of_its_fields(signed_in: Client, use: str, language: str) -> None:
    address = signed_in.post(HOME, data={"adoption": use}).headers["location"]
    key = address.rsplit("/", 1)[-1]
    for section in fields.sections():
        path = {
            "de": f"{HOME}/{key}/angaben/{section.id}",
            "en": f"/en/my-register-entries/{key}/facts/{section.id}",
        }[language]
        page = signed_in.get(path)
        assert page.status_code == 200
        assert all(f'id="field-{field.id}' in page.text for field in section.fields)


def test_a_body_says_that_it_uses_nothing(
    signed_in: Client, city: Organization, enter: Enter
) -> None:
    told = {"organization": str(city.id)}
    assert signed_in.post(f"{HOME}/nichts", data=told).status_code == 303
    assert "erklärt am 23. November 2026" in signed_in.get(HOME).text
    assert signed_in.post(f"{HOME}/nichts", data={**told, "action": "take_back"}).status_code == 303
    with enter() as session:
        an_entry(session, session.merge(city))
        session.commit()
    assert signed_in.post(f"{HOME}/nichts", data=told).status_code == 409
