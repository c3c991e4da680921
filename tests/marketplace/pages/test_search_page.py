"""The results page: its address is the question, and no address breaks it."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from marketplace.pages.search import Asked
from tests.marketplace.conftest import ServedNode

Client = TestClient[Litestar]


def test_the_address_of_a_search_asks_the_same_again() -> None:
    items = [
        ("q", "Posteingang  sortieren"),
        ("phase", "pilot"),
        ("phase", "operation"),
        ("sort", "name"),
        ("like_land", "05"),
        ("like_first", "1"),
        ("page", "3"),
    ]
    asked = Asked.of(items, "de")
    again = Asked.of(asked.pairs(), "de")

    assert again == asked
    assert asked.query.filters == {"phase": frozenset({"pilot", "operation"})}
    assert asked.query.text == "Posteingang sortieren"


@pytest.mark.parametrize(
    "query",
    [
        "page=-1", "page=99999999999999999999", "page=x", "sort=magic", "like_land=99",
        "phase=%00", "q=%F0%28%8C", "q=" + "a" * 3000, "unknown=1", "q=%22%22%22", "q=*", "q=AND",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_dropped_and_never_a_fault(
    sqlite_node: ServedNode, query: str
) -> None:
    assert sqlite_node.get(f"/de/loesungen?{query}").status_code == 200


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=60))
def test_any_text_can_be_searched_for(sqlite_node: ServedNode, text: str) -> None:
    encoded = urlencode({"q": text.encode("utf-8", "replace")})

    assert sqlite_node.get(f"/de/loesungen?{encoded}").status_code == 200


def test_found_words_are_marked_and_hostile_ones_are_escaped(sqlite_node: ServedNode) -> None:
    page = sqlite_node.get("/de/loesungen?q=Briefe+%3Cscript%3Ealert(1)%3C/script%3E").text

    assert "<mark>Briefe</mark>" in page
    assert "<script>alert" not in page


def test_a_search_without_hits_names_the_costliest_filter(sqlite_node: ServedNode) -> None:
    page = sqlite_node.get("/de/loesungen?q=PostLotse&phase=idea").text

    assert "Ohne den Filter" in page


def test_a_municipality_is_offered_where_no_solution_is_found(sqlite_node: ServedNode) -> None:
    assert "/de/kommunen/" in sqlite_node.get("/de/loesungen?q=Auenrode&phase=idea&literal=1").text


def test_suggestions_are_grouped_and_at_most_eight(sqlite_node: ServedNode) -> None:
    page = sqlite_node.get("/de/vorschlaege?q=po").text

    assert 'aria-label="Lösungen"' in page
    assert 0 < page.count('role="option"') <= 8
    assert page.lower().count("<html") == 0


def test_one_letter_suggests_nothing(sqlite_node: ServedNode) -> None:
    assert 'role="option"' not in sqlite_node.get("/de/vorschlaege?q=p").text


def test_a_results_page_costs_the_same_however_much_is_used(
    client: Client, statements: Callable[[], object]
) -> None:
    with statements() as asked:  # type: ignore[attr-defined]
        client.get("/de/loesungen")

    assert len([text for text in asked if text.lstrip().upper().startswith("SELECT")]) <= 8


def test_the_start_page_costs_few_queries(client: Client, statements: Callable[[], object]) -> None:
    with statements() as asked:  # type: ignore[attr-defined]
        client.get("/de")

    assert len([text for text in asked if text.lstrip().upper().startswith("SELECT")]) <= 14


def test_the_start_page_speaks_the_language_the_browser_asks_for(client: Client) -> None:
    assert client.get("/", headers={"Accept-Language": "en-GB,de"}).headers["location"] == "/en"
    assert client.get("/", headers={"Accept-Language": "fr"}).headers["location"] == "/de"


def test_a_new_node_says_that_it_is_new(client: Client) -> None:
    assert "marketplace import" in client.get("/de").text
