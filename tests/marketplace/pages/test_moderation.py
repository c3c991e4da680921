"""Review over HTTP: submit, ask, answer, decide, undo; and what nobody else sees."""

from collections.abc import Callable

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
from tests.factories import OPERATOR, a_city

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
