"""The document that describes a solution, and its parts.

One record, many views: page, one-page sheet, API, feeds, exports and the search index all read this
document. A published version is one such document, kept whole.

Names follow publiccode.yml, DCAT-AP and schema.org where they have one. Codes come from the lists
in ``taxonomy``. A code that a source uses and no list knows is kept in ``raw`` under the field's
name, shown as the source's own words and never converted. Sizes are limited because records come
from outside; ``check`` says what is wrong in words.
"""

import re
from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from catalog import taxonomy
from catalog.errors import Problem
from catalog.facts import Fact, Withheld, fact

Line = Annotated[str, Meta(max_length=500)]
Paragraphs = Annotated[str, Meta(max_length=40_000)]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")]
Name = dict[Language, Line]
LongText = dict[Language, Paragraphs]
Address = Annotated[str, Meta(max_length=2_000)]
Codes = Annotated[list[Annotated[str, Meta(max_length=80)]], Meta(max_length=200)]
Lines = Annotated[list[Line], Meta(max_length=500)]


class Part(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a record: immutable, unknown keys refused, empty keys left out."""


class ServiceId(Part, frozen=True):
    """A public service that the solution supports, by its id in LeiKa, OZG or FIM."""

    scheme: str
    id: Annotated[str, Meta(max_length=60)]
    label: Line = ""


class Licenses(Part, frozen=True):
    """SPDX expressions, for code, model weights, data and documentation apart."""

    code: Line = ""
    model: Line = ""
    data: Line = ""
    documentation: Line = ""


class Dependency(Part, frozen=True):
    """Software, a model or data that a part of the solution builds on.

    ``license`` is an SPDX expression; ``part`` says which part of the solution it goes into.
    """

    name: Annotated[str, Meta(min_length=1, max_length=500)]
    version: Line = ""
    license: Line = ""
    part: Literal["code", "model", "data"] = "code"


class DataBasis(Part, frozen=True):
    """Which data go in, on which legal basis, and what is known of training and quality."""

    inputs: LongText = {}
    outputs: LongText = {}
    personal: str = ""
    personal_kinds: LongText = {}
    legal_basis: LongText = {}
    training: LongText = {}
    retention: LongText = {}
    quality: LongText = {}
    updates: LongText = {}


class Standard(Part, frozen=True):
    """A standard the solution claims to meet, with evidence and its date."""

    code: Line
    evidence: Address = ""
    on: date | None = None


class Cost(Part, frozen=True):
    """A cost class of the list ``cost_class``, with the source of the statement."""

    class_: str = msgspec.field(default="", name="class")
    note: LongText = {}
    source: Line = ""


class Costs(Part, frozen=True):
    """One-off, running (a year) and data upkeep (a year), apart."""

    one_off: Cost = Cost()
    running: Cost = Cost()
    data_upkeep: Cost = Cost()


class Project(Part, frozen=True):
    """The project a solution comes from and who paid for it until when."""

    name: Line = ""
    programme: Line = ""
    funder: Line = ""
    grant_id: Line = ""
    funding_end: date | None = None
    follow_up: LongText = {}


class Responsibility(Part, frozen=True):
    """The bodies that answer for operation, maintenance and further development."""

    operation: Line = ""
    maintenance: Line = ""
    development: Line = ""


class Contact(Part, frozen=True):
    """An office, never a person: its name, shared mailbox, page."""

    office: Line = ""
    email: Line = ""
    url: Address = ""


class Relation(Part, frozen=True):
    """How this solution stands to another: kind of the list ``relation`` and the other's IRI."""

    kind: str
    to: Address
    note: Line = ""


class Sovereignty(Part, frozen=True):
    """Answers, not grades: where data lie, who operates, how one gets out again."""

    residency: LongText = {}
    operator: LongText = {}
    sub_processors: LongText = {}
    exit: LongText = {}
    export: LongText = {}
    auditability: LongText = {}
    model_replaceable: str = ""
    model: LongText = {}
    open_source_share: str = ""


class Source(Part, frozen=True):
    """Where a record was taken from, if it was not written here."""

    name: Line = ""
    key: Line = ""
    url: Address = ""
    license: Line = ""
    attribution: Line = ""
    entered_on: date | None = None
    """The day the source gives for its entry."""
    collected_on: date | None = None
    """The day a collector of the source first had it."""


class SolutionRecord(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a reader can know of a solution; every field may be stated, not stated or withheld."""

    name: Name
    alternative_names: Lines = []
    summary: LongText = {}
    """The purpose in one sentence; 160 characters are the aim, editors are told beyond."""
    problem: LongText = {}
    description: LongText = {}
    limits: LongText = {}
    """What it is not good for ("Wofür es nicht taugt")."""
    benefits: LongText = {}
    """What the publisher reports; a claim, not a measurement."""
    prerequisites: LongText = {}
    fields_of_action: Codes = []
    tasks: Codes = []
    """Second level of the fields of action."""
    services: Annotated[list[ServiceId], Meta(max_length=200)] = []
    duty: str = ""
    target_groups: Lines = []
    technology: Codes = []
    reason_for_ai: LongText = {}
    human_oversight: str = ""
    explanation: LongText = {}
    monitoring: LongText = {}
    risks: LongText = {}
    phase: str = ""
    in_use_since: Line = ""
    """A year, month or day as ISO 8601, as exact as it is known."""
    licenses: Licenses = Licenses()
    dependencies: Annotated[list[Dependency], Meta(max_length=500)] = []
    repository: Address = ""
    website: Address = ""
    documentation: Address = ""
    data: DataBasis = DataBasis()
    languages: Codes = []
    standards: Annotated[list[Standard], Meta(max_length=100)] = []
    hosting: Codes = []
    hardware: LongText = {}
    costs: Costs = Costs()
    introduction_effort: LongText = {}
    training_needed: LongText = {}
    accessibility: LongText = {}
    work_impact: LongText = {}
    participation: LongText = {}
    project: Project = Project()
    responsibility: Responsibility = Responsibility()
    contact: Contact = Contact()
    vendor: Line = ""
    alternative_to: Lines = []
    relations: Annotated[list[Relation], Meta(max_length=200)] = []
    sovereignty: Sovereignty = Sovereignty()
    keywords: Lines = []
    confirmed_on: date | None = None
    source: Source | None = None
    withheld: dict[str, Withheld] = {}
    raw: dict[str, Line] = {}

    def fact(self, field: str) -> Fact:
        """The fact at ``field``, a dotted name for a part's field, with its state."""
        return fact(self, field, self.withheld, self.raw)


CODED: dict[str, str] = {
    "fields_of_action": "field_of_action",
    "tasks": "task",
    "duty": "duty",
    "technology": "technology",
    "human_oversight": "human_oversight",
    "phase": "phase",
    "data.personal": "personal_data",
    "hosting": "hosting",
    "costs.one_off.class_": "cost_class",
    "costs.running.class_": "cost_class",
    "costs.data_upkeep.class_": "cost_class",
    "sovereignty.model_replaceable": "replaceability",
    "sovereignty.open_source_share": "open_source_share",
}
"""Which code list a field takes its values from."""

ADDRESSES = ("repository", "website", "documentation", "contact.url", "source.url")
"""The fields that hold a web address."""

_READERS = {field: attrgetter(field) for field in (*CODED, *ADDRESSES)}

TELLING: tuple[str, ...] = (
    "summary",
    "problem",
    "limits",
    "fields_of_action",
    "technology",
    "reason_for_ai",
    "human_oversight",
    "phase",
    "licenses.code",
    "data.inputs",
    "data.personal",
    "data.legal_basis",
    "hosting",
    "costs.one_off",
    "costs.running",
    "costs.data_upkeep",
    "introduction_effort",
    "responsibility.operation",
    "responsibility.maintenance",
    "contact",
    "sovereignty.exit",
    "accessibility",
)
"""The facts whose absence a reader is told of under "Das fehlt noch", in the order of the page."""

ISO_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


def check(record: SolutionRecord) -> list[Problem]:
    """What stands in the way of publishing ``record``; an empty list means nothing does."""
    problems = [*_names(record), *_codes(record), *_addresses(record), *_withheld(record)]
    if record.in_use_since and not ISO_DATE.match(record.in_use_since):
        problems.append(
            Problem("in_use_since", "Write the date as year, year-month or year-month-day.")
        )
    return problems


def _names(record: SolutionRecord) -> list[Problem]:
    if not any(text.strip() for text in record.name.values()):
        return [Problem("name", "Give the solution a name.")]
    return []


def _codes(record: SolutionRecord) -> list[Problem]:
    problems = []
    for field, list_name in CODED.items():
        value = _READERS[field](record)
        codes = [value] if value and isinstance(value, str) else value or []
        problems += unknown_codes(field, list_name, codes)
    return problems


def unknown_codes(field: str, list_name: str, codes: Sequence[str]) -> list[Problem]:
    """The codes at ``field`` that its list does not know; an empty one is none."""
    return [
        Problem(
            field,
            "“%(code)s” is not in the list “%(list)s”. Choose one of: %(known)s.",
            {"code": code, "list": list_name, "known": ", ".join(taxonomy.codes(list_name))},
        )
        for code in codes
        if code and not taxonomy.knows(list_name, code)
    ]


def _addresses(record: SolutionRecord) -> list[Problem]:
    problems = []
    for field in ADDRESSES:
        if field.startswith("source.") and record.source is None:
            continue
        value = _READERS[field](record)
        problems += no_addresses(field, [value])
    return problems


def no_addresses(field: str, values: Sequence[str]) -> list[Problem]:
    """The values at ``field`` that are no web address; an empty one is none."""
    return [
        Problem(field, "Give a full web address that begins with https:// or http://.")
        for value in values
        if value and not is_web_address(value)
    ]


def is_web_address(value: str) -> bool:
    """Whether ``value`` is an absolute http or https address with a host."""
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _withheld(record: SolutionRecord) -> list[Problem]:
    problems = []
    for field, reason in record.withheld.items():
        is_stated = _is_field(field) and fact(record, field, {}, {}).value is not None
        problems += withholding_problems(field, reason, _is_field(field), is_stated)
    return problems


def withholding_problems(
    field: str, reason: Withheld, is_known: bool, is_stated: bool
) -> list[Problem]:
    """What is wrong with keeping back the fact at ``field`` for this reason."""
    if not is_known:
        return [Problem("withheld", "There is no field “%(field)s” to withhold.", {"field": field})]
    if not taxonomy.knows("withholding", reason.reason):
        return [Problem(field, "Give a reason of the list “withholding”.")]
    if is_stated:
        return [Problem(field, "A fact is either stated or withheld, not both.")]
    return []


def _is_field(path: str) -> bool:
    holder: Any = SolutionRecord
    for name in path.split("."):
        fields = {field.name: field.type for field in msgspec.structs.fields(holder)}
        if name not in fields:
            return False
        holder = fields[name]
        if not (isinstance(holder, type) and issubclass(holder, Struct)):
            holder = Part
    return True


def best(text: dict[str, str], language: str) -> tuple[str, str]:
    """``text`` in the wanted language, else German, English or the first there is; and which."""
    for code in (language, "de", "en", *text):
        if text.get(code):
            return text[code], code
    return "", language
