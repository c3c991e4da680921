"""Measurements: what was counted in one period, in one arm, of one use of a solution.

Append-only and bitemporal: a row says for which days it holds and when it was recorded. A
correction or a withdrawal is a new row that names the one before; nothing is deleted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from catalog.database import Base, UtcDateTime, in_slices, new_id, now
from catalog.errors import NotFound

KIND = "measurement"


class Arm(StrEnum):
    """With the solution, or what it is compared with."""

    TREATED = "treated"
    COMPARISON = "comparison"


class Phase(StrEnum):
    """Before the solution, while it was introduced, or after."""

    BASELINE = "baseline"
    RAMP_UP = "ramp_up"
    AFTER = "after"


class Collection(StrEnum):
    """How the numbers were found."""

    SYSTEM_LOG = "system_log"
    TIME_STUDY = "time_study"
    SURVEY = "survey"
    AUDIT_SAMPLE = "audit_sample"
    FINANCE_SYSTEM = "finance_system"
    ESTIMATE = "estimate"


class Reason(StrEnum):
    """Why a row takes the place of another."""

    ERROR = "error"
    METHOD_CHANGE = "method_change"
    LATE_CASES = "late_cases"
    WITHDRAWN = "withdrawn"


class Verification(StrEnum):
    """Who looked at the numbers besides the reporter."""

    SELF = "self"
    SECOND_PERSON = "second_person"
    MODERATION = "moderation"


@dataclass(frozen=True)
class Numbers:
    """What was reported: mean types ``value``, ``n``, ``sd`` (or an interval); proportions
    ``events`` of ``n``; rates ``events`` by ``exposure``."""

    value: float | None = None
    n: int | None = None
    sd: float | None = None
    events: float | None = None
    exposure: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True)
class Reading:
    """One measurement as it is reported."""

    period_start: date
    period_end: date
    numbers: Numbers
    phase: Phase
    arm: Arm = Arm.TREATED
    stratum: str = ""
    collection: Collection = Collection.SYSTEM_LOG
    completeness: float | None = None
    """Percent of the eligible cases that were counted; None if nobody said."""


class Measurement(Base):
    """One reported number with its period, arm, phase, provenance and revision."""

    __tablename__ = "measurements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    adoption_id: Mapped[UUID] = mapped_column(
        ForeignKey("adoptions.id", ondelete="CASCADE"), index=True
    )
    evaluation_id: Mapped[UUID] = mapped_column(
        ForeignKey("evaluations.id", ondelete="CASCADE"), index=True
    )
    metric: Mapped[str] = mapped_column(String(60), index=True)
    metric_version: Mapped[str] = mapped_column(String(20))
    period_start: Mapped[date]
    period_end: Mapped[date]
    arm: Mapped[str] = mapped_column(String(20), default=Arm.TREATED)
    phase: Mapped[str] = mapped_column(String(20))
    stratum: Mapped[str] = mapped_column(String(80), default="")
    value: Mapped[float | None]
    n: Mapped[int | None]
    sd: Mapped[float | None]
    events: Mapped[float | None]
    exposure: Mapped[float | None]
    ci_low: Mapped[float | None]
    ci_high: Mapped[float | None]
    collection: Mapped[str] = mapped_column(String(20))
    completeness: Mapped[float | None]
    verification: Mapped[str] = mapped_column(String(20), default=Verification.SELF)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    reported_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    supersedes_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("measurements.id", ondelete="CASCADE"), unique=True
    )
    """The row this one takes the place of; each row is followed by at most one."""
    reason: Mapped[str] = mapped_column(String(20), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    is_sample: Mapped[bool] = mapped_column(default=False)

    @property
    def reading(self) -> Reading:
        """The row as it was reported."""
        return Reading(
            self.period_start,
            self.period_end,
            Numbers(
                self.value,
                self.n,
                self.sd,
                self.events,
                self.exposure,
                self.ci_low,
                self.ci_high,
            ),
            Phase(self.phase),
            Arm(self.arm),
            self.stratum,
            Collection(self.collection),
            self.completeness,
        )


def columns_of(reading: Reading) -> dict[str, object]:
    """The columns of a row that hold what was reported."""
    numbers = reading.numbers
    return {
        "period_start": reading.period_start,
        "period_end": reading.period_end,
        "arm": str(reading.arm),
        "phase": str(reading.phase),
        "stratum": reading.stratum,
        "value": numbers.value,
        "n": numbers.n,
        "sd": numbers.sd,
        "events": numbers.events,
        "exposure": numbers.exposure,
        "ci_low": numbers.ci_low,
        "ci_high": numbers.ci_high,
        "collection": str(reading.collection),
        "completeness": reading.completeness,
    }


def by_id(session: Session, measurement_id: UUID, *, hold: bool = False) -> Measurement:
    """The row with this id, whether it still holds or not."""
    found = session.get(Measurement, measurement_id, with_for_update=hold or None)
    if found is None:
        raise NotFound("There is no such measurement.")
    return found


def history(session: Session, evaluation_ids: Sequence[UUID]) -> Mapping[UUID, list[Measurement]]:
    """Every row of these evaluations, those that were superseded too, by evaluation; by period."""
    found: dict[UUID, list[Measurement]] = {key: [] for key in evaluation_ids}
    for part in in_slices(list(evaluation_ids)):
        query = (
            select(Measurement)
            .where(Measurement.evaluation_id.in_(part))
            .order_by(Measurement.period_start, Measurement.recorded_at, Measurement.id)
        )
        for row in session.scalars(query):
            found[row.evaluation_id].append(row)
    return found


def holding(rows: Iterable[Measurement]) -> list[Measurement]:
    """Those of a history that no other row took the place of and that were not withdrawn."""
    rows = list(rows)
    gone = {row.supersedes_id for row in rows}
    return [row for row in rows if row.id not in gone and row.reason != Reason.WITHDRAWN]


def current(session: Session, evaluation_id: UUID) -> list[Measurement]:
    """The rows of an evaluation that hold now, by period."""
    return holding(history(session, [evaluation_id])[evaluation_id])


def follower(session: Session, measurement_id: UUID) -> Measurement | None:
    """The row that took the place of this one."""
    later = aliased(Measurement)
    return session.scalar(select(later).where(later.supersedes_id == measurement_id))
