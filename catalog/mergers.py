"""Mergers: one organization takes over another, as in a territorial reform.

Everything of the one that ends goes to its heir; its address, permanent link and official keys
lead there. The row stays, so that its name and the day remain known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Column, Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from catalog import changes, memberships
from catalog.adoptions import Adoption, AdoptionStep, Stage
from catalog.database import Base, now
from catalog.errors import Conflict, Invalid
from catalog.invitations import Invitation
from catalog.invitations import State as InvitationState
from catalog.join_requests import JoinRequest
from catalog.join_requests import State as JoinState
from catalog.memberships import Membership
from catalog.municipalities import FormerKey, Municipality
from catalog.organizations import Organization
from catalog.permissions import Actor, Role, higher, require
from catalog.slugs import Slug
from catalog.solutions import Solution
from catalog.watching import Watch, Watchable

STAYS = "stays_at_merger"
"""Mark in a column's ``info``: rows keep naming the organization that ended."""

OWN_WAY = frozenset({"memberships", "adoptions", "invitations", "join_requests", "verifications"})
"""Tables whose rows do not simply change hands."""

FURTHER = (Stage.INTERESTED, Stage.PLANNED, Stage.ENDED, Stage.PILOT, Stage.LIVE)
"""Which of two uses of one solution stays: what runs says more than what ran or is planned."""


@dataclass(frozen=True)
class Preview:
    """What a merger would move."""

    members: int
    """People who come over."""
    common_members: int
    """People who are in both; they keep the higher role."""
    solutions: int
    adoptions: int
    common_adoptions: Sequence[Adoption]
    """Uses of a solution that the heir uses too; the one further on stays."""
    invitations: int
    """Open ones, which end."""
    join_requests: int
    keys_move: bool
    """Whether the official keys of a municipality come to lead to the heir's place."""


def preview(session: Session, actor: Actor, ending: Organization, heir: Organization) -> Preview:
    """What would move, before it is confirmed."""
    _require_possible(actor, ending, heir)
    own, theirs = _members(session, ending), _members(session, heir)
    common = own.keys() & theirs.keys()
    doubled = _doubled(session, ending, heir)
    return Preview(
        members=len(own) - len(common),
        common_members=len(common),
        solutions=_count(session, Solution, Solution.publisher_id, ending),
        adoptions=_count(session, Adoption, Adoption.organization_id, ending) - len(doubled),
        common_adoptions=[mine for mine, _ in doubled],
        invitations=len(_open_invitations(session, ending)),
        join_requests=len(_open_requests(session, ending)),
        keys_move=_keys_move(ending, heir),
    )


def merge(
    session: Session, actor: Actor, ending: Organization, heir: Organization, *, on: date
) -> Organization:
    """Let ``heir`` take over ``ending`` from the day ``on``.

    API keys of the one that ends are not the domain's; the caller revokes them.
    """
    _require_possible(actor, ending, heir)
    if on > now().date():
        raise Invalid("A merger that has not happened yet cannot be entered.", field="on")
    _move_members(session, ending, heir)
    _move_adoptions(session, actor, ending, heir)
    _end_requests(session, ending)
    moved = session.scalars(select(Solution.id).where(Solution.publisher_id == ending.id)).all()
    _move_rest(session, ending, heir)
    for solution_id in moved:
        changes.record(session, actor, "handed_over", "solution", solution_id, on_behalf_of=heir.id)
    _lead_on(session, ending, heir, on)
    ending.merged_into_id, ending.merged_on = heir.id, on
    ending.updated_at = heir.updated_at = now()
    session.flush()
    changes.record(session, actor, "merged", "organization", ending.id, on_behalf_of=heir.id)
    changes.record(session, actor, "took_over", "organization", heir.id, on_behalf_of=heir.id)
    session.expire_all()
    return heir


def _require_possible(actor: Actor, ending: Organization, heir: Organization) -> None:
    require(actor.is_governing, "Only moderators merge organizations.")
    if ending.id == heir.id:
        raise Invalid("An organization cannot take over itself.", field="heir")
    if ending.merged_into_id is not None or heir.merged_into_id is not None:
        raise Conflict("One of the two has been taken over already.")
    if ending.kind != heir.kind:
        raise Invalid("Only organizations of one kind can be merged.", field="heir")


def _members(session: Session, organization: Organization) -> dict[UUID, Membership]:
    query = select(Membership).where(Membership.organization_id == organization.id)
    return {row.person_id: row for row in session.scalars(query)}


def _count(session: Session, table: type, column: object, organization: Organization) -> int:
    query = select(func.count()).select_from(table).where(column == organization.id)  # type: ignore[arg-type]
    return session.scalar(query) or 0


def _open_invitations(session: Session, organization: Organization) -> Sequence[Invitation]:
    query = select(Invitation).where(
        Invitation.organization_id == organization.id, Invitation.state == InvitationState.OPEN
    )
    return session.scalars(query).all()


def _open_requests(session: Session, organization: Organization) -> Sequence[JoinRequest]:
    query = select(JoinRequest).where(
        JoinRequest.organization_id == organization.id, JoinRequest.state == JoinState.OPEN
    )
    return session.scalars(query).all()


def _doubled(
    session: Session, ending: Organization, heir: Organization
) -> list[tuple[Adoption, Adoption]]:
    theirs = {
        row.solution_id: row
        for row in session.scalars(select(Adoption).where(Adoption.organization_id == heir.id))
    }
    own = select(Adoption).where(Adoption.organization_id == ending.id).order_by(Adoption.id)
    return [
        (row, theirs[row.solution_id]) for row in session.scalars(own) if row.solution_id in theirs
    ]


def _move_members(session: Session, ending: Organization, heir: Organization) -> None:
    theirs = _members(session, heir)
    for person_id, row in _members(session, ending).items():
        known = theirs.get(person_id)
        role = Role(row.role) if known is None else higher(row.role, known.role)
        session.delete(row)
        session.flush()
        memberships.seat(session, person_id, heir.id, role)


def _move_adoptions(
    session: Session, actor: Actor, ending: Organization, heir: Organization
) -> None:
    for mine, theirs in _doubled(session, ending, heir):
        loser = (
            mine
            if FURTHER.index(Stage(theirs.stage)) >= FURTHER.index(Stage(mine.stage))
            else theirs
        )
        winner = theirs if loser is mine else mine
        session.execute(delete(AdoptionStep).where(AdoptionStep.adoption_id == loser.id))
        for table, column in _references("adoptions.id"):
            session.execute(update(table).where(column == loser.id).values({column: winner.id}))
        session.delete(loser)
        session.flush()
        changes.record(session, actor, "retracted", "adoption", loser.id, on_behalf_of=heir.id)
    query = select(Adoption).where(Adoption.organization_id == ending.id)
    for row in session.scalars(query).all():
        row.organization_id, row.updated_at = heir.id, now()
        row.revision += 1
        changes.record(session, actor, "handed_over", "adoption", row.id, on_behalf_of=heir.id)
    session.execute(
        update(Adoption).where(Adoption.reused_from_id == ending.id).values(reused_from_id=heir.id)
    )
    session.flush()


def _end_requests(session: Session, ending: Organization) -> None:
    for invitation in _open_invitations(session, ending):
        invitation.state = InvitationState.REVOKED
    for request in _open_requests(session, ending):
        request.state = JoinState.REFUSED
    session.flush()


def _move_rest(session: Session, ending: Organization, heir: Organization) -> None:
    """Every other row that names the one that ends, whichever noun it belongs to."""
    for table, column in _references("organizations.id"):
        session.execute(update(table).where(column == ending.id).values({column: heir.id}))
    watched = (Watch.kind == Watchable.ORGANIZATION, Watch.thing_id == ending.id)
    both = select(Watch.person_id).where(
        Watch.kind == Watchable.ORGANIZATION, Watch.thing_id == heir.id
    )
    session.execute(
        delete(Watch).where(*watched, Watch.person_id.in_(both)),
        execution_options={"synchronize_session": False},
    )
    session.execute(update(Watch).where(*watched).values(thing_id=heir.id))


def _references(named: str) -> Sequence[tuple[Table, "Column[UUID]"]]:
    return [
        (table, column)
        for table in Base.metadata.sorted_tables
        if table.name not in OWN_WAY
        for column in table.columns
        if not column.info.get(STAYS)
        and any(key.target_fullname == named for key in column.foreign_keys)
    ]


def _keys_move(ending: Organization, heir: Organization) -> bool:
    return (
        ending.municipality is not None
        and heir.municipality is not None
        and ending.municipality.id != heir.municipality.id
    )


def _lead_on(session: Session, ending: Organization, heir: Organization, on: date) -> None:
    session.execute(
        update(Slug)
        .where(Slug.kind == "organization", Slug.thing_id == ending.id)
        .values(thing_id=heir.id)
    )
    session.execute(
        update(Organization)
        .where(Organization.merged_into_id == ending.id)
        .values(merged_into_id=heir.id)
    )
    place, takes_over = ending.municipality, heir.municipality
    if place is None or takes_over is None or place.id == takes_over.id:
        return
    keys = sorted({place.ars, place.ags})
    session.execute(delete(FormerKey).where(FormerKey.key.in_(keys)))
    session.execute(
        update(FormerKey)
        .where(FormerKey.municipality_id == place.id)
        .values(municipality_id=takes_over.id)
    )
    session.execute(
        insert(FormerKey),
        [
            {"key": key, "municipality_id": takes_over.id, "name": place.name, "until": on}
            for key in keys
        ],
    )
    session.execute(update(Municipality).where(Municipality.id == place.id).values(merged_on=on))
