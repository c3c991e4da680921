"""Walks through whole lists: nobody is missed, however much is written meanwhile."""

import threading
from collections.abc import Iterator

import pytest

from catalog import changes, organizations, solutions
from tests.factories import OPERATOR, a_city, a_record, a_solution


def walked(api, path: str) -> Iterator[dict]:
    """Every entry that the links of a list lead to."""
    while path:
        answer = api.http.get(path)
        assert answer.status_code == 200, answer.text
        yield from answer.json()["items"]
        path = answer.json()["next"]
        assert ("link" in answer.headers) == bool(path)


@pytest.mark.parametrize("limit", [1, 2, 7, 200])
def test_a_walk_visits_everything_once_while_nothing_changes(api, limit):
    with api.enter() as session:
        city = a_city(session)
        made = {str(a_solution(session, f"Lotse {n}", publisher=city).id) for n in range(9)}

    found = [each["id"] for each in walked(api, f"/api/v1/solutions?limit={limit}")]

    assert sorted(found) == sorted(made)
    assert len(list(walked(api, f"/api/v1/organizations?limit={limit}"))) == 1
    assert len(list(walked(api, f"/api/v1/municipalities?limit={limit}"))) == 1


def test_a_draft_that_is_published_behind_the_cursor_is_visited(any_api):
    with any_api.enter() as session:
        city = a_city(session)
        draft = solutions.draft(session, OPERATOR, city, a_record("Früh begonnen"))
        for number in range(4):
            a_solution(session, f"Lotse {number}", publisher=city)
    first = any_api.get("/solutions?limit=2").json()
    with any_api.enter() as session:
        solutions.publish(session, OPERATOR, solutions.by_id(session, draft.id))

    rest = [each["id"] for each in walked(any_api, first["next"])]

    assert str(draft.id) in rest


def test_a_walk_under_concurrent_writes_visits_every_record_at_least_once(any_api):
    with any_api.enter() as session:
        city = a_city(session)
        for number in range(12):
            a_solution(session, f"Lotse {number}", publisher=city)
        waiting = [
            solutions.draft(session, OPERATOR, city, a_record(f"Entwurf {n}")).id for n in range(12)
        ]
    is_begun = threading.Event()

    def publish(ids) -> None:
        is_begun.wait(10)
        for key in ids:
            with any_api.enter() as session:
                solutions.publish(session, OPERATOR, solutions.by_id(session, key))
            with any_api.enter() as session:
                own = organizations.by_id(session, city.id)
                a_solution(session, f"Neu {key}", publisher=own)

    writers = [threading.Thread(target=publish, args=(waiting[n::3],)) for n in range(3)]
    for writer in writers:
        writer.start()
    visited: set[str] = set()
    path = "/api/v1/solutions?limit=2"
    while path:
        serial = last_serial(any_api)
        page = any_api.http.get(path).json()
        visited |= {entry["id"] for entry in page["items"]}
        path = page["next"]
        is_begun.set()
    for writer in writers:
        writer.join()

    with any_api.enter() as session:
        feed = changes.after(session, 0, 1000)
    published = [each for each in feed if each.verb == "published"]
    before_the_end = {str(each.thing_id) for each in published if each.serial <= serial}
    assert len(published) == 36
    assert before_the_end <= visited
    assert len(visited) > 12


def last_serial(api) -> int:
    with api.enter() as session:
        return changes.last_serial(session)
