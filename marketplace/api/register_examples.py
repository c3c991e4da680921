"""Invented examples of what the API says of register entries."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct

from catalog.error_reports import ErrorKind
from catalog.records import Contact
from catalog.register import assessments
from catalog.register.feedback import Opinion
from catalog.register.record import EntryRecord, LegalBasis, Risk
from marketplace.api import (
    register_coverage,
    register_entries,
    register_feedback,
    register_forms,
)
from marketplace.api.references import OrganizationRef, SolutionRef

ENTRY = UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e90")
RECORD = EntryRecord(
    name={"de": "PostLotse"},
    summary={"de": "Ordnet Briefe dem richtigen Amt zu."},
    fields_of_action=["VW"],
    status="operation",
    start=date(2026, 3, 11),
    contact=Contact(office="Amt für Digitales", email="digital@auenrode.example"),
    impact_on_people={"de": "Ja, wenn Sie der Stadt schreiben."},
    decision_mode="propose",
    legal_basis=[LegalBasis("Art. 6 Abs. 1 Buchst. e DSGVO")],
    risks=[Risk("Falsches Amt", mitigation="Ein Mensch prüft jeden Vorschlag.")],
    redress={"de": "Schreiben Sie an das Postfach."},
    assessment=assessments.assessed({"personal_data": True}, today=date(2026, 11, 2)),
)


def examples(
    organization: OrganizationRef, solution: SolutionRef, adoption: UUID
) -> dict[type[Struct], Struct]:
    """One example of every answer and body, of a use by this organization."""
    iri = f"https://node.example/id/register-entry/{ENTRY}"
    entry = register_entries.EntryAnswer(
        id=ENTRY,
        iri=iri,
        slug="postlotse-stadt-auenrode",
        organization=organization,
        solution=solution,
        adoption=adoption,
        status="operation",
        risk_class="minimal",
        version=1,
        valid_since=date(2026, 11, 2),
        confirmed_on=date(2026, 11, 2),
        review_due=date(2027, 11, 2),
        is_current=True,
        facts_stated=12,
        facts_due=29,
        record=RECORD,
        is_sample=True,
        updated_at=datetime(2026, 11, 2, 8, tzinfo=UTC),
    )
    draft = register_entries.EntryDraftAnswer(
        id=ENTRY,
        iri=iri,
        slug=entry.slug,
        state="draft",
        version=0,
        revision=3,
        organization=organization,
        is_submitted=False,
        needs_second=False,
        returned_note="",
        open_fields=["department"],
        record=RECORD,
    )
    versions = [register_entries.EntryVersionAnswer(1, date(2026, 11, 2))]
    remark = register_forms.Remark("C2", "The form wants this and the card does not say it.")
    found: list[Struct] = [
        register_forms.FormList(
            [
                register_forms.FormRef(
                    "annex-viii-c", "2026-07-27", {"en": "AI Act, Annex VIII C"}, {}
                )
            ]
        ),
        register_forms.FilledForm(
            "annex-viii-c", "2026-07-27", {"C1": "Stadt Auenrode"}, [], [], [remark]
        ),
        entry,
        register_entries.EntryPage([entry], None),
        register_entries.EntryVersionList(versions),
        draft,
        register_entries.BeginBody(adoption),
        register_entries.RecordBody(RECORD),
        register_entries.FactsBody({"personal_data": True}, assessor="Amt für Digitales"),
        register_entries.ReturnBody("Bitte den Widerspruch genauer beschreiben."),
        register_entries.EntryWithdrawalBody("Doppelt eingetragen."),
        register_coverage.CoverageList(
            [register_coverage.CoverageItem(organization, "reported", 3, 0, 1, None)]
        ),
    ]
    found += _feedback(organization)
    return {type(each): each for each in found}


def _feedback(organization: OrganizationRef) -> list[Struct]:
    message = register_feedback.MessageAnswer(
        id=UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e91"),
        entry=ENTRY,
        organization=organization,
        opinion="question",
        text="Liest auch ein Mensch meinen Brief?",
        language="de",
        times=3,
        doubts=0,
        state="answered",
        asked_on=date(2026, 11, 9),
        answer="Ja. Ein Mensch prüft jeden Vorschlag.",
        answer_language="de",
        handled_on=date(2026, 11, 11),
        handled_by="Toni Beispiel",
        reported_on=None,
    )
    answered = register_feedback.AnsweredQuestion(
        message.id, message.opinion, message.text, "de", 3, message.asked_on,
        message.answer, "de", message.handled_on,
    )  # fmt: skip
    counts = {"understandable": 12, "unclear": 3, "missing": 1}
    return [
        register_feedback.FeedbackAnswer(counts, 1, 2, [answered]),
        register_feedback.FeedbackBody(Opinion.QUESTION, message.text),
        register_feedback.FeedbackReceipt("question", is_queued=True),
        message,
        register_feedback.MessagePage([message], 1),
        register_feedback.MessageReplyBody(message.text, message.answer),
        register_feedback.MessageReportBody(ErrorKind.UNLAWFUL),
    ]
