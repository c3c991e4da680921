"""Interfaces over the API: check, compare, enter, publish, read."""

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
