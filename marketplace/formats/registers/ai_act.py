"""What the AI Act wants registered, as filled sheets: Annex VIII A, B, C; outline of Art. 27.

Source: Regulation (EU) 2024/1689 as amended by Regulation (EU) 2026/1744, which deleted points 7
and 9 of Annex VIII B. A sheet is a help for whoever registers, not the registration.
"""

from functools import partial

from catalog.database import Text
from marketplace.formats.registers.sheets import Card, Form, Target

LANGUAGE = "de"
HELP = {
    "de": "Ein ausgefülltes Blatt als Hilfe. Es ersetzt die Eintragung in der EU-Datenbank nicht.",
    "en": "A filled sheet, as a help. It does not replace registration in the EU database.",
}


def _label(de: str, en: str) -> Text:
    return {"de": de, "en": en}


def _deployer(card: Card) -> str:
    contact = card.record.contact
    parts = (card.organization, contact.office, contact.email, contact.url)
    return "\n".join(part for part in parts if part)


def _name(card: Card) -> str:
    name, release = card.words("name", LANGUAGE), card.record.release
    return "\n".join(part for part in (f"{name} {release}".strip(), card.iri) if part)


def _of_kind(kind: str, card: Card) -> str:
    rows = [each for each in card.record.impact_assessments if each.kind == kind]
    return "\n".join(text for each in rows for text in (each.summary, each.url) if text)


def _conditions(card: Card) -> str:
    assessment = card.record.assessment
    given = assessment.facts.get("art6_3_conditions") if assessment else None
    return "; ".join(given) if isinstance(given, list) else ""


PROVIDER = _label("Anbieter mit Anschrift und Kontakt", "Provider with address and contact")
BEHALF = _label("Wer für den Anbieter einträgt", "Who submits for the provider")
AUTHORIZED = _label("Bevollmächtigter", "Authorised representative")
NAME = _label("Handelsname und eindeutige Kennung", "Trade name and unambiguous reference")
PURPOSE = _label("Zweckbestimmung", "Intended purpose")
STATUS = _label("Stand des Systems", "Status of the system")

ANNEX_A = Form(
    "annex-viii-a",
    {"de": "KI-Verordnung, Anhang VIII A", "en": "AI Act, Annex VIII A"},
    "2026-07-27",
    HELP,
    LANGUAGE,
    (
        Target("A1", ("provider",), required=True, label=PROVIDER),
        Target("A2", label=BEHALF),
        Target("A3", ("authorized_representative",), label=AUTHORIZED),
        Target("A4", ("release",), required=True, read=_name, label=NAME),
        Target(
            "A5",
            ("intended_purpose", "process"),
            required=True,
            label=_label(
                "Zweckbestimmung und unterstützte Funktionen", "Intended purpose and functions"
            ),
        ),
        Target(
            "A6",
            ("data_used", "how_it_works"),
            required=True,
            label=_label("Daten und Arbeitsweise", "Data used and operating logic"),
        ),
        Target("A7", ("status",), required=True, label=STATUS),
        Target("A8", ("certificate",), label=_label("Bescheinigung", "Certificate")),
        Target("A9", label=_label("Kopie der Bescheinigung", "Copy of the certificate")),
        Target(
            "A10",
            required=True,
            read=lambda card: card.country,
            label=_label("Mitgliedstaaten", "Member States"),
        ),
        Target(
            "A11",
            ("declaration_url",),
            required=True,
            label=_label("EU-Konformitätserklärung", "EU declaration of conformity"),
        ),
        Target(
            "A12",
            ("instructions_url",),
            required=True,
            label=_label("Betriebsanleitung", "Instructions for use"),
        ),
        Target("A13", ("public_page",), label=_label("Weitere Informationen", "More information")),
    ),
)

ANNEX_B = Form(
    "annex-viii-b",
    {"de": "KI-Verordnung, Anhang VIII B", "en": "AI Act, Annex VIII B"},
    "2026-07-27",
    HELP,
    LANGUAGE,
    (
        Target("B1", ("provider",), required=True, label=PROVIDER),
        Target("B2", label=BEHALF),
        Target("B3", ("authorized_representative",), label=AUTHORIZED),
        Target("B4", ("release",), required=True, read=_name, label=NAME),
        Target("B5", ("intended_purpose",), required=True, label=PURPOSE),
        Target(
            "B6",
            required=True,
            read=_conditions,
            label=_label("Bedingung nach Art. 6 Abs. 3", "Condition of Art. 6(3)"),
        ),
        Target("B8", ("status",), required=True, label=STATUS),
    ),
)

ANNEX_C = Form(
    "annex-viii-c",
    {"de": "KI-Verordnung, Anhang VIII C", "en": "AI Act, Annex VIII C"},
    "2026-07-27",
    HELP,
    LANGUAGE,
    (
        Target(
            "C1",
            ("contact",),
            required=True,
            read=_deployer,
            label=_label("Betreiber mit Anschrift und Kontakt", "Deployer with address, contact"),
        ),
        Target(
            "C2",
            required=True,
            label=_label("Wer für den Betreiber einträgt", "Who submits for the deployer"),
        ),
        Target(
            "C3",
            ("eu_database_provider_url",),
            required=True,
            label=_label(
                "Eintrag des Anbieters in der EU-Datenbank", "Provider's entry in the EU database"
            ),
        ),
        Target(
            "C4",
            ("impact_assessments",),
            required=True,
            read=partial(_of_kind, "fria"),
            label=_label(
                "Ergebnis der Grundrechte-Folgenabschätzung",
                "Findings of the fundamental rights impact assessment",
            ),
        ),
        Target(
            "C5",
            ("impact_assessments",),
            read=partial(_of_kind, "dpia"),
            label=_label(
                "Ergebnis der Datenschutz-Folgenabschätzung",
                "Findings of the data protection impact assessment",
            ),
        ),
    ),
)

FRIA = Form(
    "fria",
    {
        "de": "Gliederung der Grundrechte-Folgenabschätzung",
        "en": "Outline of the fundamental rights impact assessment",
    },
    "2026-07-27",
    {
        "de": "Die Punkte von Art. 27 Abs. 1 mit dem, was die Karte schon sagt.",
        "en": "The points of Art. 27(1) with what the card says already.",
    },
    LANGUAGE,
    (
        Target(
            "27(1)(a)",
            ("process", "intended_purpose"),
            required=True,
            label=_label("Abläufe, in denen es genutzt wird", "Processes in which it is used"),
        ),
        Target(
            "27(1)(b)",
            ("period_frequency",),
            required=True,
            label=_label("Zeitraum und Häufigkeit", "Period and frequency"),
        ),
        Target(
            "27(1)(c)",
            ("affected_groups", "impact_on_people"),
            required=True,
            label=_label("Betroffene Personen und Gruppen", "Persons and groups affected"),
        ),
        Target(
            "27(1)(d)",
            ("risks", "bias_fairness"),
            required=True,
            label=_label("Risiken für sie", "Risks of harm to them"),
        ),
        Target(
            "27(1)(e)",
            ("human_oversight", "decision_mode", "oversight_training"),
            required=True,
            label=_label("Menschliche Aufsicht", "Human oversight"),
        ),
        Target(
            "27(1)(f)",
            ("rollback", "monitoring", "redress"),
            required=True,
            label=_label(
                "Maßnahmen, wenn Risiken eintreten, und Beschwerde",
                "Measures if risks materialise, and complaints",
            ),
        ),
        Target(
            "27(4)",
            ("impact_assessments",),
            read=partial(_of_kind, "dpia"),
            label=_label(
                "Bezug zur Datenschutz-Folgenabschätzung", "Reference to the data protection impact"
            ),
        ),
    ),
)
