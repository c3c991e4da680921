"""The KI-Transparenzregister as citizens read it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog.facts import Withheld
from catalog.register import assessments, coverage, entries
from marketplace.pages.editor.reading_level import reading_level
from marketplace.sample import register as sample_register
from tests.factories import OPERATOR, a_city, an_entry, an_entry_record

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


MARKER = "Nebelkraehenquartett"


def test_what_is_withheld_later_is_nowhere(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        entry = an_entry(session, city, intended_purpose={"de": MARKER})
        key = entry.id
        session.commit()
    addresses = [
        "/de/ki-transparenzregister",
        "/de/ki-transparenzregister.csv",
        "/de/ki-transparenzregister.json",
        "/de/ki-transparenzregister.atom",
        "/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode",
        "/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode/fassungen",
        f"/api/v1/register/entries/{key}",
        f"/api/v1/register/entries/{key}/versions/1",
        f"/api/v1/register/entries/{key}/versions/2",
        "/api/v1/register/entries",
        "/api/v1/changes",
    ]
    assert MARKER in client.get(addresses[4]).text

    with enter() as session:
        reason = {"intended_purpose": Withheld("law_enforcement", {"de": "§ 3 PolG"}, TODAY)}
        hidden = an_entry_record(withheld=reason)
        entries.renew(session, OPERATOR, entries.by_id(session, key), hidden, today=TODAY)
        session.commit()
    client.app.state.database.on_public_change[0]()

    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert MARKER not in answer.text, address
    assert "§ 3 PolG" in client.get(addresses[4]).text


def test_german_cards_are_easy_to_read() -> None:
    """The sentences that the card makes itself, and those of the sample's bodies; the aim is 45."""
    told = sample_register.read()
    for slug, each in told.entries.items():
        said = [
            each.impact_on_people, each.process, each.human_oversight, each.redress,
            each.data_used, each.retention, each.monitoring,
        ]  # fmt: skip
        words = [*said, *(text for risk in each.risks for text in risk.values())]
        measured = reading_level("\n".join(words))
        assert measured.lix <= 45, (slug, measured)


def test_german_sentences_of_the_card_are_easy_to_read(enter: Enter, client: Client) -> None:
    cases = [("inform", "none"), ("propose", "personal"), ("approve", "special"), ("automated", "")]
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        for mode, personal in [*cases, ("", "")]:
            told = {"decision_mode": mode, "personal_data": personal}
            an_entry(session, city, f"System {mode}", start=TODAY, **told)
        session.commit()
    for mode, _personal in cases:
        page = client.get(f"/de/ki-transparenzregister/eintraege/system-{mode}-stadt-auenrode").text

        answers = re.findall(r'<div class="lm-answer">(.*?)</div></section>', page, re.S)
        said = [text for each in answers for text in re.findall(r"<p>([^<]*)</p>", each)]
        measured = reading_level("\n".join(said))

        assert measured.words > 40
        assert measured.lix <= 45, said


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
