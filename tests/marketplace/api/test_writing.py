"""What programs write: who may, what a stale ETag costs, what is refused by name."""

import re
import threading
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import pytest

from catalog import adoptions, changes, drafts, solutions
from catalog.adoptions import Stage, Use
from catalog.database import new_id
from catalog.organizations import Organization
from catalog.permissions import Role
from marketplace.api.addresses import HANDLERS
from marketplace.api.operations import OPERATION
from tests.factories import OPERATOR, a_city, a_record, a_solution

TODAY = date(2026, 11, 23)
USE = Use(Stage.PILOT, date(2026, 3, 1))
BODY = {"stage": "live", "since": "2026-09-01"}
READY = {
    "name": {"de": "PostLotse"},
    "summary": {"de": "Sortiert Post."},
    "phase": "operation",
    "licenses": {"code": "EUPL-1.2"},
    "contact": {"office": "Amt für Post"},
}


@dataclass(frozen=True)
class World:
    """A city with a published solution, another one in draft, and a use of the first."""

    city: Organization
    other: Organization
    solution: str
    draft: str
    adoption: str


def a_world(api) -> World:
    with api.enter() as session:
        city, other = a_city(session), a_city(session, "Stadt Anderort")
        published = a_solution(session, publisher=city)
        prepared = drafts.begin(
            session, OPERATOR, city, a_record("Entwurf", phase="operation"), id=new_id()
        )
        adoption = adoptions.declare(session, OPERATOR, published, city, USE, today=TODAY)
        return World(city, other, str(published.id), str(prepared.id), str(adoption.id))


def etag(api, path: str, token: str) -> str:
    return api.http.get(f"/api/v1{path}", headers={"Cookie": f"login={token}"}).headers.get(
        "etag", ""
    )


CONDITIONAL: dict[str, tuple[str, str, str, Any]] = {
    "change a use": ("PUT", "/adoptions/{adoption}", "", BODY),
    "confirm a use": ("POST", "/adoptions/{adoption}", "/confirm", None),
    "end a use": (
        "POST",
        "/adoptions/{adoption}",
        "/end",
        {"since": "2026-11-01", "ended_reason": "cost"},
    ),
    "retract a use": ("DELETE", "/adoptions/{adoption}", "", None),
    "save a draft": ("PUT", "/solutions/{draft}/draft", "", READY),
    "discard a draft": ("DELETE", "/solutions/{draft}/draft", "", None),
    "take over from a file": (
        "POST",
        "/solutions/{draft}/draft",
        "/file",
        {
            "text": "cff-version: 1.2.0\nmessage: m\ntitle: T\nauthors:\n- name: N\n"
            "keywords: [Post]\n",
            "name": "CITATION.cff",
            "fields": ["keywords"],
        },
    ),
    "publish a draft": ("POST", "/solutions/{ready}/draft", "/publish", None),
    "replace a solution": ("PUT", "/solutions/{solution}", "", READY),
    "withdraw a solution": ("POST", "/solutions/{solution}", "/withdraw", {"reason": "Ersetzt."}),
}
"""Method, the resource whose ETag counts, what follows it in the address, the body."""

FREE: dict[str, tuple[str, str, Any]] = {
    "declare a use": (
        "POST",
        "/adoptions",
        {**BODY, "solution": "{fresh}", "organization": "{city}"},
    ),
    "begin a solution": ("POST", "/drafts", {"publisher": "{city}", "record": READY}),
    "begin a draft": ("POST", "/solutions/{solution}/draft", None),
    "publish a release": (
        "POST",
        "/solutions/{solution}/releases",
        {"version": "1.4", "released_on": "2026-11-01"},
    ),
}

SUCCESS = {200, 201, 204}


def filled(world: World, names: dict[str, str], value: Any) -> Any:
    known = {
        "adoption": world.adoption,
        "draft": world.draft,
        "solution": world.solution,
        "city": str(world.city.id),
        **names,
    }
    if isinstance(value, dict):
        return {key: filled(world, names, each) for key, each in value.items()}
    if isinstance(value, str) and "{" in value:
        return value.format(**known)
    return value


def ready_draft(api, world: World) -> str:
    with api.enter() as session:
        record = a_record(
            **{name: {"de": "Sortiert Post."} for name in ("summary",)}, phase="operation"
        )
        record = solutions.SolutionRecord(
            name={"de": "Fertig"},
            summary=record.summary,
            phase="operation",
            withheld={},
            licenses=type(record.licenses)(code="EUPL-1.2"),
            contact=type(record.contact)(office="Amt für Post"),
        )
        return str(drafts.begin(session, OPERATOR, world.city, record, id=new_id()).id)


def an_unused_solution(api) -> str:
    with api.enter() as session:
        return str(a_solution(session, "Unbenutzt", publisher=None).id)


def conditional(api, world: World, name: str, token: str, if_match: str | None) -> httpx.Response:
    method, resource, rest, body = CONDITIONAL[name]
    names = {"ready": ready_draft(api, world)} if "{ready}" in resource else {}
    path = filled(world, names, resource)
    if if_match == "current":
        # The operator's own view, so that the answer does not depend on what the writer may read.
        if_match = etag(api, path, api.sign_in(world.city, Role.LEAD))
    return api.send(method, path + rest, filled(world, names, body), token=token, if_match=if_match)


def free(api, world: World, name: str, token: str) -> httpx.Response:
    method, path, body = FREE[name]
    names = {"fresh": an_unused_solution(api)} if "declare" in name else {}
    return api.send(method, filled(world, names, path), filled(world, names, body), token=token)


WHO = ("visitor", "reader", "contributor", "editor", "stranger", "steward")

ALLOWED: dict[str, str] = {
    #                      visitor reader contributor editor stranger steward
    "change a use":        "401    403    ok          ok     403      ok",
    "confirm a use":       "401    403    ok          ok     403      ok",
    "end a use":           "401    403    ok          ok     403      ok",
    "retract a use":       "401    403    ok          ok     403      ok",
    "save a draft":        "401    403    ok          ok     403      ok",
    "discard a draft":     "401    403    ok          ok     403      ok",
    "take over from a file": "401  403    ok          ok     403      ok",
    "publish a draft":     "401    403    403         ok     403      ok",
    "replace a solution":  "401    403    403         ok     403      ok",
    "withdraw a solution": "401    403    403         ok     403      ok",
    "declare a use":       "401    403    ok          ok     403      ok",
    "begin a solution":    "401    403    ok          ok     403      ok",
    "begin a draft":       "401    403    ok          ok     403      ok",
    "publish a release":   "401    403    403         ok     403      ok",
}  # fmt: skip


def token_of(api, world: World, who: str) -> str:
    if who == "visitor":
        return ""
    if who == "stranger":
        return api.sign_in(world.other, Role.EDITOR)
    if who == "steward":
        return api.sign_in(world.other, Role.READER, is_steward=True)
    return api.sign_in(world.city, Role(who))


@pytest.mark.parametrize("name", ALLOWED)
def test_the_table_of_permissions_holds_over_http(api, name):
    for who, mark in zip(WHO, ALLOWED[name].split(), strict=True):
        world = a_world(api)
        token = token_of(api, world, who)

        if name in CONDITIONAL:
            answer = conditional(api, world, name, token, "current")
        else:
            answer = free(api, world, name, token)

        if mark == "ok":
            assert answer.status_code in SUCCESS, (who, answer.text)
        else:
            assert answer.status_code == int(mark), (who, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"


def test_every_row_is_a_write_of_the_api() -> None:
    operations = [handler.opt[OPERATION] for handler in HANDLERS]
    writes = {(each.method, each.path) for each in operations if each.method != "GET"}
    rows = {
        (method, re.sub(r"{(draft|ready)}", "{solution}", resource + rest))
        for method, resource, rest, _ in CONDITIONAL.values()
    }
    rows |= {(method, path) for method, path, _ in FREE.values()}

    assert rows <= writes
    assert {*CONDITIONAL, *FREE} == set(ALLOWED)


def last_serial(api) -> int:
    with api.enter() as session:
        return changes.last_serial(session)


@pytest.mark.parametrize("name", CONDITIONAL)
def test_a_write_without_the_present_etag_changes_nothing(any_api, name):
    world = a_world(any_api)
    token = any_api.sign_in(world.city)

    for if_match, status in ((None, 428), ('"1-stale"', 412), ("W/*", 412)):
        before = last_serial(any_api)
        answer = conditional(any_api, world, name, token, if_match)
        with any_api.enter() as session:
            later = {change.verb for change in changes.after(session, before)}

        assert answer.status_code == status, answer.text
        assert later <= {"drafted"}  # of the draft that the test itself began
        if status == 412:
            assert answer.json()["etag"] == answer.headers["etag"]


def test_of_two_writers_with_one_etag_the_second_is_refused_and_loses_nothing(any_api):
    world = a_world(any_api)
    token = any_api.sign_in(world.city)
    path = f"/adoptions/{world.adoption}"
    seen = etag(any_api, path, token)

    first = any_api.send("PUT", path, {**BODY, "operator": "Erste"}, token=token, if_match=seen)
    second = any_api.send("PUT", path, {**BODY, "operator": "Zweite"}, token=token, if_match=seen)

    assert (first.status_code, second.status_code) == (200, 412)
    assert any_api.get(path).json()["operator"] == "Erste"
    assert any_api.get(path).headers["etag"] == first.headers["etag"] == second.json()["etag"]


def test_of_two_declarations_at_once_one_is_made(any_api):
    world = a_world(any_api)
    token = any_api.sign_in(world.city)
    body = {**BODY, "solution": an_unused_solution(any_api), "organization": str(world.city.id)}
    statuses: list[int] = []

    def declare() -> None:
        statuses.append(any_api.send("POST", "/adoptions", body, token=token).status_code)

    writers = [threading.Thread(target=declare) for _ in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(statuses) == [201, 409, 409, 409, 409, 409]


def test_a_draft_travels_from_its_beginning_to_the_public(any_api):
    world = a_world(any_api)
    token = any_api.sign_in(world.city)

    begun = any_api.send(
        "POST", "/drafts", {"publisher": str(world.city.id), "record": {"name": {"de": "Neu"}}},
        token=token,
    )  # fmt: skip
    path = begun.headers["location"].removeprefix("/api/v1")
    etag_begun = begun.headers["etag"]
    early = any_api.send("POST", f"{path}/publish", token=token, if_match=etag_begun)
    saved = any_api.send("PUT", path, READY, token=token, if_match=etag_begun)
    published = any_api.send("POST", f"{path}/publish", token=token, if_match=saved.headers["etag"])

    assert early.status_code == 422
    assert "summary" in {error["field"] for error in early.json()["errors"]}
    assert saved.json()["record"] == READY
    assert published.json()["state"] == "published"
    assert any_api.get("/solutions/" + published.json()["slug"]).json()["record"] == READY
    listed = any_api.http.get("/api/v1/drafts", headers={"Cookie": f"login={token}"}).json()
    assert [item["record"]["name"]["de"] for item in listed["items"]] == ["Entwurf"]


def test_a_beginning_sent_twice_begins_one_draft(api):
    world = a_world(api)
    token = api.sign_in(world.city)
    body = {"publisher": str(world.city.id), "record": READY, "id": str(uuid4())}

    answers = [api.send("POST", "/drafts", body, token=token) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()


def test_a_new_version_replaces_the_record_and_keeps_the_old_one(api):
    world = a_world(api)
    token = api.sign_in(world.city)
    path = f"/solutions/{world.solution}"

    answer = api.send("PUT", path, READY, token=token, if_match=etag(api, path, token))
    again = api.send("PUT", path, READY, token=token, if_match=answer.headers["etag"])

    assert (answer.json()["version"], again.json()["version"]) == (2, 2)
    assert api.get(path).headers["etag"] == answer.headers["etag"]
    assert api.get(f"{path}/versions/1").json()["record"] == {"name": {"de": "PostLotse"}}


def test_a_new_version_does_not_throw_a_draft_away(api):
    world = a_world(api)
    token = api.sign_in(world.city)
    path = f"/solutions/{world.solution}"
    seen = etag(api, path, token)
    api.send("POST", f"{path}/draft", token=token)

    answer = api.send("PUT", path, READY, token=token, if_match=seen)

    assert answer.status_code == 409
    assert "draft" in answer.json()["detail"]


def test_a_withdrawal_names_its_reason_and_successor(api):
    world = a_world(api)
    token = api.sign_in(world.city)
    path = f"/solutions/{world.solution}"
    successor = an_unused_solution(api)
    body = {"reason": "Ersetzt.", "successor": successor}

    answer = api.send(
        "POST", f"{path}/withdraw", body, token=token, if_match=etag(api, path, token)
    )

    assert answer.json()["state"] == "withdrawn"
    assert api.get(path).json()["successor"] == "/api/v1/solutions/unbenutzt"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**BODY, "organisation": "x"}, "organisation"),
        ({**BODY, "stage": "soon"}, "stage"),
        ({"stage": "live"}, "since"),
        ({**BODY, "since": "gestern"}, "since"),
        ({**BODY, "since": "2027-01-01"}, "since"),
        ({**BODY, "operator": "x" * 301}, "operator"),
        ({**BODY, "adaptations": {"Deutsch!": "x"}}, "adaptations"),
        ({**BODY, "reused_from": str(uuid4())}, "reused_from"),
        ({**BODY, "stage": "ended"}, "ended_reason"),
        ([], "body"),
    ],
)
def test_a_wrong_field_is_named(api, body, field):
    world = a_world(api)
    token = api.sign_in(world.city)
    path = f"/adoptions/{world.adoption}"

    answer = api.send("PUT", path, body, token=token, if_match=etag(api, path, token))

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"].startswith(field)


def raw(api, world: World, body: bytes, content_type: str = "application/json") -> httpx.Response:
    token = api.sign_in(world.city)
    headers = {"Cookie": f"login={token}", "Origin": "https://node.example"}
    return api.http.post(
        "/api/v1/drafts", content=body, headers={**headers, "Content-Type": content_type}
    )


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 422),
        (b'{"record":' * 100_000, "application/json", 422),
        (b'{"a":' * 100_000, "application/json", 422),
        (b"publisher=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b'{"x":"' + b"a" * 2_100_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_is_no_good_json_is_refused(api, body, content_type, status):
    answer = raw(api, a_world(api), body, content_type)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_character_nul_is_dropped(any_api):
    world = a_world(any_api)
    token = any_api.sign_in(world.city)
    path = f"/adoptions/{world.adoption}"
    body = {**BODY, "operator": "A\x00mt", "release": "\\u0000"}

    answer = any_api.send("PUT", path, body, token=token, if_match=etag(any_api, path, token))

    assert answer.json()["operator"] == "Amt"
    assert answer.json()["release"] == "\\u0000"


def test_a_form_of_another_site_changes_nothing(api):
    world = a_world(api)
    token = api.sign_in(world.city)

    answer = api.http.post(
        "/api/v1/drafts",
        json={"publisher": str(world.city.id), "record": READY},
        headers={"Cookie": f"login={token}", "Origin": "https://evil.example"},
    )

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_reason_for_a_field_that_does_not_exist_is_refused(api):
    world = a_world(api)
    record = {**READY, "withheld": {"source.url": {"reason": "security"}}}
    body = {"publisher": str(world.city.id), "record": record}

    answer = api.send("POST", "/drafts", body, token=api.sign_in(world.city))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "withheld"
