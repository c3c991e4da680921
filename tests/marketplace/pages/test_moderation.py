"""Review over HTTP: submit, ask, answer, decide, undo; and what nobody else sees."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import drafts, memberships, people
from catalog.database import new_id
from catalog.moderation.cases import Case
from catalog.organizations import Organization
from catalog.permissions import Role
from catalog.solutions import Solution
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from tests.catalog.test_drafts import ready
from tests.factories import OPERATOR, a_city, a_solution

Client = TestClient[Litestar]
Enter = Callable[[], Session]
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def city(enter: Enter) -> Organization:
    with enter() as session:
        body = a_city(session)
        body.publishes_at_once = False
        session.commit()
        return body


@pytest.fixture
def solution(enter: Enter, city: Organization) -> Solution:
    with enter() as session:
        begun = drafts.begin(session, OPERATOR, city, ready(), id=new_id())
        session.commit()
        return begun


@pytest.fixture
def cookies(enter: Enter, city: Organization) -> dict[str, str]:
    """Logins of a writer, a lead and a moderator."""
    found = {}
    with enter() as session:
        for name, role in (("writer", Role.CONTRIBUTOR), ("lead", Role.LEAD), ("moderator", None)):
            person = people.enter(
                session,
                OPERATOR,
                email=f"{name}@test.example",
                name=name.title(),
                is_moderator=role is None,
            )
            if role:
                memberships.join(session, OPERATOR, person, city, role)
            found[name] = logins.begin(session, person)
        session.commit()
    return found


def as_(client: Client, token: str) -> Client:
    client.cookies.set(COOKIE, token)
    client.headers["origin"] = "https://node.example"
    return client


def test_a_draft_is_submitted_returned_answered_and_published(
    client: Client, enter: Enter, cookies: dict[str, str], solution: Solution
) -> None:
    draft = f"/de/meine-loesungen/{solution.id}"
    as_(client, cookies["writer"])
    assert "Eine zweite Person aus der Redaktion" in client.get(draft).text
    sent = client.post(f"{draft}/einreichen", data={"revision": "1"})
    assert "Der Entwurf ist eingereicht" in client.get(sent.headers["location"]).text

    as_(client, cookies["lead"])
    assert "PostLotse" in client.get("/de/moderation").text
    with enter() as session:
        case = f"/de/moderation/faelle/{session.query(Case).one().id}"
    review = client.get(case).text
    assert "Soll öffentlich werden" in review
    assert "entfernt" not in review
    assert client.post(case, data={"verb": "refuse", "text": ""}).status_code == 422
    client.post(case, data={"verb": "return", "text": f"Wer betreibt das? {SCRIPT}"})

    as_(client, cookies["writer"])
    page = client.get(draft).text
    assert "Wer betreibt das?" in page
    assert SCRIPT not in page + client.get(case).text
    client.post(f"{draft}/einreichen", data={"revision": "1", "answer": f"Wir. {SCRIPT}"})
    assert client.post(case, data={"verb": "approve"}).status_code == 403

    as_(client, cookies["lead"])
    assert SCRIPT not in client.get(case).text
    done = client.post(case, data={"verb": "approve"})
    assert "24 Stunden" in client.get(done.headers["location"]).text
    assert client.get(f"/de/loesungen/{solution.slug}").status_code == 200
    client.post(f"{case}/rueckgaengig")
    assert client.get(f"/de/loesungen/{solution.slug}").status_code == 410


def test_strangers_and_visitors_see_neither_queue_nor_case(
    client: Client, cookies: dict[str, str]
) -> None:
    assert client.get("/de/moderation").status_code == 303
    as_(client, cookies["writer"])
    assert client.get("/de/moderation").status_code == 403
    assert client.get(f"/de/moderation/faelle/{new_id()}").status_code == 404
    as_(client, cookies["moderator"])
    assert "Alles erledigt." in client.get("/de/moderation").text


@pytest.mark.parametrize("path", ["/de/moderation/protokoll", "/en/moderation/log"])
def test_everybody_reads_the_log(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("about", ["loesungen", "organisationen"])
def test_anybody_reports_an_error_and_programs_do_not(
    client: Client, enter: Enter, cookies: dict[str, str], city: Organization, about: str
) -> None:
    with enter() as session:
        slug = city.slug if about == "organisationen" else a_solution(session, publisher=city).slug
        session.commit()
    client.headers["origin"] = "https://node.example"
    page = f"/de/{about}/{slug}"
    form = f"{page}/fehler-melden"
    assert form in client.get(page).text
    shown = client.get(form).text
    guard = client.app.state.form_guard
    stamp = guard.stamp(datetime.now(UTC) - timedelta(minutes=1))
    told = {"kind": "outdated", "text": f"Seit Mai beendet. {SCRIPT}", "shown_at": stamp}
    assert 'name="website"' in shown
    assert client.post(form, data=told | {"website": "x"}).status_code == 303
    fast = client.post(form, data=told | {"shown_at": guard.stamp()})
    assert fast.status_code == 409
    forged = stamp.replace(stamp[:4], "1700", 1)
    assert client.post(form, data=told | {"shown_at": forged}).status_code == 409
    assert "Seit Mai beendet." in fast.text
    assert SCRIPT not in fast.text
    wrong = client.post(form, data=told | {"text": ""})
    assert wrong.status_code == 422
    with enter() as session:
        assert session.query(Case).count() == 0

    sent = client.post(form, data=told)
    assert "Vielen Dank" in client.get(sent.headers["location"]).text
    as_(client, cookies["moderator"])
    with enter() as session:
        case = session.query(Case).one()
    assert "Gemeldeter Fehler" in client.get("/de/moderation").text
    found = client.get(f"/de/moderation/faelle/{case.id}").text
    assert "Seit Mai beendet." in found
    assert SCRIPT not in found


def test_a_deletion_is_asked_for_by_one_and_decided_by_another(
    client: Client, enter: Enter, cookies: dict[str, str], city: Organization
) -> None:
    with enter() as session:
        solution = a_solution(session, publisher=city)
        session.commit()
    draft = f"/de/meine-loesungen/{solution.id}"
    as_(client, cookies["writer"])
    assert client.get(f"{draft}/loeschen").status_code == 403
    as_(client, cookies["lead"])
    assert f"{draft}/loeschen" in client.get(draft).text
    assert client.post(f"{draft}/loeschen", data={"reason": ""}).status_code == 422
    sent = client.post(f"{draft}/loeschen", data={"reason": "Aus Versehen eingetragen."})
    case = sent.headers["location"].partition("?")[0]
    assert "Die Löschung ist beantragt." in client.get(sent.headers["location"]).text
    assert client.post(case, data={"verb": "approve"}).status_code == 403
    again = client.post(f"{draft}/loeschen", data={"reason": "Noch einmal."})
    assert again.status_code == 409
    as_(client, cookies["moderator"])
    client.post(case, data={"verb": "approve"})
    assert client.get(f"/de/loesungen/{solution.slug}").status_code == 410


def test_two_entries_are_compared_side_by_side_before_they_are_merged(
    client: Client, enter: Enter, cookies: dict[str, str], city: Organization
) -> None:
    with enter() as session:
        one = a_solution(session, publisher=city, phase="pilot")
        other = a_solution(session, publisher=city, phase="operation")
        session.commit()
    pairs = "/de/moderation/dubletten"
    as_(client, cookies["lead"])
    assert client.get(pairs).status_code == 403
    as_(client, cookies["moderator"])
    assert "Kein Paar wartet" in client.get(pairs).text
    unknown = client.post(pairs, data={"one": one.slug, "other": "https://fremd.example/x"})
    assert unknown.status_code == 422
    named = {"one": f"https://node.example/de/loesungen/{one.slug}", "other": other.slug}
    case = client.post(pairs, data=named).headers["location"]
    page = client.get(case).text
    assert "Worin sich beide unterscheiden" in page
    assert one.slug in page
    assert other.slug in page
    assert client.post(case, data={"verb": "approve", "survivor": "x"}).status_code == 404
    client.post(case, data={"verb": "approve", "survivor": str(one.id)})
    led = client.get(f"/de/loesungen/{other.slug}")
    assert led.status_code == 301
    assert led.headers["location"] == f"/de/loesungen/{one.slug}"


def test_what_a_program_can_say_stands_beside_the_case(
    client: Client, enter: Enter, cookies: dict[str, str], solution: Solution
) -> None:
    with enter() as session:
        a_solution(session, "PostLotse")
        session.commit()
    as_(client, cookies["writer"])
    client.post(f"/de/meine-loesungen/{solution.id}/einreichen", data={"revision": "1"})
    with enter() as session:
        case = session.query(Case).one()
    as_(client, cookies["lead"])
    page = client.get(f"/de/moderation/faelle/{case.id}").text
    for expected in ("Automatische Prüfungen", "Alle sind da.", "gut lesbar", "Stadt Musterort"):
        assert expected in page
