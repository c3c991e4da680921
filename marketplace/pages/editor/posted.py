"""What was posted from a section's form, put into the record.

A field that the form did not send stays as it is, except ticks, which browsers leave out when none
is set. What no record can hold (a day that is none, a text that is too long) is left as it was and
told as a problem; everything else of the section is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog import drafts
from catalog.errors import Problem
from catalog.facts import Withheld
from catalog.records import Cost, SolutionRecord, Standard
from marketplace import forms
from marketplace.pages.editor import dependencies
from marketplace.pages.editor.sections import Field, Section, Shape

LANGUAGES = ("de", "en")
"""Languages in which the editor asks for texts; others that a record has stay untouched."""

LONGEST_LINE = 500
LONGEST_TEXT = 40_000
LONGEST_ADDRESS = 2_000
MOST_LINES = 200

THEIRS = "theirs"
"""The answer, on the page of crossed edits, that keeps what is saved."""

Posted = Mapping[str, Sequence[str]]
"""Values by name of the input, as browsers send them: several for ticks."""


@dataclass(frozen=True)
class Read:
    """The record with what could be taken, and what could not."""

    record: SolutionRecord
    problems: Sequence[Problem]


def posted(data: Mapping[str, Any]) -> Posted:
    """Form values with every value as a list."""
    return {
        name: [str(each) for each in value] if isinstance(value, list) else [str(value)]
        for name, value in data.items()
    }


def first(data: Posted, name: str) -> str:
    """The first value of an input without spaces around it; empty if it was not sent."""
    value = (data.get(name) or [""])[0].replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in value if c in "\n\t" or c.isprintable()).strip()


def revision(data: Posted) -> int:
    """The revision of the draft that the form was made from; 0 if it says none."""
    given = first(data, "revision")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def read(section: Section, data: Posted, record: SolutionRecord) -> Read:
    """``record`` with the values of the form."""
    problems: list[Problem] = []
    for field in section.fields:
        if first(data, f"take.{field.path}") == THEIRS:
            continue
        found = _READERS[field.shape](field, data, drafts.value_at(record, field.path))
        if isinstance(found, Problem):
            problems.append(found)
        else:
            record = drafts.with_value(record, field.path, found)
        if field.withholding:
            record = _with_reason(field, data, record)
    return Read(record, problems)


def _with_reason(field: Field, data: Posted, record: SolutionRecord) -> SolutionRecord:
    name = f"withheld.{field.path}"
    if name not in data:
        return record
    reason = first(data, name)
    known = record.withheld.get(field.withheld_at)
    withheld = {key: value for key, value in record.withheld.items() if key != field.withheld_at}
    if reason:
        note = _text(data, f"{name}.note", known.note if known else {}, LONGEST_LINE)
        withheld[field.withheld_at] = Withheld(
            reason=reason[:80],
            note=note if not isinstance(note, Problem) else {},
            decided_on=known.decided_on if known else None,
            decided_by=known.decided_by if known else "",
        )
    return drafts.with_value(record, "withheld", withheld)


def _text(
    data: Posted, name: str, before: Mapping[str, str], most: int
) -> dict[str, str] | Problem:
    found = dict(before)
    for language in LANGUAGES:
        key = f"{name}.{language}"
        if key not in data:
            continue
        text = first(data, key)
        if len(text) > most:
            return _too_long(key, most, len(text))
        found.pop(language, None)
        if text:
            found[language] = text
    # Two records that say the same are the same, whatever was typed first.
    return {code: found[code] for code in sorted(found)}


def _too_long(name: str, most: int, given: int) -> Problem:
    return Problem(
        name,
        "This text has %(given)s characters. At most %(most)s can be saved. Please shorten it.",
        {"given": given, "most": most},
    )


def _name(field: Field, data: Posted, before: Any) -> Any:
    return _text(data, field.path, before, LONGEST_LINE)


def _paragraphs(field: Field, data: Posted, before: Any) -> Any:
    return _text(data, field.path, before, LONGEST_TEXT)


def _line(field: Field, data: Posted, before: Any) -> Any:
    return _short(field, data, before, LONGEST_LINE)


def _address(field: Field, data: Posted, before: Any) -> Any:
    return _short(field, data, before, LONGEST_ADDRESS)


def _short(field: Field, data: Posted, before: Any, most: int) -> Any:
    if field.path not in data:
        return before
    text = " ".join(first(data, field.path).split())
    return text if len(text) <= most else _too_long(field.path, most, len(text))


def _lines(field: Field, data: Posted, before: Any) -> Any:
    if field.path not in data:
        return before
    lines = [" ".join(line.split()) for line in first(data, field.path).split("\n")]
    found = list(dict.fromkeys(line for line in lines if line))
    longest = max(map(len, found), default=0)
    if longest > LONGEST_LINE:
        return _too_long(field.path, LONGEST_LINE, longest)
    if len(found) > MOST_LINES:
        return Problem(field.path, "At most %(most)s lines can be saved.", {"most": MOST_LINES})
    return found


def _code(field: Field, data: Posted, before: Any) -> Any:
    return first(data, field.path)[:80] if field.path in data else before


def _codes(field: Field, data: Posted, _before: Any) -> Any:
    chosen = [each.strip()[:80] for each in data.get(field.path, ())]
    return list(dict.fromkeys(each for each in chosen if each))[:MOST_LINES]


def _cost(field: Field, data: Posted, before: Any) -> Any:
    note = _text(data, f"{field.path}.note", before.note, LONGEST_TEXT)
    if isinstance(note, Problem):
        return note
    source = first(data, f"{field.path}.source")
    if len(source) > LONGEST_LINE:
        return _too_long(f"{field.path}.source", LONGEST_LINE, len(source))
    if f"{field.path}.class" not in data:
        return before
    return Cost(class_=first(data, f"{field.path}.class")[:80], note=note, source=source)


def _day(field: Field, data: Posted, before: Any) -> date | Problem | None:
    if field.path not in data:
        kept: date | None = before
        return kept
    if not first(data, field.path):
        return None
    return forms.day({field.path: first(data, field.path)}, field.path)


def _dependencies(field: Field, data: Posted, before: Any) -> Any:
    if field.path not in data:
        return before
    return dependencies.read(first(data, field.path), field.path)


def _standards(field: Field, data: Posted, before: Any) -> Any:
    known = {each.code: each for each in before}
    chosen = _codes(field, data, before)
    return [known.get(code, Standard(code=code)) for code in chosen][:100]


_READERS = {
    Shape.NAME: _name,
    Shape.TEXT: _paragraphs,
    Shape.LINE: _line,
    Shape.ADDRESS: _address,
    Shape.LINES: _lines,
    Shape.CODE: _code,
    Shape.CODES: _codes,
    Shape.COST: _cost,
    Shape.DAY: _day,
    Shape.DEPENDENCIES: _dependencies,
    Shape.STANDARDS: _standards,
}
