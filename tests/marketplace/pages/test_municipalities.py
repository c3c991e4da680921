"""What a citizen learns of her place, and how she finds it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, municipalities
from catalog.adoptions import Claim, Stage, Use
from catalog.municipalities import Place
from tests.factories import OPERATOR, a_city, a_place, a_solution

TODAY = date(2026, 11, 23)

Enter = Callable[[], Session]
Client = TestClient[Litestar]
Statements = Callable[[], AbstractContextManager[list[str]]]


def address(place: municipalities.Municipality, language: str = "de") -> str:
    folder = "kommunen" if language == "de" else "municipalities"
    return f"/{language}/{folder}/{place.ars}/{place.slug}"


def test_empty_place_is_not_said_to_use_no_ai(enter: Enter, client: Client) -> None:
    with enter() as session:
        place = a_place(session, "Auenrode")
        session.commit()

    german = client.get(address(place)).text
    english = client.get(address(place, "en")).text

    assert "Welche KI nutzt Auenrode?" in german
    assert "Auenrode hat noch nichts eingetragen" in german
    assert "nutzt keine KI" not in german
    assert "As of November 23, 2026. That does not mean that it uses no AI." in english


def test_uses_are_told_in_plain_words(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        fields = {"summary": {"de": "Ordnet Briefe."}, "human_oversight": "propose"}
        running = a_solution(session, "Läuft", publisher=a_city(session, "Stadt A"), **fields)
        planned = a_solution(session, "Kommt", publisher=a_city(session, "Stadt B"))
        ended = a_solution(session, "Vorbei", publisher=a_city(session, "Stadt C"))
        a_solution(session, "Eigenes", publisher=city)
        for solution, use in (
            (running, Use(Stage.LIVE, date(2026, 1, 1))),
            (planned, Use(Stage.PLANNED, date(2027, 1, 1))),
            (ended, Use(Stage.ENDED, date(2026, 2, 1), ended_reason="legal")),
        ):
            adoptions.declare(session, OPERATOR, solution, city, use, today=TODAY)
        session.commit()

    page = client.get(address(city.municipality, "en")).text  # type: ignore[arg-type]

    assert "Ordnet Briefe." in page
    assert "The system proposes, a person decides" in page
    assert "Live since January 1, 2026" in page
    assert page.index("Läuft") < page.index("What is planned?") < page.index("Kommt")
    assert page.index("Kommt") < page.index("What was tried and ended?")
    assert "Legal concerns" in page
    assert "What does Auenrode offer to others?" in page


def test_report_of_others_is_told_apart(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        solution = a_solution(session, publisher=a_city(session, "Stadt A"))
        live = Use(Stage.LIVE, date(2025, 1, 1))
        claim = Claim(solution.id, city.id, [(Stage.LIVE, date(2025, 1, 1))], live)
        adoptions.enter_many(session, OPERATOR, [claim])
        session.commit()

    page = client.get(address(city.municipality, "en")).text  # type: ignore[arg-type]

    assert "Others report this. The municipality has not confirmed it." in page
    assert "Auenrode" not in client.get("/de/lichter").text


def test_former_key_leads_to_the_place_that_took_over(enter: Enter, client: Client) -> None:
    former = ("059980000099", "Alt-Auenrode", date(2024, 12, 31))
    with enter() as session:
        places = [
            Place("059980000099", "Alt-Auenrode", population=900),
            Place("059980000001", "Auenrode", population=9_000),
        ]
        municipalities.load(session, places, as_of=TODAY, source="test")
        merged = Place("059980000001", "Auenrode", population=9_900, former=[former])
        municipalities.load(session, [merged], as_of=TODAY, source="test")
        session.commit()

    answer = client.get("/de/kommunen/059980000099/alt-auenrode")

    assert answer.status_code == 301
    assert answer.headers["location"] == "/de/kommunen/059980000001/auenrode?former=059980000099"
    page = client.get(answer.headers["location"].replace("/de/kommunen", "/en/municipalities")).text
    assert "Alt-Auenrode, until December 31, 2024 (former key 059980000099)" in page
    assert "Alt-Auenrode is now part of Auenrode." in page


def test_wrong_slug_and_permanent_link_lead_to_the_right_address(
    enter: Enter, client: Client
) -> None:
    with enter() as session:
        place = a_place(session, "Auenrode")
        session.commit()

    wrong = client.get(f"/en/municipalities/{place.ars}/falsch")
    permanent = client.get(f"/id/municipality/{place.id}", headers={"accept-language": "en"})

    assert wrong.status_code == 301
    assert wrong.headers["location"] == address(place, "en")
    assert permanent.headers["location"] == address(place, "en")
    assert client.get("/de/kommunen/059999999999/x").status_code == 404


def test_one_hit_leads_straight_to_the_profile(enter: Enter, client: Client) -> None:
    with enter() as session:
        place = a_place(session, "Auenrode")
        a_place(session, "Neuenkirchen")
        a_place(session, "Neuenkirchen")
        session.commit()

    one = client.get("/de/kommunen", params={"q": "auenr"})
    two = client.get("/de/kommunen", params={"q": "Neuenkirchen"})
    none = client.get("/en/municipalities", params={"q": "<b>Xyz"})

    assert one.status_code == 303
    assert one.headers["location"] == address(place)
    assert two.status_code == 200
    assert two.text.count(">Neuenkirchen</a>") == 2
    assert "No municipality begins with this name or postcode" in none.text
    assert "<b>Xyz" not in none.text


def test_lists_count_lights_by_state(enter: Enter, client: Client) -> None:
    with enter() as session:
        solution = a_solution(session)
        for name in ("Stadt Eins", "Stadt Zwei"):
            use = Use(Stage.LIVE, date(2025, 1, 1))
            adoptions.declare(session, OPERATOR, solution, a_city(session, name), use, today=TODAY)
        session.commit()

    listed = client.get("/en/municipalities", params={"land": "05"}).text
    elsewhere = client.get("/de/kommunen", params={"land": "09"}).text
    lights = client.get("/en/lights").text

    assert "2 municipalities" in listed
    assert ">Eins</a>" in listed
    assert ">Eins</a>" not in elsewhere
    assert "Today there are 2." in lights
    assert ">Zwei</a>" in lights
    assert 'class="lm-chart lm-sea-of-lights"' in lights


def test_pages_ask_the_database_a_fixed_number_of_times(
    enter: Enter, client: Client, statements: Statements
) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        session.commit()
    counts = []
    for _round in range(2):
        with enter() as session:
            for _each in range(15):
                solution = a_solution(session, publisher=a_city(session))
                for body in (city, a_city(session)):
                    use = Use(Stage.LIVE, date(2026, 1, 1))
                    adoptions.declare(session, OPERATOR, solution, body, use, today=TODAY)
            session.commit()
        for page in (address(city.municipality), "/de/kommunen", "/de/lichter"):  # type: ignore[arg-type]
            with statements() as found:
                assert client.get(page).status_code == 200
            counts.append(len(found))

    assert counts[:3] == counts[3:]
    assert max(counts) <= 12
