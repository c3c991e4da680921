"""The impact explorer and its syntheses: right in number and direction, silent on small cells."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from types import SimpleNamespace
from typing import cast

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Claim, Stage, Use
from impact import metrics, synthesis
from impact.evaluations import Effect
from impact.findings import Finding
from impact.studies import studies
from marketplace.pages import synthesis_words
from marketplace.pages.reader import Reader
from marketplace.translations import translations
from tests.factories import OPERATOR, a_city, a_solution, an_effect

TODAY = date(2026, 11, 23)

Enter = Callable[[], Session]
Client = TestClient[Litestar]
Statements = Callable[[], AbstractContextManager[list[str]]]

GOOD, NULL, BAD = [-0.3, -0.31, -0.29, -0.3], [-0.3, 0.3, -0.1, 0.1], [0.3, 0.31, 0.29, 0.3]


def _reader(language: str) -> Reader:
    return cast(
        "Reader", SimpleNamespace(language=language, texts=translations(language),
                                  _=translations(language).gettext)
    )  # fmt: skip


def _finding(metric: str, effects: list[float], withheld: int = 0) -> Finding:
    pooled = synthesis.pool(studies(effects, [0.0004] * len(effects)))
    rows = cast("list[Effect]", [SimpleNamespace(yi=y) for y in effects])
    return Finding(
        metrics.metric_of(metric), rows, rows, pooled, len(effects) + 3, withheld=withheld
    )


@pytest.mark.parametrize(
    ("metric", "effects", "said", "judged"),
    [
        ("processing_time", GOOD, "26 Prozent weniger", "eine Verbesserung"),
        ("processing_time", BAD, "35 Prozent mehr", "eine Verschlechterung"),
        ("processing_time", NULL, "keine Veränderung", "nicht sicher"),
        ("uptake", GOOD, "26 Prozent weniger", "eine Verschlechterung"),
        ("uptake", BAD, "35 Prozent mehr", "eine Verbesserung"),
        ("override_rate", BAD, "35 Prozent mehr", "keine Richtung für sich besser"),
        ("citizen_satisfaction", [4.0, 4.1, 3.9, 4.0], "4,0 Punkte mehr", "eine Verbesserung"),
        ("citizen_satisfaction", [-4.0, -4.1, -3.9], "4,0 Punkte weniger", "Verschlechterung"),
    ],
)
def test_the_sentence_is_right_in_number_and_direction(
    metric: str, effects: list[float], said: str, judged: str
) -> None:
    sentence = synthesis_words.statement(_reader("de"), _finding(metric, effects))

    assert said in sentence.split(".")[0] + "."
    assert f"In {len(effects)} Kommunen" in sentence
    assert judged in sentence
    assert "%" not in sentence


def test_the_sentence_is_complete_in_english() -> None:
    sentence = synthesis_words.statement(_reader("en"), _finding("processing_time", GOOD))

    assert "26 percent less" in sentence
    assert sentence.endswith("For this metric that is an improvement.")


def test_silence_is_counted_apart_from_what_is_not_shown() -> None:
    text = synthesis_words.silence(_reader("de"), _finding("uptake", GOOD, withheld=2))

    assert "Von 7 erprobten Nachnutzungen haben 1 dazu nichts gemeldet" in text
    assert text.endswith("dahinterstehen: 2.")


def _measure(session: Session, effects: list[tuple[float, float]], *, name: str = "Lotse") -> None:
    """A solution with an effect on processing time and its number of cases for each city."""
    solution = a_solution(session, name)
    for number, (yi, cases) in enumerate(effects):
        city = a_city(session, f"Stadt {name} {number:02}")
        live = Use(Stage.LIVE, date(2025, 1, 1))
        claim = Claim(solution.id, city.id, [(Stage.LIVE, date(2025, 1, 1))], live)
        (adoption,) = adoptions.enter_many(session, OPERATOR, [claim])
        an_effect(session, adoption, yi, vi=0.0004 + number / 10_000, cases=cases)
    session.commit()


def test_a_node_without_measurements_says_so(client: Client) -> None:
    assert "Noch niemand hat eine Messung gemeldet" in client.get("/de/wirkung").text
    assert "Nobody has reported a measurement yet" in client.get("/en/impact").text
    chosen = client.get("/de/wirkung?metric=processing_time").text
    assert "Noch niemand hat eine Messung gemeldet" in chosen


def test_what_does_not_exist_is_not_found(enter: Enter, client: Client) -> None:
    with enter() as session:
        _measure(session, [(-0.2, 80)])

    assert client.get("/de/wirkung?metric=unbekannt").status_code == 404
    assert client.get("/de/wirkung/lotse/unbekannt").status_code == 404
    assert client.get("/de/wirkung/lotse/uptake").status_code == 404
    assert client.get("/de/wirkung/unbekannt/uptake").status_code == 404


def test_one_measurement_is_shown_and_not_put_together(enter: Enter, client: Client) -> None:
    with enter() as session:
        _measure(session, [(-0.2, 80)])

    page = client.get("/de/wirkung/lotse/processing_time").text

    assert "Eine Kommune hat das gemessen." in page
    assert "−18 [−21; −15]" in page
    assert "lm-pooled" not in page


def test_a_small_cell_appears_in_no_page_and_in_no_mean(enter: Enter, client: Client) -> None:
    with enter() as session:
        _measure(session, [(-0.2, 80), (-0.21, 90), (-0.19, 70), (1.7, 4)])

    pages = [
        client.get(address).text
        for address in (
            "/de/wirkung/lotse/processing_time",
            "/en/impact/lotse/processing_time",
            "/de/wirkung?metric=processing_time",
        )
    ]

    assert "In 3 Kommunen" in pages[0]
    assert "zu wenige Fälle dahinterstehen: 1." in pages[0]
    for page in pages:
        assert "Stadt Lotse 03" not in page
        assert "447" not in page, "1.7 as change in percent"
        assert "×5" not in page


def test_the_page_shows_how_firm_the_mean_is(enter: Enter, client: Client) -> None:
    with enter() as session:
        _measure(session, [(-0.2 - n / 100, 80) for n in range(11)])

    page = client.get("/de/wirkung/lotse/processing_time").text

    assert "Ohne jeweils eine" in page
    assert "ohne Stadt Lotse 05" in page
    assert "11 bis Stadt Lotse 10" in page
    assert "(Egger, p = " in page
    assert "lm-funnel-plot" in page


def test_the_explorer_tells_solutions_apart_in_few_questions(
    enter: Enter, client: Client, statements: Statements
) -> None:
    with enter() as session:
        _measure(session, [(-0.2, 80), (-0.21, 80)], name="Anna")
        _measure(session, [(0.3, 80), (0.31, 80)], name="Bodo")
    with statements() as few:
        page = client.get("/de/wirkung?metric=processing_time").text
    with enter() as session:
        for name in ("Carl", "Dora", "Emil"):
            _measure(session, [(0.3, 80), (0.31, 80)], name=name)
    with statements() as many:
        client.get("/de/wirkung?metric=processing_time")

    assert page.index("Anna") < page.index("Bodo")
    assert "Nachnutzungen haben 0" in page
    assert len(many) == len(few)
    compared = client.get("/de/wirkung?metric=processing_time&compared=1").text
    assert "Zu dieser Auswahl gibt es keine Messungen" in compared


def test_the_impact_page_shows_counts_and_from_eight_adopters_on_a_forecast(
    enter: Enter, client: Client
) -> None:
    with enter() as session:
        few, enough = a_solution(session, "Lotse"), a_solution(session, "Bote")
        for number in range(8):
            city = a_city(session, f"Stadt {number}")
            use = Use(Stage.LIVE, date(2022 + number // 3, 1 + number, 1))
            for solution in (few, enough) if number < 7 else (enough,):
                adoptions.declare(session, OPERATOR, solution, city, use, today=TODAY)
        session.commit()

    page = client.get("/de/loesungen/lotse/wirkung").text
    assert "in denen sie heute läuft: 7" in page
    assert "mindestens 8 Kommunen" in page
    assert "lm-forecast-fan" not in page
    page = client.get("/de/loesungen/bote/wirkung").text
    assert "lm-forecast-fan" in page
    assert "in 90 von 100 Fällen zwischen" in page
