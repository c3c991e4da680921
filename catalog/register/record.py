"""The document behind a card of the KI-Transparenzregister: one deployment, as its body tells it.

One document, many views: card, list, API, feed and exports read it. Each field is stated, not
stated, or withheld for a reason (see ``catalog.facts``). ``fields.yaml`` beside this module says
what each field means and asks. The fields cover Annex VIII and Art. 27 of Regulation (EU)
2024/1689, the Dutch publication standard 1.0, the Algorithmic Transparency Standard 0.3.1 and the
British ATRS.
"""

from datetime import date
from operator import attrgetter
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from catalog.errors import Problem
from catalog.facts import Fact, Withheld, fact, is_stated
from catalog.records import (
    Address,
    Codes,
    Contact,
    Line,
    Lines,
    LongText,
    Name,
    Part,
    Source,
    no_addresses,
    unknown_codes,
    withholding_problems,
)

GivenAnswer = bool | str | list[str] | None
"""An answer as JSON writes it; null is unknown."""


class LegalBasis(Part, frozen=True):
    """A provision on which the use rests, and what it says on it."""

    title: Line
    url: Address = ""
    text: Annotated[str, Meta(max_length=5_000)] = ""


class Model(Part, frozen=True):
    """A model inside: its version, maker and license."""

    name: Line
    version: Line = ""
    provider: Line = ""
    license: Line = ""
    url: Address = ""


class Performance(Part, frozen=True):
    """A measured quality: what was measured, the value, for whom."""

    metric: Line
    value: Line = ""
    group: Line = ""


class DataSource(Part, frozen=True):
    """Data that go in: for what, whether personal, from where."""

    name: Line
    purpose: Line = ""
    personal: Line = ""
    source: Line = ""
    url: Address = ""


class Supplier(Part, frozen=True):
    """Who supplied something: name, number in a public register, part played."""

    name: Line
    register_number: Line = ""
    role: Line = ""


class Procurement(Part, frozen=True):
    """How it was bought; ``notice_url`` leads to the public notice (TED)."""

    procedure: Line = ""
    notice_url: Address = ""
    contract_number: Line = ""
    value: Line = ""


class Risk(Part, frozen=True):
    """What can go wrong, and what is done against it."""

    name: Line
    description: Line = ""
    mitigation: Line = ""


class ImpactAssessment(Part, frozen=True):
    """An assessment by its kind, status and public summary, or why there is none."""

    kind: Line
    status: Line = ""
    summary: Annotated[str, Meta(max_length=5_000)] = ""
    url: Address = ""


class Assessment(Part, frozen=True, kw_only=True):
    """The legal classification: the answers, the rules asked, and what they came to.

    ``rule_set`` with ``facts`` reproduces every line of the result; ``held`` names the rules that
    decided. A later state of the law asks for a new assessment and changes none.
    """

    rule_set: Line
    version: int
    as_of: date
    facts: Annotated[dict[Annotated[str, Meta(max_length=80)], GivenAnswer], Meta(max_length=200)]
    facts_hash: Line = ""
    risk_class: Line = ""
    at_least: Line = ""
    missing: Lines
    held: Lines
    assessor: Line = ""
    """The role of whoever answered, never a name."""


class EntryRecord(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a citizen can know of one use of AI."""

    name: Name
    summary: LongText = {}
    fields_of_action: Codes = []
    tasks: Codes = []
    status: str = ""
    start: date | None = None
    end: date | None = None
    area: Line = ""
    department: Line = ""
    responsible_role: Line = ""
    contact: Contact = Contact()
    public_page: Address = ""
    release: Line = ""
    intended_purpose: LongText = {}
    benefit: LongText = {}
    impact_on_people: LongText = {}
    affected_groups: Lines = []
    process: LongText = {}
    period_frequency: LongText = {}
    decision_mode: str = ""
    human_oversight: LongText = {}
    oversight_training: LongText = {}
    legal_basis: Annotated[list[LegalBasis], Meta(max_length=50)] = []
    proportionality: LongText = {}
    alternatives: LongText = {}
    algorithm_type: str = ""
    use_type: str = ""
    how_it_works: LongText = {}
    models: Annotated[list[Model], Meta(max_length=50)] = []
    performance: Annotated[list[Performance], Meta(max_length=50)] = []
    marking: LongText = {}
    """How generated content is marked."""
    agent_tools: LongText = {}
    agent_rights: LongText = {}
    stop_rule: LongText = {}
    data_used: LongText = {}
    personal_data: str = ""
    data_sources: Annotated[list[DataSource], Meta(max_length=100)] = []
    data_sharing: LongText = {}
    retention: LongText = {}
    bias_fairness: LongText = {}
    suppliers: Annotated[list[Supplier], Meta(max_length=50)] = []
    provider: Line = ""
    authorized_representative: Line = ""
    procurement: Procurement = Procurement()
    repository: Address = ""
    license: Line = ""
    risks: Annotated[list[Risk], Meta(max_length=50)] = []
    monitoring: LongText = {}
    incidents: LongText = {}
    rollback: LongText = {}
    redress: LongText = {}
    redress_url: Address = ""
    impact_assessments: Annotated[list[ImpactAssessment], Meta(max_length=20)] = []
    processing_register_url: Address = ""
    transparency_measures: LongText = {}
    is_impactful: bool | None = None
    """Whether the body counts it among its impactful algorithms, apart from any legal class."""
    eu_database_url: Address = ""
    eu_database_provider_url: Address = ""
    certificate: Line = ""
    declaration_url: Address = ""
    instructions_url: Address = ""
    log_retention_months: Annotated[int, Meta(ge=0, le=1_200)] | None = None
    works_council_informed: date | None = None
    easy_language: LongText = {}
    sign_language_url: Address = ""
    keywords: Lines = []
    assessment: Assessment | None = None
    source: Source | None = None
    withheld: dict[str, Withheld] = {}
    raw: dict[str, Line] = {}

    def fact(self, field: str) -> Fact:
        """The fact at ``field`` with its state."""
        return fact(self, field, self.withheld, self.raw)

    def states(self, field: str) -> bool:
        """Whether there is a value at ``field``."""
        return is_stated(getattr(self, field))


CODED: dict[str, str] = {
    "fields_of_action": "field_of_action",
    "tasks": "task",
    "status": "entry_status",
    "decision_mode": "human_oversight",
    "algorithm_type": "algorithm_type",
    "use_type": "use_type",
    "personal_data": "personal_data",
    "data_sources.purpose": "data_purpose",
    "data_sources.personal": "personal_data",
    "impact_assessments.kind": "impact_assessment",
    "impact_assessments.status": "assessment_status",
}
"""Which code list a field takes its values from; a dotted name is a column of a field's rows."""

ADDRESSES = (
    "public_page",
    "repository",
    "redress_url",
    "processing_register_url",
    "eu_database_url",
    "eu_database_provider_url",
    "declaration_url",
    "instructions_url",
    "sign_language_url",
    "contact.url",
    "procurement.notice_url",
    "legal_basis.url",
    "models.url",
    "data_sources.url",
    "impact_assessments.url",
)
"""The fields that hold a web address."""

NEVER_WITHHELD = frozenset({"name", "withheld", "raw", "source", "assessment", "status"})
"""What a reader is always told: that there is a system, how far it is, and what is kept back."""


def check(record: EntryRecord) -> list[Problem]:
    """What is wrong with the values of ``record``; an empty list means nothing is."""
    problems = [*_names(record), *_codes(record), *_addresses(record), *_withheld(record)]
    if record.start and record.end and record.end < record.start:
        problems.append(Problem("end", "The end lies before the start. Give a later day."))
    return problems


def public(record: EntryRecord, *, withheld_now: frozenset[str] = frozenset()) -> EntryRecord:
    """The document without what is withheld, there or by now.

    Older versions are read through this too: what was stated once and is withheld today is shown
    nowhere.
    """
    hidden = {name.partition(".")[0] for name in {*record.withheld, *withheld_now}}
    empty = {
        each.name: each.default if each.default is not msgspec.NODEFAULT else each.default_factory()
        for each in msgspec.structs.fields(EntryRecord)
        if each.name in hidden and each.name not in NEVER_WITHHELD
    }
    return msgspec.structs.replace(record, **empty) if empty else record


def values_at(record: EntryRecord, field: str) -> list[Any]:
    """The values at a field; at a column of its rows, that of each row."""
    head, _, rest = field.partition(".")
    found = getattr(record, head)
    if not rest:
        return found if isinstance(found, list) else [found]
    rows = found if isinstance(found, list) else [found]
    return [attrgetter(rest)(row) for row in rows]


def _names(record: EntryRecord) -> list[Problem]:
    if not any(text.strip() for text in record.name.values()):
        return [Problem("name", "Give the system a name.")]
    return []


def _codes(record: EntryRecord) -> list[Problem]:
    return [
        problem
        for field, list_name in CODED.items()
        for problem in unknown_codes(field.partition(".")[0], list_name, values_at(record, field))
    ]


def _addresses(record: EntryRecord) -> list[Problem]:
    return [
        problem
        for field in ADDRESSES
        for problem in no_addresses(field.partition(".")[0], values_at(record, field))
    ]


def _withheld(record: EntryRecord) -> list[Problem]:
    known = set(record.__struct_fields__) - NEVER_WITHHELD
    return [
        problem
        for field, reason in record.withheld.items()
        for problem in withholding_problems(
            field, reason, field in known, field in known and record.states(field)
        )
    ]
