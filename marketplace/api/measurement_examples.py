"""Invented examples of what is reported of measurements and answered."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct

from impact.grading import Design
from impact.measurements import Arm, Phase, Reason
from marketplace.api import evaluations, measurements

EVALUATION = UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e81")
MEASUREMENT = UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e82")
MOMENT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
BEFORE = (date(2025, 3, 1), date(2025, 8, 31))
AFTER = (date(2026, 3, 1), date(2026, 8, 31))


def examples(adoption: UUID) -> Mapping[type[Struct], Struct]:
    """One example of each type, about the use with this id."""
    readings = [
        evaluations.ReadingBody(
            period_start=start, period_end=end, value=value, n=n, sd=sd, phase=phase
        )
        for (start, end), value, n, sd, phase in (
            (BEFORE, 18.0, 400, 9.0, Phase.BASELINE),
            (AFTER, 14.0, 300, 8.0, Phase.AFTER),
        )
    ]
    row = measurements.MeasurementAnswer(
        id=MEASUREMENT,
        evaluation=EVALUATION,
        period_start=AFTER[0],
        period_end=AFTER[1],
        value=14.0,
        n=300,
        sd=8.0,
        phase=Phase.AFTER,
        arm=Arm.TREATED,
        stratum="",
        state="holds",
        verification="self",
        supersedes=None,
        reason="",
        note="",
        recorded_at=MOMENT,
    )
    evaluation = evaluations.EvaluationAnswer(
        id=EVALUATION,
        adoption=adoption,
        metric="waiting_time",
        metric_version="1.0.0",
        design=Design.BEFORE_AFTER,
        starts_on=date(2026, 1, 12),
        comparison="",
        similarity=None,
        allocation="",
        plan="",
        plan_lodged_at=None,
        co_interventions="",
        analyst="own",
        effect=evaluations.FoundAnswer(-0.2513, 0.0017, "lnRoM", "lnRoM", 2, [], "1.0.0"),
        measurements=[row],
    )
    made: tuple[Struct, ...] = (
        row,
        evaluation,
        evaluations.EvaluationList([evaluation]),
        evaluations.ReportBody(metric="waiting_time", readings=readings),
        evaluations.MoreBody(readings[1:]),
        evaluations.PlanBody(
            metric="on_time",
            design=Design.DID,
            starts_on=date(2027, 1, 11),
            comparison="Bürgerbüro Nord, ähnlich viele Fälle, bekommt die Lösung später",
            plan="Alle abgeschlossenen Anträge, zwölf Monate vorher und sechs nachher.",
        ),
        measurements.CorrectionBody(
            period_start=AFTER[0],
            period_end=AFTER[1],
            value=15.0,
            n=310,
            sd=8.0,
            reason=Reason.LATE_CASES,
        ),
        measurements.WithdrawalBody("Das falsche Amt wurde gezählt."),
    )
    return {type(each): each for each in made}
