"""A card as the European cities' Algorithmic Transparency Standard 0.3.1 (beta) writes it.

Source: Algoritmeregister/standard, ``schema-v0_3_1.yaml``: names, obligations and code lists.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from catalog.errors import Problem
from marketplace.formats.registers.sheets import Assumed, Card, Form, Target
from marketplace.translations import message

LANGUAGE = "en"
SHORTEST_DESCRIPTION = 500

STATUS = {"planned": "planned", "test": "pilot", "operation": "operational", "ended": "retired"}
RISK = {
    "prohibited": "unacceptable",
    "high_risk_annex_i": "high risk",
    "high_risk_annex_i_section_b": "high risk",
    "high_risk_annex_iii": "high risk",
    "art6_3_exempt": "limited risk",
    "transparency": "limited risk",
    "minimal": "minimal risk",
    "out_of_scope": "minimal risk",
}
DOMAIN = {
    "VW": "government",
    "SE": "housing, living and living environment",
    "MV": "traffic and transportation",
    "KU": "environment, spacial planning and water",
    "BK": "education and science",
    "SO": "subsidies, benefits and allowances",
    "WI": "economy and entrepreneurship",
    "KS": "public safety",
    "FO": "generic",
}
ALGORITHM = {"self_learning": "self-learning", "rule_based": "rule-based", "hybrid": "hybrid"}


def _risk(card: Card) -> Any:
    if card.risk_class == "undetermined":
        why = message("The class is open; the highest category stands here until it is decided.")
        return Assumed("high risk", why)
    return RISK.get(card.risk_class)


def _domain(card: Card) -> str | None:
    codes = card.record.fields_of_action
    return DOMAIN.get(codes[0]) if codes else None


def _area(card: Card) -> Any:
    why = message("No area is stated; the body stands for the place.")
    return card.record.area or Assumed(card.organization, why)


def _algorithm(card: Card) -> Any:
    kind = card.record.algorithm_type
    if kind == "generative":
        return Assumed("self-learning", message("The form has no code for what generates."))
    return ALGORITHM.get(kind)


def _type(card: Card) -> Any:
    kind = card.record.use_type
    if kind == "generative":
        return Assumed("prescriptive", message("The form has no code for what generates."))
    return kind


def _sources(purpose: str, card: Card) -> str:
    found = [each.name for each in card.record.data_sources if each.purpose == purpose]
    return "; ".join(found)


def _assessment(kind: str, part: str, card: Card) -> str:
    rows = [each for each in card.record.impact_assessments if each.kind == kind]
    return "\n".join(text for each in rows if (text := getattr(each, part)))


def _short(card: Card) -> str:
    return card.words("summary", LANGUAGE)


def _language(card: Card) -> str:
    text = card.record.summary or card.record.name
    return LANGUAGE if LANGUAGE in text else next(iter(text), "")


def _day(name: str, card: Card) -> str:
    day = getattr(card, name)
    return day.isoformat() if day else ""


def check(document: Mapping[str, Any]) -> list[Problem]:
    """The one length that the standard sets from below."""
    text = document.get("description", "")
    if text and len(text) < SHORTEST_DESCRIPTION:
        least: dict[str, object] = {"least": SHORTEST_DESCRIPTION}
        return [Problem("description", "The form wants at least %(least)d characters.", least)]
    return []


FORM = Form(
    "ats",
    {"de": "Transparenzstandard europäischer Städte", "en": "Standard of European cities (ATS)"},
    "0.3.1",
    {
        "de": "Der gemeinsame Standard von Amsterdam, Helsinki und anderen Städten.",
        "en": "The shared standard of Amsterdam, Helsinki and other Eurocities cities.",
    },
    LANGUAGE,
    (
        Target("name", ("name",), required=True),
        Target("description_short", ("summary",), 150, required=True, read=_short),
        Target("organization", required=True, read=lambda card: card.organization),
        Target("department", ("department", "responsible_role"), required=True),
        Target(
            "contact_email",
            ("contact",),
            required=True,
            read=lambda card: card.record.contact.email,
        ),
        Target("area", ("area",), required=True, read=_area),
        Target("domain", ("fields_of_action",), required=True, read=_domain),
        Target("website", ("public_page",)),
        Target(
            "status", ("status",), required=True, read=lambda card: STATUS.get(card.record.status)
        ),
        Target("decision_making_process", ("process", "decision_mode"), required=True),
        Target("goal", ("intended_purpose", "benefit"), required=True),
        Target("impact", ("impact_on_people", "affected_groups"), required=True),
        Target("risks", ("risks",), required=True),
        Target("risk_category", required=True, read=_risk),
        Target("proportionality", ("proportionality",), required=True),
        Target("lawful_basis", ("legal_basis",), required=True),
        Target("training_data", ("data_sources",), required=True, read=partial(_sources, "train")),
        Target("source_data", ("data_used",), required=True),
        Target("data_bias", ("bias_fairness",)),
        Target(
            "connected_data_sources",
            ("data_sources",),
            required=True,
            read=partial(_sources, "operate"),
        ),
        Target(
            "DPIA_description",
            ("impact_assessments",),
            read=partial(_assessment, "dpia", "summary"),
        ),
        Target("DPIA_url", ("impact_assessments",), read=partial(_assessment, "dpia", "url")),
        Target("algorithm_type", ("algorithm_type",), required=True, read=_algorithm),
        Target("description", ("how_it_works",), 10_000, required=True),
        Target("methods_and_models", ("models",)),
        Target("performance", ("performance",)),
        Target("alternatives_considered", ("alternatives",)),
        Target("product_information", ("eu_database_url",)),
        Target("codebase_url", ("repository",)),
        Target(
            "AIA_description", ("impact_assessments",), read=partial(_assessment, "fria", "summary")
        ),
        Target("AIA_url", ("impact_assessments",), read=partial(_assessment, "fria", "url")),
        Target("monitoring", ("monitoring",), required=True),
        Target("type", ("use_type",), required=True, read=_type),
        Target("human_intervention", ("human_oversight",), required=True),
        Target("objection_procedure", ("redress", "redress_url"), required=True),
        Target("rollback", ("rollback", "stop_rule")),
        Target("standard_version", required=True, read=lambda _card: "0.3.1"),
        Target("uuid", read=lambda card: str(card.id)),
        Target("lang", required=True, read=_language),
        Target("publication_date", required=True, read=partial(_day, "published_on")),
        Target("last_change_date", required=True, read=partial(_day, "changed_on")),
        Target("revision_date", required=True, read=partial(_day, "review_due")),
        Target("keywords", ("keywords",)),
    ),
    check,
)
