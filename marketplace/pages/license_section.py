"""The licences of a solution as its page shows them: sentences, six questions, what conflicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.licenses import answers as license_answers
from catalog.licenses import compatibility
from catalog.licenses.checking import LicenseCheck, check
from catalog.licenses.known import QUESTIONS
from catalog.records import Dependency, Licenses, SolutionRecord
from marketplace.formats.license_report import PARTS, answer_labels, question_labels
from marketplace.pages.reader import Reader
from marketplace.translations import sentence


@dataclass(frozen=True)
class PartView:
    """A stated licence: what it says in plain words, and remarks on how it is written."""

    part: str
    expression: str
    sentences: Sequence[tuple[str, str]]
    """Name of each licence and its sentence."""
    duties: Sequence[str]
    sources: Sequence[tuple[str, str]]
    remarks: Sequence[str]


@dataclass(frozen=True)
class QuestionRow:
    """One question and, for each stated part, the answer, its kind and the reason."""

    question: str
    answers: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class ConflictView:
    """What stands between parts: ``bad`` or ``warn``, the words, the source."""

    kind: str
    text: str
    source: str


@dataclass(frozen=True)
class DependencyRow:
    """What a part builds on: name and version, its licence, and what that means for the part.

    ``kind`` is ``allowed``, ``conditions``, ``conflict`` or ``unknown``.
    """

    name: str
    version: str
    part: str
    license: str
    kind: str
    answer: str
    why: str
    source: str


@dataclass(frozen=True)
class LicenseSection:
    """Everything the section says beyond the expressions."""

    parts: Sequence[PartView]
    columns: Sequence[tuple[str, str]]
    questions: Sequence[QuestionRow]
    conflicts: Sequence[ConflictView]
    dependencies: Sequence[DependencyRow]


def section(record: SolutionRecord, reader: Reader) -> LicenseSection:
    """The section of a record's licences."""
    licenses = record.licenses
    names = part_names(reader)
    checks = {
        part: found
        for part in PARTS
        if (text := getattr(licenses, part).strip()) and (found := check(text)).choices
    }
    parts = [_part(names[part], found, reader) for part, found in checks.items()]
    conflicts = compatibility.of_parts({part: getattr(licenses, part) for part in PARTS})
    dependencies = [_dependency(each, licenses, names, reader) for each in record.dependencies]
    columns = [(reader._("What you want to do"), "text")]
    return LicenseSection(
        parts,
        [*columns, *((each.part, "text") for each in parts)],
        _questions(checks, reader),
        [
            ConflictView(
                "bad" if each.severity == "error" else "warn",
                each.sentence.in_language(reader.language),
                each.source,
            )
            for each in conflicts
        ]
        + [
            ConflictView("bad", f"{each.name}: {each.why}", each.source)
            for each in dependencies
            if each.kind == "conflict"
        ],
        dependencies,
    )


def _dependency(
    entry: Dependency, licenses: Licenses, names: Mapping[str, str], reader: Reader
) -> DependencyRow:
    _ = reader._
    found = compatibility.of_entry(entry, licenses)
    answers = {
        "allowed": _("It fits"),
        "conditions": _("With conditions"),
        "conflict": _("It does not fit"),
        "unknown": _("Not known"),
    }
    kind = found.result if found else "unknown"
    why = found.sentence.in_language(reader.language) if found else ""
    if found is None and not entry.license.strip():
        why = _("No licence is stated.")
    return DependencyRow(
        entry.name,
        entry.version,
        names[entry.part],
        entry.license,
        kind,
        answers[kind],
        why,
        found.source if found else "",
    )


def part_names(reader: Reader) -> Mapping[str, str]:
    """What the four parts are called."""
    _ = reader._
    return {
        "code": _("Code"),
        "model": _("Model"),
        "data": _("Data"),
        "documentation": _("Documentation"),
    }


def _part(name: str, found: LicenseCheck, reader: Reader) -> PartView:
    duties: dict[str, None] = {}
    for entry in found.licenses:
        for duty in entry.terms.duties:
            duties[duty.in_language(reader.language)] = None
    return PartView(
        name,
        found.expression,
        [(e.name, e.terms.sentence.in_language(reader.language)) for e in found.licenses],
        tuple(duties),
        [(each.where, each.source) for each in found.licenses if each.where],
        [sentence(each.text, reader.language) for each in found.problems],
    )


def _questions(checks: Mapping[str, LicenseCheck], reader: Reader) -> Sequence[QuestionRow]:
    if not checks:
        return ()
    tables = [license_answers.answers(found) for found in checks.values()]
    words, labels = question_labels(reader.language), answer_labels(reader.language)
    return [
        QuestionRow(
            words[question],
            [
                (
                    table[question].answer,
                    labels[table[question].answer],
                    " ".join(
                        dict.fromkeys(
                            why.sentence.in_language(reader.language)
                            for why in table[question].reasons
                        )
                    ),
                )
                for table in tables
            ],
        )
        for question in QUESTIONS
    ]
