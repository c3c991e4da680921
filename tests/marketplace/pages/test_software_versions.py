"""Versions of the software: files, security notices, end of support, what came after one's own."""

from collections.abc import Callable
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, changes, interfaces, releases
from catalog.adoptions import Stage, Use
from catalog.interfaces import BreakingChange, Described, Statement
from catalog.organizations import Organization
from catalog.permissions import Role
from catalog.releases import Artifact
from catalog.solutions import Solution
from marketplace.notifications import following, notices
from marketplace.notifications.events import Event
from tests.factories import OPERATOR, a_city, a_solution, actor_for
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]
SignIn = Callable[..., None]

SUM = "sha256:" + "ab" * 32
FORM = {
    "version": "1.4",
    "released_on": "2026-11-01",
    "notes.de": "Läuft schneller.",
    "security.de": "Schließt eine Lücke.",
    "supported_until": "2027-11-01",
    "kind.1": "archive",
    "address.1": "https://git.example/post.zip",
    "checksum.1": SUM.upper().replace("SHA", "sha"),
    "kind.2": "image",
    "address.2": "",
    "checksum.2": "",
}


@pytest.fixture
def solution(enter: Enter, city: Organization) -> Solution:
    with enter() as session:
        found = a_solution(session, publisher=session.get_one(Organization, city.id))
        session.commit()
        return found


def test_a_version_is_added_with_files_notice_and_end_once(
    client: Client, sign_in: SignIn, enter: Enter, solution: Solution
) -> None:
    sign_in()
    address = f"/de/meine-loesungen/{solution.id}/softwareversionen"

    twice = [client.post(address, data=FORM).headers["location"] for _ in range(2)]

    assert twice == [f"{address}?done=added"] * 2
    with enter() as session:
        (release,) = releases.of_solution(session, solution)
        verbs = [each.verb for each in changes.of_thing(session, "solution", solution.id)]
    assert release.artifacts == [Artifact("archive", "https://git.example/post.zip", SUM)]
    assert (release.security, release.supported_until) == (
        {"de": "Schließt eine Lücke."}, date(2027, 11, 1),
    )  # fmt: skip
    assert sorted(verbs[:2]) == ["released", "security_noticed"]
    slug = solution.slug
    for path in (f"/de/loesungen/{slug}", address, f"/de/loesungen/{slug}/versionen.atom"):
        assert "Schließt eine Lücke." in client.get(path).text, path
    feed = client.get(f"/de/loesungen/{slug}/aenderungen.atom").text
    assert "Sicherheitshinweis zu einer Version der Software" in feed


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"checksum.1": "md5:1"}, "artifacts"),
        ({"kind.1": "virus"}, "artifacts"),
        ({"address.1": "file:///etc/passwd"}, "artifacts"),
        ({"supported_until": "2020-01-01"}, "supported_until"),
        ({"supported_until": "bald"}, "supported_until"),
        ({"supersedes": "0.9"}, "supersedes"),
        ({"version": ""}, "version"),
    ],
)
def test_a_wrong_form_comes_back_filled(
    client: Client, sign_in: SignIn, solution: Solution, wrong: dict[str, str], field: str
) -> None:
    sign_in()

    answer = client.post(f"/de/meine-loesungen/{solution.id}/softwareversionen", data=FORM | wrong)

    assert answer.status_code == 422
    assert f'href="#field-{field}"' in answer.text
    assert "Schließt eine Lücke." in answer.text
    assert wrong.get("address.1", FORM["address.1"]) in answer.text


def test_more_rows_keep_what_was_typed_and_add_nothing(
    client: Client, sign_in: SignIn, enter: Enter, solution: Solution
) -> None:
    sign_in()

    answer = client.post(
        f"/de/meine-loesungen/{solution.id}/softwareversionen", data=FORM | {"then": "more"}
    )

    assert answer.status_code == 200
    assert 'name="address.4"' in answer.text
    assert "https://git.example/post.zip" in answer.text
    with enter() as session:
        assert list(releases.of_solution(session, solution)) == []


def test_what_is_new_begins_at_the_own_version_and_names_interfaces(
    client: Client, sign_in: SignIn, enter: Enter, solution: Solution, city: Organization
) -> None:
    with enter() as session:
        for version, day in (("1.0", 1), ("1.1", 2), ("1.2", 3)):
            released = releases.publish(
                session, OPERATOR, solution, version=version, released_on=date(2026, 1, day)
            )
        use = Use(Stage.LIVE, date(2026, 3, 1), release="1.1")
        own = session.get_one(Organization, city.id)
        found = session.get_one(Solution, solution.id)
        adoptions.declare(session, OPERATOR, found, own, use, today=TODAY)
        document = Described(b"{}", "a.json", "openapi", "3.1", "API", "1", "valid", [], "test")
        spec = interfaces.describe(
            session, OPERATOR, found, Statement("API", release=released), document
        )
        change = BreakingChange("operation-removed", "breaking", "/paths/~1x/get")
        interfaces.publish(session, OPERATOR, found, spec, [change])
        session.commit()
    path = f"/de/loesungen/{solution.slug}"

    visitor = client.get(path).text
    sign_in(Role.READER)
    member = client.get(path).text
    since = client.get(f"{path}?since=1.1").text

    assert "nutzt Version 1.1." not in visitor
    assert f"{city.name} nutzt Version 1.1." in member
    assert '<option value="1.1" selected>' in member
    assert "Schnittstelle API: 1 Änderung, davon mit möglichem Bruch: 1" in since
    assert f"/schnittstellen/{spec.id}/unterschiede" in since
    assert "<b>1.0</b>" not in since


def test_who_uses_a_solution_hears_of_its_security_notice(enter: Enter, solution: Solution) -> None:
    with enter() as session:
        other = a_city(session, "Stadt Anderort")
        member = actor_for(session, other)
        found = session.get_one(Solution, solution.id)
        use = Use(Stage.LIVE, date(2026, 3, 1))
        adoptions.declare(session, OPERATOR, found, other, use, today=TODAY)
        session.commit()
        following.begin(session)
        session.commit()
        releases.publish(
            session, OPERATOR, found, version="2", released_on=TODAY, security={"de": "Lücke"}
        )
        session.commit()

        following.follow(session)
        session.flush()

        told = notices_of(session, member.person_id)
    assert told == [Event.SECURITY_NOTICED]


def notices_of(session: Session, person_id: object) -> list[str]:
    rows = session.query(notices.Notice).filter_by(person_id=person_id).all()
    return [row.event for row in rows]
