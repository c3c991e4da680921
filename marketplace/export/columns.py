"""The columns of every list and flat file: names that stay, meanings, and where values come from.

A column is never renamed and never changes its meaning within one major version; new ones are
added at the end. CSV, JSON lists, Parquet and the codebook are made from these tables alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from catalog import records
from catalog.adoptions import Adoption, AdoptionStep
from catalog.changes import Change
from catalog.municipalities import Municipality
from catalog.organizations import Organization
from catalog.records import SolutionRecord
from catalog.register.entries import RegisterEntry
from catalog.releases import Release
from catalog.solutions import Solution
from catalog.taxonomy import Code
from impact import evidence
from marketplace.charts.adoption_curve import QuarterRow
from marketplace.formats.csv_out import Value, moment
from marketplace.routing import address

VERSION = "1.0"
"""Major and minor version of all columns."""

Row = TypeVar("Row")


class Kind(StrEnum):
    """How a column's values are written; see the codebook."""

    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Voice:
    """Who speaks: the node's address, and the language preferred where a text has several."""

    base_url: str
    language: str

    def iri(self, kind: str, thing_id: UUID) -> str:
        """The permanent link of a thing."""
        return f"{self.base_url}/id/{kind}/{thing_id}"

    def page(self, name: str, **parts: str) -> str:
        """The full address of a page."""
        return self.base_url + address(name, self.language, **parts)

    def text(self, text: Mapping[str, str]) -> str:
        """A text in the preferred language, or the best other one."""
        return records.best(dict(text), self.language)[0]

    def language_of(self, text: Mapping[str, str]) -> str:
        """The language of what ``text`` gives; empty if nothing is said."""
        found, language = records.best(dict(text), self.language)
        return language if found else ""


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its name, how it is written, what it means, and its value."""

    name: str
    kind: Kind
    meaning: str
    read: Callable[[Row, Voice], Value]
    code_list: str = ""
    """The code list of a coded column."""


@dataclass(frozen=True)
class Sheet(Generic[Row]):
    """A flat table: its name, what one row is, its columns."""

    name: str
    row_is: str
    columns: Sequence[Column[Row]]

    @property
    def header(self) -> list[str]:
        """The names of the columns."""
        return [column.name for column in self.columns]

    def values(self, row: Row, voice: Voice) -> list[Value]:
        """The row in the order of the columns."""
        return [column.read(row, voice) for column in self.columns]

    def document(self, row: Row, voice: Voice) -> dict[str, Any]:
        """The row as a JSON object with the same names."""
        return {column.name: plain(column.read(row, voice)) for column in self.columns}


def plain(value: Value) -> Any:
    """A value as JSON has it."""
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value


@dataclass(frozen=True)
class ListedSolution:
    """A solution with the number of municipalities where it is live and confirmed."""

    solution: Solution
    live: int
    record: SolutionRecord
    """The public document without what is withheld."""

    @classmethod
    def of(cls, solution: Solution, live: int) -> "ListedSolution":
        """A solution as it is listed."""
        return cls(solution, live, without_withheld(solution.public_record))


@dataclass(frozen=True)
class ListedLight:
    """A municipality with the number of solutions live there, and when that last changed."""

    municipality: Municipality
    live: int
    updated_at: datetime


@dataclass(frozen=True)
class ListedRelease:
    """A release with the slug of its solution."""

    release: Release
    slug: str


@dataclass(frozen=True)
class ListedCode:
    """A code with the name of its list."""

    list_name: str
    code: Code


def without_withheld(record: SolutionRecord) -> SolutionRecord:
    """The record without any value of a field that is withheld; only its reason leaves."""
    for path in record.withheld:
        record = _emptied(record, path.split("."))
    return record


def _emptied(holder: Any, path: Sequence[str]) -> Any:
    name, *rest = path
    fields = {field.name: field for field in msgspec.structs.fields(type(holder))}
    if name not in fields or (not rest and fields[name].required):
        return holder
    if rest:
        part = getattr(holder, name)
        value = _emptied(part, rest) if isinstance(part, msgspec.Struct) else part
    else:
        value = fields[name].default
        if value is msgspec.NODEFAULT:
            value = fields[name].default_factory()
    return msgspec.structs.replace(holder, **{name: value})


SOLUTIONS: Sheet[ListedSolution] = Sheet(
    "solutions",
    "one solution that is public",
    (
        Column("id", Kind.TEXT, "UUID; stays for ever.", lambda r, _: str(r.solution.id)),
        Column("iri", Kind.TEXT, "Permanent link.", lambda r, v: v.iri("solution", r.solution.id)),
        Column("slug", Kind.TEXT, "Readable part of the address.", lambda r, _: r.solution.slug),
        Column(
            "page",
            Kind.TEXT,
            "Address of the page.",
            lambda r, v: v.page("solution", slug=r.solution.slug),
        ),
        Column("version", Kind.INTEGER, "Published version.", lambda r, _: r.solution.version),
        Column("name", Kind.TEXT, "Name.", lambda r, v: v.text(r.record.name)),
        Column(
            "name_language",
            Kind.TEXT,
            "Language of the name (BCP 47).",
            lambda r, v: v.language_of(r.record.name),
        ),
        Column(
            "summary", Kind.TEXT, "Purpose in one sentence.", lambda r, v: v.text(r.record.summary)
        ),
        Column(
            "summary_language",
            Kind.TEXT,
            "Language of the summary (BCP 47).",
            lambda r, v: v.language_of(r.record.summary),
        ),
        Column(
            "publisher_id",
            Kind.TEXT,
            "UUID of the responsible body; empty where the source names none.",
            lambda r, _: str(r.solution.publisher_id) if r.solution.publisher_id else None,
        ),
        Column(
            "publisher",
            Kind.TEXT,
            "Name of the responsible body.",
            lambda r, _: r.solution.publisher.name if r.solution.publisher else None,
        ),
        Column(
            "publisher_kind",
            Kind.CODE,
            "Kind of the responsible body.",
            lambda r, _: r.solution.publisher.kind if r.solution.publisher else None,
            "organization_kind",
        ),
        Column(
            "fields_of_action",
            Kind.CODES,
            "Fields of municipal action.",
            lambda r, _: r.record.fields_of_action,
            "field_of_action",
        ),
        Column("tasks", Kind.CODES, "Tasks in the fields.", lambda r, _: r.record.tasks, "task"),
        Column(
            "technology",
            Kind.CODES,
            "Kinds of AI used.",
            lambda r, _: r.record.technology,
            "technology",
        ),
        Column("phase", Kind.CODE, "Maturity.", lambda r, _: r.record.phase, "phase"),
        Column(
            "human_oversight",
            Kind.CODE,
            "Who decides in the end.",
            lambda r, _: r.record.human_oversight,
            "human_oversight",
        ),
        Column("hosting", Kind.CODES, "Where it runs.", lambda r, _: r.record.hosting, "hosting"),
        Column(
            "personal_data",
            Kind.CODE,
            "Whether personal data are processed.",
            lambda r, _: r.record.data.personal,
            "personal_data",
        ),
        Column(
            "license_code",
            Kind.TEXT,
            "Licence of the code (SPDX).",
            lambda r, _: r.record.licenses.code,
        ),
        Column(
            "license_model",
            Kind.TEXT,
            "Licence of the model (SPDX).",
            lambda r, _: r.record.licenses.model,
        ),
        Column(
            "license_data",
            Kind.TEXT,
            "Licence of the data (SPDX).",
            lambda r, _: r.record.licenses.data,
        ),
        Column(
            "cost_one_off",
            Kind.CODE,
            "Class of one-off cost.",
            lambda r, _: r.record.costs.one_off.class_,
            "cost_class",
        ),
        Column(
            "cost_running",
            Kind.CODE,
            "Class of running cost a year.",
            lambda r, _: r.record.costs.running.class_,
            "cost_class",
        ),
        Column(
            "evidence",
            Kind.CODE,
            "How well it is known what it does.",
            lambda r, _: evidence.level(r.record).value,
            "evidence",
        ),
        Column(
            "live_municipalities",
            Kind.INTEGER,
            "Municipalities where it is live and that have confirmed it.",
            lambda r, _: r.live,
        ),
        Column("repository", Kind.TEXT, "Source code.", lambda r, _: r.record.repository),
        Column("website", Kind.TEXT, "Website.", lambda r, _: r.record.website),
        Column("documentation", Kind.TEXT, "Documentation.", lambda r, _: r.record.documentation),
        Column(
            "languages",
            Kind.CODES,
            "Languages it handles (BCP 47).",
            lambda r, _: r.record.languages,
        ),
        Column("vendor", Kind.TEXT, "Vendor, as stated.", lambda r, _: r.record.vendor),
        Column(
            "in_use_since",
            Kind.TEXT,
            "Year, month or day (ISO 8601), as exact as known.",
            lambda r, _: r.record.in_use_since,
        ),
        Column(
            "withheld",
            Kind.CODES,
            "Fields that are stated to exist and not published.",
            lambda r, _: sorted(r.record.withheld),
        ),
        Column(
            "source_name",
            Kind.TEXT,
            "Register the entry was taken from.",
            lambda r, _: r.record.source.name if r.record.source else None,
        ),
        Column(
            "source_url",
            Kind.TEXT,
            "Address of the entry there.",
            lambda r, _: r.record.source.url if r.record.source else None,
        ),
        Column(
            "source_license",
            Kind.TEXT,
            "Licence of the source's data.",
            lambda r, _: r.record.source.license if r.record.source else None,
        ),
        Column(
            "source_attribution",
            Kind.TEXT,
            "Attribution the source asks for.",
            lambda r, _: r.record.source.attribution if r.record.source else None,
        ),
        Column("home", Kind.TEXT, "Node that owns it; empty: this.", lambda r, _: r.solution.home),
        Column(
            "is_sample", Kind.BOOLEAN, "Whether it is invented.", lambda r, _: r.solution.is_sample
        ),
        Column(
            "confirmed_on",
            Kind.DAY,
            "Day the publisher last confirmed it.",
            lambda r, _: r.record.confirmed_on,
        ),
        Column(
            "published_at",
            Kind.MOMENT,
            "First publication.",
            lambda r, _: r.solution.published_at,
        ),
        Column("updated_at", Kind.MOMENT, "Last change.", lambda r, _: r.solution.updated_at),
    ),
)

ADOPTIONS: Sheet[Adoption] = Sheet(
    "adoptions",
    "one organization's use of one solution",
    (
        Column("id", Kind.TEXT, "UUID; stays for ever.", lambda r, _: str(r.id)),
        Column("iri", Kind.TEXT, "Permanent link.", lambda r, v: v.iri("adoption", r.id)),
        Column("solution_id", Kind.TEXT, "UUID of the solution.", lambda r, _: str(r.solution_id)),
        Column(
            "solution",
            Kind.TEXT,
            "Name of the solution.",
            lambda r, v: v.text(r.solution.public_record.name),
        ),
        Column(
            "organization_id",
            Kind.TEXT,
            "UUID of the adopter.",
            lambda r, _: str(r.organization_id),
        ),
        Column("organization", Kind.TEXT, "Name of the adopter.", lambda r, _: r.organization.name),
        Column(
            "organization_kind",
            Kind.CODE,
            "Kind of the adopter.",
            lambda r, _: r.organization.kind,
            "organization_kind",
        ),
        Column(
            "ars",
            Kind.TEXT,
            "Amtlicher Regionalschlüssel of the adopter's place.",
            lambda r, _: _place(r, "ars"),
        ),
        Column("municipality", Kind.TEXT, "Name of the place.", lambda r, _: _place(r, "name")),
        Column("land", Kind.CODE, "Land of the place.", lambda r, _: _place(r, "land"), "land"),
        Column(
            "size_class",
            Kind.CODE,
            "Size class of the place.",
            lambda r, _: _place(r, "size_class"),
            "size_class",
        ),
        Column("stage", Kind.CODE, "Present stage.", lambda r, _: r.stage, "stage"),
        Column("since", Kind.DAY, "Day the stage began.", lambda r, _: r.since),
        Column("release", Kind.TEXT, "Version in use.", lambda r, _: r.release),
        Column("operator", Kind.TEXT, "Who runs it, as stated.", lambda r, _: r.operator),
        Column(
            "reused_from_id",
            Kind.TEXT,
            "UUID of the body it was taken over from.",
            lambda r, _: str(r.reused_from_id) if r.reused_from_id else None,
        ),
        Column(
            "ended_reason",
            Kind.CODE,
            "Why it ended.",
            lambda r, _: r.ended_reason,
            "ended_reason",
        ),
        Column("ended_note", Kind.TEXT, "More on the end.", lambda r, v: v.text(r.ended_note)),
        Column("adaptations", Kind.TEXT, "What was adapted.", lambda r, v: v.text(r.adaptations)),
        Column(
            "contact_allowed",
            Kind.BOOLEAN,
            "Whether the adopter answers questions of others.",
            lambda r, _: r.contact_allowed,
        ),
        Column(
            "confirmed_on",
            Kind.DAY,
            "Day the adopter itself last confirmed it; empty: others report it.",
            lambda r, _: r.confirmed_on,
        ),
        Column("is_sample", Kind.BOOLEAN, "Whether it is invented.", lambda r, _: r.is_sample),
        Column("updated_at", Kind.MOMENT, "Last change.", lambda r, _: r.updated_at),
    ),
)


def _place(adoption: Adoption, name: str) -> str | None:
    place = adoption.organization.municipality
    return getattr(place, name) if place is not None else None


STEPS: Sheet[AdoptionStep] = Sheet(
    "adoption_steps",
    "one stage that one use reached",
    (
        Column("adoption_id", Kind.TEXT, "UUID of the use.", lambda r, _: str(r.adoption_id)),
        Column("stage", Kind.CODE, "Stage reached.", lambda r, _: r.stage, "stage"),
        Column("on", Kind.DAY, "Day it was reached.", lambda r, _: r.on),
    ),
)

RELEASES: Sheet[ListedRelease] = Sheet(
    "releases",
    "one dated version of a solution's software",
    (
        Column("id", Kind.TEXT, "UUID; stays for ever.", lambda r, _: str(r.release.id)),
        Column(
            "solution_id",
            Kind.TEXT,
            "UUID of the solution.",
            lambda r, _: str(r.release.solution_id),
        ),
        Column("solution_slug", Kind.TEXT, "Slug of the solution.", lambda r, _: r.slug),
        Column("version", Kind.TEXT, "Name of the version.", lambda r, _: r.release.version),
        Column("released_on", Kind.DAY, "Day of release.", lambda r, _: r.release.released_on),
        Column("notes", Kind.TEXT, "What is new.", lambda r, v: v.text(r.release.notes)),
        Column("security", Kind.TEXT, "Security notice.", lambda r, v: v.text(r.release.security)),
        Column(
            "supported_until",
            Kind.DAY,
            "Last day of support.",
            lambda r, _: r.release.supported_until,
        ),
        Column(
            "supersedes",
            Kind.TEXT,
            "The mistaken version it takes the place of.",
            lambda r, _: r.release.supersedes,
        ),
        Column(
            "artifacts",
            Kind.TEXT,
            "Files: kind, address, checksum.",
            lambda r, _: "; ".join(
                f"{each.kind} {each.address} {each.checksum}" for each in r.release.artifacts
            ),
        ),
    ),
)

ORGANIZATIONS: Sheet[Organization] = Sheet(
    "organizations",
    "one legal body",
    (
        Column("id", Kind.TEXT, "UUID; stays for ever.", lambda r, _: str(r.id)),
        Column("iri", Kind.TEXT, "Permanent link.", lambda r, v: v.iri("organization", r.id)),
        Column("slug", Kind.TEXT, "Readable part of the address.", lambda r, _: r.slug),
        Column("name", Kind.TEXT, "Name.", lambda r, _: r.name),
        Column("kind", Kind.CODE, "Kind of body.", lambda r, _: r.kind, "organization_kind"),
        Column("country", Kind.TEXT, "Country (ISO 3166-1 alpha-2).", lambda r, _: r.country),
        Column(
            "ars",
            Kind.TEXT,
            "Amtlicher Regionalschlüssel of its place.",
            lambda r, _: r.municipality.ars if r.municipality else None,
        ),
        Column("website", Kind.TEXT, "Website.", lambda r, _: r.website),
        Column("email", Kind.TEXT, "Mailbox of the office.", lambda r, _: r.email),
        Column("about", Kind.TEXT, "What it says of itself.", lambda r, v: v.text(r.about)),
        Column("verified_at", Kind.MOMENT, "When it was verified.", lambda r, _: r.verified_on),
        Column("is_sample", Kind.BOOLEAN, "Whether it is invented.", lambda r, _: r.is_sample),
        Column("updated_at", Kind.MOMENT, "Last change.", lambda r, _: r.updated_at),
    ),
)

MUNICIPALITIES: Sheet[Municipality] = Sheet(
    "municipalities",
    "one place of the official register",
    (
        Column("id", Kind.TEXT, "UUID; stays for ever.", lambda r, _: str(r.id)),
        Column("ars", Kind.TEXT, "Amtlicher Regionalschlüssel.", lambda r, _: r.ars),
        Column("ags", Kind.TEXT, "Amtlicher Gemeindeschlüssel.", lambda r, _: r.ags),
        Column("kind", Kind.TEXT, "municipality or district.", lambda r, _: r.kind),
        Column("name", Kind.TEXT, "Name.", lambda r, _: r.name),
        Column("designation", Kind.TEXT, "What it calls itself.", lambda r, _: r.designation),
        Column("land", Kind.CODE, "Land.", lambda r, _: r.land, "land"),
        Column("population", Kind.INTEGER, "People.", lambda r, _: r.population),
        Column("size_class", Kind.CODE, "Size class.", lambda r, _: r.size_class, "size_class"),
        Column("lon", Kind.NUMBER, "Longitude in degrees (WGS 84).", lambda r, _: r.lon),
        Column("lat", Kind.NUMBER, "Latitude in degrees (WGS 84).", lambda r, _: r.lat),
        Column("postcode", Kind.TEXT, "Postcode of the town hall.", lambda r, _: r.postcode),
        Column("as_of", Kind.DAY, "Day the figures hold for.", lambda r, _: r.as_of),
        Column("source", Kind.TEXT, "Where they come from.", lambda r, _: r.source),
        Column("merged_on", Kind.DAY, "Day the place ceased.", lambda r, _: r.merged_on),
        Column("is_sample", Kind.BOOLEAN, "Whether it is invented.", lambda r, _: r.is_sample),
    ),
)

LIGHTS: Sheet[ListedLight] = Sheet(
    "lights",
    "one municipality where a solution is live and confirmed",
    (
        Column("ars", Kind.TEXT, "Amtlicher Regionalschlüssel.", lambda r, _: r.municipality.ars),
        Column(
            "iri",
            Kind.TEXT,
            "Permanent link.",
            lambda r, v: v.iri("municipality", r.municipality.id),
        ),
        Column("name", Kind.TEXT, "Name.", lambda r, _: r.municipality.name),
        Column("land", Kind.CODE, "Land.", lambda r, _: r.municipality.land, "land"),
        Column("population", Kind.INTEGER, "People.", lambda r, _: r.municipality.population),
        Column(
            "size_class",
            Kind.CODE,
            "Size class.",
            lambda r, _: r.municipality.size_class,
            "size_class",
        ),
        Column("lon", Kind.NUMBER, "Longitude (WGS 84).", lambda r, _: r.municipality.lon),
        Column("lat", Kind.NUMBER, "Latitude (WGS 84).", lambda r, _: r.municipality.lat),
        Column("live_solutions", Kind.INTEGER, "Solutions live there.", lambda r, _: r.live),
        Column("updated_at", Kind.MOMENT, "Last change of a use.", lambda r, _: r.updated_at),
    ),
)

CURVE: Sheet[QuarterRow] = Sheet(
    "adoption_curve",
    "one quarter of one solution",
    (
        Column("year", Kind.INTEGER, "Year.", lambda r, _: r.year),
        Column("quarter", Kind.INTEGER, "Quarter, 1 to 4.", lambda r, _: r.quarter),
        Column("live", Kind.INTEGER, "Municipalities live at its end.", lambda r, _: r.live),
        Column("ended", Kind.INTEGER, "Municipalities that have ended it.", lambda r, _: r.ended),
    ),
)

CODES: Sheet[ListedCode] = Sheet(
    "codes",
    "one entry of one code list",
    (
        Column("list", Kind.TEXT, "Name of the list.", lambda r, _: r.list_name),
        Column("code", Kind.TEXT, "The code; it never changes.", lambda r, _: r.code.code),
        Column("label_de", Kind.TEXT, "German label.", lambda r, _: r.code.label["de"]),
        Column("label_en", Kind.TEXT, "English label.", lambda r, _: r.code.label["en"]),
        Column("parent", Kind.TEXT, "Code above it.", lambda r, _: r.code.parent),
    ),
)

CHANGES: Sheet[Change] = Sheet(
    "changes",
    "one public change; who acted stays out",
    (
        Column("serial", Kind.INTEGER, "Number in the order of commits.", lambda r, _: r.serial),
        Column("at", Kind.MOMENT, "When.", lambda r, _: r.at),
        Column("verb", Kind.TEXT, "What happened.", lambda r, _: r.verb),
        Column("kind", Kind.TEXT, "Kind of thing.", lambda r, _: r.kind),
        Column("thing_id", Kind.TEXT, "UUID of the thing.", lambda r, _: str(r.thing_id)),
        Column("version", Kind.INTEGER, "Version it led to.", lambda r, _: r.version),
        Column(
            "on_behalf_of_id",
            Kind.TEXT,
            "UUID of the body for which it was done.",
            lambda r, _: str(r.on_behalf_of_id) if r.on_behalf_of_id else None,
        ),
    ),
)


@dataclass(frozen=True)
class Described:
    """A column with the sheet it belongs to: one row of the codebook."""

    sheet: Sheet[Any]
    column: Column[Any]


CODEBOOK: Sheet[Described] = Sheet(
    "codebook",
    "one column of one table",
    (
        Column("table", Kind.TEXT, "Name of the table.", lambda r, _: r.sheet.name),
        Column("column", Kind.TEXT, "Name of the column.", lambda r, _: r.column.name),
        Column("type", Kind.TEXT, "How values are written.", lambda r, _: r.column.kind.value),
        Column("meaning", Kind.TEXT, "What it means.", lambda r, _: r.column.meaning),
        Column("code_list", Kind.TEXT, "List the codes are from.", lambda r, _: r.column.code_list),
    ),
)

REGISTER_ENTRIES: Sheet[RegisterEntry] = Sheet(
    "register_entries",
    "one public card of the AI transparency register; what is withheld is empty",
    (
        Column("id", Kind.TEXT, "UUID; stays for ever.", lambda r, _: str(r.id)),
        Column("iri", Kind.TEXT, "Permanent link.", lambda r, v: v.iri("register-entry", r.id)),
        Column(
            "page",
            Kind.TEXT,
            "Page for people.",
            lambda r, v: v.page("register_entry", slug=r.slug),
        ),
        Column("name", Kind.TEXT, "Name.", lambda r, v: v.text(r.public_record.name)),
        Column("summary", Kind.TEXT, "What it does.", lambda r, v: v.text(r.public_record.summary)),
        Column(
            "organization_id", Kind.TEXT, "UUID of the body.", lambda r, _: str(r.organization_id)
        ),
        Column("organization", Kind.TEXT, "Name of the body.", lambda r, _: r.organization.name),
        Column("land", Kind.CODE, "Land of the body.", lambda r, _: r.land, "land"),
        Column(
            "adoption_id",
            Kind.TEXT,
            "UUID of the use.",
            lambda r, _: str(r.adoption_id) if r.adoption_id else None,
        ),
        Column(
            "fields_of_action",
            Kind.CODES,
            "Fields of action.",
            lambda r, _: r.public_record.fields_of_action,
            "field_of_action",
        ),
        Column("status", Kind.CODE, "Status of the use.", lambda r, _: r.status, "entry_status"),
        Column(
            "risk_class",
            Kind.TEXT,
            "Class under Regulation (EU) 2024/1689; empty: not classified.",
            lambda r, _: r.risk_class,
        ),
        Column(
            "rule_set",
            Kind.TEXT,
            "Rules that gave the class.",
            lambda r, _: r.public_record.assessment.rule_set if r.public_record.assessment else "",
        ),
        Column(
            "decision_mode",
            Kind.CODE,
            "Who decides.",
            lambda r, _: r.public_record.decision_mode,
            "human_oversight",
        ),
        Column(
            "personal_data",
            Kind.CODE,
            "Personal data.",
            lambda r, _: r.public_record.personal_data,
            "personal_data",
        ),
        Column(
            "withheld",
            Kind.CODES,
            "Fields that are not published.",
            lambda r, _: sorted(r.public_record.withheld),
        ),
        Column("version", Kind.INTEGER, "Version.", lambda r, _: r.version),
        Column("valid_since", Kind.DAY, "Day it began to hold.", lambda r, _: r.valid_since),
        Column("confirmed_on", Kind.DAY, "Day last confirmed.", lambda r, _: r.confirmed_on),
        Column("review_due", Kind.DAY, "Day until which that holds.", lambda r, _: r.review_due),
        Column("is_sample", Kind.BOOLEAN, "Whether it is invented.", lambda r, _: r.is_sample),
        Column("updated_at", Kind.MOMENT, "Last change.", lambda r, _: r.updated_at),
    ),
)

SHEETS: tuple[Sheet[Any], ...] = (
    SOLUTIONS,
    RELEASES,
    ADOPTIONS,
    STEPS,
    ORGANIZATIONS,
    MUNICIPALITIES,
    CODES,
    CHANGES,
    LIGHTS,
    CURVE,
    REGISTER_ENTRIES,
    CODEBOOK,
)


def codebook() -> list[Described]:
    """Every column of every table."""
    return [Described(sheet, column) for sheet in SHEETS for column in sheet.columns]
