"""Invented interfaces of the sample: two versions with a break, events, and systems of cities."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from importlib import resources
from uuid import UUID

from msgspec import Struct
from sqlalchemy.orm import Session

from catalog import interfaces, releases
from catalog.interfaces import Claim, Described, Direction, InterfaceSpec, Statement
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace import interface_checks
from marketplace.sample.world import lasting_id, read_file


class SampleInterface(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of an interface: of a solution by its slug, or of a system of an organization."""

    name: str
    on: date
    solution: str = ""
    organization: str = ""
    system: str = ""
    direction: Direction = Direction.PROVIDES
    release: str = ""
    file: str = ""
    claims: tuple[Claim, ...] = ()

    @property
    def id(self) -> UUID:
        """The id that every load gives it."""
        parts = (self.solution, self.organization, self.system, self.name, self.file)
        return lasting_id("interface", " ".join(parts), self.on)


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    interfaces: tuple[SampleInterface, ...]


def read() -> tuple[SampleInterface, ...]:
    """The invented interfaces; ``msgspec.ValidationError`` if the file does not fit."""
    return read_file("interfaces.yaml", _File).interfaces


def load(
    session: Session,
    actor: Actor,
    told: Sequence[SampleInterface],
    solutions: Mapping[str, Solution],
    bodies: Mapping[str, Organization],
) -> int:
    """Enter and publish what is told; a later version stands after the one it replaces."""
    for each in told:
        if each.solution:
            spec = _of_solution(session, actor, each, solutions[each.solution])
        else:
            spec = _of_system(session, actor, each, bodies[each.organization])
        spec.created_at = spec.checked_at = datetime.combine(each.on, time(8), UTC)
        session.flush()
    return len(told)


def _of_solution(
    session: Session, actor: Actor, each: SampleInterface, solution: Solution
) -> InterfaceSpec:
    release = releases.of_version(session, solution, each.release) if each.release else None
    statement = Statement(each.name, each.direction, claims=each.claims, release=release)
    spec = interfaces.describe(
        session, actor, solution, statement, _described(each.file), id=each.id
    )
    changed = interface_checks.differences_from_before(session, spec)
    interfaces.publish(session, actor, solution, spec, changed)
    spec.published_at = datetime.combine(each.on, time(8), UTC)
    return spec


def _of_system(
    session: Session, actor: Actor, each: SampleInterface, body: Organization
) -> InterfaceSpec:
    statement = Statement(each.name, each.direction, each.system, each.claims)
    return interfaces.describe(session, actor, body, statement, _described(each.file), id=each.id)


@cache
def _described(name: str) -> Described | None:
    if not name:
        return None
    content = (resources.files("marketplace.sample") / "data" / "interfaces" / name).read_bytes()
    return interface_checks.described(content, name)
