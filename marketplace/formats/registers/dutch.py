"""A card for the Dutch algorithm register (algoritmes.overheid.nl), in its three vocabularies.

The delivery API 1.0 and the JSON Schema 1.0.0 name the same fields of the publication standard
differently; collectors of the published register keep ten short fields. Sources:
MinBZK/Algoritmeregister (``schema.json``, ``v1_0.json``), schellevis/algoritmeregister.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from catalog import records
from marketplace.formats.registers import dutch_rules
from marketplace.formats.registers.sheets import Assumed, Card, Form, Target
from marketplace.translations import message

LANGUAGE = "nl"
ISO_639_3 = {"nl": "nld", "de": "deu", "en": "eng", "fr": "fra"}

THEMES = {
    "VW": "Organisatie en bedrijfsvoering",
    "SE": "Ruimte en infrastructuur",
    "MV": "Verkeer",
    "KU": "Natuur en milieu",
    "BK": "Onderwijs en wetenschap",
    "SO": "Sociale zekerheid",
    "WI": "Economie",
    "KS": "Openbare orde en veiligheid",
}
"""The theme nearest to a field of action; research has none."""

HIGH_RISK = ("high_risk_annex_i", "high_risk_annex_i_section_b", "high_risk_annex_iii")
STATUS = {"planned": "In ontwikkeling", "operation": "In gebruik", "ended": "Buiten gebruik"}
SHORT_STATUS = {
    "In ontwikkeling": "ontwikkeling",
    "In gebruik": "in_gebruik",
    "Buiten gebruik": "buiten_gebruik",
}
ASSESSMENTS = {
    "fria": "Fundamentele Rechten en Algoritme Impact Assessment (FRAIA)",
    "dpia": "Data Protection Impact Assessment (DPIA)",
}
OWN = "Intern ontwikkeld"


def _short(card: Card) -> Any:
    text = card.words("summary", LANGUAGE)
    if text:
        return text
    purpose = card.words("intended_purpose", LANGUAGE)
    if purpose:
        why = message("The card has no short text; the beginning of its purpose stands here.")
        return Assumed(purpose if len(purpose) <= 400 else f"{purpose[:399]}…", why)
    why = message("The card says nothing of what it does; its name stands here.")
    return Assumed(card.words("name", LANGUAGE), why)


def _organization(card: Card) -> str:
    return card.record.raw.get("organization", "") or card.organization


def _status(card: Card) -> str | None:
    if card.record.status != "test":
        return STATUS.get(card.record.status)
    # A test with data of people has effects on them as a use has.
    concerns_people = card.record.personal_data in ("personal", "special")
    return STATUS["operation" if concerns_people else "planned"]


def _themes(card: Card) -> list[str]:
    found = [THEMES[code] for code in card.record.fields_of_action if code in THEMES]
    return list(dict.fromkeys(found))


def _contact(card: Card) -> Any:
    contact = card.record.contact
    stated = contact.email or contact.url or card.record.redress_url or card.record.public_page
    if stated:
        return stated
    if card.record.source and card.record.source.url:
        return Assumed(
            card.record.source.url, message("No contact is stated; its source's page stands here.")
        )
    return Assumed(card.page, message("No contact is stated; the page of the card stands here."))


def _category(card: Card) -> Any:
    high, impactful, other = dutch_rules.CATEGORIES
    if card.risk_class == "prohibited":
        return None
    if card.risk_class in HIGH_RISK:
        return high
    if card.risk_class == "undetermined":
        why = message("The class is open; the highest category stands here until it is decided.")
        return Assumed(high, why)
    if card.record.is_impactful is not None:
        return impactful if card.record.is_impactful else other
    return Assumed(
        other, message("The card does not say whether it is impactful; the last category stands.")
    )


def _month(field: str, card: Card) -> str:
    day = getattr(card.record, field)
    return f"{day:%Y-%m}" if day else ""


def _bases(card: Card) -> str:
    return "\n".join(each.text or each.title for each in card.record.legal_basis)


def _linked(field: str, card: Card) -> list[dict[str, str]]:
    rows = [each for each in getattr(card.record, field) if each.url]
    titles = [each.title if field == "legal_basis" else each.name for each in rows]
    most = 100 if field == "legal_basis" else 500
    return [
        {"title": title[:most], "link": row.url} for title, row in zip(titles, rows, strict=True)
    ]


def _assessments(card: Card) -> list[dict[str, str]]:
    done = [each for each in card.record.impact_assessments if each.status == "done"]
    return [
        {"title": ASSESSMENTS[each.kind], **({"link": each.url} if each.url else {})}
        for each in done
        if each.kind in ASSESSMENTS
    ]


def _assessment_texts(card: Card) -> str:
    return "\n".join(each.summary for each in card.record.impact_assessments if each.summary)


def _suppliers(card: Card) -> str:
    return "; ".join(each.name for each in card.record.suppliers)


def _language(card: Card) -> str:
    said = records.best(card.record.intended_purpose or card.record.summary, LANGUAGE)[1]
    return ISO_639_3.get(said or LANGUAGE, said)


def _key(card: Card) -> str:
    return card.record.source.key if card.record.source else str(card.id)


def _own_page(card: Card) -> str:
    return card.record.source.url if card.record.source else card.page


TARGETS = (
    Target("name", ("name",), 100, required=True),
    Target("description_short", ("summary",), 400, required=True, read=_short),
    Target("organization", most=100, required=True, read=_organization),
    Target("category", ("fields_of_action",), read=_themes),
    Target("status", ("status",), required=True, read=_status),
    Target("begin_date", ("start",), read=partial(_month, "start")),
    Target("end_date", ("end",), read=partial(_month, "end")),
    Target("contact_email", ("contact", "redress_url"), 500, required=True, read=_contact),
    Target("website", ("public_page",), 500),
    Target("publication_category", ("is_impactful",), required=True, read=_category),
    Target("url", most=500, read=_own_page),
    Target("goal", ("intended_purpose", "benefit", "impact_on_people"), 2500),
    Target("proportionality", ("proportionality", "alternatives"), 2500),
    Target("human_intervention", ("human_oversight", "decision_mode", "redress"), 2500),
    Target("risks", ("risks", "bias_fairness", "monitoring"), 2500),
    Target("lawful_basis", ("legal_basis",), 2500, read=_bases),
    Target("lawful_basis_grouping", ("legal_basis",), read=partial(_linked, "legal_basis")),
    Target("process_index_url", ("processing_register_url",), 500),
    Target("impacttoetsen_grouping", ("impact_assessments",), read=_assessments),
    Target("impacttoetsen", ("impact_assessments",), 2500, read=_assessment_texts),
    Target("source_data", ("data_used",), 2500),
    Target("source_data_grouping", ("data_sources",), read=partial(_linked, "data_sources")),
    Target("methods_and_models", ("how_it_works", "algorithm_type", "models"), 5000),
    Target("provider", ("suppliers",), 200, read=_suppliers),
    Target("publiccode", ("repository",), 500),
    Target("lang", required=True, read=_language),
    Target("standard_version", read=lambda _card: "1.0"),
    Target("source_id", most=100, read=_key),
    Target("tags", ("keywords",), 2500),
)

API = Form(
    "algoritmeregister",
    {"de": "Niederländisches Algoritmeregister", "en": "Dutch Algoritmeregister"},
    "1.0",
    {
        "de": "Die Felder der Schnittstelle, über die Behörden dort einliefern.",
        "en": "The fields of the interface through which bodies deliver there.",
    },
    LANGUAGE,
    TARGETS,
    dutch_rules.check,
)

RENAMED: Mapping[str, str] = {
    "category": "theme",
    "begin_date": "start_date",
    "contact_email": "contact",
    "website": "link",
    "url": "source_link",
    "goal": "purpose_and_impact",
    "proportionality": "considerations",
    "risks": "risk_management",
    "lawful_basis": "legal_basis",
    "process_index_url": "processing_register_link",
    "impacttoetsen": "impact_assessment_explanation",
    "source_data": "data",
    "methods_and_models": "technical_operation",
    "provider": "supplier",
    "publiccode": "source_code_link",
    "lang": "language",
    "standard_version": "schema",
    "tags": "search_terms",
}
"""Names of the JSON Schema 1.0.0 for fields of the API."""

CATEGORY_LETTERS = dict(zip(dutch_rules.CATEGORIES, "ABC", strict=True))


def _lettered(card: Card) -> Any:
    found = _category(card)
    if isinstance(found, Assumed):
        return replace(found, value=_with_letter(found.value))
    return _with_letter(found) if found else None


def _with_letter(category: str) -> str:
    return f"{category} (Categorie {CATEGORY_LETTERS[category]})"


def _first(read: Any, part: str, card: Card) -> str:
    rows = read(card)
    return rows[0].get(part, "") if rows else ""


_BASES, _DATA = partial(_linked, "legal_basis"), partial(_linked, "data_sources")
_SPLIT = (
    Target("publication_category", ("is_impactful",), required=True, read=_lettered),
    Target("legal_basis_link", ("legal_basis",), 500, read=partial(_first, _BASES, "link")),
    Target("legal_basis_title", ("legal_basis",), 100, read=partial(_first, _BASES, "title")),
    Target(
        "impact_assessments",
        ("impact_assessments",),
        read=lambda card: [each["title"] for each in _assessments(card)],
    ),
    Target(
        "impact_assessment_link",
        ("impact_assessments",),
        500,
        read=partial(_first, _assessments, "link"),
    ),
    Target("data_source_link", ("data_sources",), 500, read=partial(_first, _DATA, "link")),
    Target("data_source_title", ("data_sources",), 500, read=partial(_first, _DATA, "title")),
)
_APART = {"publication_category", "lawful_basis_grouping", "impacttoetsen_grouping",
          "source_data_grouping", "standard_version"}  # fmt: skip
SCHEMA_REQUIRED = {
    "theme",
    "start_date",
    "purpose_and_impact",
    "considerations",
    "human_intervention",
    "risk_management",
    "data",
    "technical_operation",
    "supplier",
}


def _renamed(target: Target) -> Target:
    name = RENAMED.get(target.ref, target.ref)
    return replace(target, ref=name, required=target.required or name in SCHEMA_REQUIRED)


SCHEMA = Form(
    "algoritmeregister-schema",
    {"de": "Niederländischer Publikationsstandard", "en": "Dutch publication standard"},
    "1.0.0",
    {
        "de": "Derselbe Standard mit den Feldnamen seines JSON-Schemas.",
        "en": "The same standard with the field names of its JSON Schema.",
    },
    LANGUAGE,
    (
        *(_renamed(target) for target in TARGETS if target.ref not in _APART),
        *_SPLIT,
        Target("schema", required=True, read=lambda _card: "1.0.0"),
    ),
)


def _assessed(card: Card) -> str:
    if said := card.record.raw.get("impactassessment"):
        return said
    statuses = [each.status for each in card.record.impact_assessments]
    if "done" in statuses:
        return "Ja"
    return "Nee" if statuses else "Onbekend"


def _day(field: str, fallback: str, card: Card) -> str:
    told = getattr(card.record.source, field) if card.record.source else None
    day = told or (None if card.record.source else getattr(card, fallback))
    return day.isoformat() if day else ""


SHORT = Form(
    "algoritmeregister-short",
    {"de": "Niederländisches Register, Kurzform", "en": "Dutch register, short form"},
    "2026-06",
    {
        "de": "Die zehn Felder, mit denen Sammlungen das veröffentlichte Register führen.",
        "en": "The ten fields with which collections keep the published register.",
    },
    LANGUAGE,
    (
        Target("id", required=True, read=_key),
        Target("title", ("name",), required=True),
        Target("organisatie", required=True, read=_organization),
        Target("doel", ("intended_purpose",)),
        Target("juridische_basis", ("legal_basis",), read=_bases),
        Target("impactassessment", ("impact_assessments",), read=_assessed),
        Target(
            "status",
            ("status",),
            required=True,
            read=lambda card: SHORT_STATUS.get(_status(card) or ""),
        ),
        Target("geregistreerd", read=partial(_day, "entered_on", "valid_since")),
        Target("toegevoegd", read=partial(_day, "collected_on", "published_on")),
        Target("url", read=_own_page),
    ),
)
