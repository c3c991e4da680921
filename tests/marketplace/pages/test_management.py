"""The management area: who enters which page, what leads change, what is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import memberships, people
from catalog.memberships import Membership
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Role
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.mail.outbox import OutboxMail
from tests.factories import OPERATOR, a_city

Client = TestClient[Litestar]
Enter = Callable[[], Session]
SCRIPT = "<script>alert(1)</script>"


@dataclass(frozen=True)
class House:
    """A city with its people and their logins."""

    city: Organization
    people: dict[str, Person]
    tokens: dict[str, str]

    def page(self, tail: str = "") -> str:
        return f"/de/organisation/{self.city.id}{tail}"


@pytest.fixture
def house(enter: Enter) -> House:
    with enter() as session:
        city = a_city(session)
        found, tokens = {}, {}
        roles = {"lead": Role.LEAD, "editor": Role.EDITOR, "stranger": None, "moderator": None}
        for name, role in roles.items():
            person = people.enter(
                session, OPERATOR, email=f"{name}@test.example", name=name.title(),
                is_moderator=name == "moderator",
            )  # fmt: skip
            if role:
                memberships.join(session, OPERATOR, person, city, role)
            found[name], tokens[name] = person, logins.begin(session, person)
        session.commit()
        return House(city, found, tokens)


def as_(client: Client, house: House, name: str) -> Client:
    client.cookies.clear()
    client.headers["origin"] = "https://node.example"
    if name != "visitor":
        client.cookies.set(COOKIE, house.tokens[name])
    return client


def mails(enter: Enter, to: str) -> list[OutboxMail]:
    with enter() as session:
        query = select(OutboxMail).where(OutboxMail.recipient == to).order_by(OutboxMail.id)
        return list(session.scalars(query))


def link_in(mail: OutboxMail) -> str:
    found = re.search(r"https://node\.example(/\S+)", mail.text)
    assert found
    return found[1]


FOR_MEMBERS = ("", "/mitglieder")
FOR_LEADS = ("/einladungen",)


@pytest.mark.parametrize("tail", [*FOR_MEMBERS, *FOR_LEADS])
def test_each_page_opens_for_those_it_is_for(client: Client, house: House, tail: str) -> None:
    def status(name: str) -> int:
        return as_(client, house, name).get(house.page(tail)).status_code

    assert status("visitor") == 303
    assert status("stranger") == status("moderator") == 403
    assert status("editor") == (200 if tail in FOR_MEMBERS else 403)
    assert status("lead") == 200
    english = client.get(house.page(tail)).text
    assert 'hreflang="en"' in english


def test_the_account_page_and_the_pages_of_the_area_lead_to_each_other(
    client: Client, house: House
) -> None:
    as_(client, house, "lead")
    assert house.page() in client.get("/de/konto").text
    page = client.get(house.page()).text
    assert all(f'href="{house.page(tail)}"' in page for tail in (*FOR_MEMBERS, *FOR_LEADS))
    page = as_(client, house, "editor").get(house.page()).text
    assert not any(f'href="{house.page(tail)}"' in page for tail in FOR_LEADS)


def test_a_lead_changes_a_role_and_ends_a_membership(
    client: Client, house: House, enter: Enter
) -> None:
    with enter() as session:
        row = memberships.of(session, house.city.id, house.people["editor"].id)
        own = memberships.of(session, house.city.id, house.people["lead"].id)
        assert row
        assert own
        member, lead = house.page(f"/mitglieder/{row.id}"), house.page(f"/mitglieder/{own.id}")
    for name in ("editor", "stranger", "moderator"):
        answer = as_(client, house, name).post(lead, data={"role": "reader"})
        assert answer.status_code == 403
    as_(client, house, "lead")
    wrong = client.post(member, data={"role": "emperor"})
    assert wrong.status_code == 422
    assert "Wählen Sie eine Rolle" in wrong.text
    last = client.post(lead, data={"role": "reader"})
    assert last.status_code == 409
    assert "letzte Leitung" in last.text
    done = client.post(member, data={"role": "reader", "person_id": "1", "is_moderator": "1"})
    assert "Die Rolle ist geändert" in client.get(done.headers["location"]).text
    with enter() as session:
        changed = memberships.of(session, house.city.id, house.people["editor"].id)
        assert changed
        assert (changed.role, changed.person_id) == ("reader", house.people["editor"].id)
        assert not people.by_id(session, changed.person_id).is_moderator
    client.post(member, data={"action": "remove"})
    with enter() as session:
        assert memberships.of(session, house.city.id, house.people["editor"].id) is None


def test_a_member_leaves_but_the_last_lead_does_not(client: Client, house: House) -> None:
    left = as_(client, house, "editor").post(house.page("/verlassen"))
    assert left.status_code == 303
    assert client.get(house.page()).status_code == 403
    assert as_(client, house, "lead").post(house.page("/verlassen")).status_code == 409


def test_an_invitation_goes_from_the_form_through_the_mail_into_a_membership(
    client: Client, house: House, enter: Enter
) -> None:
    form = house.page("/einladungen")
    as_(client, house, "lead")
    wrong = client.post(form, data={"email": f"{SCRIPT}@", "role": "editor"})
    assert wrong.status_code == 422
    assert SCRIPT not in wrong.text
    assert 'id="error-email"' in wrong.text
    client.post(
        form, data={"email": "Stranger@test.example", "role": "editor", "state": "accepted"}
    )
    again = client.post(form, data={"email": "stranger@test.example", "role": "lead"})
    assert again.status_code == 409

    (mail,) = mails(enter, "stranger@test.example")
    page = link_in(mail)
    visitor = as_(client, house, "visitor").get(page)
    assert "/de/anmelden?back=" in visitor.text
    assert client.post(page, data={"answer": "accept"}).status_code == 303
    assert as_(client, house, "editor").post(page, data={"answer": "accept"}).status_code == 403
    as_(client, house, "stranger")
    assert client.post(page, data={"answer": ""}).status_code == 409
    joined = client.post(page, data={"answer": "accept", "role": "lead"})
    assert "Sie sind jetzt Mitglied" in client.get(joined.headers["location"]).text
    assert client.get(page).status_code == 404
    with enter() as session:
        membership = memberships.of(session, house.city.id, house.people["stranger"].id)
        assert isinstance(membership, Membership)
        assert membership.role == "editor"


def test_an_invitation_is_sent_again_taken_back_and_declined(
    client: Client, house: House, enter: Enter
) -> None:
    form = house.page("/einladungen")
    as_(client, house, "lead")
    client.post(form, data={"email": "stranger@test.example", "role": "reader"})
    found = re.search(rf'action="({form}/[0-9a-f-]+)"', client.get(form).text)
    assert found
    client.post(found[1], data={"action": "renew"})
    first, second = (link_in(mail) for mail in mails(enter, "stranger@test.example"))
    assert client.get(first).status_code == 404
    as_(client, house, "stranger").post(second, data={"answer": "decline"})
    assert client.get(second).status_code == 404
    as_(client, house, "lead").post(form, data={"email": "a@b.example", "role": "reader"})
    found = re.search(rf'action="({form}/[0-9a-f-]+)"', client.get(form).text)
    assert found
    assert as_(client, house, "editor").post(found[1], data={}).status_code == 403
    as_(client, house, "lead").post(found[1], data={"action": "revoke"})
    assert "Keine Einladung ist offen" in client.get(form).text
