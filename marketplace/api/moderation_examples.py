"""Invented examples of cases, messages and decisions, and of the lists moderators keep."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct

from catalog.error_reports import ErrorKind
from catalog.moderation.decisions import Verb
from marketplace.api import moderation, synonyms, taxonomy, text_blocks
from marketplace.search.synonyms import Kind

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

SYNONYMS = synonyms.SynonymsAnswer(
    ID, "de", Kind.SYNONYM, ["Rathaus", "Stadthaus"], MOMENT, "Jule Hansen", is_retired=False
)
TITLE = {"de": "Wer betreibt die Lösung?", "en": "Who operates the solution?"}
TEXT = {"de": "Bitte nennen Sie das Amt.", "en": "Please name the office."}
TEXT_BLOCK = text_blocks.TextBlockAnswer(
    ID, "return", TITLE, TEXT, MOMENT, "Jule Hansen", is_retired=False
)

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
    SYNONYMS,
    synonyms.SynonymsList(1, [SYNONYMS]),
    synonyms.SynonymsBody("de", ["Rathaus", "Stadthaus"]),
    TEXT_BLOCK,
    text_blocks.TextBlockList([TEXT_BLOCK]),
    text_blocks.TextBlockBody(
        "return", text_blocks.TitleTexts(**TITLE), text_blocks.BlockTexts(**TEXT)
    ),
    taxonomy.CodeBody(taxonomy.LabelTexts("Streugut planen", "Plan grit"), ["Winterdienst"]),
    taxonomy.NewCodeBody(
        label=taxonomy.LabelTexts("Streugut planen", "Plan grit"),
        words=["Winterdienst"],
        code="grit_planning",
        parent="MV",
    ),
    moderation.ErrorReportBody(ErrorKind.OUTDATED, "Der Betrieb endete im Mai."),
)
