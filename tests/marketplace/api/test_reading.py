"""What programs read: one resource, lists, search, code lists, the feed."""

from datetime import date
from typing import Any

import pytest

from catalog import adoptions, releases, solutions
from catalog.adoptions import Stage, Use
from catalog.organizations import Kind
from catalog.records import Dependency, Licenses
from tests.factories import OPERATOR, a_city, a_record, a_solution, an_organization

TODAY = date(2026, 11, 23)
USE = Use(Stage.LIVE, date(2026, 3, 1))


def some_things(session, number: int = 3) -> None:
    city = a_city(session)
    for place in range(number):
        solution = a_solution(session, f"Lotse {place}", publisher=city)
        adoptions.declare(session, OPERATOR, solution, city, USE, today=TODAY)


def test_a_solution_is_read_by_id_and_by_slug(api):
    with api.enter() as session:
        solution = a_solution(session, summary={"de": "Sortiert Post."})

    by_slug = api.get("/solutions/postlotse")
    by_id = api.get(f"/solutions/{solution.id}")

    assert by_slug.json() == by_id.json()
    assert by_id.json()["record"] == {
        "name": {"de": "PostLotse"},
        "summary": {"de": "Sortiert Post."},
    }
    assert by_id.json()["iri"] == f"https://node.example/id/solution/{solution.id}"
    assert by_id.json()["publisher"]["slug"] == "stadt-musterort"


def test_a_former_slug_leads_to_the_solution(api):
    with api.enter() as session:
        solution = a_solution(session)
        session.execute(
            solutions.Solution.__table__.update().values(slug="neuer-name")  # type: ignore[attr-defined]
        )

    assert api.get("/solutions/postlotse").json()["id"] == str(solution.id)


def test_a_withdrawn_solution_says_why_and_what_follows(api):
    with api.enter() as session:
        old, new = a_solution(session, "Alt"), a_solution(session, "Neu")
        solutions.withdraw(session, OPERATOR, old, reason="Ersetzt.", successor=new)

    for answer in (api.get("/solutions/alt"), api.get(f"/solutions/{old.id}")):
        assert answer.status_code == 410
        assert "Ersetzt." in answer.json()["detail"]
        assert answer.json()["successor"] == "/api/v1/solutions/neu"


def test_versions_keep_every_published_record(api):
    with api.enter() as session:
        solution = a_solution(session)
        solutions.revise(session, OPERATOR, solution, a_record("PostLotse 2"))

    found = api.get("/solutions/postlotse/versions").json()["items"]
    first = api.get("/solutions/postlotse/versions/1").json()

    assert [version["number"] for version in found] == [2, 1]
    assert first["record"] == {"name": {"de": "PostLotse"}}
    assert api.get("/solutions/postlotse/versions/3").status_code == 404


def test_releases_are_listed_and_read_by_version(api):
    with api.enter() as session:
        solution = a_solution(session)
        releases.publish(session, OPERATOR, solution, version="1.4", released_on=TODAY)

    assert [r["version"] for r in api.get("/solutions/postlotse/releases").json()["items"]] == [
        "1.4"
    ]
    assert api.get("/solutions/postlotse/releases/1.4").json()["released_on"] == "2026-11-23"
    assert api.get("/solutions/postlotse/releases/9").status_code == 404


def test_uses_are_filtered_by_solution_organization_and_stage(api):
    with api.enter() as session:
        city, other = a_city(session), an_organization(session, Kind.ASSOCIATION, "Zweckverband")
        solution = a_solution(session, publisher=city)
        adoptions.declare(session, OPERATOR, solution, city, USE, today=TODAY)
        adoptions.declare(session, OPERATOR, solution, other, Use(Stage.PILOT, TODAY), today=TODAY)

    def adopters(query: str) -> set[str]:
        items = api.get(f"/adoptions?{query}").json()["items"]
        return {item["organization"]["name"] for item in items}

    assert adopters(f"solution={solution.id}") == {"Stadt Musterort", "Zweckverband"}
    assert adopters(f"organization={other.id}") == {"Zweckverband"}
    assert adopters("stage=live") == {"Stadt Musterort"}


def test_a_use_is_read_with_its_steps(api):
    with api.enter() as session:
        city = a_city(session)
        solution = a_solution(session, publisher=city)
        pilot = Use(Stage.PILOT, date(2026, 1, 1))
        adoption = adoptions.declare(session, OPERATOR, solution, city, pilot, today=TODAY)
        adoptions.change(session, OPERATOR, adoption, USE, revision=1, today=TODAY)

    steps = api.get(f"/adoptions/{adoption.id}").json()["steps"]

    assert steps == [
        {"stage": "pilot", "on": "2026-01-01"},
        {"stage": "live", "on": "2026-03-01"},
    ]


def test_places_are_found_by_name_and_read_by_key(api):
    with api.enter() as session:
        place = a_city(session, "Stadt Auenrode").municipality

    assert [p["ars"] for p in api.get("/municipalities?q=auen").json()["items"]] == [place.ars]
    assert api.get(f"/municipalities/{place.ags}").json()["name"] == "Auenrode"
    assert api.get("/municipalities/000000000000").status_code == 404


def test_a_search_answers_hits_facets_and_total(searching_api):
    with searching_api.enter() as session:
        a_solution(session, "PostLotse", phase="operation")
        a_solution(session, "AktenLotse")
    searching_api.index()

    found = searching_api.get("/search?q=postlotse").json()
    by_phase = searching_api.get("/search?phase=operation").json()

    assert [hit["solution"]["slug"] for hit in found["hits"]] == ["postlotse"]
    assert by_phase["total"] == 1
    counts = {value["value"]: value["count"] for value in by_phase["facets"]["phase"]}
    assert counts == {"operation": 1, "not_stated": 1}


def test_suggestions_go_on_with_a_beginning(searching_api):
    with searching_api.enter() as session:
        a_solution(session)
    searching_api.index()

    assert [s["slug"] for s in searching_api.get("/suggestions?q=Post").json()["solutions"]] == [
        "postlotse"
    ]
    assert searching_api.get("/suggestions?q=P").json()["solutions"] == []


def test_code_lists_give_labels_in_both_languages(api):
    names = [each["name"] for each in api.get("/taxonomy").json()["items"]]
    live = api.get("/taxonomy/stage/live").json()

    assert "stage" in names
    assert live["label"] == {"de": "Betrieb", "en": "Live"}
    assert api.get("/taxonomy/nothing").status_code == 404
    assert api.get("/taxonomy/stage/nothing").status_code == 404


def test_the_feed_names_what_changed_and_nobody_who_did(api):
    with api.enter() as session:
        some_things(session, 1)

    page = api.get("/changes?limit=2")
    rest = api.http.get(page.json()["next"]).json()

    found = [*page.json()["items"], *rest["items"]]
    serials = [change["serial"] for change in found]
    verbs = {change["verb"] for change in found}
    assert len(page.json()["items"]) == 2
    assert serials == sorted(set(serials))
    assert {"published", "adopted"} <= verbs
    assert "drafted" not in verbs
    assert OPERATOR.name not in page.text + str(rest)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/solutions", 4),
        ("/organizations", 4),
        ("/adoptions", 4),
        ("/municipalities", 2),
        ("/changes", 3),
        ("/search", 12),
    ],
)
def test_a_list_asks_the_database_equally_often_however_long_it_is(api, path, most):
    with api.enter() as session:
        some_things(session, 2)
    with api.counting() as few:
        assert api.get(path).status_code == 200
    with api.enter() as session:
        for _ in range(4):
            some_things(session, 3)
    with api.counting() as many:
        assert api.get(path).status_code == 200

    assert len(many) == len(few) <= most


@pytest.mark.parametrize(
    "path",
    [
        "/solutions/postlotse",
        "/solutions/postlotse/versions/1",
        "/organizations/stadt-musterort",
        "/solutions",
        "/organizations",
        "/adoptions",
        "/municipalities",
        "/search",
        "/taxonomy/stage",
        "/changes",
    ],
)
def test_who_has_the_newest_state_gets_304(api, path):
    with api.enter() as session:
        a_solution(session)

    first = api.get(path)
    again = api.get(path, **{"If-None-Match": first.headers["etag"]})
    weak = api.get(path, **{"If-None-Match": f'"x", W/{first.headers["etag"]}'})

    assert first.headers["etag"].startswith('"')
    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert weak.status_code == 304


@pytest.mark.parametrize(
    "path", ["/solutions/postlotse", "/solutions", "/solutions/postlotse/versions"]
)
def test_a_change_ends_a_kept_answer(api, path):
    with api.enter() as session:
        solution = a_solution(session)
    before = api.get(path)
    with api.enter() as session:
        newer = a_record("PostLotse", website="https://a.example")
        solutions.revise(session, OPERATOR, solutions.by_id(session, solution.id), newer)

    after = api.get(path, **{"If-None-Match": before.headers["etag"]})

    assert after.status_code == 200
    assert after.headers["etag"] != before.headers["etag"]
    assert after.text != before.text


def test_the_licences_of_a_record_are_told_part_by_part_with_what_conflicts(api: Any) -> None:
    built_on = [Dependency("Zettelkasten", license="GPL-3.0-only")]
    with api.enter() as session:
        licenses = Licenses(code="Apache-2.0", model="CC-BY-NC-4.0")
        solution = a_solution(session, licenses=licenses, dependencies=built_on)

    found = api.get(f"/solutions/{solution.slug}/licenses?language=de").json()

    assert set(found["parts"]) == {"code", "model"}
    assert found["parts"]["code"]["questions"]["link_proprietary"]["answer"] != "no"
    assert found["parts"]["model"]["questions"]["offer_as_service"]["answer"] == "no"
    named = [each["part"] for each in found["conflicts"]]
    assert "Zettelkasten (GPL-3.0-only)" in named
    assert found["notice"]["de"] == "Keine Rechtsberatung."
    assert api.get("/solutions/gibt-es-nicht/licenses").status_code == 404
