"""What the API refuses: always problem+json, always with what would be right."""

import pytest


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/solutions/nothing", 404),
        ("/solutions/018e2c86-9000-72d5-8e74-db7e6cb91272", 404),
        ("/solutions/with%00nul", 404),
        ("/adoptions/nothing", 404),
        ("/nothing", 404),
        ("/solutions?limit=0", 400),
        ("/solutions?limit=201", 400),
        ("/solutions?after=nonsense", 400),
        ("/solutions?limit=1&limit=2", 400),
        ("/search?q=%00", 400),
        ("/search?page=1e9", 400),
        ("/adoptions?solution=nothing", 400),
        ("/adoptions?stage=nothing", 400),
        ("/changes?after=-1", 400),
        ("/changes?after=99999999999999999999", 400),
    ],
)
def test_a_refusal_is_a_problem_document(api, path, status):
    answer = api.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["status"] == status
    assert answer.json()["detail"]
    assert answer.json()["remedy"]


def test_an_unknown_parameter_is_named_with_those_that_are_known(api):
    answer = api.get("/solutions?page=2").json()

    assert answer["errors"][0]["field"] == "page"
    assert "after, limit" in answer["detail"]


def test_a_wrong_method_is_told_the_right_ones(api):
    answer = api.http.patch("/api/v1/search")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_refusals_are_english_whatever_the_reader_speaks(api):
    answer = api.get("/solutions/nothing", **{"Accept-Language": "de"})

    assert answer.json()["detail"] == "There is no solution called “nothing”."
