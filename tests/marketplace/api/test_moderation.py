"""Review and moderation over the API: submit, ask, answer, decide, undo, merge, delete."""

import msgspec
import pytest

from catalog import drafts
from catalog.database import new_id
from catalog.permissions import Role, Scope
from marketplace.accounts import api_keys
from tests.catalog.test_drafts import ready
from tests.factories import OPERATOR, a_city, a_solution
from tests.marketplace.api.conftest import TODAY, Api

CASES = "/moderation/cases"


@pytest.fixture
def city(api: Api):
    with api.enter() as session:
        body = a_city(session)
        body.publishes_at_once = False
        return body


@pytest.fixture
def draft(api: Api, city):
    with api.enter() as session:
        return drafts.begin(session, OPERATOR, city, ready(), id=new_id())


def test_a_draft_is_submitted_returned_answered_published_and_undone(api, city, draft):
    editor, lead = api.sign_in(city, Role.EDITOR), api.sign_in(city, Role.LEAD)
    here = f"/solutions/{draft.id}/draft"
    etag = api.send("GET", here, token=editor).headers["etag"]
    refused = api.send("POST", f"{here}/publish", token=editor, if_match=etag)
    assert refused.status_code == 409
    assert f"POST /api/v1{here}/submission" in refused.json()["detail"]
    assert api.send("POST", f"{here}/submission", {}, token=editor).status_code == 428

    sent = api.send("POST", f"{here}/submission", {}, token=editor, if_match=etag)
    assert sent.status_code == 201
    case = f"{CASES}/{sent.json()['case']['id']}"
    assert sent.headers["location"] == f"/api/v1{case}"
    found = api.send("GET", CASES, token=lead).json()
    assert (found["total"], found["items"][0]["kind"]) == (1, "first_publication")
    assert api.send("GET", f"{CASES}?kind=deletion", token=lead).json()["items"] == []
    assert api.send("GET", f"{CASES}?kind=other", token=lead).status_code == 400
    assert api.send("GET", "/account/cases", token=editor).json()["total"] == 1

    own = api.send("POST", f"{case}/decisions", {"verb": "approve"}, token=editor)
    assert own.status_code == 403
    silent = api.send("POST", f"{case}/decisions", {"verb": "return"}, token=lead)
    assert silent.json()["errors"][0]["field"] == "text"
    asked = {"verb": "return", "text": "Wer betreibt das?"}
    assert api.send("POST", f"{case}/decisions", asked, token=lead).json()["messages"]
    said = api.send("POST", f"{case}/messages", {"text": "Wir."}, token=editor)
    assert not said.json()["messages"][-1]["is_from_desk"]
    again = api.send("POST", f"{here}/submission", {"answer": "Das Amt."}, token=editor,
                     if_match="*")  # fmt: skip
    assert [each["text"] for each in again.json()["messages"]][-1] == "Das Amt."

    held = {"verb": "hold", "text": "Bis morgen.", "until": "2026-11-24"}
    assert api.send("POST", f"{case}/decisions", held, token=lead).status_code == 200
    assert api.send("GET", f"{CASES}?state=held", token=lead).json()["total"] == 1
    done = api.send("POST", f"{case}/decisions", {"verb": "approve"}, token=lead).json()
    assert (done["case"]["state"], done["may_undo"]) == ("approved", True)
    assert api.get(f"/solutions/{draft.id}").status_code == 200
    assert api.send("POST", f"{case}/undo", token=lead).json()["case"]["state"] == "open"
    gone = api.get(f"/solutions/{draft.id}")
    assert gone.status_code == 410
    assert "being reviewed once more" in gone.json()["detail"]
    assert api.send("DELETE", f"{here}/submission", token=editor).status_code == 204
    assert api.send("GET", CASES, token=lead).json()["total"] == 0


def test_a_record_put_at_once_is_refused_with_the_way_to_submit_it(api, city):
    with api.enter() as session:
        solution = a_solution(session, publisher=city)
    editor = api.sign_in(city, Role.EDITOR)
    record = msgspec.to_builtins(ready())
    answer = api.send("PUT", f"/solutions/{solution.id}", record, token=editor, if_match="*")
    assert answer.status_code == 409
    assert f"/solutions/{solution.id}/draft/submission" in answer.json()["detail"]
    assert api.send("GET", f"/solutions/{solution.id}/draft", token=editor).status_code == 404


def test_strangers_and_keys_have_no_desk(api, city, draft):
    with api.enter() as session:
        other = a_city(session, "Stadt Anderort")
        key, secret = api_keys.create(
            session, OPERATOR, city, name="Skript", scopes=list(Scope),
            expires_on=TODAY.replace(year=2027), today=TODAY,
        )  # fmt: skip
        assert key
    editor, stranger = api.sign_in(city, Role.EDITOR), api.sign_in(other, Role.LEAD)
    sent = api.send(
        "POST", f"/solutions/{draft.id}/draft/submission", {}, token=editor, if_match="*"
    )
    case = f"{CASES}/{sent.json()['case']['id']}"
    assert api.get(CASES).status_code == api.get(case).status_code == 401
    assert api.send("GET", case, token=stranger).status_code == 404
    assert api.send("GET", CASES, token=stranger).json()["items"] == []
    holder = {"Authorization": f"Bearer {secret}"}
    assert api.get(CASES, **holder).status_code == 403
    decided = api.http.post(f"/api/v1{case}/decisions", json={"verb": "approve"}, headers=holder)
    assert decided.status_code == 403
    deleted = api.http.post(
        f"/api/v1/solutions/{draft.id}/deletion", json={"reason": "Weg."}, headers=holder
    )
    assert deleted.status_code == 403


def test_a_merged_solution_answers_with_the_way_to_the_survivor(api, city):
    with api.enter() as session:
        one, other = (a_solution(session, publisher=city) for _ in range(2))
        moderator_body = a_city(session, "Stadt Anderort")
    moderator = api.sign_in(moderator_body, Role.READER, is_moderator=True)
    editor = api.sign_in(city, Role.EDITOR)
    wanted = {"other": str(other.id)}
    path = f"/solutions/{one.slug}/duplicates"
    assert api.send("POST", path, wanted, token=editor).status_code == 403
    unknown = {"other": str(new_id())}
    assert api.send("POST", path, unknown, token=moderator).status_code == 422
    made = api.send("POST", path, wanted, token=moderator).json()
    case = f"{CASES}/{made['case']['id']}"
    chosen = {"verb": "approve", "survivor": str(other.id)}
    assert api.send("POST", f"{case}/decisions", chosen, token=moderator).status_code == 200

    for key in (one.slug, str(one.id)):
        for tail in ("", "/versions", "/releases", "/interfaces"):
            answer = api.get(f"/solutions/{key}{tail}")
            assert answer.status_code == 308
            assert answer.headers["location"] == f"/api/v1/solutions/{other.id}{tail}"
    assert api.get(f"/solutions/{other.slug}").status_code == 200

    assert api.send("POST", f"{case}/undo", token=moderator).status_code == 200
    assert api.get(f"/solutions/{one.slug}").json()["id"] == str(one.id)


def test_a_deletion_takes_two_and_an_error_report_reaches_the_moderators(api, city):
    with api.enter() as session:
        solution = a_solution(session, publisher=city)
        moderator_body = a_city(session, "Stadt Anderort")
    editor, lead = api.sign_in(city, Role.EDITOR), api.sign_in(city, Role.LEAD)
    here = f"/solutions/{solution.id}"
    asked = {"reason": "Aus Versehen eingetragen."}
    made = api.send("POST", f"{here}/deletion", asked, token=editor)
    assert made.status_code == 201
    assert api.send("POST", f"{here}/deletion", asked, token=editor).status_code == 409
    case = f"{CASES}/{made.json()['case']['id']}"
    assert api.get(here).status_code == 200
    approve = {"verb": "approve"}
    assert api.send("POST", f"{case}/decisions", approve, token=editor).status_code == 403
    assert api.send("POST", f"{case}/decisions", approve, token=lead).status_code == 200
    assert api.get(here).status_code == 410
    assert api.send("POST", f"{case}/undo", token=lead).status_code == 200
    assert api.get(here).status_code == 200

    report = {"kind": "outdated", "text": "Der Betrieb endete im Mai."}
    assert api.send("POST", f"{here}/error-reports", report).status_code == 401
    assert api.send("POST", f"{here}/error-reports", report, token=editor).status_code == 204
    moderator = api.sign_in(moderator_body, Role.READER, is_moderator=True)
    found = api.send("GET", f"{CASES}?kind=error_report", token=moderator).json()
    assert found["total"] == 1
