"""Settings, deputies, vouching, export and leaving over the API."""

import pytest

from catalog import verifications
from catalog.organizations import Organization
from catalog.permissions import Role
from tests.factories import OPERATOR, a_city
from tests.marketplace.api.conftest import Api


@pytest.fixture
def city(api: Api) -> Organization:
    with api.enter() as session:
        return a_city(session)


def test_settings_are_read_and_changed_from_their_present_state(
    api: Api, city: Organization
) -> None:
    lead, editor = api.sign_in(city, Role.LEAD), api.sign_in(city, Role.EDITOR)
    here = f"/organizations/{city.slug}/settings"
    assert api.get(here).status_code == 401
    assert api.send("GET", here, token=editor).status_code == 403
    found = api.send("GET", here, token=lead)
    body = {
        "about": {"de": "Wir teilen."},
        "website": "https://stadt.example",
        "email": "post@stadt.example",
        "answering_unit": "Amt für Digitales",
        "publishes_at_once": False,
    }
    etag = found.headers["etag"]
    assert api.send("PUT", here, body, token=lead).status_code == 428
    changed = api.send("PUT", here, body, token=lead, if_match=etag)
    assert not changed.json()["publishes_at_once"]
    assert api.send("PUT", here, body, token=lead, if_match=etag).status_code == 412
    wrong = api.send("PUT", here, body | {"email": "x"}, token=lead, if_match="*")
    assert wrong.json()["errors"][0]["field"] == "email"

    domains = f"/organizations/{city.slug}/mail-domains"
    named = {"mail_domains": ["stadt.example"]}
    assert api.send("PUT", domains, named, token=lead).status_code == 403
    moderator = api.sign_in(city, Role.READER, is_moderator=True)
    assert api.send("PUT", domains, named, token=moderator).json() == named


def test_a_deputy_is_named_and_ended_and_a_member_leaves(api: Api, city: Organization) -> None:
    lead, editor = api.sign_in(city, Role.LEAD), api.sign_in(city, Role.EDITOR)
    here = f"/organizations/{city.slug}"
    members = api.send("GET", f"{here}/members", token=lead).json()["items"]
    person = next(each["person_id"] for each in members if each["role"] == "editor")
    body = {"person": person, "begins_on": "2026-12-24", "ends_on": "2026-12-31"}
    wrong = api.send("POST", f"{here}/deputies", body | {"ends_on": "2026-12-01"}, token=lead)
    assert wrong.json()["errors"][0]["field"] == "ends_on"
    assert api.send("POST", f"{here}/deputies", body, token=editor).status_code == 403
    (made,) = api.send("POST", f"{here}/deputies", body, token=lead).json()["items"]
    assert made["person"] == person
    assert api.send("GET", f"{here}/deputies", token=editor).json()["items"] == [made]
    assert api.send("DELETE", f"{here}/deputies/{made['id']}", token=editor).status_code == 204
    assert api.send("GET", f"{here}/deputies", token=lead).json()["items"] == []

    assert api.send("DELETE", f"{here}/membership", token=lead).status_code == 409
    assert api.send("DELETE", f"{here}/membership", token=editor).status_code == 204
    assert api.send("GET", f"{here}/members", token=editor).status_code == 403


def test_a_verified_body_vouches_and_its_lead_takes_everything_along(
    api: Api, city: Organization
) -> None:
    with api.enter() as session:
        other = a_city(session, "Stadt Neu")
        verifications.verify_by_hand(session, OPERATOR, session.merge(city), note="Brief")
    lead, editor = api.sign_in(city, Role.LEAD), api.sign_in(city, Role.EDITOR)
    here = f"/organizations/{city.slug}"
    body = {"organization": other.slug, "note": "Nachbarn"}
    assert api.send("POST", f"{here}/vouches", body, token=editor).status_code == 403
    unknown = api.send("POST", f"{here}/vouches", body | {"organization": "x"}, token=lead)
    assert unknown.status_code == 422
    made = api.send("POST", f"{here}/vouches", body, token=lead)
    assert (made.status_code, made.json()["voucher_id"]) == (201, str(city.id))
    assert api.send("GET", f"{here}/vouches", token=editor).json()["items"] == [made.json()]

    assert api.send("GET", f"{here}/export", token=editor).status_code == 403
    parts = api.send("GET", f"{here}/export", token=lead).json()["parts"]
    assert parts["organization"][0]["slug"] == city.slug
    assert len(parts["members"]) == 2
    assert "secret_hash" not in str(parts)


def test_an_invitation_is_sent_again_accepted_and_declined(api: Api, city: Organization) -> None:
    lead = api.sign_in(city, Role.LEAD)
    with api.enter() as session:
        another = a_city(session, "Stadt Anderort")
    guest = api.sign_in(another, Role.LEAD)
    address = api.send("GET", "/account", token=guest).json()["email"]
    here = f"/organizations/{city.slug}/invitations"
    made = api.send("POST", here, {"email": address, "role": "editor"}, token=lead).json()
    again = api.send("POST", f"{here}/{made['id']}/renew", token=lead)
    assert again.json()["id"] == made["id"]
    assert api.send("POST", f"{here}/{made['id']}/renew", token=guest).status_code == 403

    own = "/account/invitations"
    (found,) = api.send("GET", own, token=guest).json()["items"]
    assert found["organization"]["slug"] == city.slug
    assert api.send("POST", f"{own}/{made['id']}/accept", token=lead).status_code == 403
    assert api.send("POST", f"{own}/{made['id']}/accept", token=guest).status_code == 204
    assert api.send("POST", f"{own}/{made['id']}/decline", token=guest).status_code == 409
    members = api.send("GET", f"/organizations/{city.slug}/members", token=guest).json()
    assert len(members["items"]) == 2
