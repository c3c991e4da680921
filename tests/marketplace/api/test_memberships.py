"""Members, invitations, requests to join, keys and verification over the API."""

from catalog.permissions import Role
from tests.factories import a_city


def test_leads_write_members_read_strangers_neither(api):
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
    lead, editor = api.sign_in(city, Role.LEAD), api.sign_in(city, Role.EDITOR)
    stranger = api.sign_in(other, Role.LEAD)
    base = f"/organizations/{city.slug}"

    assert api.send("GET", f"{base}/members").status_code == 401
    assert api.send("GET", f"{base}/members", token=stranger).status_code == 403
    rows = api.send("GET", f"{base}/members", token=editor).json()["items"]
    member = next(each["id"] for each in rows if each["role"] == "editor")
    own = next(each["id"] for each in rows if each["role"] == "lead")
    path = f"{base}/members/{member}"
    assert api.send("PUT", path, {"role": "lead"}, token=editor).status_code == 403
    assert api.send("PUT", path, {"role": "lead"}, token=stranger).status_code == 404
    extra = {"role": "reader", "person_id": member}
    assert api.send("PUT", path, extra, token=lead).status_code == 422
    assert api.send("PUT", path, {"role": "reader"}, token=lead).json()["role"] == "reader"
    assert api.send("DELETE", f"{base}/members/{own}", token=lead).status_code == 409
    elsewhere = f"/organizations/{other.slug}/members/{member}"
    assert api.send("DELETE", elsewhere, token=lead).status_code == 404
    assert api.send("DELETE", path, token=lead).status_code == 204

    invited = {"email": "neu@test.example", "role": "editor"}
    assert api.send("POST", f"{base}/invitations", invited, token=editor).status_code == 403
    made = api.send("POST", f"{base}/invitations", invited, token=lead).json()
    assert "token" not in str(made)
    assert api.send("POST", f"{base}/invitations", invited, token=lead).status_code == 409
    assert api.send("DELETE", f"{base}/invitations/{made['id']}", token=lead).status_code == 204
    assert api.send("GET", f"{base}/invitations", token=lead).json() == {"items": []}


def test_a_request_to_join_is_asked_and_decided(api):
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
    lead, stranger = api.sign_in(city, Role.LEAD), api.sign_in(other, Role.EDITOR)
    base = f"/organizations/{city.id}/join-requests"
    assert api.send("POST", base, {"message": "Ich."}, token=stranger).status_code == 204
    assert api.send("GET", base, token=stranger).status_code == 403
    (asked,) = api.send("GET", base, token=lead).json()["items"]
    path = f"{base}/{asked['id']}"
    assert api.send("POST", f"{path}/refuse", {"reason": ""}, token=lead).status_code == 422
    refused = api.send("POST", f"{path}/refuse", {"reason": "Nein."}, token=lead)
    assert refused.status_code == 204
    assert api.send("POST", f"{path}/approve", {"role": "reader"}, token=lead).status_code == 409


def test_a_key_shows_its_secret_once_and_verification_is_for_moderators(api):
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
    lead = api.sign_in(city, Role.LEAD)
    moderator = api.sign_in(other, Role.READER, is_moderator=True)
    base = f"/organizations/{city.slug}"
    wanted = {"name": "Import", "scopes": ["read"], "expires_on": "2027-01-01"}
    assert api.send("POST", f"{base}/keys", wanted, token=moderator).status_code == 403
    made = api.send("POST", f"{base}/keys", wanted, token=lead).json()
    assert made["secret"].startswith(made["key"]["prefix"])
    assert made["secret"] not in api.send("GET", f"{base}/keys", token=lead).text
    path = f"{base}/keys/{made['key']['id']}"
    assert api.send("DELETE", path, token=lead).status_code == 204

    note = {"note": "Schreiben"}
    assert api.send("POST", f"{base}/verifications", note, token=lead).status_code == 403
    done = api.send("POST", f"{base}/verifications", note, token=moderator).json()
    path = f"{base}/verifications/{done['id']}/withdraw"
    assert api.send("POST", path, {"reason": "Irrtum"}, token=lead).status_code == 403
    assert api.send("POST", path, {"reason": "Irrtum"}, token=moderator).status_code == 204
