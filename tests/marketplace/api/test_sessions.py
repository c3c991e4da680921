"""Sessions over the API: listed, ended, nobody else's."""

from marketplace.accounts import logins
from tests.factories import a_city
from tests.marketplace.api.conftest import Api


def test_sessions_are_listed_and_one_ends(api: Api) -> None:
    with api.enter() as session:
        city = a_city(session)
    token = api.sign_in(city)
    with api.enter() as session:
        login = logins.found(session, token)
        assert login is not None
        other = logins.begin(session, login.person)

    listed = api.send("GET", "/account/sessions", token=token)
    assert listed.headers["cache-control"] == "no-store"
    items = {item["is_current"]: item for item in listed.json()["items"]}
    assert set(items) == {True, False}
    assert (
        api.send("DELETE", f"/account/sessions/{items[False]['id']}", token=token).status_code
        == 204
    )
    assert api.send("GET", "/account/sessions", token=other).status_code == 401
    assert len(api.send("GET", "/account/sessions", token=token).json()["items"]) == 1


def test_all_others_end_at_once_and_those_of_others_stay(api: Api) -> None:
    with api.enter() as session:
        here, there = a_city(session), a_city(session, "Stadt Anderort")
    token, stranger = api.sign_in(here), api.sign_in(there)
    foreign = api.send("GET", "/account/sessions", token=stranger).json()["items"][0]["id"]

    assert api.send("DELETE", f"/account/sessions/{foreign}", token=token).status_code == 404
    assert api.send("DELETE", "/account/sessions", token=token).status_code == 204
    assert api.send("GET", "/account/sessions", token=token).status_code == 200
    assert api.send("GET", "/account/sessions", token=stranger).status_code == 200
    assert api.send("GET", "/account/sessions").status_code == 401
