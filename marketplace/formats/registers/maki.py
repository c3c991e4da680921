"""A card as a row for the federal marketplace of AI possibilities (MaKI).

No template or interface of MaKI is public. The columns are those that press and reviewers name;
its code lists are unknown, so the row holds our words.
"""

from catalog.organizations import Kind
from marketplace.formats.registers.sheets import Card, Form, Target

LEVEL = {
    Kind.MUNICIPALITY: "Kommune",
    Kind.STATE: "Land",
    Kind.FEDERAL: "Bund",
}
TOPIC = {"VW": "Öffentliche Verwaltung", "KU": "Energie und Umwelt", "SO": "Arbeit und Soziales",
         "FO": "Forschung"}  # fmt: skip
"""The four topics of MaKI that are known."""


def _topic(card: Card) -> str:
    known = [TOPIC.get(code, "") for code in card.record.fields_of_action]
    return next((topic for topic in known if topic), card.words("fields_of_action", "de"))


FORM = Form(
    "maki",
    {"de": "Zeile für MaKI", "en": "Row for MaKI"},
    "2026-11",
    {
        "de": "Die Spalten, die vom Marktplatz der KI-Möglichkeiten des Bundes bekannt sind. "
        "Eine amtliche Vorlage ist nicht veröffentlicht.",
        "en": "The columns known of the federal marketplace MaKI. No official template is public.",
    },
    "de",
    (
        Target("ID", read=lambda card: str(card.id)),
        Target("Name", ("name",), required=True),
        Target("Kurzbeschreibung", ("summary",), required=True),
        Target("Behörde", required=True, read=lambda card: card.organization),
        Target(
            "Verwaltungsebene",
            required=True,
            read=lambda card: LEVEL.get(Kind(card.organization_kind)),
        ),
        Target("Entwicklungsstatus", ("status",), required=True),
        Target("Einsatzbereich", ("fields_of_action",), required=True, read=_topic),
        Target("Nachnutzungspotenzial"),
        Target("Kooperationswunsch"),
        Target(
            "Jahr",
            ("start",),
            read=lambda card: str(card.record.start.year) if card.record.start else "",
        ),
        Target("Nutzen", ("benefit",)),
        Target("Adresse", read=lambda card: card.page),
    ),
)
