"""The rules of the Dutch publication standard 1.0, as the register's own forms apply them.

Source: the field configuration ``v1_0.json`` of MinBZK/Algoritmeregister. It describes a form and
is no JSON Schema, so its rules are written here as a table of our own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.errors import Problem

THEMES = (
    "Organisatie en bedrijfsvoering",
    "Cultuur en recreatie",
    "Economie",
    "Overheidsfinanciën",
    "Wonen",
    "Internationaal",
    "Migratie en integratie",
    "Natuur en milieu",
    "Onderwijs en wetenschap",
    "Openbare orde en veiligheid",
    "Recht",
    "Ruimte en infrastructuur",
    "Sociale zekerheid",
    "Verkeer",
    "Werk",
    "Zorg en gezondheid",
)
STATUSES = ("In ontwikkeling", "In gebruik", "Buiten gebruik")
CATEGORIES = ("Hoog-risico AI-systeem", "Impactvolle algoritmes", "Overige algoritmes")
TAGS = frozenset({"div", "br", "p", "ul", "ol", "li"})
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]*)")


@dataclass(frozen=True)
class Rule:
    """What a value must be: a string, an enum or an array; limits; the parts of an array's rows."""

    type: str = "string"
    most: int | None = None
    required: bool = False
    values: Sequence[str] = ()
    holds_html: bool = False
    items: Mapping[str, "Rule"] = field(default_factory=dict)


_LONG = Rule(most=2500, holds_html=True)
_ADDRESS = Rule(most=500)


def _links(title: int | None, *, link: bool) -> Rule:
    parts = {"title": Rule(most=title, required=True), "link": Rule(most=500, required=link)}
    return Rule("array", items=parts)


RULES: Mapping[str, Rule] = {
    "name": Rule(most=100, required=True),
    "description_short": Rule(most=400, required=True),
    "organization": Rule(most=100, required=True),
    "category": Rule("array", values=THEMES),
    "status": Rule("enum", required=True, values=STATUSES),
    "begin_date": Rule(most=7),
    "end_date": Rule(most=7),
    "contact_email": Rule(most=500, required=True),
    "website": _ADDRESS,
    "publication_category": Rule("enum", required=True, values=CATEGORIES),
    "url": _ADDRESS,
    "goal": _LONG,
    "proportionality": _LONG,
    "human_intervention": _LONG,
    "risks": _LONG,
    "lawful_basis": _LONG,
    "lawful_basis_grouping": _links(100, link=True),
    "process_index_url": _ADDRESS,
    "impacttoetsen_grouping": _links(None, link=False),
    "impacttoetsen": _LONG,
    "source_data": _LONG,
    "source_data_grouping": _links(500, link=True),
    "methods_and_models": Rule(most=5000, holds_html=True),
    "provider": Rule(most=200),
    "publiccode": _ADDRESS,
    "lang": Rule("enum", required=True, values=("nld",)),
    "standard_version": Rule("enum", values=("1.0",)),
    "source_id": Rule(most=100),
    "tags": Rule(most=2500, holds_html=True),
    "lars": Rule(),
    "publication_dt": Rule(),
}
"""Every field of the delivery API, version 1.0."""


def check(
    document: Mapping[str, Any], rules: Mapping[str, Rule] = RULES, path: str = ""
) -> list[Problem]:
    """What the register would refuse in ``document``; empty if nothing."""
    found = [
        Problem(path + name, "The form wants this and the card does not say it.")
        for name, rule in rules.items()
        if rule.required and document.get(name) in (None, "", [])
    ]
    for name, value in document.items():
        if name not in rules:
            found.append(Problem(path + name, "The form has no such field."))
        elif value is not None:
            found += _value(path + name, value, rules[name])
    return found


def _value(name: str, value: Any, rule: Rule) -> Iterator[Problem]:
    if rule.type == "array":
        yield from _array(name, value, rule)
    elif not isinstance(value, str):
        yield Problem(name, "Expected a text.")
    else:
        yield from _text(name, value, rule)


def _array(name: str, value: Any, rule: Rule) -> Iterator[Problem]:
    if not isinstance(value, list):
        yield Problem(name, "Expected a list.")
        return
    for place, each in enumerate(value):
        if rule.items and isinstance(each, dict):
            yield from check(each, rule.items, f"{name}.{place}.")
        elif rule.items or not isinstance(each, str) or each not in rule.values:
            yield _not_among(name, rule)


def _text(name: str, value: str, rule: Rule) -> Iterator[Problem]:
    if rule.values and value not in rule.values:
        yield _not_among(name, rule)
    if rule.most is not None and len(value) > rule.most:
        yield Problem(name, "At most %(most)d characters.", {"most": rule.most})
    allowed = TAGS if rule.holds_html else frozenset[str]()
    if {tag.lower() for tag in _TAG.findall(value)} - allowed:
        yield Problem(name, "The form allows no such HTML here.")


def _not_among(name: str, rule: Rule) -> Problem:
    values = "; ".join(rule.values) or "title, link"
    return Problem(name, "Only these values are possible: %(values)s.", {"values": values})
