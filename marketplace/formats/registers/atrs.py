"""A card as a record of the British Algorithmic Transparency Recording Standard (ATRS).

Sources: the facets of alphagov/specialist-publisher (exact codes) and the attribute list of the
standard (v1.1) with the numbers of v2.1. The template 3.0 is a spreadsheet whose field names could
not be seen, so its additions are not written.
"""

from functools import partial
from typing import Any

from catalog.organizations import Kind
from marketplace.formats.registers.sheets import Card, Form, Target

LANGUAGE = "en"

PHASE = {
    "planned": "pre-deployment",
    "test": "beta-pilot",
    "operation": "production",
    "ended": "retired",
}


def _day(name: str, card: Card) -> str:
    return str(getattr(card, name).isoformat())


def _part(field: str, part: str, card: Card) -> str:
    rows = getattr(card.record, field)
    return "\n".join(text for each in rows if (text := getattr(each, part)))


def _kind(card: Card) -> str | None:
    return "local-authority" if card.organization_kind == Kind.MUNICIPALITY else None


def _archived(card: Card) -> Any:
    return card.record.end.isoformat() if card.record.end else None


_SUPPLIER = partial(_part, "suppliers")
_ASSESSED = partial(_part, "impact_assessments")
_RISK = partial(_part, "risks")
_DATA = partial(_part, "data_sources")

FORM = Form(
    "atrs",
    {"de": "Britischer Standard (ATRS)", "en": "British standard (ATRS)"},
    "2.1",
    {
        "de": "Die Felder des britischen Standards für Behörden, mit den Nummern der Fassung 2.1.",
        "en": "The fields of the British standard for public bodies, numbered as in version 2.1.",
    },
    LANGUAGE,
    (
        Target("id", required=True, read=lambda card: str(card.id)),
        Target("standard_version", required=True, read=lambda _card: "2.1"),
        Target("date_completion", required=True, read=partial(_day, "published_on")),
        Target("date_update", read=partial(_day, "changed_on")),
        Target("date_archive", ("end",), read=_archived),
        Target("name", ("name",), required=True),
        Target("description", ("summary",), required=True),
        Target("website", ("public_page",)),
        Target(
            "contact_email",
            ("contact",),
            required=True,
            read=lambda card: card.record.contact.email,
        ),
        Target("organisation", required=True, read=lambda card: card.organization),
        Target("organisation_type", required=True, read=_kind),
        Target("team", ("department",)),
        Target("senior_responsible_owner", ("responsible_role",), required=True),
        Target("supplier", ("suppliers",), required=True, read=partial(_SUPPLIER, "name")),
        Target("supplier_number", ("suppliers",), read=partial(_SUPPLIER, "register_number")),
        Target("supplier_role", ("suppliers",), required=True, read=partial(_SUPPLIER, "role")),
        Target("procurement_procedure_type", ("procurement",)),
        Target("scope", ("intended_purpose", "area"), required=True),
        Target("benefit", ("benefit",), required=True),
        Target("alternatives_considered", ("alternatives", "proportionality")),
        Target("detailed_description", ("how_it_works",)),
        Target("process_integration", ("process",)),
        Target("provided_information", ("decision_mode",)),
        Target("frequency_usage", ("period_frequency",)),
        Target("human_decisions", ("human_oversight",), required=True),
        Target("required_training", ("oversight_training",)),
        Target("appeals_and_review", ("redress", "redress_url"), required=True),
        Target(
            "phase", ("status",), required=True, read=lambda card: PHASE.get(card.record.status)
        ),
        Target("maintenance", ("monitoring",)),
        Target("model_type", ("algorithm_type",), required=True),
        Target("models", ("models",)),
        Target("model_performance", ("performance",)),
        Target("source_data_name", ("data_sources",), required=True, read=partial(_DATA, "name")),
        Target("source_data_description", ("data_used",), required=True),
        Target("source_data_url", ("data_sources",), read=partial(_DATA, "url")),
        Target("data_collection", ("data_sources",), required=True, read=partial(_DATA, "source")),
        Target("data_sharing_agreements", ("data_sharing",), required=True),
        Target("data_access_and_storage", ("retention",), required=True),
        Target("impact_assessment_name", ("impact_assessments",), read=partial(_ASSESSED, "kind")),
        Target(
            "impact_assessment_description",
            ("impact_assessments",),
            read=partial(_ASSESSED, "summary"),
        ),
        Target("impact_assessment_link", ("impact_assessments",), read=partial(_ASSESSED, "url")),
        Target("risk_name", ("risks",), required=True, read=partial(_RISK, "name")),
        Target("risk_description", ("risks",), read=partial(_RISK, "description")),
        Target("risk_mitigation", ("risks", "bias_fairness"), read=partial(_RISK, "mitigation")),
        Target("other_tags", ("keywords",)),
    ),
)
