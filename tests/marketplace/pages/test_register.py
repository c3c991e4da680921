"""The KI-Transparenzregister as citizens read it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog.facts import Withheld
from catalog.register import assessments, coverage, entries
from tests.factories import OPERATOR, a_city, an_entry

TODAY = date(2026, 11, 23)

Enter = Callable[[], Session]
Client = TestClient[Litestar]
Statements = Callable[[], AbstractContextManager[list[str]]]


def test_a_card_asks_eight_questions_and_hides_no_gap(enter: Enter, client: Client) -> None:
    with enter() as session:
        an_entry(
            session, a_city(session, "Stadt Auenrode"),
            withheld={"models": Withheld("trade_secret", decided_on=TODAY)},
        )  # fmt: skip
        session.commit()

    page = client.get("/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode").text

    assert page.count('class="lm-question"') == 8
    assert "Ein Mensch entscheidet. Das System macht einen Vorschlag." in page
    assert "Wird nicht veröffentlicht, weil: Geschäftsgeheimnis" in page
    assert "nicht angegeben" in page
    assert "Keine Rechtsberatung" in page


def test_the_list_filters_and_goes_on_by_position(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        for number in range(27):
            an_entry(session, city, f"System {number:02d}")
        an_entry(
            session, city, "Akten",
            status="test", assessment=assessments.assessed({"annex_iii": ["5a"]}, today=TODAY),
        )  # fmt: skip
        session.commit()

    page = client.get("/de/ki-transparenzregister").text
    assert "28 Einträge" in page
    href = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = client.get(href).text
    assert (page + rest).count("lm-card-name") == 28

    heavy = client.get("/de/ki-transparenzregister?risk_class=high_risk_annex_iii").text
    assert "Akten" in heavy
    assert "System 01" not in heavy
    assert (
        client.get("/de/ki-transparenzregister?after=x&risk_class=%00&land=zz").status_code == 200
    )


def test_the_list_costs_few_statements(
    enter: Enter, client: Client, statements: Statements
) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        for number in range(5):
            an_entry(session, city, f"System {number}")
        session.commit()
    client.get("/de/ki-transparenzregister")

    with statements() as found:
        client.get("/en/transparency-register?current=1")

    assert len(found) <= 8, found


def test_a_withdrawn_entry_says_why(enter: Enter, client: Client) -> None:
    with enter() as session:
        entry = an_entry(session, a_city(session, "Stadt Auenrode"))
        entries.withdraw(session, OPERATOR, entry, reason="Doppelt eingetragen.")
        session.commit()

    answer = client.get("/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode")

    assert answer.status_code == 410
    assert "Doppelt eingetragen." in answer.text


@pytest.mark.parametrize("language", ["de", "en"])
def test_coverage_names_who_is_silent_without_blame(
    enter: Enter, client: Client, language: str
) -> None:
    with enter() as session:
        an_entry(session, a_city(session, "Stadt Auenrode"))
        a_city(session, "Stadt Still")
        zero = a_city(session, "Stadt Ohne")
        coverage.declare_zero(session, OPERATOR, zero, today=TODAY)
        session.commit()

    path = {
        "de": "/de/ki-transparenzregister/abdeckung",
        "en": "/en/transparency-register/coverage",
    }
    page = client.get(path[language]).text

    words = {
        "de": ("Hat gemeldet", "Noch nichts gehört", "erklärt am 23. November 2026"),
        "en": ("Reported", "Nothing heard yet", "declared on November 23, 2026"),
    }
    assert all(word in page for word in words[language])
