"""How far each section of a draft has come, in words: the rows of the task list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from catalog import drafts, taxonomy
from catalog.errors import Problem
from catalog.facts import is_stated
from catalog.records import TELLING, Cost, SolutionRecord
from marketplace.pages.editor import dependencies, hints
from marketplace.pages.editor.sections import SECTIONS, Field, Section, Shape, place_of
from marketplace.pages.reader import Reader
from marketplace.pages.wording import said, shortened
from marketplace.translations import sentence

DETAIL = 70
"""Characters of the line below a section's title."""

COMPLETE = ("ok", "warn")
"""States in which a section needs nothing more; a hint is no duty."""


@dataclass(frozen=True)
class Task:
    """A section with its state: kind for the sign, words, and one line of detail."""

    title: str
    href: str
    kind: str
    state: str
    detail: str

    @property
    def row(self) -> tuple[str, str, str, str, str]:
        """The values in the order in which the task list takes them."""
        return (self.title, self.href, self.kind, self.state, self.detail)


@dataclass(frozen=True)
class Obstacle:
    """Something that stands in the way of publishing, and the field where it is mended."""

    text: str
    href: str


def tasks(record: SolutionRecord, reader: Reader, address: Mapping[str, str]) -> Sequence[Task]:
    """The rows of the task list; ``address`` holds the page of each section by its key."""
    problems = drafts.check(record)
    return [_task(section, record, problems, reader, address[section.key]) for section in SECTIONS]


def obstacles(
    problems: Sequence[Problem], reader: Reader, address: Mapping[str, str]
) -> Sequence[Obstacle]:
    """The problems in the order of the sections, each with the field's name in front."""
    order = {section.key: place for place, section in enumerate(SECTIONS)}
    found = []
    for problem in problems:
        place = place_of(problem.field)
        section, field = place if place else (SECTIONS[0], SECTIONS[0].fields[0])
        text = f"{reader._(field.label)}: {sentence(problem, reader.language)}"
        href = f"{address[section.key]}#field-{anchor(field)}"
        found.append((order[section.key], Obstacle(text, href)))
    return [obstacle for _place, obstacle in sorted(found, key=lambda pair: pair[0])]


def anchor(field: Field) -> str:
    """The name of a field's first input."""
    if field.shape in (Shape.NAME, Shape.TEXT):
        return f"{field.path}.de"
    return f"{field.path}.class" if field.shape is Shape.COST else field.path


def _task(
    section: Section,
    record: SolutionRecord,
    problems: Sequence[Problem],
    reader: Reader,
    href: str,
) -> Task:
    own = [each for each in problems if (found := place_of(each.field)) and found[0] is section]
    told = [field for field in section.fields if _is_answered(field, record)]
    kind, state, detail = _state(section, record, own, told, reader)
    return Task(reader._(section.title), href, kind, state, detail)


def _state(
    section: Section,
    record: SolutionRecord,
    problems: Sequence[Problem],
    told: Sequence[Field],
    reader: Reader,
) -> tuple[str, str, str]:
    _ = reader._
    missing = [each.field for each in problems if each.field in drafts.REQUIRED]
    wrong = [each for each in problems if each.field not in drafts.REQUIRED]
    asked = [field for field in section.fields if _is_telling(field) and field not in told]
    advice = [*chain.from_iterable(hints.of_section(section, record, reader).values())]
    if wrong:
        state = ("bad", _("Error"), _named(wrong[0], reader))
    elif missing:
        kind, words_of_state = ("working", _("in progress")) if told else ("open", _("missing"))
        state = (kind, words_of_state, _lacks(missing[0], reader))
    elif not told:
        state = ("optional", _("voluntary"), _("Nothing stated yet"))
    elif asked:
        text = _("Readers also ask for: %(what)s") % {"what": _(asked[0].label)}
        state = ("working", _("in progress"), text)
    elif advice:
        state = ("warn", _("hint"), advice[0])
    else:
        state = ("ok", _("complete"), _summary(told, record, reader))
    return state


def _is_answered(field: Field, record: SolutionRecord) -> bool:
    stated = is_stated(drafts.value_at(record, field.path))
    return stated or field.withheld_at in record.withheld


def _is_telling(field: Field) -> bool:
    return field.path in TELLING or field.withheld_at in TELLING


def _named(problem: Problem, reader: Reader) -> str:
    place = place_of(problem.field)
    label = reader._(place[1].label) if place else ""
    return shortened(f"{label}: {sentence(problem, reader.language)}", 120)


def _lacks(path: str, reader: Reader) -> str:
    place = place_of(path)
    label = reader._(place[1].label) if place else path
    return reader._("Still missing: %(what)s") % {"what": label}


def _summary(told: Sequence[Field], record: SolutionRecord, reader: Reader) -> str:
    parts = [words(field, record, reader) for field in told[:2]]
    return shortened(". ".join(part.rstrip(".") for part in parts if part), DETAIL)


def words(field: Field, record: SolutionRecord, reader: Reader) -> str:
    """What the record says in a field, in one line of the reader's language."""
    if field.withheld_at in record.withheld:
        return reader._("not published")
    value = drafts.value_at(record, field.path)
    if field.shape in (Shape.NAME, Shape.TEXT):
        text = said(value, reader)
        return text.text if text else ""
    if field.shape is Shape.DAY:
        return reader.day(value)
    if field.shape is Shape.COST:
        return _of_cost(field, value, reader)
    if field.shape is Shape.DEPENDENCIES:
        return ", ".join(map(dependencies.line, value))
    parts = value if isinstance(value, list) else [value]
    found = [each if isinstance(each, str) else each.code for each in parts if each]
    if field.codes:
        found = [taxonomy.label(field.codes, code, reader.language) for code in found]
    return ", ".join(found)


def _of_cost(field: Field, cost: Cost, reader: Reader) -> str:
    label = taxonomy.label(field.codes, cost.class_, reader.language) if cost.class_ else ""
    note = said(cost.note, reader)
    return ". ".join(part for part in (label, note.text if note else "", cost.source) if part)
