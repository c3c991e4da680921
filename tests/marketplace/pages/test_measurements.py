"""The form for two numbers: what is asked at its field, what is kept, and what the history says."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Stage, Use
from catalog.organizations import Organization
from tests.factories import OPERATOR, a_solution

Client = TestClient[Litestar]

GOOD = {
    "metric": "waiting_time",
    "before.period": "1.1.2025 – 31.12.2025",
    "before.value": "18 Minuten",
    "before.n": "400",
    "before.spread": "9",
    "after.period": "1.3.2026 – 31.8.2026",
    "after.value": "14",
    "after.n": "300",
    "after.spread": "13,1 – 14,9",
    "collection": "system_log",
}
CORRECTION = {
    "reading.period": "1.3.2026 – 31.8.2026",
    "reading.value": "15",
    "reading.n": "310",
    "reading.spread": "8",
    "collection": "system_log",
    "reason": "error",
}


@pytest.fixture
def address(enter: Callable[[], Session], city: Organization, sign_in: Callable[..., None]) -> str:
    """Where an editor of the city reports on the city's own use of a solution."""
    with enter() as session:
        use = Use(Stage.LIVE, date(2026, 1, 1))
        body = session.merge(city)
        adoption = adoptions.declare(
            session, OPERATOR, a_solution(session), body, use, today=date(2026, 11, 1)
        )
        session.commit()
        made = f"/de/nachnutzungen/{adoption.id}/messungen"
    sign_in()
    return made


def newest(client: Client, address: str) -> str:
    """The address of the last measurement in the history that can be corrected."""
    return re.findall(rf'href="({address}/[^"]+)"', client.get(address).text)[-1]


def test_two_numbers_show_their_effect_below_the_form(client: Client, address: str) -> None:
    sent = client.post(address, data=GOOD)
    assert sent.status_code == 303, sent.text
    page = client.get(sent.headers["location"]).text

    assert "−22" in page
    assert page.count("gilt") >= 2


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("before.value", "18 Kilometer"),
        ("after.n", ""),
        ("after.spread", "15,1 – 16,9"),
        ("before.period", "31.12.2025 – 1.1.2025"),
    ],
)
def test_a_wrong_entry_is_asked_at_its_field_and_kept(
    client: Client, address: str, field: str, typed: str
) -> None:
    answer = client.post(address, data=GOOD | {field: typed})

    assert answer.status_code == 422
    tags = {
        name[1]: tag
        for tag in re.findall(r"<input[^>]*>", answer.text)
        if (name := re.search(r'name="([^"]+)"', tag))
    }
    assert [name for name, tag in tags.items() if 'aria-invalid="true"' in tag] == [field]
    for name, value in (GOOD | {field: typed}).items():
        if name in tags and value:
            assert f'value="{value}"' in tags[name]


def test_a_correction_supersedes_and_the_old_row_stays(client: Client, address: str) -> None:
    client.post(address, data=GOOD)
    row = newest(client, address)
    assert client.post(row, data=CORRECTION | {"reason": ""}).status_code == 422
    assert client.post(row, data=CORRECTION).status_code == 303

    page = client.get(address).text
    assert "ersetzt" in page
    assert row not in page
    assert "Mittel 14 " in page
    assert "Mittel 15 " in page
    assert client.post(row, data=CORRECTION).status_code in (409, 422)


def test_a_withdrawal_needs_its_reason_and_takes_the_effect_away(
    client: Client, address: str
) -> None:
    client.post(address, data=GOOD)
    row = newest(client, address)
    assert client.post(row, data={"action": "withdraw"}).status_code == 422
    told = {"action": "withdraw", "note": "Falsches System gezählt."}
    assert client.post(row, data=told).status_code == 303

    page = client.get(address).text
    assert "Falsches System gezählt." in page
    assert "−22" not in page
