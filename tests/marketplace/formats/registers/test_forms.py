"""Every form: what it carries, what it loses, and that nothing withheld is in it."""

import pytest
from sqlalchemy.orm import Session

from catalog.facts import Withheld
from catalog.register.entries import RegisterEntry
from catalog.register.record import ImpactAssessment, Supplier
from marketplace.export.columns import Voice
from marketplace.formats.registers import forms
from tests.factories import an_entry

VOICE = Voice("https://node.example", "de")
MARKER = "Schleiereule"
TEXT = {"de": "Gesagt.", "en": "Said."}


def _entry(session: Session, **more: object) -> RegisterEntry:
    told: dict[str, object] = {
        "department": "Amt für Digitales",
        "how_it_works": {"en": "Reads letters. " * 60},
        "algorithm_type": "generative",
        "use_type": "predictive",
        "risks": [],
        "period_frequency": TEXT,
        "suppliers": [Supplier("Beispielwerk", "HRB 1", "Anbieter")],
        "impact_assessments": [
            ImpactAssessment("fria", "done", "Keine Nachteile."),
            ImpactAssessment("dpia", "done", "Geprüft."),
        ],
        **more,
    }
    return an_entry(session, None, "PostLotse", **told)


HIDDEN = ("how_it_works", "data_used", "benefit", "process", "monitoring", "rollback", "redress",
          "intended_purpose", "human_oversight", "proportionality")  # fmt: skip


def test_what_is_withheld_is_in_no_form(session: Session) -> None:
    # A document may hold a value beside its being withheld, as one from another node can.
    entry = _entry(
        session,
        **{name: {"de": MARKER} for name in HIDDEN},
        department=MARKER,
        suppliers=[Supplier(MARKER)],
        withheld=dict.fromkeys((*HIDDEN, "department", "suppliers"), Withheld("security")),
    )
    for name in forms.FORMS:
        filled = forms.filled(entry, name, VOICE)
        assert MARKER not in str(forms.report(filled, "de")), name
        assert set(HIDDEN) <= {each.field for each in filled.losses}


def test_every_stated_field_is_carried_or_named_as_lost(session: Session) -> None:
    entry = _entry(session)
    for name in forms.FORMS:
        filled = forms.filled(entry, name, VOICE)
        carried = {each for target in filled.form.targets for each in target.fields}
        lost = {each.field for each in filled.losses}
        assert "department" in carried | lost, name
        refs = [target.ref for target in filled.form.targets]
        assert len(refs) == len(set(refs)), name
        absent = {each.ref for each in filled.form.targets if each.required} - set(filled.document)
        assert absent <= {each.field for each in filled.missing}, name


def test_annex_viii_c_holds_the_summaries_and_asks_for_the_rest(session: Session) -> None:
    filled = forms.filled(_entry(session), "annex-viii-c", VOICE)
    assert filled.document["C1"].endswith("digital@test.example")
    assert filled.document["C4"] == "Keine Nachteile."
    assert filled.document["C5"] == "Geprüft."
    assert [each.field for each in filled.missing] == ["C2", "C3"]


def test_the_sheets_for_providers_and_the_outline(session: Session) -> None:
    entry = _entry(session)
    annex_b = forms.filled(entry, "annex-viii-b", VOICE)
    assert set(annex_b.document) >= {"B4", "B8"}
    assert not {"B7", "B9"} & {target.ref for target in annex_b.form.targets}
    assert forms.filled(entry, "annex-viii-a", VOICE).document["A10"] == "DE"
    fria = forms.filled(entry, "fria", VOICE)
    assert fria.document["27(1)(b)"] == "Gesagt."
    assert "27(1)(d)" in {each.field for each in fria.missing}


def test_the_cities_standard_cuts_assumes_and_measures(session: Session) -> None:
    entry = _entry(session, summary={"de": "Wort " * 40})
    filled = forms.filled(entry, "ats", VOICE)
    assert len(filled.document["description_short"]) <= 150
    assert "description_short" in {each.field for each in filled.losses}
    assert filled.document["algorithm_type"] == "self-learning"
    assert {each.field for each in filled.assumed} == {"algorithm_type", "area"}
    assert filled.document["status"] == "operational"
    short = forms.filled(_entry(session, how_it_works={"en": "Short."}), "ats", VOICE)
    assert "description" in {each.field for each in short.missing}


@pytest.mark.parametrize(
    ("name", "ref", "value"),
    [
        ("atrs", "phase", "production"),
        ("atrs", "organisation_type", "local-authority"),
        ("atrs", "supplier_number", "HRB 1"),
        ("maki", "Verwaltungsebene", "Kommune"),
        ("maki", "Einsatzbereich", "Öffentliche Verwaltung"),
        ("maki", "Entwicklungsstatus", "Betrieb"),
    ],
)
def test_codes_are_those_of_the_form(session: Session, name: str, ref: str, value: str) -> None:
    assert forms.filled(_entry(session), name, VOICE).document[ref] == value
