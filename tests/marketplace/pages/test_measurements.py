"""The form for two numbers: what is asked at its field, what is kept, and what the history says."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from httpx import Response
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


def months(level: float, year: int) -> str:
    return "".join(f"{m:02d}/{year};{level + m % 3:.0f},5;140;9\n" for m in range(1, 13))


SERIES = {
    "metric": "waiting_time",
    "starts_on": "2025-12-15",
    "rows": "Monat;Mittel;Fälle;Streuung\n" + months(18, 2024) + months(14, 2026)[:-60],
}


def series_at(address: str) -> str:
    return address.replace("/messungen", "/messreihe")


def posted(client: Client, address: str, fields: dict[str, str], csv: bytes = b"") -> Response:
    files = {"file": ("reihe.csv", csv, "text/csv")}
    return client.post(address, data=fields, files=files)


def test_a_pasted_series_is_shown_before_it_counts(client: Client, address: str) -> None:
    shown = posted(client, series_at(address), SERIES)
    assert shown.status_code == 200, shown.text
    assert "Zeitreihe mit Bruch" in shown.text
    assert "lm-series-plot" in shown.text
    assert "Noch nichts gemeldet" not in shown.text
    assert "gilt" not in client.get(address).text

    sent = posted(client, series_at(address), SERIES | {"action": "record"})
    assert sent.status_code == 303, sent.text
    page = client.get(address).text
    assert "lm-series-plot" in page
    assert "Weitere Monate melden" in page


def test_a_file_takes_the_place_of_the_text_and_lines_are_named(
    client: Client, address: str
) -> None:
    wrong = "Monat;Mittel;Fälle\n01/2025;18,5;140\nJänner;18;1\n03/2025;18;4,5\n".encode("cp1252")
    answer = posted(client, series_at(address), SERIES, wrong)

    assert answer.status_code == 422
    assert "Zeile 3: Beginnen Sie mit dem Monat" in answer.text
    assert "Zeile 4: Geben Sie eine ganze Zahl" in answer.text
    doubled = posted(client, series_at(address), SERIES | {"rows": "01/2025;18;9\n01/2025;17;9"})
    assert "Zeile 2: Dieser Zeitraum kommt zweimal vor" in doubled.text


def test_unlikely_months_are_asked_about(client: Client, address: str) -> None:
    odd = SERIES | {"rows": SERIES["rows"].replace("140;9", "140;99", 1)}

    assert "Zeile 2: Die Streuung" in posted(client, series_at(address), odd).text


def test_a_plan_is_lodged_and_its_numbers_reported_by_side(client: Client, address: str) -> None:
    where = address.replace("/messungen", "/vergleichsplan")
    plan = {
        "metric": "waiting_time", "design": "did", "starts_on": "2026-01-05",
        "comparison": "Bürgerbüro Nord", "plan": "Alle Termine", "analyst": "own",
    }  # fmt: skip
    assert client.post(where, data=plan | {"comparison": " "}).status_code == 422
    assert client.post(where, data=plan).status_code == 303
    page = client.get(address).text
    assert "Plan hinterlegt am" in page
    assert "Bürgerbüro Nord" in page
    (evaluation,) = re.findall(r"messreihe\?evaluation=([0-9a-f-]+)", page)
    rows = "\n".join(
        f"{month:02d}/{year};{side};{level + month};140;9"
        for side, before, after in (("mit", 18, 14), ("Vergleich", 18, 18))
        for year, level in ((2025, before), (2026, after))
        for month in range(2, 9)
    )
    fields = {"evaluation": evaluation, "rows": rows, "action": "record"}
    sent = posted(client, series_at(address), fields)
    assert sent.status_code == 303, sent.text
    assert "Differenz der Differenzen" in client.get(address).text


def test_two_groups_are_reported_side_by_side(client: Client, address: str) -> None:
    groups = {
        "metric": "fpr_gap", "one.stratum": "Gruppe A", "one.period": "2025", "one.events": "30",
        "one.n": "400", "other.stratum": "Gruppe B", "other.period": "2025",
        "other.events": "20", "other.n": "400,5",
    }  # fmt: skip
    assert "other.n" in client.post(address, data=groups).text
    sent = client.post(address, data=groups | {"other.n": "400"})
    assert sent.status_code == 303, sent.text
    page = client.get(address).text
    assert "Gruppe B" in page
    assert "+2,5" in page
