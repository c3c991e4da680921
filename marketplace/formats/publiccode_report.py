"""The check of a publiccode.yml as JSON: command line and API answer the same."""

from typing import Annotated

from msgspec import Meta, Struct

from catalog.errors import Problem
from marketplace.formats.check_problem import CheckProblem
from marketplace.formats.publiccode.checking import Finding, PubliccodeCheck
from marketplace.formats.publiccode.upgrading import upgrade
from marketplace.formats.publiccode.writing import write
from marketplace.translations import sentence


class ChangeNote(Struct, frozen=True):
    """What was changed to bring a file to version 0.7."""

    field: str
    message: str


class PubliccodeCheckAnswer(Struct, frozen=True):
    """What was found in a publiccode.yml. Nothing is fetched and nothing is stored."""

    format: str
    version: Annotated[str, Meta(description="As the file says; empty if it says none.")]
    verdict: Annotated[str, Meta(description="valid, valid_with_warnings, invalid or refused.")]
    problems: list[CheckProblem]
    upgraded: Annotated[str, Meta(description="The file as version 0.7; empty if unreadable.")]
    notes: list[ChangeNote]


def report(found: PubliccodeCheck, *, language: str) -> PubliccodeCheckAnswer:
    """The answer of a check in a language."""
    text, notes = "", []
    if found.document is not None:
        changed = upgrade(found.document)
        text = write(changed.document)
        notes = [_note(each, language) for each in changed.notes]
    return PubliccodeCheckAnswer(
        "publiccode.yml",
        found.version,
        found.verdict.value,
        [problem(each, language) for each in found.findings],
        text,
        notes,
    )


def problem(found: Finding, language: str) -> CheckProblem:
    """One finding in a language."""
    return CheckProblem(
        found.severity,
        found.rule,
        found.pointer,
        found.place.line,
        found.place.column,
        sentence(found.text, language),
    )


def _note(note: Problem, language: str) -> ChangeNote:
    return ChangeNote(note.field, sentence(note, language))
