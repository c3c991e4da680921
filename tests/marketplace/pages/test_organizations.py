"""What anybody may know of an organization."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, organizations, solutions
from catalog.adoptions import Stage, Use
from catalog.database import now
from catalog.organizations import Kind
from catalog.records import SolutionRecord
from catalog.solutions import NewSolution
from tests.factories import OPERATOR, a_city, a_record, a_solution, actor_for

TODAY = date(2026, 11, 23)

Enter = Callable[[], Session]
Client = TestClient[Litestar]
Statements = Callable[[], AbstractContextManager[list[str]]]


def test_profile_lists_what_it_publishes_and_uses(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        a_solution(session, "Eigenes", publisher=city, summary={"de": "Zählt Bäume."})
        other = a_solution(session, "Fremdes", publisher=a_city(session, "Stadt Zwei"))
        ended = a_solution(session, "Versuch", publisher=a_city(session, "Stadt Drei"))
        live = Use(Stage.LIVE, date(2026, 1, 1))
        stopped = Use(Stage.ENDED, date(2026, 2, 1), ended_reason="cost")
        adoptions.declare(session, OPERATOR, other, city, live, today=TODAY)
        adoptions.declare(session, OPERATOR, ended, city, stopped, today=TODAY)
        session.commit()

    page = client.get("/en/organizations/stadt-auenrode").text

    assert page.index("Eigenes") < page.index("Fremdes") < page.index("Versuch")
    assert "Zählt Bäume." in page
    assert "Reason: Costs too high" in page
    assert "Organization verified" in page


def test_members_are_never_shown(enter: Enter, client: Client) -> None:
    with enter() as session:
        actor_for(session, a_city(session, "Stadt Auenrode"))
        session.commit()

    page = client.get("/en/organizations/stadt-auenrode").text

    assert "Toni Test" not in page
    assert "@test.example" not in page


def test_verified_organization_says_since_when(enter: Enter, client: Client) -> None:
    with enter() as session:
        a_city(session, "Stadt Auenrode").verified_on = now()
        session.commit()

    assert "Organization verified" in client.get("/en/organizations/stadt-auenrode").text


def test_empty_profile_does_not_claim_that_no_ai_is_used(enter: Enter, client: Client) -> None:
    with enter() as session:
        organizations.found(session, OPERATOR, name="Verein", kind=Kind.ASSOCIATION)
        session.commit()

    page = client.get("/en/organizations/verein").text

    assert "Verein has entered no use here yet." in page
    assert "That does not mean that it uses no AI." in page


def test_hostile_website_is_no_link(enter: Enter, client: Client) -> None:
    with enter() as session:
        organizations.found(
            session, OPERATOR, name="<b>Verein</b>", kind=Kind.ASSOCIATION,
            website="javascript:alert(1)", about={"de": "<img src=x onerror=alert(1)>"},
        )  # fmt: skip
        session.commit()

    page = client.get("/de/organisationen/b-verein-b").text

    assert "javascript:" not in page
    assert "<img" not in page
    assert "<b>Verein</b>" not in page


def test_long_lists_are_paged(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        items = [
            NewSolution(SolutionRecord(name={"de": f"Lösung {n:02d}"}), city.id) for n in range(45)
        ]
        solutions.publish_many(session, OPERATOR, items)
        session.commit()

    first = client.get("/en/organizations/stadt-auenrode").text
    last = client.get("/en/organizations/stadt-auenrode?page=99").text

    assert "45 solutions" in first
    assert first.count('href="/en/solutions/loesung-') == 20
    assert last.count('href="/en/solutions/loesung-') == 5


def test_draft_is_not_listed(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        solutions.draft(session, OPERATOR, city, a_record("Geheim"))
        session.commit()

    assert "Geheim" not in client.get("/en/organizations/stadt-auenrode").text


def test_old_slug_and_permanent_link_lead_to_the_profile(enter: Enter, client: Client) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        session.flush()
        city.slug = "auenrode-neu"
        session.commit()

    answer = client.get("/de/organisationen/stadt-auenrode")
    permanent = client.get(f"/id/organization/{city.id}", headers={"accept-language": "de"})

    assert answer.status_code == 301
    assert answer.headers["location"] == "/de/organisationen/auenrode-neu"
    assert permanent.headers["location"] == "/de/organisationen/auenrode-neu"
    assert client.get("/de/organisationen/niemand").status_code == 404


def test_profile_asks_the_database_a_fixed_number_of_times(
    enter: Enter, client: Client, statements: Statements
) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        session.commit()
    counts = []
    for _round in range(2):
        with enter() as session:
            for _each in range(15):
                solution = a_solution(session, "Fremdes", publisher=a_city(session))
                use = Use(Stage.LIVE, date(2026, 1, 1))
                adoptions.declare(session, OPERATOR, solution, city, use, today=TODAY)
                a_solution(session, "Eigenes", publisher=city)
            session.commit()
        with statements() as found:
            assert client.get("/de/organisationen/stadt-auenrode").status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1] <= 12
