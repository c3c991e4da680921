"""What the editor asks, in which section, in the order of the public page.

One table drives the form, the reading of what was posted, the task list and the names of fields in
messages and differences. Labels are those of the public page wherever it shows the field, so that
an editor finds a statement where a reader does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.translations import message


class Shape(StrEnum):
    """How a field is asked for."""

    NAME = "name"
    """One line in German and in English."""
    TEXT = "text"
    """Paragraphs in German and in English."""
    LINE = "line"
    """One line without a language."""
    ADDRESS = "address"
    """A web address."""
    LINES = "lines"
    """A list, one entry a line."""
    CODE = "code"
    """One entry of a code list."""
    CODES = "codes"
    """Entries of a code list."""
    COST = "cost"
    """A cost class with note and source."""
    DAY = "day"
    """A day, or nothing."""
    DEPENDENCIES = "dependencies"
    """What it builds on, one entry a line."""
    STANDARDS = "standards"
    """Entries of the list of standards; evidence that is known stays."""


@dataclass(frozen=True)
class Field:
    """One statement: its path in the record, shape, label and hint (message ids)."""

    path: str
    shape: Shape
    label: str
    hint: str = ""
    codes: str = ""
    """The code list of a coded field."""
    most: int = 0
    """Characters that a field should not exceed; beyond it the editor is told, not stopped."""
    withholding: bool = True
    """Whether the statement may be withheld with a reason."""
    rows: int = 5
    reason_at: str = ""
    """Where the reason for withholding stands, if not at the field itself."""

    @property
    def withheld_at(self) -> str:
        """The path under which the record keeps the reason for withholding."""
        return self.reason_at or self.path


@dataclass(frozen=True)
class Section:
    """One page of the editor: key in the address, title (message id), its fields."""

    key: str
    title: str
    fields: Sequence[Field]

    @property
    def paths(self) -> Sequence[str]:
        """The paths of what it changes: fields, and where their reasons stand."""
        found = [path for field in self.fields for path in (field.path, field.withheld_at)]
        return list(dict.fromkeys(found))


SECTIONS: tuple[Section, ...] = (
    Section(
        "purpose",
        message("Name and purpose"),
        (
            Field(
                "name",
                Shape.NAME,
                message("Name of the solution"),
                message("As people call it. Without the name of the vendor."),
                withholding=False,
            ),
            Field(
                "summary",
                Shape.TEXT,
                message("What it is for, in one sentence"),
                message("At most 160 characters. This sentence stands in every list."),
                most=160,
                withholding=False,
                rows=3,
            ),
            Field(
                "alternative_names",
                Shape.LINES,
                message("Other names"),
                message("One name a line."),
                withholding=False,
                rows=3,
            ),
            Field(
                "keywords",
                Shape.LINES,
                message("Keywords"),
                message("One keyword a line. Words that people search for."),
                withholding=False,
                rows=3,
            ),
        ),
    ),
    Section(
        "glance",
        message("Stage and subject"),
        (
            Field("phase", Shape.CODE, message("Stage"), codes="phase"),
            Field(
                "in_use_since",
                Shape.LINE,
                message("In use since"),
                message("A year, month or day: 2024, 2024-05 or 2024-05-01."),
            ),
            Field(
                "fields_of_action",
                Shape.CODES,
                message("Field of action"),
                codes="field_of_action",
            ),
            Field("tasks", Shape.CODES, message("Task"), codes="task"),
            Field("duty", Shape.CODE, message("Kind of task"), codes="duty"),
            Field("technology", Shape.CODES, message("Technology"), codes="technology"),
            Field(
                "target_groups",
                Shape.LINES,
                message("For whom"),
                message("One group a line."),
                rows=3,
            ),
            Field("languages", Shape.CODES, message("Languages"), codes="language"),
        ),
    ),
    Section(
        "story",
        message("Problem and solution"),
        (
            Field("problem", Shape.TEXT, message("The problem"), message("What was hard before?")),
            Field(
                "description",
                Shape.TEXT,
                message("The solution"),
                message("What does it do, step by step? What does a human do?"),
                rows=8,
            ),
            Field(
                "reason_for_ai",
                Shape.TEXT,
                message("Why AI"),
                message("Why do simple rules not suffice?"),
            ),
            Field(
                "limits",
                Shape.TEXT,
                message("What it is not good for"),
                message("Others save time if they know the limits."),
            ),
        ),
    ),
    Section(
        "impact",
        message("Impact"),
        (
            Field(
                "benefits",
                Shape.TEXT,
                message("Reported benefits"),
                message("What you noticed. Readers see that nobody has measured it."),
            ),
        ),
    ),
    Section(
        "data",
        message("Data"),
        (
            Field("data.inputs", Shape.TEXT, message("What goes in"), rows=3),
            Field("data.outputs", Shape.TEXT, message("What comes out"), rows=3),
            Field("data.personal", Shape.CODE, message("Kind of data"), codes="personal_data"),
            Field("data.personal_kinds", Shape.TEXT, message("Which personal data"), rows=3),
            Field(
                "data.legal_basis",
                Shape.TEXT,
                message("Legal basis"),
                message("The law and the paragraph, for example Art. 6 (1) (e) GDPR."),
                rows=3,
            ),
            Field("data.training", Shape.TEXT, message("Training data"), rows=3),
            Field("data.retention", Shape.TEXT, message("How long data are kept"), rows=3),
            Field("data.quality", Shape.TEXT, message("Quality of the data"), rows=3),
            Field("data.updates", Shape.TEXT, message("Upkeep of the data"), rows=3),
        ),
    ),
    Section(
        "license",
        message("Licence"),
        (
            Field(
                "licenses.code",
                Shape.LINE,
                message("Licence of the code"),
                message("As an SPDX identifier, for example EUPL-1.2 or MIT."),
            ),
            Field("licenses.model", Shape.LINE, message("Licence of the model")),
            Field("licenses.data", Shape.LINE, message("Licence of the data")),
            Field("licenses.documentation", Shape.LINE, message("Licence of the documentation")),
            Field(
                "dependencies",
                Shape.DEPENDENCIES,
                message("What it builds on"),
                message(
                    "One entry a line: name; version; licence; part. For example: PostgreSQL; 16;"
                    " PostgreSQL. Write model or data as part, if it does not go into the code."
                ),
                withholding=False,
            ),
        ),
    ),
    Section(
        "interfaces",
        message("Interfaces"),
        (
            Field(
                "repository",
                Shape.ADDRESS,
                message("Source code"),
                message("A web address that begins with https://."),
            ),
            Field("documentation", Shape.ADDRESS, message("Documentation")),
            Field("website", Shape.ADDRESS, message("Website")),
            Field(
                "standards",
                Shape.STANDARDS,
                message("Standards it claims to meet"),
                codes="standard",
            ),
        ),
    ),
    Section(
        "sovereignty",
        message("Sovereignty"),
        (
            Field(
                "hosting", Shape.CODES, message("Where do software and model run?"), codes="hosting"
            ),
            Field("sovereignty.residency", Shape.TEXT, message("Where do the data lie?"), rows=3),
            Field("sovereignty.operator", Shape.TEXT, message("Who operates it?"), rows=3),
            Field(
                "sovereignty.sub_processors",
                Shape.TEXT,
                message("Who works on their behalf?"),
                rows=3,
            ),
            Field(
                "sovereignty.model_replaceable",
                Shape.CODE,
                message("Can the model be replaced?"),
                codes="replaceability",
            ),
            Field("sovereignty.model", Shape.TEXT, message("Which model is it?"), rows=3),
            Field("sovereignty.exit", Shape.TEXT, message("How do you get out again?"), rows=3),
            Field(
                "sovereignty.export",
                Shape.TEXT,
                message("Which data can you take along?"),
                rows=3,
            ),
            Field("sovereignty.auditability", Shape.TEXT, message("What may you inspect?"), rows=3),
            Field(
                "sovereignty.open_source_share",
                Shape.CODE,
                message("How much of it is free software?"),
                codes="open_source_share",
            ),
        ),
    ),
    Section(
        "law",
        message("Law and responsibility"),
        (
            Field("human_oversight", Shape.CODE, message("Who decides"), codes="human_oversight"),
            Field("explanation", Shape.TEXT, message("How results are explained"), rows=3),
            Field("monitoring", Shape.TEXT, message("How it is monitored"), rows=3),
            Field("risks", Shape.TEXT, message("Risks"), rows=3),
            Field("responsibility.operation", Shape.LINE, message("Answers for operation")),
            Field("responsibility.maintenance", Shape.LINE, message("Answers for maintenance")),
            Field("responsibility.development", Shape.LINE, message("Answers for development")),
            Field("participation", Shape.TEXT, message("Participation of staff"), rows=3),
            Field("work_impact", Shape.TEXT, message("What changes at work"), rows=3),
            Field("accessibility", Shape.TEXT, message("Accessibility"), rows=3),
        ),
    ),
    Section(
        "cost",
        message("Cost and introduction"),
        (
            Field("costs.one_off", Shape.COST, message("One-off costs"), codes="cost_class"),
            Field("costs.running", Shape.COST, message("Running costs a year"), codes="cost_class"),
            Field(
                "costs.data_upkeep",
                Shape.COST,
                message("Upkeep of data a year"),
                codes="cost_class",
            ),
            Field(
                "introduction_effort",
                Shape.TEXT,
                message("Effort to introduce it"),
                message("Days, weeks, people. As exact as you know it."),
                rows=3,
            ),
            Field("prerequisites", Shape.TEXT, message("What it needs"), rows=3),
            Field("hardware", Shape.TEXT, message("Hardware"), rows=3),
            Field("training_needed", Shape.TEXT, message("Training of staff"), rows=3),
            Field("vendor", Shape.LINE, message("Vendor")),
        ),
    ),
    Section(
        "project",
        message("Project and funding"),
        (
            Field("project.name", Shape.LINE, message("Name of the project")),
            Field("project.programme", Shape.LINE, message("Programme")),
            Field("project.funder", Shape.LINE, message("Funded by")),
            Field("project.grant_id", Shape.LINE, message("Grant number")),
            Field("project.funding_end", Shape.DAY, message("Funding ends")),
            Field("project.follow_up", Shape.TEXT, message("What comes after the funding")),
        ),
    ),
    Section(
        "contact",
        message("Contact and related solutions"),
        (
            Field(
                "contact.office",
                Shape.LINE,
                message("Office to ask"),
                message("An office, not a person."),
                reason_at="contact",
            ),
            Field(
                "contact.email",
                Shape.LINE,
                message("Shared mailbox"),
                message("No address of a person."),
                withholding=False,
            ),
            Field("contact.url", Shape.ADDRESS, message("Page of the office"), withholding=False),
            Field(
                "alternative_to",
                Shape.LINES,
                message("Alternative to"),
                message("One product a line."),
                withholding=False,
                rows=3,
            ),
        ),
    ),
)

BY_KEY = {section.key: section for section in SECTIONS}


def all_fields() -> Iterator[tuple[Section, Field]]:
    """Every field with its section, in order."""
    for section in SECTIONS:
        for field in section.fields:
            yield section, field


def place_of(path: str) -> tuple[Section, Field] | None:
    """Where the editor asks for ``path`` or for the statement it is part of."""
    for section, field in all_fields():
        known = (field.path, field.withheld_at)
        if path in known or path.startswith(f"{field.path}."):
            return section, field
    return None


def after(section: Section) -> Section | None:
    """The section that follows; None after the last."""
    place = SECTIONS.index(section) + 1
    return SECTIONS[place] if place < len(SECTIONS) else None
