"""The management area: who enters which page, what leads change, what is refused."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from zipfile import ZipFile

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
from marketplace.accounts.api_keys import ApiKey
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


FOR_MEMBERS = ("", "/mitglieder", "/vertretungen")
FOR_LEADS = (
    "/einladungen",
    "/beitrittsanfragen",
    "/schluessel",
    "/einstellungen",
    "/export",
)


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


def test_who_asks_to_join_is_approved_or_hears_why_not(
    client: Client, house: House, enter: Enter
) -> None:
    join = f"/de/organisationen/{house.city.slug}/beitreten"
    assert as_(client, house, "visitor").get(join).status_code == 303
    as_(client, house, "stranger")
    assert join in client.get(f"/de/organisationen/{house.city.slug}").text
    assert client.post(join, data={"message": "x" * 1001}).status_code == 422
    asked = client.post(join, data={"message": f"Ich arbeite hier. {SCRIPT}", "role": "lead"})
    assert "noch nicht entschieden" in client.get(asked.headers["location"]).text
    assert client.post(join, data={}).status_code == 409
    assert link_in(mails(enter, "lead@test.example")[0]) == house.page("/beitrittsanfragen")

    as_(client, house, "lead")
    page = client.get(house.page("/beitrittsanfragen")).text
    assert SCRIPT not in page
    assert "liegt in keiner Mail-Domain" in page
    found = re.search(rf'action="({house.page("/beitrittsanfragen")}/([0-9a-f-]+))"', page)
    assert found
    decision, key = found.groups()
    empty = client.post(decision, data={"action": "refuse", f"reason-{key}": ""})
    assert empty.status_code == 422
    assert f'id="error-reason-{key}"' in empty.text
    client.post(decision, data={"action": "refuse", f"reason-{key}": "Wir kennen Sie nicht."})
    assert "Wir kennen Sie nicht." in mails(enter, "stranger@test.example")[0].text

    as_(client, house, "stranger")
    assert "Wir kennen Sie nicht." in client.get("/de/konto").text
    client.post(join, data={"message": "Doch."})
    as_(client, house, "lead")
    page = client.get(house.page("/beitrittsanfragen")).text
    found = re.search(rf'action="({house.page("/beitrittsanfragen")}/([0-9a-f-]+))"', page)
    assert found
    client.post(found[1], data={f"role-{found[2]}": "contributor"})
    assert as_(client, house, "stranger").get(house.page()).status_code == 200


def test_an_invited_person_answers_on_the_account_page(client: Client, house: House) -> None:
    as_(client, house, "lead").post(
        house.page("/einladungen"), data={"email": "stranger@test.example", "role": "reader"}
    )
    page = as_(client, house, "stranger").get("/de/konto").text
    found = re.search(r'action="(/de/konto/einladungen/[0-9a-f-]+)"', page)
    assert found
    assert as_(client, house, "editor").post(found[1], data={"answer": "accept"}).status_code == 404
    assert as_(client, house, "stranger").post(found[1], data={}).status_code == 409
    client.post(found[1], data={"answer": "accept"})
    assert client.get(house.page()).status_code == 200


def test_a_deputy_acts_as_lead_on_its_days(client: Client, house: House) -> None:
    form = house.page("/vertretungen")
    days = {"begins_on": "2026-11-20", "ends_on": "1.12.2026"}
    as_(client, house, "lead")
    wrong = client.post(form, data={"person": "nobody", "begins_on": "", "ends_on": "soon"})
    assert wrong.status_code == 422
    client.post(form, data={"person": str(house.people["editor"].id), **days})
    as_(client, house, "editor")
    assert client.get(house.page("/schluessel")).status_code == 200
    assert client.post(form, data={"person": str(house.people["lead"].id), **days}).status_code in (
        403, 422,
    )  # fmt: skip
    found = re.search(rf'action="({form}/[0-9a-f-]+)"', client.get(form).text)
    assert found
    client.post(found[1])
    assert client.get(house.page("/schluessel")).status_code == 403


def test_a_key_is_shown_once_and_can_be_ended(client: Client, house: House) -> None:
    form = house.page("/schluessel")
    as_(client, house, "lead")
    wrong = client.post(form, data={"name": "Import", "expires_on": "2036-01-01"})
    assert wrong.status_code == 422
    assert 'id="error-scopes"' in wrong.text
    assert 'value="Import"' in wrong.text
    made = client.post(
        form, data={"name": f"Import {SCRIPT}", "scope-read": "1", "expires_on": "2027-01-01"}
    )
    secret = re.search(r'value="(lm_[^"]+)"', made.text)
    assert secret
    assert made.headers["cache-control"] == "no-store"
    page = client.get(form).text
    assert secret[1] not in page
    assert SCRIPT not in page + made.text
    found = re.search(rf'action="({form}/[0-9a-f-]+)"', page)
    assert found
    assert as_(client, house, "editor").post(found[1]).status_code == 403
    as_(client, house, "lead").post(found[1])
    assert client.post(found[1]).status_code == 409


def test_settings_are_saved_by_leads_and_name_no_mail_domain(
    client: Client, house: House, enter: Enter
) -> None:
    form = house.page("/einstellungen")
    as_(client, house, "lead")
    page = client.get(form).text
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    sent = {"about_de": "Wir.", "four_eyes": "1", "revision": revision[1]}
    wrong = client.post(form, data={**sent, "website": "javascript:alert(1)"})
    assert wrong.status_code == 422
    assert "Wir." in wrong.text
    extra = {"mail_domains": "evil.example", "verified_on": "2026-01-01", "name": "Evil"}
    client.post(form, data={**sent, **extra})
    assert client.post(form, data=sent).status_code == 409
    with enter() as session:
        city = session.get(Organization, house.city.id)
        assert city
        assert (city.about, city.publishes_at_once) == ({"de": "Wir."}, False)
        assert (city.mail_domains, city.name) == ([], house.city.name)


def test_a_lead_takes_everything_along(client: Client, house: House) -> None:
    assert as_(client, house, "editor").get(house.page("/export/datei")).status_code == 403
    as_(client, house, "lead")
    listed = set(
        re.findall(r"<code>([a-z_]+\.jsonl)</code>", client.get(house.page("/export")).text)
    )
    with ZipFile(BytesIO(client.get(house.page("/export/datei")).content)) as archive:
        assert set(archive.namelist()) == {*listed, "README.md"}


def test_an_organization_is_asked_for_claimed_and_decided_by_moderators(
    client: Client, house: House, enter: Enter
) -> None:
    with enter() as session:
        empty = a_city(session, "Stadt Leer")
        session.commit()
    form = "/de/organisation-beantragen"
    as_(client, house, "stranger")
    wrong = client.post(form, data={"name": "Verein", "kind": "club", "municipality": "1"})
    assert wrong.status_code == 422
    asked = {"name": f"Verbund {SCRIPT}", "kind": "association", "mail_domain": "test.example"}
    client.post(form, data={**asked, "state": "active"})
    claim = f"/de/organisationen/{empty.slug}/uebernehmen"
    assert client.get(f"/de/organisationen/{empty.slug}/beitreten").headers["location"] == claim
    client.post(claim, data={"message": "Ich leite das Amt."})
    account = client.get("/de/konto").text
    assert account.count("noch nicht entschieden") == 2
    assert SCRIPT not in account

    queue = "/de/moderation/organisationen"
    for name, status in (("visitor", 303), ("stranger", 403), ("lead", 403), ("moderator", 200)):
        assert as_(client, house, name).get(queue).status_code == status
    assert queue in client.get("/de/moderation").text
    first, second = re.findall(rf'href="({queue}/antraege/[0-9a-f-]+)"', client.get(queue).text)
    assert as_(client, house, "stranger").get(first).status_code == 403
    assert client.post(first, data={"action": "accept"}).status_code == 403
    as_(client, house, "moderator")
    assert SCRIPT not in client.get(first).text
    assert client.post(first, data={"action": "refuse", "reason": ""}).status_code == 422
    client.post(first, data={"action": "refuse", "reason": "Bitte den vollen Namen."})
    client.post(second, data={"action": "accept"})
    assert client.post(second, data={"action": "accept"}).status_code == 409
    refused, accepted = mails(enter, "stranger@test.example")
    assert "Bitte den vollen Namen." in refused.text
    assert as_(client, house, "stranger").get(link_in(accepted)).status_code == 200


def test_moderators_verify_take_back_and_enter_domains(client: Client, house: House) -> None:
    page = f"/de/moderation/organisationen/{house.city.id}"
    for name in ("lead", "stranger"):
        as_(client, house, name)
        assert client.get(page).status_code == 403
        assert client.post(page, data={"mail_domains": "test.example"}).status_code == 403
        assert client.post(f"{page}/verifizieren", data={"note": "x"}).status_code == 403
    as_(client, house, "moderator")
    assert client.post(page, data={"mail_domains": "gmail.com"}).status_code == 422
    client.post(page, data={"mail_domains": "test.example"})
    assert client.post(f"{page}/verifizieren", data={"note": ""}).status_code == 422
    client.post(f"{page}/verifizieren", data={"note": f"Schreiben {SCRIPT}"})
    shown = client.get(page).text
    assert SCRIPT not in shown
    found = re.search(rf'action="({page}/verifizierungen/([0-9a-f-]+))"', shown)
    assert found
    assert client.post(found[1], data={}).status_code == 422
    client.post(found[1], data={f"reason-{found[2]}": "Irrtum"})
    as_(client, house, "lead")
    assert "Irrtum" in client.get(house.page()).text
    done = client.post(house.page("/verifizieren"))
    assert "über Ihre Mail-Domain verifiziert" in client.get(done.headers["location"]).text


def test_moderators_see_what_a_merger_moves_before_they_confirm_it(
    client: Client, house: House, enter: Enter
) -> None:
    with enter() as session:
        heir = a_city(session, "Stadt Neu")
        session.commit()
    as_(client, house, "lead").post(
        house.page("/schluessel"),
        data={"name": "Alt", "scope-read": "1", "expires_on": "2027-01-01"},
    )
    page = f"/de/moderation/organisationen/{house.city.id}/zusammenlegen"
    asked = {"heir": heir.slug, "on": "2026-11-01"}
    assert client.get(page, params=asked).status_code == 403
    assert client.post(page, data=asked).status_code == 403
    as_(client, house, "moderator")
    assert client.get(page, params={"heir": "nobody", "on": ""}).status_code == 422
    assert "Personen, die hinzukommen" in client.get(page, params=asked).text
    assert client.post(page, data={**asked, "on": "2999-01-01"}).status_code == 422
    assert client.post(page, data=asked).status_code == 303
    with enter() as session:
        ended = session.get(Organization, house.city.id)
        assert ended
        assert ended.merged_into_id == heir.id
        assert session.scalars(select(ApiKey)).one().revoked_at is not None
    moved = as_(client, house, "lead").get(f"/de/organisation/{heir.id}/mitglieder").text
    assert "editor@test.example" in moved
