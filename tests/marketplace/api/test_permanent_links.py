"""``/id/{kind}/{uuid}``: people come to the page, programs to the API."""

from datetime import date

import pytest

from catalog import adoptions, solutions
from catalog.adoptions import Stage, Use
from marketplace.pages.permanent_links import IN_API
from tests.factories import OPERATOR, a_city, a_record, a_solution

TODAY = date(2026, 11, 23)


def things(api) -> dict[str, str]:
    with api.enter() as session:
        city = a_city(session)
        solution = a_solution(session, publisher=city)
        adoption = adoptions.declare(
            session, OPERATOR, solution, city, Use(Stage.LIVE, TODAY), today=TODAY
        )
        return {
            "solution": str(solution.id),
            "organization": str(city.id),
            "adoption": str(adoption.id),
            "municipality": str(city.municipality.id),
        }


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/ld+json", True),
        ("application/json, text/html;q=0.9", True),
        ("text/html;q=0.5, application/json;q=0.8", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("application/json;q=0.2, text/html", False),
        ("application/json;q=nonsense", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_who_prefers_json_is_led_to_the_api(api, accept, is_json):
    for kind, key in things(api).items():
        answer = api.http.get(f"/id/{kind}/{key}", headers={"Accept": accept})

        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/api/v1/") == is_json
        assert "Accept" in answer.headers["vary"].replace("Accept-Language", "")
        if is_json:
            assert api.http.get(answer.headers["location"]).json()["id"] == key


def test_an_iri_of_an_answer_leads_back_to_it(api):
    for kind, key in things(api).items():
        found = api.get(f"/{IN_API[kind]}/{key}").json()
        answer = api.http.get(found["iri"], headers={"Accept": "application/json"})

        assert api.http.get(answer.headers["location"]).json() == found


def test_a_draft_has_no_permanent_link_for_readers(api):
    with api.enter() as session:
        draft = solutions.draft(session, OPERATOR, a_city(session), a_record("Geheim")).id

    answer = api.http.get(f"/id/solution/{draft}", headers={"Accept": "application/json"})

    assert answer.status_code == 404
