"""Reports of errors on a solution's page: anybody may send one, moderators read it."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import records, solutions
from catalog.database import now
from catalog.errors import Conflict, Invalid, Problem
from catalog.moderation import cases
from catalog.moderation.cases import Case, CaseKind, Desk, NewCase, Risk
from catalog.permissions import Actor
from catalog.solutions import Solution

LONGEST = 2_000

MOST_AN_HOUR = 5
"""Reports about one solution within an hour."""

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


def report(session: Session, actor: Actor, solution: Solution, *, kind: str, text: str) -> Case:
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
    here = session.scalar(recent.where(Case.thing_id == solution.id)) or 0
    if here >= MOST_AN_HOUR or (session.scalar(recent) or 0) >= MOST_OF_ALL:
        raise Conflict("Many reports came in within an hour. Please try again later.")
    return cases.enter(
        session,
        actor,
        NewCase(
            kind=CaseKind.ERROR_REPORT,
            desk=Desk.MODERATORS,
            thing_kind=solutions.KIND,
            thing_id=solution.id,
            title=records.best(solution.public_record.name, "de")[0],
            # Urgent ones stand out without needing two people.
            risk=Risk.NORMAL if kind in URGENT else Risk.LOW,
            organization_id=solution.publisher_id,
            reason=kind,
            text=text.strip(),
        ),
    )
