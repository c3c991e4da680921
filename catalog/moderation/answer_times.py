"""How long people wait for decisions: measured, told to submitters, public in aggregate."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.moderation.cases import UNDECIDED, Case, CaseKind, CaseState, Desk
from catalog.moderation.decisions import Decision

MEASURED = timedelta(days=365)
"""How far back answers count."""

ENOUGH = 3
"""Answers below which no time is promised."""

MOST_MEASURED = 5_000


@dataclass(frozen=True)
class AnswerTime:
    """Median and 90th percentile (nearest rank) of measured answers, in working days."""

    answers: int
    median_days: float
    p90_days: float


@dataclass(frozen=True)
class Line:
    """One kind of case in the public log."""

    kind: str
    opened: int
    waiting: int
    approved: int
    refused: int
    returned: int
    time: AnswerTime | None


def working_days(since: datetime, until: datetime) -> float:
    """Days from Monday to Friday between two moments; holidays differ by Land and count."""
    days = 0.0
    start = since
    while start < until:
        midnight = datetime.combine(
            start.date() + timedelta(days=1), datetime.min.time(), start.tzinfo
        )
        end = min(midnight, until)
        if start.weekday() < 5:
            days += (end - start) / timedelta(days=1)
        start = end
    return days


def of(session: Session, *, organization_id: UUID | None = None) -> Mapping[str, AnswerTime]:
    """The measured times by kind of case: the moderators', or those of a body's own editors."""
    query = (
        select(Case.kind, Decision.waited_since, Decision.at)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.waited_since.is_not(None), Decision.at >= now() - MEASURED)
        .where(Decision.undone_at.is_(None))
        .order_by(Decision.at.desc())
        .limit(MOST_MEASURED)
    )
    if organization_id is None:
        query = query.where(Case.desk == Desk.MODERATORS)
    else:
        query = query.where(Case.desk == Desk.ORGANIZATION, Case.organization_id == organization_id)
    days: dict[str, list[float]] = {}
    for kind, since, at in session.execute(query):
        days.setdefault(kind, []).append(working_days(since or at, at))
    return {kind: measured(each) for kind, each in days.items()}


def expected_days(session: Session, case: Case) -> int | None:
    """In how many working days such a case is usually answered; None while that is unknown."""
    body = case.organization_id if case.desk == Desk.ORGANIZATION else None
    time = of(session, organization_id=body).get(case.kind)
    return max(1, ceil(time.median_days)) if time and time.answers >= ENOUGH else None


def log(session: Session) -> Sequence[Line]:
    """What the node's moderators did in the measured year, by kind; no case and no name."""
    since = now() - MEASURED
    states: dict[str, Counter[str]] = {}
    rows = session.execute(
        select(Case.kind, Case.state, func.count())
        .where(Case.desk == Desk.MODERATORS, Case.opened_at >= since)
        .group_by(Case.kind, Case.state)
    )
    for kind, state, number in rows:
        states.setdefault(kind, Counter())[state] += number
    returned = Counter[str]()
    asked = (
        select(Case.kind, func.count())
        .join(Decision, Decision.case_id == Case.id)
        .where(Case.desk == Desk.MODERATORS, Decision.verb == "return", Decision.at >= since)
        .group_by(Case.kind)
    )
    for kind, number in session.execute(asked):
        returned[kind] = number
    times = of(session)
    return [
        Line(
            kind=kind,
            opened=sum(states[kind].values()),
            waiting=sum(states[kind][state] for state in UNDECIDED),
            approved=states[kind][CaseState.APPROVED],
            refused=states[kind][CaseState.REFUSED],
            returned=returned[kind],
            time=times.get(kind),
        )
        for kind in CaseKind
        if kind in states
    ]


def measured(days: Sequence[float]) -> AnswerTime:
    """Median and 90th percentile of these days; at least one."""
    ordered = sorted(days)
    return AnswerTime(len(ordered), median(ordered), ordered[ceil(0.9 * len(ordered)) - 1])
