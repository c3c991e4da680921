"""A node worth exporting, with what must never leave it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from catalog import adoptions, interfaces, memberships, people, releases, solutions
from catalog.adoptions import Stage, Use
from catalog.facts import Withheld
from catalog.interfaces import Statement
from catalog.permissions import Role
from catalog.register import coverage, entries
from catalog.register.record import Model
from catalog.solutions import NewSolution, Solution
from marketplace import interface_checks
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import (
    OPERATOR,
    a_city,
    a_record,
    a_solution,
    an_entry,
    an_entry_draft,
    an_entry_record,
)

MARKER = "Zanderfalke"
"""Stands in everything that must not leave the node."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "var", base_url="https://node.example")


@pytest.fixture
def node(fresh_engine: Engine) -> Database:
    database = Database.on(fresh_engine)
    with database.writing.begin() as session:
        fill(session)
    return database


SPEC = b"""openapi: 3.0.3
info: {title: Fall-API, version: VERSION}
paths:
  /faelle: {get: {responses: {'200': {description: Cases}}}}
"""


def _describe_interfaces(session: Session, solution: Solution) -> None:
    """Two published versions, the second with a break; a draft and a system stay here."""
    statement = Statement("Fall-API", claims=[interfaces.Claim("oparl")])
    for content in (SPEC, SPEC.replace(b"/faelle", b"/akten")):
        described = interface_checks.described(content, "fall.yaml")
        spec = interfaces.describe(session, OPERATOR, solution, statement, described)
        changed = interface_checks.differences_from_before(session, spec)
        interfaces.publish(session, OPERATOR, solution, spec, changed)
    hidden = Statement(MARKER, system=MARKER, claims=[interfaces.Claim("oparl")])
    interfaces.describe(session, OPERATOR, solution, hidden)
    interfaces.describe(session, OPERATOR, solution.publisher, hidden)


def enter_in_register(session: Session) -> None:
    """Published with two versions and withheld values, withdrawn, drafts; a body without AI."""
    today = date(2026, 11, 23)
    city = a_city(session, "Stadt Cellwald")
    entry = an_entry(session, city, "Karte", repository=f"https://{MARKER}.example")
    content = an_entry_record(
        "Karte",
        repository=f"https://{MARKER}.example",
        models=[Model(MARKER)],
        withheld={"repository": Withheld("security"), "models": Withheld("security")},
    )
    entries.renew(session, OPERATOR, entry, content, today=today)
    entry.draft = an_entry_record(MARKER)
    gone = an_entry(session, city, "Alte Karte")
    entries.withdraw(session, OPERATOR, gone, reason="Nicht mehr im Einsatz")
    an_entry_draft(session, city, summary={"de": MARKER})
    coverage.declare_zero(session, OPERATOR, a_city(session, "Stadt Ohne"), today=today)


def fill(session: Session) -> None:
    """Published with two versions, withdrawn with successor, drafts, people, withheld values."""
    city = a_city(session, "Stadt Auenrode")
    solution = a_solution(
        session,
        "PostLotse",
        publisher=city,
        summary={"de": "=Sortiert Post für Ämter", "en": "+Sorts letters"},
        fields_of_action=["VW"],
    )
    solutions.revise(
        session, OPERATOR, solution, a_record("PostLotse", summary={"de": "Sortiert Post"})
    )
    releases.publish(session, OPERATOR, solution, version="1.0", released_on=date(2026, 3, 1))
    _describe_interfaces(session, solution)
    use = Use(Stage.PILOT, date(2026, 2, 1))
    adoption = adoptions.declare(session, OPERATOR, solution, city, use, today=date(2026, 11, 1))
    adoptions.change(
        session,
        OPERATOR,
        adoption,
        Use(Stage.LIVE, date(2026, 5, 1), operator="IT-Verbund"),
        revision=1,
        today=date(2026, 11, 1),
    )
    old = a_solution(session, "Vorgänger", publisher=city)
    solutions.withdraw(session, OPERATOR, old, reason="Ersetzt", successor=solution)
    hidden = solutions.draft(session, OPERATOR, city, a_record(f"{MARKER} Entwurf"))
    releases.publish(session, OPERATOR, hidden, version=MARKER, released_on=date(2026, 3, 1))
    solutions.hand_over(session, OPERATOR, hidden, a_city(session, "Stadt Birken").id)
    solution.draft = a_record("PostLotse", limits={"de": MARKER})
    held = a_record(
        "Still",
        repository=f"https://{MARKER}.example",
        withheld={"repository": Withheld("security")},
    )
    solutions.publish_many(session, OPERATOR, [NewSolution(held, city.id)])
    person = people.enter(session, OPERATOR, email=f"{MARKER}@test.example", name=MARKER)
    memberships.join(session, OPERATOR, person, city, Role.EDITOR)
    city.verified_by = MARKER


@pytest.fixture
def empty(second_engine: Engine) -> Database:
    """A second node on the same kind of database, without a row."""
    return Database.on(second_engine)


@pytest.fixture
def counting() -> Callable[[Database], list[str]]:
    """Collects the statements that a database is asked from now on."""

    def begin(database: Database) -> list[str]:
        found: list[str] = []

        def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
            found.append(statement)

        event.listen(database.engine, "before_cursor_execute", note)
        return found

    return begin
