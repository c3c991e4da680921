"""The law over HTTP: read by everybody, asked by everybody, stored by nobody."""

import pytest

from catalog.register import entries, law
from catalog.register.entries import State
from tests.factories import OPERATOR, a_city, an_entry
from tests.marketplace.api.conftest import TODAY


def test_a_use_is_assessed_without_a_login(api):
    body = {"facts": {"annex_iii": ["4a"], "profiling": True}, "as_of": "2027-12-02"}
    answer = api.send("POST", "/register/assess", body)

    assert answer.status_code == 200
    said = answer.json()
    assert (said["risk_class"], said["fria_required"]) == ("high_risk_annex_iii", True)
    assert "A27_FRIA" in said["active"]
    assert said["note"]["de"] == "Keine Rechtsberatung."
    assert answer.headers["cache-control"] == "no-store"


def test_unknown_answers_are_named_and_leave_the_class_open(api):
    said = api.send("POST", "/register/assess", {"facts": {}, "use_defaults": False}).json()

    assert said["risk_class"] == "undetermined"
    assert "annex_iii" in said["missing"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"facts": {"is_ai": True}}, "facts.is_ai"),
        ({"facts": {"annex_i": "c"}}, "facts.annex_i"),
        ({"facts": {}, "rules": "ai-act-1999"}, "rules"),
        ({"facts": {}, "as_of": "morgen"}, "as_of"),
        ({"facts": {"deep_fake": {"a": 1}}}, "facts[...]"),
    ],
)
def test_a_wrong_answer_is_refused_at_its_question(api, body, field):
    answer = api.send("POST", "/register/assess", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


def test_the_rule_set_is_read_whole_and_kept_by_caches(api):
    listed = api.get("/register/rules").json()["items"]
    assert [each["id"] for each in listed if each["is_current"]] == [law.CURRENT]
    answer = api.get(f"/register/rules/{law.CURRENT}")

    assert (len(answer.json()["questions"]), len(answer.json()["rules"])) == (57, 71)
    again = api.get(f"/register/rules/{law.CURRENT}", **{"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert api.get("/register/rules/ai-act-1999").status_code == 404


@pytest.mark.parametrize(
    ("verb", "body", "status"),
    [("confirm", None, 200), ("revise", None, 200), ("withdraw", {"reason": "Ersetzt."}, 204)],
)
def test_a_public_entry_is_changed_from_its_present_state_alone(api, verb, body, status):
    with api.enter() as session:
        city = a_city(session, "Stadt Auenrode")
        key = an_entry(session, city).id
    token = api.sign_in(city)
    path = f"/register/entries/{key}"
    old = api.get(path).headers["etag"]
    with api.enter() as session:
        found = entries.opened(session, OPERATOR, key)
        entries.confirm(session, OPERATOR, found, today=TODAY.replace(year=TODAY.year - 1))

    without = api.send("POST", f"{path}/{verb}", body, token=token)
    stale = api.send("POST", f"{path}/{verb}", body, token=token, if_match=old)
    assert (without.status_code, stale.status_code) == (428, 412)
    with api.enter() as session:
        kept = entries.opened(session, OPERATOR, key)
        assert (kept.state, kept.draft) == (State.PUBLISHED, None)

    fresh = api.get(path).headers["etag"]
    done = api.send("POST", f"{path}/{verb}", body, token=token, if_match=fresh)
    assert done.status_code == status
