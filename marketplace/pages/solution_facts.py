"""The facts of a solution as a page shows them: stated, not stated, withheld with a reason.

Every fact has a label, and absence is one of its values. What a source said in codes that we do
not know stands as the source's own words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from catalog import taxonomy
from catalog.facts import State, Withheld
from catalog.licenses import license_class
from catalog.records import CODED, TELLING, Cost, SolutionRecord, is_web_address
from impact import evidence
from marketplace.pages.reader import Reader
from marketplace.pages.wording import Said, first_sentence, inexact_day, said


class Shown(StrEnum):
    """How a fact is shown."""

    STATED = "stated"
    ABSENT = "absent"
    WITHHELD = "withheld"


@dataclass(frozen=True)
class FactView:
    """A fact with its label; ``said`` holds what is stated, ``reason`` why it is withheld.

    ``of_source`` is what a source said in words of its own. ``absent`` replaces "not stated".
    """

    label: str
    shown: Shown
    said: Sequence[Said] = ()
    reason: str = ""
    of_source: str = ""
    href: str = ""
    ask_href: str = ""
    absent: str = ""

    @property
    def is_told(self) -> bool:
        """Whether there is more to show than that nothing is stated."""
        return self.shown is not Shown.ABSENT or bool(self.of_source or self.absent)


@dataclass(frozen=True)
class LicenseRow:
    """What one part of a solution is licensed under, and what that permits."""

    part: str
    fact: FactView
    permits: str


@dataclass(frozen=True)
class Missing:
    """A fact that nobody has stated, in plain words, and where to ask for it."""

    what: str
    ask_href: str


class Facts:
    """The facts of one record for one reader."""

    def __init__(self, record: SolutionRecord, reader: Reader, name: str) -> None:
        self.record = record
        self.reader = reader
        self.name = name

    def text(self, label: str, field: str) -> FactView:
        """A text of the record."""
        value = self._value(field)
        wording = said(value, self.reader) if value else None
        return self._fact(label, field, (wording,) if wording else ())

    def brief(self, label: str, field: str) -> FactView:
        """The first sentence of a text."""
        value = self._value(field)
        wording = said(value, self.reader) if value else None
        if wording is None:
            return self._fact(label, field, ())
        short = Said(first_sentence(wording.text), wording.lang, wording.note)
        return self._fact(label, field, (short,))

    def line(self, label: str, *fields: str) -> FactView:
        """Words that have no language of their own: names, numbers, lists of words."""
        found: list[Said] = []
        for field in fields:
            value = self._value(field)
            found += [Said(str(each)) for each in (value if isinstance(value, list) else [value])]
        stated = [each for each in found if each.text not in ("", "None")]
        return self._fact(label, fields[0], stated)

    def code(self, label: str, field: str) -> FactView:
        """One or several codes of a list, by their labels."""
        value = self._value(field)
        codes = [value] if isinstance(value, str) else value or []
        labels = [
            taxonomy.label(CODED[field], code, self.reader.language) for code in codes if code
        ]
        return self._fact(label, field, [Said(each) for each in labels])

    def codes_of(self, label: str, field: str, list_name: str) -> FactView:
        """Codes of a field that takes other values too; those in the list get its labels."""
        codes = self._value(field) or []
        labels = [taxonomy.label(list_name, code, self.reader.language) for code in codes]
        return self._fact(label, field, [Said(each) for each in labels])

    def link(self, label: str, field: str) -> FactView:
        """A web address; what is none stands as text."""
        value = self._value(field) or ""
        href = value if is_web_address(value) else ""
        fact = self._fact(label, field, (Said(value),) if value else ())
        return replace(fact, href=href)

    def day(self, label: str, field: str) -> FactView:
        """A day, or a date as exact as it is known."""
        value = self._value(field)
        if isinstance(value, date):
            text = self.reader.day(value)
        else:
            text = inexact_day(value or "", self.reader.language)
        return self._fact(label, field, (Said(text),) if text else ())

    def cost(self, label: str, field: str) -> FactView:
        """A cost class with its note and who says so."""
        cost = self._value(field) or Cost()
        found = []
        if cost.class_:
            found.append(Said(taxonomy.label("cost_class", cost.class_, self.reader.language)))
        note = said(cost.note, self.reader)
        if note:
            found.append(note)
        if found and cost.source:
            found.append(Said(self.reader._("Source: %(source)s") % {"source": cost.source}))
        return self._fact(label, f"{field}.class_", found)

    def none_yet(self, label: str, absent: str) -> FactView:
        """A fact that the record has no place for yet; ``absent`` says how things stand."""
        return FactView(label, Shown.ABSENT, absent=absent)

    @property
    def license_sentence(self) -> str:
        """What the licence of the code permits, in one plain sentence."""
        _ = self.reader._
        sentences = {
            "free": _("You may use, change and pass on %(name)s freely."),
            "restricted": _("You may use %(name)s, but with limits. Read the licence first."),
            "commercial": _("You need a contract to use %(name)s."),
            "not_stated": _("It is not known under which licence you may use %(name)s."),
        }
        return sentences[license_class(self.record.licenses.code)] % {"name": self.name}

    @property
    def licenses(self) -> Sequence[LicenseRow]:
        """Code, model, data and documentation apart."""
        _ = self.reader._
        parts = (
            (_("Code"), "licenses.code"),
            (_("Model"), "licenses.model"),
            (_("Data"), "licenses.data"),
            (_("Documentation"), "licenses.documentation"),
        )
        return [
            LicenseRow(label, self.line(label, field), self._permits(self._value(field) or ""))
            for label, field in parts
        ]

    @property
    def license(self) -> FactView:
        """The licence of the code in short: "Free (EUPL-1.2)"."""
        fact = self.line(self.reader._("Licence"), "licenses.code")
        kind = license_class(self.record.licenses.code)
        if fact.shown is not Shown.STATED or kind == "not_stated":
            return fact
        text = (
            f"{taxonomy.label('license_class', kind, self.reader.language)} ({fact.said[0].text})"
        )
        return replace(fact, said=(Said(text),))

    @property
    def missing(self) -> Sequence[Missing]:
        """The telling facts that nobody has stated, in the order of the page."""
        names = missing_names(self.reader)
        return [
            Missing(names[field], self.ask_href(names[field]))
            for field in TELLING
            if self._state(field) is State.NOT_STATED and not self._raw(field)
        ]

    def ask_href(self, what: str) -> str:
        """Where to ask for a fact: a mail to the office, else its page; empty if none is known."""
        contact = self.record.contact
        if "@" in contact.email:
            subject = quote(f"{self.name}: {what}", safe="")
            return f"mailto:{quote(contact.email, safe='@')}?subject={subject}"
        return contact.url if is_web_address(contact.url) else ""

    @property
    def evidence_bars(self) -> int:
        """Filled bars of the evidence meter."""
        return evidence.BARS[evidence.level(self.record)]

    @property
    def evidence_label(self) -> str:
        """The rung of the evidence ladder in words."""
        return taxonomy.label("evidence", evidence.level(self.record), self.reader.language)

    def _permits(self, expression: str) -> str:
        if not expression:
            return ""
        _ = self.reader._
        return {
            "free": _("Use, change and pass on"),
            "restricted": _("Use with limits"),
            "commercial": _("Use with a contract"),
            "not_stated": _("We could not read this licence"),
        }[license_class(expression)]

    def _fact(self, label: str, field: str, stated: Sequence[Said]) -> FactView:
        withheld = self._withheld(field)
        if withheld is not None:
            return FactView(label, Shown.WITHHELD, reason=self._reason(withheld))
        of_source = self._raw(field)
        if stated:
            return FactView(label, Shown.STATED, tuple(stated), of_source=of_source)
        return FactView(label, Shown.ABSENT, of_source=of_source, ask_href=self.ask_href(label))

    def _value(self, field: str) -> Any:
        return self.record.fact(field).value

    def _state(self, field: str) -> State:
        return State.WITHHELD if self._withheld(field) else self.record.fact(field).state

    def _withheld(self, field: str) -> Withheld | None:
        """The reason for this fact or for the part it belongs to."""
        while field:
            if field in self.record.withheld:
                return self.record.withheld[field]
            field = field.rpartition(".")[0]
        return None

    def _raw(self, field: str) -> str:
        if field in self.record.raw:
            return self.record.raw[field]
        below = [text for key, text in self.record.raw.items() if key.startswith(f"{field}.")]
        return "; ".join(below)

    def _reason(self, withheld: Withheld) -> str:
        reason = taxonomy.label("withholding", withheld.reason, self.reader.language)
        note = said(withheld.note, self.reader)
        parts = [reason, note.text if note else ""]
        if withheld.decided_on and withheld.decided_by:
            parts.append(
                self.reader._("Decided on %(day)s by %(who)s")
                % {"day": self.reader.day(withheld.decided_on), "who": withheld.decided_by}
            )
        return ". ".join(part.rstrip(".") for part in parts if part)


def missing_names(reader: Reader) -> Mapping[str, str]:
    """What the telling facts are called when they are missing."""
    _ = reader._
    return {
        "summary": _("What it is for, in one sentence"),
        "problem": _("Which problem it solves"),
        "limits": _("What it is not good for"),
        "fields_of_action": _("Field of action"),
        "technology": _("Which technology it uses"),
        "reason_for_ai": _("Why AI is used for it"),
        "human_oversight": _("Who decides in the end"),
        "phase": _("How far it has come"),
        "licenses.code": _("Licence of the code"),
        "data.inputs": _("Which data go in"),
        "data.personal": _("Whether personal data are processed"),
        "data.legal_basis": _("Legal basis for the data"),
        "hosting": _("Where it runs"),
        "costs.one_off": _("One-off costs"),
        "costs.running": _("Running costs"),
        "costs.data_upkeep": _("Costs for the upkeep of data"),
        "introduction_effort": _("Effort to introduce it"),
        "responsibility.operation": _("Who answers for operation"),
        "responsibility.maintenance": _("Who answers for maintenance"),
        "contact": _("An office to ask"),
        "sovereignty.exit": _("How you get out again"),
        "accessibility": _("Report on accessibility"),
    }
