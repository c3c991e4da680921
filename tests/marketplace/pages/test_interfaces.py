"""The workbench: from a file with an error to a published version, and who hears what breaks."""

import csv
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, changes, interfaces, memberships, people
from catalog.adoptions import Stage, Use
from catalog.permissions import Actor, Role
from marketplace import interface_checks
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.notifications import following, notices
from marketplace.notifications.events import Event
from tests.factories import OPERATOR, a_city, a_solution

ADDRESS = "/de/meine-loesungen/{}/schnittstellen"
GOOD = """openapi: 3.0.3
info: {title: Fall-API, version: VERSION}
paths:
  /faelle:
    get:
      summary: Fälle lesen
      tags: [Fälle]
      parameters: [{name: offen, in: query, schema: {type: boolean}}]
      responses:
        '200':
          description: Fälle
          content:
            application/json: {schema: {$ref: '#/components/schemas/Fall'}}
        default: {description: Fehler}
components:
  schemas:
    Fall:
      type: object
      properties:
        nummer: {type: string}
        oberfall: {$ref: '#/components/schemas/Fall'}
"""
FIRST = GOOD.replace("VERSION", "1.0.0")
NEXT = GOOD.replace("VERSION", "2.0.0").replace("        nummer: {type: string}\n", "")
BROKEN = FIRST.replace("        default: {description: Fehler}\n", "        '404': {}\n")
XSS = FIRST.replace("Fälle lesen", "\"<img src=x onerror='alert(1)'>\"")


class Town:
    """A publishing city with a member, its solution, and a city that uses it."""

    def __init__(self, session: Session) -> None:
        self.city = a_city(session, "Stadt Auenrode")
        self.user = a_city(session, "Stadt Nutzdorf")
        self.solution = a_solution(session, publisher=self.city)
        use = Use(Stage.LIVE, date(2026, 3, 1))
        adoptions.declare(session, OPERATOR, self.solution, self.user, use, today=date(2026, 11, 1))
        self.editor = people.enter(session, OPERATOR, email="e@test.example", name="Edi Test")
        self.clerk = people.enter(session, OPERATOR, email="c@test.example", name="Cleo Test")
        memberships.join(session, OPERATOR, self.editor, self.city, Role.EDITOR)
        memberships.join(session, OPERATOR, self.clerk, self.user, Role.EDITOR)
        self.address = ADDRESS.format(self.solution.id)


@pytest.fixture
def town(enter: Callable[[], Session]) -> Town:
    with enter() as session:
        made = Town(session)
        session.commit()
    return made


Client = TestClient[Litestar]
Enter = Callable[[], Session]


def sign_in(client: Client, enter: Enter, person: people.Person) -> None:
    with enter() as session:
        token = logins.begin(session, person)
        session.commit()
    client.cookies.set(COOKIE, token)


def send(client: Client, address: str, text: str, **fields: str) -> httpx.Response:
    return client.post(
        address,
        data=fields,
        files={"document": ("fall.yaml", text.encode())},
        headers={"origin": "https://node.example"},
    )


def publish(client: Client, page: str) -> httpx.Response:
    return client.post(
        page + "/entscheiden",
        data={"decision": "publish"},
        headers={"origin": "https://node.example"},
    )


def test_from_a_file_with_an_error_to_a_break_that_users_hear_of(
    client: Client, enter: Enter, town: Town
) -> None:
    with enter() as session:
        following.begin(session)
        session.commit()
    sign_in(client, enter, town.editor)
    sent = send(client, town.address, BROKEN, name="Fall-API", direction="provides")
    assert sent.status_code == 303, sent.text
    page = sent.headers["location"]
    shown = client.get(page).text
    line = 1 + BROKEN[: BROKEN.index("'404'")].count("\n")
    assert f"<div>{line}</div>" in shown
    assert "/paths/~1faelle/get/responses/404" in shown
    assert 'value="publish"' not in shown
    assert publish(client, page).status_code == 422

    assert send(client, page, FIRST).status_code == 303
    assert "gültig" in client.get(page).text
    assert publish(client, page).status_code == 303
    solution_page = client.get(f"/de/loesungen/{town.solution.slug}").text
    public = re.search(r'href="(/de/loesungen/[^"]+/schnittstellen/[^"]+)"', solution_page)
    assert public, solution_page
    read = client.get(public[1]).text
    assert "GET /faelle" in read
    assert 'href="#schema-1"' in read
    assert "GET /faelle" not in client.get(public[1] + "?q=nirgends").text
    assert client.get(public[1] + "/dokument").content == FIRST.encode()

    page = send(client, town.address, NEXT, name="Fall-API").headers["location"]
    assert "ist aus der Antwort entfallen" in client.get(page).text
    assert publish(client, page).headers["location"].endswith("done=broken")
    newest = page.rsplit("/", 1)[-1]
    changed = client.get(f"/de/loesungen/{town.solution.slug}/schnittstellen/{newest}/unterschiede")
    assert "Fall.nummer" in changed.text

    with enter() as session:
        following.follow(session)
        told = notices.of_person(session, Actor("c", town.clerk.id))
        assert [each.event for each in told] == [Event.INTERFACE_BROKEN]
        assert notices.of_person(session, Actor("e", town.editor.id)) == []
        verbs = [each.verb for each in changes.of_thing(session, "solution", town.solution.id)]
        assert verbs[:2] == ["interface_broken", "interface_published"]


def test_texts_of_a_description_are_shown_as_text(client: Client, enter: Enter, town: Town) -> None:
    sign_in(client, enter, town.editor)
    page = send(client, town.address, XSS, name="Fall-API").headers["location"]
    shown = client.get(page).text
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown
    assert "aus Sicherheitsgründen abgelehnt" in shown


def test_a_form_with_faults_comes_back_filled(client: Client, enter: Enter, town: Town) -> None:
    sign_in(client, enter, town.editor)
    headers = {"origin": "https://node.example"}
    fields = {"name": "Fall-API", "url": "http://127.0.0.1/openapi.yaml"}
    files = {"document": ("", b"")}
    answer = client.post(town.address, data=fields, files=files, headers=headers)
    assert answer.status_code == 422
    assert "die mit https:// beginnt" in answer.text
    assert 'value="http://127.0.0.1/openapi.yaml"' in answer.text
    answer = client.post(town.address, data={"name": ""}, files=files, headers=headers)
    assert "Geben Sie der Schnittstelle einen Namen" in answer.text


def test_drafts_and_systems_are_seen_by_their_own_people_only(
    client: Client, enter: Enter, town: Town
) -> None:
    sign_in(client, enter, town.editor)
    page = send(client, town.address, FIRST, name="Fall-API").headers["location"]
    key = page.rsplit("/", 1)[-1]
    public = f"/de/loesungen/{town.solution.slug}/schnittstellen/{key}"
    assert client.get(public).status_code == 404
    systems = f"/de/organisationen/{town.user.slug}/schnittstellen"
    assert client.get(systems).status_code == 403
    sign_in(client, enter, town.clerk)
    assert client.get(page).status_code in (403, 404)
    assert client.get(systems).status_code == 200
    client.cookies.clear()
    visitor = client.get(systems)
    assert (visitor.status_code, visitor.headers["location"].split("?")[0]) == (303, "/de/anmelden")


def test_a_solution_says_whether_it_fits(client: Client, enter: Enter, town: Town) -> None:
    sign_in(client, enter, town.editor)
    page = send(client, town.address, FIRST, name="Fall-API").headers["location"]
    publish(client, page)
    sign_in(client, enter, town.clerk)
    fit = f"/de/loesungen/{town.solution.slug}/passt"
    systems = f"/de/organisationen/{town.user.slug}/schnittstellen"
    assert "noch keine Schnittstelle eingetragen" in client.get(fit).text
    needs = {"direction": "requires"}
    assert send(client, systems, FIRST, name="Fälle", system="E-Akte", **needs).status_code == 303
    more = FIRST.replace("/faelle", "/akten")
    send(client, systems, more, name="Akten", system="E-Akte", **needs)
    answer = client.get(fit).text
    rows = re.findall(r"E-Akte: (\w+)</div></td>.*?<span>([^<]+)</span></span>", answer, re.DOTALL)
    assert dict(rows) == {"Fälle": "erfüllt", "Akten": "nicht erfüllt"}
    assert "„GET /akten“ ist entfallen" in answer
    with enter() as session:
        own = interfaces.of_organization(session, OPERATOR, town.user)
        assert [each.system for each in own] == ["E-Akte", "E-Akte"]
    removed = client.post(
        systems + "/entfernen",
        data={"interface": str(own[0].id)},
        headers={"origin": "https://node.example"},
    )
    assert removed.status_code == 303


def test_the_number_of_queries_does_not_grow_with_interfaces(
    client: Client, enter: Enter, town: Town, statements: Callable[..., object]
) -> None:
    sign_in(client, enter, town.editor)

    def queries() -> int:
        client.cookies.clear()
        with statements() as found:  # type: ignore[attr-defined]
            client.get(f"/de/loesungen/{town.solution.slug}")
        sign_in(client, enter, town.editor)
        return len(found)

    publish(client, send(client, town.address, FIRST, name="A").headers["location"])
    one = queries()
    for name in "BC":
        publish(client, send(client, town.address, FIRST, name=name).headers["location"])
    assert queries() == one


def test_a_large_real_description_is_rendered_whole(
    client: Client, enter: Enter, town: Town, shared_data: Path
) -> None:
    folder, name = shared_data / "interface-specs", "openapi-nl-zgw/ztc-1.4.0.yaml"
    with (folder / "index.csv").open(encoding="utf-8") as file:
        [listed] = [row for row in csv.DictReader(file) if row["file"] == name]
    content = (folder / name).read_bytes()
    with enter() as session:
        document = interface_checks.described(content, name)
        statement = interfaces.Statement("Catalogi")
        spec = interfaces.describe(session, OPERATOR, town.solution, statement, document)
        interfaces.publish(session, OPERATOR, town.solution, spec)
        session.commit()
        key = spec.id

    page = client.get(f"/de/loesungen/{town.solution.slug}/schnittstellen/{key}")

    assert page.status_code == 200
    anchors = set(re.findall(r' id="([^"]+)"', page.text))
    operations = {each for each in anchors if each.startswith("operation-")}
    schemas = {each for each in anchors if each.startswith("schema-")}
    assert (len(operations), len(schemas)) == (int(listed["operations"]), int(listed["schemas"]))
    assert set(re.findall(r'href="#([^"]+)"', page.text)) <= anchors
    assert page.text.rstrip().endswith("</html>")
