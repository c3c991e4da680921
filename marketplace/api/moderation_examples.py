"""Invented examples of cases, messages and decisions."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct

from catalog.error_reports import ErrorKind
from catalog.moderation.decisions import Verb
from marketplace.api import moderation

MOMENT = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
ID = UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e76")
SOLUTION = UUID("018e2c86-9000-72d5-8e74-db7e6cb91272")
CASE = moderation.CaseItem(
    id=ID,
    kind="revision",
    state="returned",
    risk="normal",
    desk="organization",
    title="PostLotse",
    thing_kind="solution",
    thing_id=SOLUTION,
    other_id=None,
    organization=None,
    opened_at=MOMENT,
    waiting_since=MOMENT,
    held_until=None,
)
MESSAGE = moderation.MessageAnswer(
    ID, "Wer betreibt die Lösung?", "Jule Hansen", MOMENT, is_from_desk=True
)
DECISION = moderation.DecisionAnswer(
    "return", "Wer betreibt die Lösung?", "Jule Hansen", MOMENT, is_first_of_two=False,
    undone_at=None,
)  # fmt: skip

MODERATION: tuple[Struct, ...] = (
    moderation.CaseList(1, [CASE]),
    moderation.CaseAnswer(
        case=CASE,
        reason="",
        text="",
        record=None,
        before=None,
        messages=[MESSAGE],
        decisions=[DECISION],
        expected_days=3,
        may_decide=False,
        may_undo=False,
    ),
    moderation.SubmissionBody("Das Amt für Digitales betreibt sie."),
    moderation.MessageBody("Das Amt für Digitales betreibt sie."),
    moderation.DecisionBody(Verb.HOLD, "Wir warten auf das Gutachten.", date(2026, 12, 1)),
    moderation.DeletionRequestBody("Eingetragen aus Versehen."),
    moderation.DuplicateBody(UUID("018e2c86-9000-72d5-8e74-db7e6cb91273")),
    moderation.ErrorReportBody(ErrorKind.OUTDATED, "Der Betrieb endete im Mai."),
)
