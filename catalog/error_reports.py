"""Reports of errors on the page of a solution or an organization.

Anybody may send one; moderators read it.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import records, solutions
from catalog.database import now
from catalog.errors import Conflict, Invalid, Problem
from catalog.moderation import cases
from catalog.moderation.cases import Case, CaseKind, Desk, NewCase, Risk
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.solutions import Solution

LONGEST = 2_000

MOST_AN_HOUR = 5
"""Reports about one thing within an hour."""

MOST_OF_ALL = 60
"""Reports about everything within an hour."""


class ErrorKind(StrEnum):
    """What is wrong."""

    WRONG = "wrong"
    OUTDATED = "outdated"
    DEAD_LINK = "dead_link"
    PERSONAL_DATA = "personal_data"
    UNLAWFUL = "unlawful"
    OTHER = "other"


URGENT = (ErrorKind.PERSONAL_DATA, ErrorKind.UNLAWFUL)


def report(
    session: Session, actor: Actor, thing: Solution | Organization, *, kind: str, text: str
) -> Case:
    """Tell the moderators of an error; a visitor may. Raises ``Conflict`` beyond the hour's limit.

    Nothing of a visitor is kept but the text.
    """
    problems = []
    if kind not in set(ErrorKind):
        problems.append(Problem("kind", "Choose what is wrong."))
    if not text.strip():
        problems.append(Problem("text", "Say what is wrong, in a sentence or two."))
    elif len(text) > LONGEST:
        problems.append(Problem("text", "Say it in at most 2,000 characters."))
    if problems:
        raise Invalid("The form is not complete.", problems=problems)
    recent = select(func.count()).where(
        Case.kind == CaseKind.ERROR_REPORT, Case.opened_at > now() - timedelta(hours=1)
    )
    here = session.scalar(recent.where(Case.thing_id == thing.id)) or 0
    if here >= MOST_AN_HOUR or (session.scalar(recent) or 0) >= MOST_OF_ALL:
        raise Conflict("Many reports came in within an hour. Please try again later.")
    kind_of_thing, title, body_id = (
        (solutions.KIND, records.best(thing.public_record.name, "de")[0], thing.publisher_id)
        if isinstance(thing, Solution)
        else ("organization", thing.name, thing.id)
    )
    return cases.enter(
        session,
        actor,
        NewCase(
            kind=CaseKind.ERROR_REPORT,
            desk=Desk.MODERATORS,
            thing_kind=kind_of_thing,
            thing_id=thing.id,
            title=title,
            # Urgent ones stand out without needing two people.
            risk=Risk.NORMAL if kind in URGENT else Risk.LOW,
            organization_id=body_id,
            reason=kind,
            text=text.strip(),
        ),
    )
