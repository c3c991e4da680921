"""Sample entries of the KI-Transparenzregister: prefilled, with what bodies add in a data file."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Adoption, Stage, Wanted
from catalog.facts import Withheld
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor
from catalog.register import assessments, coverage, entries, fields, prefilling, record
from catalog.register.entries import NewEntry
from catalog.register.record import EntryRecord
from catalog.solutions import Solution
from marketplace.sample.world import lasting_id, read_file

FIRST_DAY = date(2026, 1, 12)
"""No entry is older: the sample's register began on this day."""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bodies add to the cards of one solution, in German; answers for the law."""

    but: list[str]
    facts: dict[str, Any]
    withheld: dict[str, dict[str, str]]
    department: str
    responsible_role: str
    impact_on_people: str
    process: str
    human_oversight: str
    redress: str
    data_used: str
    retention: str
    monitoring: str
    use_type: str
    risks: list[dict[str, str]]
    marking: str = ""
    transparency_measures: str = ""
    easy_language: str = ""
    affected_groups: list[str] = []
    period_frequency: str = ""
    bias_fairness: str = ""
    provider: str = ""
    log_retention_months: int | None = None
    impact_assessments: list[dict[str, str]] = []


class Register(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The cards by solution, and how many bodies declare that they use nothing."""

    zero: int
    entries: dict[str, Told]


def read() -> Register:
    """The data file; ``msgspec.ValidationError`` if it does not fit."""
    return read_file("register.yaml", Register)


def load(
    session: Session,
    actor: Actor,
    told: Register,
    published: Mapping[str, Solution],
    bodies: Mapping[str, Organization],
) -> int:
    """Write the entries and the declarations; how many entries."""
    keys = {body.id: key for key, body in bodies.items()}
    items = []
    for slug, each in told.entries.items():
        uses = adoptions.listed(session, Wanted(solution_id=published[slug].id))
        items += [
            _item(use, each)
            for use in uses
            if keys[use.organization_id] not in each.but
            and use.stage != Stage.INTERESTED
            and use.is_confirmed
        ]
    made = entries.enter_many(session, actor, items, today=FIRST_DAY)
    _declare(session, actor, told.zero, list(bodies.values()))
    return len(made)


def _item(use: Adoption, told: Told) -> NewEntry:
    begun = max(use.since, FIRST_DAY)
    answered = max(begun, use.confirmed_on or begun)
    filled = msgspec.to_builtins(prefilling.filled(use))
    values = msgspec.to_builtins(told)
    added = {
        name: _value(name, value)
        for name, value in values.items()
        if name not in ("but", "facts", "withheld") and value
    }
    hidden = {
        name: Withheld(each["reason"], {"de": each["note"]}, answered, each["office"])
        for name, each in told.withheld.items()
    }
    content = msgspec.convert({**filled, **added}, EntryRecord)
    content = msgspec.structs.replace(
        content,
        withheld=hidden,
        assessment=assessments.assessed(told.facts, today=answered, assessor=told.department),
    )
    if problems := record.check(content):
        raise ValueError(f"Sample entry of {use.organization.name}: {problems[0]}")
    return NewEntry(
        content,
        use.organization,
        adoption_id=use.id,
        valid_since=answered,
        confirmed_on=answered,
        is_sample=True,
        id=lasting_id("register-entry", str(use.id), answered),
    )


def _value(name: str, value: Any) -> Any:
    return {"de": value} if fields.by_id()[name].kind == "text" else value


def _declare(session: Session, actor: Actor, count: int, bodies: Sequence[Organization]) -> None:
    places = [body for body in bodies if body.kind == Kind.MUNICIPALITY]
    silent = [
        each.organization
        for each in coverage.of_bodies(session, places, today=FIRST_DAY)
        if each.told is coverage.Reported.SILENT and not each.uses_without_entry
    ]
    for body in silent[:count]:
        coverage.declare_zero(session, actor, body, today=FIRST_DAY)
