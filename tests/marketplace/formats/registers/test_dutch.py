"""The Dutch register: read into cards and written back, in each of its vocabularies."""

import msgspec
import pytest
from sqlalchemy.orm import Session

from catalog.facts import Withheld
from catalog.records import Contact
from catalog.register.record import ImpactAssessment, LegalBasis, Model
from marketplace.export.columns import Voice
from marketplace.formats.records import Refused, Unreadable
from marketplace.formats.registers import dutch, dutch_reading, dutch_rules, forms
from marketplace.formats.registers.dutch_reading import TakenEntry
from marketplace.formats.registers.sheets import Card, fill
from tests.factories import an_entry

VOICE = Voice("https://node.example", "de")

LONG = {
    "lars": "L-7",
    "name": "Lakken",
    "description_short": "Lakt namen.",
    "organization": "Gemeente Voorbeeldstad",
    "category": ["Verkeer", "Recht"],
    "status": "In gebruik",
    "begin_date": "2024-05",
    "contact_email": "info@voorbeeldstad.example",
    "publication_category": "Impactvolle algoritmes",
    "goal": "<p>Doel één.</p><ul><li>punt</li></ul>",
    "risks": "Elke maand een controle.",
    "lawful_basis": "Wet " * 300,
    "lawful_basis_grouping": [{"title": "AVG", "link": "https://wet.example/avg"}],
    "impacttoetsen_grouping": [
        {"title": "Data Protection Impact Assessment (DPIA)", "link": "https://stad.example/dpia"}
    ],
    "provider": "Beispiel B.V.",
    "publication_dt": "2024-06-01",
}


def _card(taken: TakenEntry) -> Card:
    record = taken.record
    day = record.source.entered_on if record.source else None
    assert day
    return Card(
        record, msgspec.UNSET, "", "", taken.organization.name, "NL", "", 1, day, day, day, None  # type: ignore[arg-type]
    )  # fmt: skip


def _only(content: object) -> TakenEntry:
    (row,) = dutch_reading.rows_of(content)
    assert isinstance(row, TakenEntry), row
    return row


def test_a_long_entry_comes_in_and_leaves_as_the_register_takes_it() -> None:
    taken = _only(LONG)
    record = taken.record
    assert (record.status, record.is_impactful, record.fields_of_action) == (
        "operation",
        True,
        ["MV"],
    )
    assert [each.kind for each in record.impact_assessments] == ["dpia"]
    assert record.source
    assert (record.source.key, record.source.license) == ("L-7", "CC0-1.0")

    document = fill(dutch.API, _card(taken)).document
    assert dutch_rules.check(document) == []
    same = ("name", "description_short", "organization", "status", "begin_date", "contact_email",
            "publication_category", "risks", "provider", "impacttoetsen_grouping",
            "lawful_basis_grouping")  # fmt: skip
    assert {name: document[name] for name in same} == {name: LONG[name] for name in same}
    assert document["goal"] == "Doel één.\n- punt"
    assert str(document["lawful_basis"]).startswith(str(LONG["lawful_basis"]).strip())


def test_ten_short_fields_come_back_as_they_were() -> None:
    short = {"id": "11", "title": "Zoeken", "organisatie": "Zeeuws archief", "doel": "Vindt.",
             "juridische_basis": "Archiefwet", "impactassessment": "Nee",
             "status": "buiten_gebruik", "geregistreerd": "2026-01-02",
             "toegevoegd": "2026-05-13", "url": "https://register.example/11"}  # fmt: skip
    card = _card(_only(short))
    assert fill(dutch.SHORT, card).document == short
    filled = fill(dutch.API, card)
    assert list(filled.missing) == []
    assert {each.field for each in filled.assumed} == {
        "description_short", "contact_email", "publication_category"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field"),
    [
        (7, ""),
        ({"organisatie": "Gemeente X"}, "title"),
        ({"title": "X"}, "organisatie"),
        ({"title": "X" * 501, "organisatie": "Gemeente X"}, "name"),
        (
            {"title": "X", "organisatie": "Y", "begin_date": "2024-05", "end_date": "2023-05"},
            "end",
        ),
    ],
)
def test_a_wrong_row_is_refused_at_its_field(row: object, field: str) -> None:
    (refused,) = dutch_reading.rows_of([row])
    assert isinstance(refused, Refused)
    assert refused.problem.field.split(".")[0] == field


def test_a_file_without_rows_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="no rows"):
        dutch_reading.rows_of({"algoritmes": []})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "x" * 101}, "name"),
        ({"status": "Actief"}, "status"),
        ({"category": ["Kunst"]}, "category"),
        ({"category": "Verkeer"}, "category"),
        ({"goal": "<script>x</script>"}, "goal"),
        ({"name": "<b>x</b>"}, "name"),
        ({"unknown": "x"}, "unknown"),
        ({"lang": "deu"}, "lang"),
        ({"lawful_basis_grouping": [{"title": "AVG"}]}, "lawful_basis_grouping.0.link"),
        ({"begin_date": 2024}, "begin_date"),
        ({"contact_email": None}, "contact_email"),
    ],
)
def test_the_standards_rules_are_kept(change: dict[str, object], field: str) -> None:
    document = {**fill(dutch.API, _card(_only(LONG))).document, **change}
    assert [each.field for each in dutch_rules.check(document)] == [field]


def test_our_card_says_what_it_loses_and_that_its_texts_are_not_dutch(session: Session) -> None:
    entry = an_entry(
        session,
        department="Amt für Digitales",
        contact=Contact(),
        legal_basis=[LegalBasis("Art. 6 DSGVO", "https://gesetz.example/6")],
        impact_assessments=[ImpactAssessment("dpia", "done", "Keine Nachteile.")],
        models=[Model("Geheimmodell")],
        withheld={"models": Withheld("procurement")},
    )
    filled = forms.filled(entry, "algoritmeregister", VOICE)

    assert filled.document["contact_email"].startswith("https://node.example/de/")
    assert filled.document["publication_category"] == "Overige algoritmes"
    assert {each.field for each in filled.losses} >= {"department", "models"}
    assert [each.field for each in filled.missing] == ["lang"]
    assert "Geheimmodell" not in str(filled)
    schema = forms.filled(entry, "algoritmeregister-schema", VOICE)
    assert schema.document["legal_basis_title"] == "Art. 6 DSGVO"
    assert schema.document["publication_category"] == "Overige algoritmes (Categorie C)"
    assert "technical_operation" in {each.field for each in schema.missing}


@pytest.mark.parametrize(
    ("risk_class", "category"),
    [
        ("high_risk_annex_iii", "Hoog-risico AI-systeem"),
        ("undetermined", "Hoog-risico AI-systeem"),
        ("minimal", "Overige algoritmes"),
        ("prohibited", None),
    ],
)
def test_a_class_becomes_the_category_that_does_not_play_it_down(
    session: Session, risk_class: str, category: str | None
) -> None:
    entry = an_entry(session)
    entry.risk_class = risk_class
    filled = forms.filled(entry, "algoritmeregister", VOICE)
    assert filled.document.get("publication_category") == category
    lacking = {each.field for each in filled.missing}
    assert ("publication_category" in lacking) == (category is None)
