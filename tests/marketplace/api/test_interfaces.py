"""Interfaces over the API: check, compare, enter, publish, read."""

import base64
import hashlib
from typing import Any

from tests.factories import a_city, a_solution

SPEC = """openapi: 3.0.3
info: {title: Fall-API, version: 1.0.0}
paths:
  /faelle: {get: {responses: {'200': {description: Fälle}}}}
"""


def test_a_description_is_checked_and_compared_for_everybody(api: Any) -> None:
    found = api.send(
        "POST", "/interfaces/check", {"document": "openapi: 3.0.3\npaths: {}\n"}
    ).json()
    assert (found["format"], found["version"], found["verdict"]) == ("openapi", "3.0.3", "invalid")
    assert found["problems"][0]["message"] == "“info” is missing."
    both = {"old": SPEC, "new": SPEC.replace("/faelle", "/akten")}
    found = api.send("POST", "/interfaces/diff", both).json()
    assert [each["rule"] for each in found["breaking"]] == ["operation_removed"]
    assert [each["rule"] for each in found["compatible"]] == ["operation_added"]
    assert api.send("POST", "/interfaces/diff", {"old": SPEC, "new": "?"}).status_code == 422


def test_an_interface_is_entered_published_and_read(api: Any) -> None:
    with api.enter() as session:
        city = a_city(session)
        solution = a_solution(session, publisher=city)
    token = api.sign_in(city)
    address = f"/solutions/{solution.id}/interfaces"

    def enter(document: str) -> dict[str, Any]:
        body = {"name": "Fall-API", "document": document}
        answer = api.send("POST", address, body, token=token)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def publish(entered: dict[str, Any]) -> Any:
        return api.send("POST", f"{address}/{entered['id']}/publish", token=token)

    bad = enter("openapi: 3.0.3\npaths: {}\n")
    assert bad["verdict"] == "invalid"
    assert publish(bad).status_code == 422
    first = enter(SPEC)
    assert api.get(f"/interfaces/{first['id']}").status_code == 404
    assert publish(first).status_code == 200
    second = enter(SPEC.replace("1.0.0", "2.0.0").replace("/faelle", "/akten"))
    assert publish(second).json()["breaking"] == 1
    found = api.get(address).json()["items"]
    assert [each["version"] for each in found] == ["2.0.0", "1.0.0"]
    assert api.get(f"/interfaces/{second['id']}").json()["state"] == "published"
    inner = {"name": "A", "url": "https://127.0.0.1/openapi.yaml"}
    assert api.send("POST", address, inner, token=token).status_code == 422
    assert api.send("POST", address, inner).status_code == 401


def test_systems_of_an_organization_stay_among_its_members(api: Any) -> None:
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
    address = f"/organizations/{city.slug}/interfaces"
    need: dict[str, Any] = {"name": "OParl", "system": "RIS", "direction": "requires"}
    need["claims"] = [{"standard": "oparl"}]
    member, stranger = api.sign_in(city), api.sign_in(other)
    assert api.send("POST", address, need, token=member).status_code == 201
    found = api.send("GET", address, token=member).json()["items"]
    assert [each["system"] for each in found] == ["RIS"]
    assert api.send("GET", address, token=stranger).status_code == 403
    assert api.send("POST", address, need, token=stranger).status_code == 403


def test_a_draft_is_corrected_or_thrown_away_and_a_document_comes_back(api: Any) -> None:
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
        solution = a_solution(session, publisher=city)
    token, stranger = api.sign_in(city), api.sign_in(other)
    address = f"/solutions/{solution.id}/interfaces"
    body = {"name": "Fall-API", "document": "openapi: 3.0.3\npaths: {}\n"}
    draft = api.send("POST", address, body, token=token).json()
    own = f"{address}/{draft['id']}"
    listed = api.send("GET", f"/solutions/{solution.id}/interface-drafts", token=token).json()
    assert [each["id"] for each in listed["items"]] == [draft["id"]]

    assert api.send("PUT", own, {"document": SPEC}, token=stranger).status_code == 403
    assert api.send("PUT", own, {}, token=token).json()["errors"][0]["field"] == "document"
    assert api.send("PUT", own, {"document": SPEC}, token=token).json()["version"] == "1.0.0"
    public = f"/interfaces/{draft['id']}/document"
    assert api.get(public).status_code == 404
    assert api.send("POST", f"{own}/publish", token=token).status_code == 200
    found = api.get(public).json()
    assert base64.b64decode(found["content"]).decode() == SPEC
    assert found["sha256"] == hashlib.sha256(SPEC.encode()).hexdigest()
    assert api.send("PUT", own, {"document": SPEC}, token=token).status_code == 409
    assert api.send("DELETE", own, token=token).status_code == 409

    draft = api.send("POST", address, body, token=token).json()
    assert api.send("DELETE", f"{address}/{draft['id']}", token=stranger).status_code == 403
    assert api.send("DELETE", f"{address}/{draft['id']}", token=token).status_code == 204
    assert api.send("DELETE", f"{address}/{draft['id']}", token=token).status_code == 404


def test_each_requirement_is_answered_with_its_reason(api: Any) -> None:
    with api.enter() as session:
        city, user = a_city(session), a_city(session, "Stadt Nutzdorf")
        solution = a_solution(session, publisher=city)
    editor, member = api.sign_in(city), api.sign_in(user)
    address = f"/solutions/{solution.id}/interfaces"
    entered = api.send("POST", address, {"name": "Fall-API", "document": SPEC}, token=editor).json()
    api.send("POST", f"{address}/{entered['id']}/publish", token=editor)
    ours = f"/organizations/{user.slug}/interfaces"
    need = {"name": "Fälle", "system": "E-Akte", "direction": "requires", "document": SPEC}
    first = api.send("POST", ours, need, token=member).json()
    fit = f"/organizations/{user.slug}/fits/{solution.id}"
    assert api.send("GET", fit, token=editor).status_code == 403
    (row,) = api.send("GET", fit, token=member).json()["requirements"]
    assert (row["fit"], row["reason"], row["provided"]) == ("met", "same_operations", "Fall-API")

    more = SPEC.replace("/faelle", "/akten")
    api.send("PUT", f"{ours}/{first['id']}", {"document": more}, token=member)
    (row,) = api.send("GET", fit, token=member).json()["requirements"]
    assert (row["fit"], row["reason"], row["system"]) == ("not_met", "breaks", "E-Akte")
    assert row["message"] == "“Fall-API” differs from what is required:"
    assert [each["rule"] for each in row["broken"]] == ["operation_removed"]
    assert api.send("DELETE", f"{ours}/{first['id']}", token=member).status_code == 204
    assert api.send("GET", fit, token=member).json() == {"requirements": []}
