"""Two people change one entry: the second sees both versions in words and loses nothing."""

import re
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from tests.marketplace.conftest import ServedNode

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
PERSON = re.compile(r'name="person" value="([^"]+)"[^>]*><span[^>]*>Sevda Brandt<')
SOLUTION = "/de/loesungen/waldwacht/nachnutzung"


@pytest.fixture
def clerk(node: ServedNode) -> Iterator[httpx.Client]:
    """A signed-in clerk of the sample node."""
    origin = {"origin": node.url}
    with httpx.Client(base_url=node.url, headers=origin, follow_redirects=True) as client:
        page = client.get("/de/anmelden").text
        person = PERSON.search(page)
        assert person
        client.post("/de/anmelden", data={**_hidden(page), "person": unescape(person[1])})
        yield client


@pytest.fixture
def entry(clerk: httpx.Client) -> Iterator[str]:
    """The address of her city's entry, taken back afterwards."""
    form = _hidden(clerk.get(SOLUTION).text) | {"stage": "pilot", "since": "2026-03-01"}
    address = clerk.post(SOLUTION, data=form).url.path
    assert "/nachnutzungen/" in address
    yield address
    back = f"{address}/zuruecknehmen"
    clerk.post(back, data=_hidden(clerk.get(back).text))


def _hidden(page: str) -> dict[str, str]:
    return dict(HIDDEN.findall(page))


def test_second_person_sees_both_versions_in_words(clerk: httpx.Client, entry: str) -> None:
    stale = _hidden(clerk.get(entry).text) | {"revision": "0"}

    answer = clerk.post(entry, data=stale | {"stage": "live", "since": "1.4.2026"})

    assert answer.status_code == 409
    table = answer.text[answer.text.index("Was sich unterscheidet") :]
    cells = re.sub(r"(?:<[^>]+>|\s)+", " ", table)
    assert "Stand Betrieb Pilot" in cells
    assert "Seit 1. April 2026 1. März 2026" in cells


def test_same_day_in_another_spelling_is_no_difference(clerk: httpx.Client, entry: str) -> None:
    stale = _hidden(clerk.get(entry).text) | {"revision": "0"}

    answer = clerk.post(entry, data=stale | {"stage": "live", "since": "1.3.2026"})

    assert answer.status_code == 409
    table = answer.text[answer.text.index("Was sich unterscheidet") :].split("</table>")[0]
    assert "1. März 2026" not in table


def test_window_of_a_form_that_was_refused_says_so_first(clerk: httpx.Client, entry: str) -> None:
    ending = f"{entry}/beenden"
    form = _hidden(clerk.get(ending).text)

    for address in (ending, entry):
        answer = clerk.post(address, data=form)
        assert answer.status_code == 422
        assert "<title>Fehler: " in answer.text
