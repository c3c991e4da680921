"""Entries of the register: prefilled, classified, published by two where it matters, confirmed."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Stage, Use
from catalog.errors import Conflict, Invalid
from catalog.facts import Withheld
from catalog.organizations import Organization
from catalog.permissions import Role
from catalog.records import Contact, DataBasis, Sovereignty
from catalog.register import assessments, coverage, entries, fields, listing
from catalog.register.entries import RegisterEntry
from catalog.register.record import EntryRecord, ImpactAssessment, LegalBasis, Risk
from tests.factories import (
    OPERATOR,
    a_city,
    a_solution,
    actor_for,
    an_entry,
    an_entry_draft,
    an_entry_record,
)

TODAY = date(2026, 11, 23)
SAY = {"de": "Gesagt."}
MARKER = "Nebelkraehenquartett"


def test_every_field_is_in_the_catalogue() -> None:
    beside = {"assessment", "source", "withheld", "raw"}
    assert set(fields.by_id()) | beside == set(EntryRecord.__struct_fields__)


def test_a_complete_entry_of_minimal_risk_asks_at_most_twelve_answers(session: Session) -> None:
    city = a_city(session)
    city.answering_unit, city.email = "Amt für Digitales", "digital@test.example"
    solution = a_solution(
        session,
        summary=SAY, problem=SAY, benefits=SAY, fields_of_action=["VW"],
        technology=["machine_learning"], reason_for_ai=SAY, human_oversight="propose",
        explanation=SAY, monitoring=SAY, risks=SAY, vendor="Beispiel GmbH",
        data=DataBasis(inputs=SAY, personal="personal", legal_basis=SAY),
        sovereignty=Sovereignty(model=SAY),
    )  # fmt: skip
    use = Use(Stage.LIVE, date(2026, 3, 1), operator="IT-Verbund")
    adoption = adoptions.declare(session, OPERATOR, solution, city, use, today=TODAY)

    entry = entries.begin(session, OPERATOR, adoptions.by_id(session, adoption.id))

    draft = entry.draft
    assert draft
    classified = assessments.assessed(assessments.given_by(draft), today=TODAY)
    assert classified.risk_class == "minimal"
    asked = [field.id for field in fields.open_fields(draft, "minimal")]
    # The questions of the law are confirmed at once, as they stand: one answer more.
    assert len(asked) + 1 <= 12, asked


def heavy(session: Session, city: Organization) -> RegisterEntry:
    told = an_entry_record(
        assessment=assessments.assessed({"annex_iii": ["5a"]}, today=TODAY),
        start=TODAY, department="Sozialamt", responsible_role="Leitung", intended_purpose=SAY,
        benefit=SAY, affected_groups=["Familien"], process=SAY, period_frequency=SAY,
        human_oversight=SAY, legal_basis=[LegalBasis("SGB X")], proportionality=SAY,
        data_used=SAY, personal_data="personal", bias_fairness=SAY, how_it_works=SAY,
        algorithm_type="self_learning", use_type="predictive", provider="Beispiel GmbH",
        risks=[Risk("Fehler")], monitoring=SAY, log_retention_months=6,
        impact_assessments=[ImpactAssessment("fria", "done", "Gut.")],
        withheld={"suppliers": Withheld("procurement")},
    )  # fmt: skip
    entry = an_entry_draft(session, city)
    return entries.save(session, OPERATOR, entry, told, revision=entry.draft_revision)


def test_a_heavy_class_takes_two_people(session: Session) -> None:
    city = a_city(session)
    entry = heavy(session, city)
    one, other = actor_for(session, city, Role.LEAD), actor_for(session, city, Role.EDITOR)

    with pytest.raises(Conflict, match="second person"):
        entries.publish(session, one, entry, revision=entry.draft_revision, today=TODAY)
    entries.submit(session, one, entry, revision=entry.draft_revision)
    with pytest.raises(Conflict, match="You submitted"):
        entries.publish(session, one, entry, revision=entry.draft_revision, today=TODAY)
    with pytest.raises(Conflict, match="Take it back"):
        entries.save(session, other, entry, an_entry_record(), revision=entry.draft_revision)

    entries.publish(session, other, entry, revision=entry.draft_revision, today=TODAY)

    assert entry.is_published
    assert entry.review_due == date(2027, 5, 25)
    kept = entry.public_record.assessment
    assert kept
    due = assessments.outcome_of(kept).duties
    assert any(each.applies_from == date(2027, 12, 2) for each in due)


def test_what_was_heavy_is_made_light_by_two_only(session: Session) -> None:
    city = a_city(session)
    entry = heavy(session, city)
    one, other = actor_for(session, city), actor_for(session, city)
    entries.submit(session, one, entry, revision=entry.draft_revision)
    entries.publish(session, other, entry, revision=entry.draft_revision, today=TODAY)

    entries.revise(session, one, entry)
    entries.save(session, one, entry, an_entry_record(), revision=entry.draft_revision)

    with pytest.raises(Conflict, match="second person"):
        entries.publish(session, one, entry, revision=entry.draft_revision, today=TODAY)


def test_what_is_missing_is_named_field_by_field(session: Session) -> None:
    city = a_city(session)
    entry = an_entry_draft(
        session, city,
        contact=Contact(), redress={}, assessment=assessments.assessed({}, today=TODAY),
    )  # fmt: skip

    with pytest.raises(Invalid) as refusal:
        entries.publish(session, OPERATOR, entry, revision=entry.draft_revision, today=TODAY)

    assert [each.field for each in refusal.value.problems] == ["contact", "redress"]


def test_an_old_form_overwrites_nothing(session: Session) -> None:
    entry = an_entry_draft(session, a_city(session))

    with pytest.raises(Conflict, match="Somebody changed"):
        entries.save(session, OPERATOR, entry, an_entry_record("Neu"), revision=1)


def test_what_is_withheld_today_stands_in_no_old_version(session: Session) -> None:
    entry = an_entry(session, how_it_works={"de": MARKER})
    hidden = an_entry_record(withheld={"how_it_works": Withheld("security")})

    entries.renew(session, OPERATOR, entry, hidden, today=TODAY)

    assert [each.number for each in listing.versions_of(session, entry)] == [2, 1]
    assert MARKER not in str(listing.record_of(session, entry, 1))
    assert listing.record_of(session, entry, 1).name == {"de": "PostLotse"}


def test_the_same_content_is_no_change(session: Session) -> None:
    entry = an_entry(session)

    assert entry.record
    assert not entries.renew(session, OPERATOR, entry, entry.record, today=TODAY)
    assert entry.version == 1


def test_a_word_holds_for_a_year(session: Session) -> None:
    entry = an_entry(session)

    assert entry.is_current(date(2027, 11, 23))
    assert not entry.is_current(date(2027, 11, 24))
    entries.confirm(session, OPERATOR, entry, today=date(2027, 11, 24))
    assert entry.is_current(date(2027, 11, 24))


def test_counts_are_those_of_the_entries(session: Session) -> None:
    city = a_city(session)
    an_entry(session, city, "Eins")
    an_entry(session, city, "Zwei", status="test", fields_of_action=["MV"])
    gone = an_entry(session, city, "Drei")
    entries.withdraw(session, OPERATOR, gone, reason="Doppelt.")
    wanted = listing.Wanted(status=("test",), organization_id=city.id)

    found = listing.counts(session, wanted, today=TODAY)

    assert (found.total, found.current) == (1, 1)
    assert found.facets["status"] == {"operation": 1, "test": 1}
    assert found.facets["topic"] == {"MV": 1}
    assert [each.status for each in listing.page(session, wanted, today=TODAY)] == ["test"]


def test_a_body_with_a_running_use_cannot_declare_zero(session: Session) -> None:
    city = a_city(session)
    an_entry(session, city)

    with pytest.raises(Conflict):
        coverage.declare_zero(session, OPERATOR, city, today=TODAY)


def test_a_retracted_use_leaves_the_card(session: Session) -> None:
    entry = an_entry(session)
    assert entry.adoption

    adoptions.retract(session, OPERATOR, entry.adoption)
    session.flush()
    session.expire_all()

    assert entries.by_id(session, entry.id).adoption_id is None
