"""A card filled into the form of another register: the values, and what the form loses or lacks.

A form is a list of ``Target``: its own name for a field, and the fields of ours that go there.
Whatever of a card goes nowhere is named as lost, so that nobody takes the form for the whole. What
a body withholds is named and never carried: the card holds the public document alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from catalog import records, taxonomy
from catalog.database import Text
from catalog.errors import Problem
from catalog.register import entries, fields
from catalog.register.entries import RegisterEntry
from catalog.register.record import CODED, EntryRecord
from marketplace.export.columns import Voice

BESIDE = frozenset({"name", "assessment", "source", "withheld", "raw"})
"""What every form carries, or what is not a field of the card."""


@dataclass(frozen=True)
class Card:
    """What a form is filled from: a public card, its body and its addresses."""

    record: EntryRecord
    """Without what is withheld."""
    id: UUID
    iri: str
    page: str
    organization: str
    country: str
    risk_class: str
    version: int
    published_on: date
    changed_on: date
    valid_since: date | None
    review_due: date | None
    organization_kind: str = ""
    """A code of the list ``organization_kind``."""

    @classmethod
    def of(cls, entry: RegisterEntry, voice: Voice) -> "Card":
        """The card of a public entry; ``NotFound`` while it has no public document."""
        return cls(
            record=entry.public_record,
            id=entry.id,
            iri=voice.iri(entries.KIND, entry.id),
            page=voice.page("register_entry", slug=entry.slug),
            organization=entry.organization.name,
            country=entry.organization.country,
            risk_class=entry.risk_class,
            version=entry.version,
            published_on=entry.created_at.date(),
            changed_on=entry.updated_at.date(),
            valid_since=entry.valid_since,
            review_due=entry.review_due,
            organization_kind=entry.organization.kind,
        )

    def words(self, name: str, language: str) -> str:
        """A field of the record as plain text, codes in ``language`` where they have it."""
        value = getattr(self.record, name)
        if isinstance(value, dict):
            return records.best(value, language)[0].strip()
        if isinstance(value, list):
            between = "\n" if fields.by_id()[name].kind == "rows" else "; "
            return between.join(_told(name, each, language) for each in value)
        return _told(name, value, language)


def _told(path: str, value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Struct):
        parts = [
            _told(f"{path}.{name}", getattr(value, name), language)
            for name in value.__struct_fields__
        ]
        return " – ".join(part for part in parts if part)
    if path in CODED and value:
        return taxonomy.label(CODED[path], value, "de" if language == "de" else "en")
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass(frozen=True)
class Assumed:
    """A value that the card does not state and the form cannot do without, and why this one."""

    value: Any
    why: str


@dataclass(frozen=True)
class Target:
    """A field of a form: its name there, our fields that go into it, its limit.

    ``read`` gives the value where joining our fields does not; it may answer ``Assumed``.
    """

    ref: str
    fields: Sequence[str] = ()
    most: int = 0
    """Characters; 0: no limit."""
    required: bool = False
    read: Callable[[Card], Any] | None = None
    label: Text = field(default_factory=dict)
    """What the field means, in the form's words or ours; empty: its name says it."""


@dataclass(frozen=True)
class Form:
    """The form of another register."""

    id: str
    title: Text
    version: str
    about: Text
    language: str
    """Language in which the form wants its texts."""
    targets: Sequence[Target]
    check: Callable[[Mapping[str, Any]], list[Problem]] = lambda _document: []
    """Rules of the form beyond what each target requires."""


@dataclass(frozen=True)
class Filled:
    """A filled form: its fields, what is lost, what was put in for want of a statement, what the
    form still wants."""

    form: Form
    document: Mapping[str, Any]
    losses: Sequence[Problem]
    assumed: Sequence[Problem]
    missing: Sequence[Problem]


def fill(form: Form, card: Card) -> Filled:
    """The card in this form."""
    document: dict[str, Any] = {}
    losses: list[Problem] = []
    assumed: list[Problem] = []
    missing: list[Problem] = []
    for target in form.targets:
        value = _value(target, card, form.language)
        if isinstance(value, Assumed):
            assumed.append(Problem(target.ref, value.why))
            value = value.value
        if isinstance(value, str) and target.most and len(value) > target.most:
            value = _cut(value, target.most)
            losses.append(Problem(target.ref, "Cut to %(most)d characters.", {"most": target.most}))
        if value not in (None, "", [], {}):
            document[target.ref] = value
        elif target.required:
            missing.append(Problem(target.ref, "The form wants this and the card does not say it."))
    known = {problem.field for problem in missing}
    missing += [each for each in form.check(document) if each.field not in known]
    return Filled(form, document, [*losses, *_lost(form, card)], assumed, missing)


def _value(target: Target, card: Card, language: str) -> Any:
    if target.read is not None:
        return target.read(card)
    parts = [card.words(name, language) for name in target.fields]
    return "\n\n".join(part for part in parts if part)


def _cut(text: str, most: int) -> str:
    kept = text[: most - 1]
    at_word = kept.rsplit(" ", 1)[0].rstrip(" ,;:–")
    return f"{at_word if len(at_word) > most // 2 else kept}…"


def _lost(form: Form, card: Card) -> list[Problem]:
    carried = {name for target in form.targets for name in target.fields} | BESIDE
    lost = [
        Problem(name, "The form has no place for it.")
        for name in fields.by_id()
        if name not in carried and card.record.states(name)
    ]
    if card.record.assessment and card.record.assessment.facts:
        lost.append(
            Problem("assessment", "The answers and the rules behind the class have no place.")
        )
    withheld = [
        Problem(name, "It is withheld and leaves the node in no form.")
        for name in card.record.withheld
    ]
    return [*lost, *withheld]
