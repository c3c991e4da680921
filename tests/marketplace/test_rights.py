"""Every route of the pages and the API, tried as every role, against ``tests/rights.txt``.

One small world: a city with a person for every role and a key, a vendor, another city. What the
addresses name belongs to the city, and what is personal there to its lead; so the columns
``foreign`` and ``vendor`` also show that a known id opens nothing.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import (
    adoptions,
    announcements,
    deputies,
    error_reports,
    interfaces,
    invitations,
    join_requests,
    memberships,
    organization_requests,
    people,
    releases,
    solutions,
    verifications,
    watching,
)
from catalog.adoptions import Stage, Use
from catalog.database import new_id, now, open_engine, session_factory
from catalog.moderation import text_blocks
from catalog.organizations import Kind, Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, Scope
from catalog.records import Contact, Licenses
from catalog.register import feedback
from catalog.register.feedback import Given
from catalog.register.law import rule_set
from catalog.watching import Watchable
from impact import measurements, reporting
from impact.measurements import Numbers, Phase, Reading
from impact.metrics import metric_of
from impact.reporting import Remarks
from marketplace import assets, interface_checks, migrating
from marketplace.accounts import api_keys, challenges, logins, one_time_links
from marketplace.accounts.identities import Identity
from marketplace.accounts.one_time_links import Purpose
from marketplace.accounts.passkeys import Passkey
from marketplace.api import examples
from marketplace.api.openapi import OPERATIONS
from marketplace.api.operations import BASE as API
from marketplace.export import nightly
from marketplace.export.dump import MANIFEST
from marketplace.notifications import notices, unsubscribing
from marketplace.notifications.events import Event
from marketplace.notifications.notices import News
from marketplace.search import saved_searches, synonyms
from marketplace.search.synonyms import Group
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests import serving
from tests.factories import (
    OPERATOR,
    a_city,
    a_record,
    a_solution,
    an_effect,
    an_entry,
    an_entry_draft,
    an_organization,
)
from tests.rights import VERB, WHO, line, rights

TODAY = date(2026, 11, 23)
NODE = "https://node.example"

SERVICE = {
    "name": "rathaus", "label": "Anmeldung der Stadt", "issuer": "https://127.0.0.1:9",
    "client_id": "lichtermeer", "client_secret": "a secret of these tests",
}  # fmt: skip
"""A sign-in service that does not answer; what needs it is refused for that alone."""

DOCUMENT = b'openapi: 3.1.0\ninfo: {title: API, version: "%d"}\npaths: {}\n'

MEANING = {200: "x", 303: "x", 401: "s", 403: "-", 404: "h", 410: "h"}
"""What a status says about rights; every other one says that the sender might do it."""

BLOCK = {"purpose": "hold", "title": {"de": "A", "en": "A"}, "text": {"de": "A", "en": "A"}}

READY = {
    "summary": {"de": "Ordnet Post zu."},
    "phase": "pilot",
    "licenses": Licenses(code="EUPL-1.2"),
    "contact": Contact(office="Amt"),
}


@dataclass(frozen=True)
class World:
    """A running node, how each role signs in to it, and what its addresses name."""

    http: TestClient[Litestar]
    file: Path
    headers: dict[str, dict[str, str]]
    names: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield from opened_world(tmp_path_factory.mktemp("rights"))


def opened_world(folder: Path) -> Iterator[World]:
    settings = Settings(
        data_dir=folder, base_url=NODE, worker=False, embedded_search=False, secure_cookies=False,
        openid_providers=json.dumps([SERVICE]),
    )  # fmt: skip
    engine = open_engine(settings.database)
    migrating.upgrade(engine)
    with session_factory(engine, writes=True)() as session:
        headers, names = _fill(session)
        session.commit()
    names["dump"] = nightly.make(Database.on(engine), settings).name
    names["static file"] = next(assets.BUILT.rglob("*.css")).relative_to(assets.BUILT).as_posix()
    engine.dispose()
    with (
        serving.application(settings, clock=lambda: TODAY) as app,
        TestClient(app, base_url=NODE) as http,
    ):
        http.follow_redirects = False
        yield World(http, folder / "marketplace.db", headers, names)


def _fill(session: Session) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    city, other = a_city(session, "Stadt Eigen"), a_city(session, "Stadt Anderswo")
    vendor = an_organization(session, Kind.VENDOR, "Anbieter GmbH")
    lead = _person(session, "lead", city, Role.LEAD)
    members = {
        "reader": _person(session, "reader", city, Role.READER),
        "contributor": _person(session, "contributor", city, Role.CONTRIBUTOR),
        "editor": _person(session, "editor", city, Role.EDITOR),
        "lead": lead,
        "foreign": _person(session, "foreign", other, Role.LEAD),
        "vendor": _person(session, "vendor", vendor, Role.EDITOR),
        "moderator": people.enter(
            session, OPERATOR, email="moderator@test.example", name="Mo", is_moderator=True
        ),
        "steward": people.enter(
            session, OPERATOR, email="steward@test.example", name="St", is_steward=True
        ),
    }
    cookies = {who: logins.begin(session, person) for who, person in members.items()}
    key, secret = api_keys.create(
        session, OPERATOR, city, name="Skript", scopes=list(Scope),
        expires_on=TODAY + timedelta(30), today=TODAY,
    )  # fmt: skip
    headers: dict[str, dict[str, str]] = {
        "visitor": {},
        "key": {"Authorization": f"Bearer {secret}"},
        **{who: {"Cookie": f"login={token}"} for who, token in cookies.items()},
    }
    names = _records(session, city)
    asked = Actor(lead.name, lead.id, {city.id: Role.LEAD})
    case = error_reports.report(
        session, asked, solutions.by_slug(session, names["slug"]), kind="wrong", text="Falsch."
    )
    names.update(_belonging(session, city, other, members))
    names["key"] = str(key.id)
    told = announcements.announce(
        session, OPERATOR, text={"de": "Wartung", "en": "Maintenance"}, weight="info",
        shown_from=now(), shown_until=now() + timedelta(1),
    )  # fmt: skip
    names["announcement"] = str(told.id)
    names["case"] = str(case.id)
    return headers, {**names, **_personal(session, lead, UUID(names["published"]))}


def _belonging(
    session: Session, city: Organization, other: Organization, people: Mapping[str, Person]
) -> dict[str, str]:
    """Who belongs to the city or wants to; the requests are those of the persons named."""
    lead, reader, foreign = people["lead"], people["reader"], people["foreign"]
    membership = memberships.of(session, city.id, reader.id)
    assert membership
    own_invitation, token = invitations.invite(
        session, OPERATOR, other, email=lead.email, role=Role.READER
    )
    made = {
        "membership": membership,
        "person": reader,
        "invitation": invitations.invite(
            session, OPERATOR, city, email="neu@test.example", role=Role.READER
        )[0],
        "own invitation": own_invitation,
        "join request": join_requests.ask(session, Actor(foreign.name, foreign.id), city),
        "organization request": organization_requests.ask(
            session, Actor(lead.name, lead.id), organization_requests.Wanted("Neu", "association")
        ),
        "deputy": deputies.name(
            session, Actor(lead.name, lead.id, {city.id: Role.LEAD}), city, reader.id,
            begins_on=TODAY + timedelta(10), ends_on=TODAY + timedelta(20), today=TODAY,
        ),
        "verification": verifications.verify_by_hand(session, OPERATOR, city, note="Schreiben"),
    }  # fmt: skip
    return {"invitation token": token} | {name: str(thing.id) for name, thing in made.items()}


def _person(session: Session, who: str, body: Organization, role: Role) -> Person:
    person = people.enter(session, OPERATOR, email=f"{who}@test.example", name=who.title())
    memberships.join(session, OPERATOR, person, body, role)
    return person


def _records(session: Session, city: Organization) -> dict[str, str]:
    published = a_solution(session, publisher=city, **READY)
    solutions.revise(session, OPERATOR, published, a_record("PostLotse 2", **READY))
    releases.publish(session, OPERATOR, published, version="1", released_on=TODAY)
    draft = solutions.draft(session, OPERATOR, city, a_record("Entwurf", **READY))
    use = Use(Stage.LIVE, date(2026, 3, 1))
    adoption = adoptions.declare(session, OPERATOR, published, city, use, today=TODAY)
    day = date(2025, 1, 1)
    reading = Reading(day, date(2025, 6, 30), Numbers(value=18, n=90), Phase.BASELINE)
    measured = reporting.report(
        session, OPERATOR, adoption, metric_of("waiting_time"), [reading],
        fields=["before"], remarks=Remarks(), today=TODAY,
    )  # fmt: skip
    (measurement,) = measurements.current(session, measured.id)
    an_effect(session, adoption.id)
    statement = interfaces.Statement("API", system="Akte", claims=[interfaces.Claim("oparl")])
    for number in (1, 2):
        document = interface_checks.described(DOCUMENT % number, "api.yaml")
        shown = interfaces.describe(session, OPERATOR, published, statement, document)
        interfaces.publish(session, OPERATOR, published, shown)
    revised = interfaces.describe(session, OPERATOR, published, statement)
    assert city.municipality
    entry = an_entry(session, city, "Karte")
    prepared = an_entry_draft(session, city)
    message = feedback.give(session, entry, Given("question", "Wer liest das?"), today=TODAY)
    assert message
    return {
        "message": str(message.id),
        "entry": str(entry.id),
        "entry slug": entry.slug,
        "entry draft": str(prepared.id),
        "published": str(published.id),
        "slug": published.slug,
        "synonyms": str(synonyms.add(session, OPERATOR, Group("de", ["Amt", "Behörde"])).id),
        "text block": str(text_blocks.put(session, OPERATOR, None, **BLOCK).id),
        "rule": "S1",
        "metric": "processing_time",
        "draft": str(draft.id),
        "adoption": str(adoption.id),
        "measurement": str(measurement.id),
        "evaluation": str(measured.id),
        "interface": str(shown.id),
        "interface revision": str(revised.id),
        "interface draft": str(interfaces.describe(session, OPERATOR, draft, statement).id),
        "system": str(interfaces.describe(session, OPERATOR, city, statement).id),
        "organization": city.slug,
        "organization id": str(city.id),
        "ars": city.municipality.ars,
        "place": city.municipality.slug,
    }


def _personal(session: Session, person: Person, thing_id: UUID) -> dict[str, str]:
    actor = Actor(person.name, person.id)
    news = News(
        person_id=person.id, event=Event.ADOPTED, kind="solution", thing_id=new_id(),
        cause="adoption.adopted", occasion="change 1", at=now(),
    )  # fmt: skip
    notice = notices.tell(session, news, on_site=True)
    assert notice
    # Two, so that neither is the only way in.
    passkey, other = (
        Passkey(
            person_id=person.id, credential_id=name.encode(), public_key=b"1", sign_count=0,
            name=name, is_backed_up=False,
        )
        for name in ("Telefon", "Schluessel")
    )  # fmt: skip
    identity = Identity(
        person_id=person.id, issuer="https://a.example", subject="1", provider="rathaus"
    )
    session.add_all([passkey, other, identity])
    session.flush()
    watch = watching.watch(session, actor, Watchable.SOLUTION, thing_id)
    found = logins.found(session, logins.begin(session, person))
    assert found
    return {
        "notice": str(notice.id),
        "passkey": str(passkey.id),
        "identity": str(identity.id),
        "watch": str(watch.id),
        "search": str(saved_searches.save(session, actor, query="q=a", name="A").id),
        "login": str(found.id),
        **_tokens(session, person),
    }


def _tokens(session: Session, person: Person) -> dict[str, str]:
    """What stands in links of mails and in the cookie of a step; all of it the lead's own."""
    own = {"person_id": person.id, "name": person.name}
    return {
        "unsubscribe token": unsubscribing.token_for(session, person.id, [Event.ADOPTED]),
        "set-up token": one_time_links.issue(
            session, Purpose.SET_UP, email="noch-neu@test.example", name="Neu"
        ),
        "reset token": one_time_links.issue(session, Purpose.RESET, email=person.email, **own),
        "address token": one_time_links.issue(
            session, Purpose.ADDRESS, email="andere@test.example", **own
        ),
        "second factor": challenges.begin(
            session, challenges.Kind.SECOND_FACTOR, person_id=person.id, way="password", back="",
            tries="0",
        ),
        "passkey step": challenges.begin(session, challenges.Kind.PASSKEY, challenge="x"),
        "service step": challenges.begin(
            session, challenges.Kind.OPENID, provider="rathaus", purpose="sign_in", language="de",
            back="/de", state="x", nonce="x", verifier="x",
        ),
    }  # fmt: skip


NAMED = (
    # The first pattern that an address begins with says what stands in it.
    (r"/de/organisationen/", {"slug": "organization"}),
    (r"/de/wirkung/", {"slug": "slug", "metric": "metric"}),
    (r"/de/kommunen/", {"slug": "place", "ars": "ars"}),
    (r"/de/loesungen/", {"slug": "slug", "id": "interface"}),
    (
        r"/de/meine-loesungen/{id}/(zurueckz|loeschen|fassungen|wieder|software|bearbeiten)",
        {"id": "published"},
    ),
    (r"/de/meine-loesungen/", {"id": "draft", "spec": "interface draft"}),
    (r"/de/nachnutzungen/", {"id": "adoption", "measurement": "measurement"}),
    (r"/de/moderation/faelle/", {"id": "case"}),
    (r"/de/moderation/synonyme/", {"id": "synonyms"}),
    (r"/de/moderation/textbausteine/", {"id": "text block"}),
    (
        r"/de/organisation/",
        {
            "id": "organization id",
            "member": "membership",
            "invitation": "invitation",
            "request_id": "join request",
            "key": "key",
            "deputy": "deputy",
            "verification": "verification",
        },
    ),
    (r"/de/konto/beitrittsanfragen/", {"id": "join request"}),
    (r"/de/konto/einladungen/", {"id": "own invitation"}),
    (r"/de/konto/organisationsantraege/", {"id": "organization request"}),
    (r"/de/moderation/organisationen/antraege/", {"id": "organization request"}),
    (
        r"/de/moderation/organisationen/",
        {"id": "organization id", "verification": "verification"},
    ),
    (r"/de/einladungen/", {"token": "invitation token"}),
    (r"/de/abbestellen/", {"token": "unsubscribe token"}),
    (r"/de/konto/einrichten/", {"token": "set-up token"}),
    (r"/de/passwort-neu/", {"token": "reset token"}),
    (r"/de/konto/adresse-bestaetigen/", {"token": "address token"}),
    (r"/de/daten/", {"dump": "dump"}),
    (r"/static/", {"file_path": "static file"}),
    (r"/de/verwaltung/ankuendigungen/", {"id": "announcement"}),
    (r"/de/verwaltung/personen/", {"id": "person"}),
    (r"/api/v1/admin/", {"announcement": "announcement", "person": "person"}),
    (r"/api/v1/interfaces/", {"interface": "interface"}),
    (r"/de/konto/suchen/", {"id": "search"}),
    (r"/de/konto/mitteilungen/", {"id": "notice"}),
    (r"/de/konto/sicherheit/passkeys/", {"id": "passkey"}),
    (r"/de/konto/sicherheit/dienste/", {"id": "identity"}),
    (r"/id/", {"thing_id": "published"}),
    (r"/api/v1/moderation/", {"case": "case", "group": "synonyms", "text_block": "text block"}),
    (r"/api/v1/solutions/{solution}/draft", {"solution": "draft"}),
    (
        r"/api/v1/solutions/{solution}/interfaces/",
        {"solution": "published", "interface": "interface revision"},
    ),
    (r"/api/v1/solutions/", {"solution": "published", "solution_id": "published"}),
    (
        r"/api/v1/organizations/{organization}/interfaces/",
        {"organization": "organization", "interface": "system"},
    ),
    (
        r"/api/v1/organizations/{organization}/fits/",
        {"organization": "organization", "solution": "published"},
    ),
    (
        r"/api/v1/organizations/",
        {
            "organization": "organization",
            "member": "membership",
            "invitation": "invitation",
            "join_request": "join request",
            "key": "key",
            "verification": "verification",
            "deputy": "deputy",
        },
    ),
    (r"/api/v1/municipalities/", {"municipality": "ars"}),
    (r"/api/v1/adoptions/", {"adoption": "adoption"}),
    (r"/api/v1/evaluations/", {"evaluation": "evaluation"}),
    (r"/api/v1/measurements/", {"measurement": "measurement"}),
    (r"/de/ki-transparenzregister/", {"slug": "entry slug", "rule": "rule"}),
    (r"/de/meine-registereintraege/rueckmeldungen/", {"id": "message"}),
    (r"/api/v1/register/feedback/", {"message": "message"}),
    (r"/de/meine-registereintraege/", {"id": "entry draft"}),
    (
        r"/api/v1/register/entries/{entry}/(draft|assess|submit|take-back|give-back|publish)",
        {"entry": "entry draft"},
    ),
    (r"/api/v1/register/entries/", {"entry": "entry"}),
    (r"/api/v1/register/coverage/", {"organization": "organization"}),
    (r"/api/v1/account/invitations/", {"invitation": "own invitation"}),
    (r"/api/v1/account/watches/", {"watch": "watch"}),
    (r"/api/v1/account/searches/", {"saved_search": "search"}),
    (r"/api/v1/account/sessions/", {"browser_session": "login"}),
    (r"/api/v1/account/notices/", {"notice": "notice"}),
    (r"/", {}),
)

LITERAL = {
    "metric": "waiting_time",
    "section": "purpose",
    "kind": "solution",
    "number": "1",
    "version": "1",
    "list": "stage",
    "code": "live",
    "form": "annex-viii-c",
    "rule_set": rule_set().id,
    "provider": "rathaus",
    "file": MANIFEST,
}

STEPS = {
    "/de/anmelden/zweiter-schritt": "second factor",
    "/de/anmelden/passkey": "passkey step",
    "/openid/{provider}": "service step",
}
"""What is answered at an address, as the cookie of the step says it."""

QUERIES = {
    "/de/abgemeldet": "?service=rathaus",
    "/openid/{provider}": "?state=x",
}

BODIES = {
    f"{operation.method} {API}{operation.path}": msgspec.json.encode(
        examples.EXAMPLES[operation.takes]
    ).decode()
    for operation in OPERATIONS
    if operation.takes
}


def _filled(path: str, names: dict[str, str]) -> str:
    """The address of what the world holds; raises if a part of it has no name yet."""
    known = next(parts for pattern, parts in NAMED if re.match(pattern, path))
    return re.sub(
        r"{(\w+)}",
        lambda part: names[known[part[1]]] if part[1] in known else LITERAL[part[1]],
        path,
    )


def _routes(app: Litestar) -> list[str]:
    """Every method of every address, German pages once, as the matrix writes them."""
    return sorted(
        f"{method} {route.path_format}"
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method in route.methods
        if method not in ("OPTIONS", "HEAD") and not re.match("/en(/|$)", route.path_format)
    )


def _asked(world: World, route: str, who: str) -> httpx.Response:
    method, _, path = route.partition(" ")
    headers = {"Sec-Fetch-Site": "same-origin", "If-Match": "*", **world.headers[who]}
    body: dict[str, object] = {}
    if method != "GET" and path.startswith("/api/"):
        body["content"] = _body(world, BODIES.get(route, "{}"))
        headers["Content-Type"] = "application/json"
    elif method != "GET":
        form = {field: world.names.get(name, name) for field, name in FORMS.get(path, {}).items()}
        is_file = path.endswith(("{id}/datei", "{id}/datei/uebernehmen", "/messreihe")) or (
            "/schnittstellen" in path and not path.endswith(("entscheiden", "entfernen"))
        )
        body["files" if is_file else "data"] = form or {"empty": ""}
    if path in STEPS:
        step = f"sign-in-step={world.names[STEPS[path]]}"
        headers["Cookie"] = "; ".join(filter(None, (headers.get("Cookie"), step)))
    world.http.cookies.clear()
    where = _filled(path, world.names) + QUERIES.get(path, "")
    return world.http.request(method, where, headers=headers, **body)  # type: ignore[arg-type]


def _body(world: World, text: str) -> str:
    known = {
        examples.SOLUTION: "published",
        examples.CITY: "organization id",
        examples.ADOPTION: "adoption",
    }
    for id_, name in known.items():
        text = text.replace(str(id_), world.names[name])
    return text


FORMS = {
    "/de/nachnutzungen/{id}/messungen": {"metric": "waiting_time"},
    "/de/loesungen/{slug}/nachnutzung": {"organization": "organization id"},
    "/de/organisationen/{slug}/schnittstellen/entfernen": {"interface": "system"},
    "/de/meine-loesungen/{id}/wiederherstellen": {"version": "1"},
    "/de/meine-registereintraege": {"adoption": "adoption"},
    "/de/meine-registereintraege/{id}": {"step": "publish"},
    "/de/meine-registereintraege/nichts": {"organization": "organization id"},
    "/de/konto/einladungen/{id}": {"answer": "decline"},
    "/de/einladungen/{token}": {"answer": "accept"},
    "/de/organisation/{id}/vertretungen": {
        "person": "person",
        "begins_on": "2026-12-24",
        "ends_on": "2026-12-31",
    },
    "/de/konto/sicherheit/anmeldungen": {"login": "login"},
}
"""What a form needs to be asked for rights at all, by address."""


def _mark(answer: httpx.Response) -> str:
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    to = answer.headers.get("location", "")
    if to.startswith("/de/anmelden"):
        return "s"
    if answer.is_redirect and answer.request.method == "GET":
        return ">"
    return MEANING.get(answer.status_code, "x")


@pytest.fixture(scope="module")
def tried(world: World) -> dict[str, dict[str, str]]:
    """The marks of every route, readers first; what a request wrote is undone after it."""
    found: dict[str, dict[str, str]] = {}
    kept = sqlite3.connect(":memory:")
    live = sqlite3.connect(world.file)
    live.backup(kept)
    version = live.execute("PRAGMA data_version").fetchone()
    routes = sorted(_routes(world.http.app), key=lambda route: not route.startswith("GET"))
    for route in routes:
        found[route] = {}
        for who in WHO:
            found[route][who] = _mark(_asked(world, route, who))
            if live.execute("PRAGMA data_version").fetchone() != version:
                kept.backup(live)
                version = live.execute("PRAGMA data_version").fetchone()
    live.close()
    kept.close()
    return found


def test_every_route_answers_each_role_as_the_matrix_says(
    tried: dict[str, dict[str, str]],
) -> None:
    written = {name: marks for name, marks in rights().items() if not name.startswith(VERB)}
    changed = [line(name, marks) for name, marks in tried.items() if written.get(name) != marks]
    gone = [name for name in written if name not in tried]

    assert not changed, "These lines differ from tests/rights.txt:\n" + "\n".join(changed)
    assert not gone, f"These lines of tests/rights.txt name no route: {gone}"
