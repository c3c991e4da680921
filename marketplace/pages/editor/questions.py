"""The questions of a section as its form shows them: plain values for the template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from catalog import drafts, taxonomy
from catalog.records import SolutionRecord
from marketplace.forms import Errors
from marketplace.pages.editor import dependencies, hints
from marketplace.pages.editor.posted import LANGUAGES, Posted, first
from marketplace.pages.editor.sections import Field, Section, Shape
from marketplace.pages.reader import Reader

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Control:
    """One input: ``kind`` names the macro; ``values`` are the ticks that are set."""

    kind: str
    name: str
    label: str
    value: str = ""
    values: Sequence[str] = ()
    options: Options = ()
    groups: Sequence[tuple[str, Options]] = ()
    lang: str = ""
    rows: int = 5
    required: bool = True
    error: str = ""


@dataclass(frozen=True)
class Question:
    """One statement with its inputs, hints, and the reason if it is withheld."""

    path: str
    label: str
    hint: str
    controls: Sequence[Control]
    hints: Sequence[str]
    error: str
    required: bool
    can_withhold: bool
    reason: str
    note: str
    note_lang: str


@dataclass(frozen=True)
class Form:
    """What a form is filled with; ``typed`` stands instead of the record where it was sent."""

    record: SolutionRecord
    reader: Reader
    errors: Errors
    typed: Posted

    def at(self, field: Field) -> Any:
        """What the record says in a field."""
        return drafts.value_at(self.record, field.path)

    def shown(self, name: str, known: str) -> str:
        """What stands in an input."""
        return first(self.typed, name) if name in self.typed else known


def of_section(section: Section, form: Form) -> Sequence[Question]:
    """The questions of a section."""
    told = hints.of_section(section, form.record, form.reader)
    return [_question(field, form, told.get(field.path, ())) for field in section.fields]


def _question(field: Field, form: Form, told: Sequence[str]) -> Question:
    withheld = form.record.withheld.get(field.withheld_at)
    name = f"withheld.{field.path}"
    language = "de" if withheld is None or "de" in withheld.note or not withheld.note else "en"
    note = withheld.note.get(language, "") if withheld else ""
    controls = _CONTROLS[field.shape](field, form)
    at_controls = {control.name for control in controls}
    return Question(
        path=field.path,
        label=form.reader._(field.label),
        hint=form.reader._(field.hint) if field.hint else "",
        controls=controls,
        hints=told,
        error=form.errors.of(field.path) if field.path not in at_controls else "",
        required=_is_required(field),
        can_withhold=field.withholding,
        reason=form.shown(name, withheld.reason if withheld else ""),
        note=form.shown(f"{name}.note.{language}", note),
        note_lang=language,
    )


def _is_required(field: Field) -> bool:
    return field.path in drafts.REQUIRED or field.path == "name"


def _texts(
    kind: str, field: Field, name: str, known: Mapping[str, str], form: Form
) -> Sequence[Control]:
    errors = form.errors
    return [
        Control(
            kind,
            f"{name}.{code}",
            taxonomy.label("language", code, form.reader.language),
            form.shown(f"{name}.{code}", known.get(code, "")),
            lang=code,
            rows=field.rows,
            required=_is_required(field) and code == "de",
            error=errors.of(f"{name}.{code}") or (errors.of(name) if code == "de" else ""),
        )
        for code in LANGUAGES
    ]


def _name(field: Field, form: Form) -> Sequence[Control]:
    return _texts("input", field, field.path, form.at(field), form)


def _text(field: Field, form: Form) -> Sequence[Control]:
    return _texts("textarea", field, field.path, form.at(field), form)


def _single(kind: str, field: Field, known: str, form: Form) -> Sequence[Control]:
    return [
        Control(
            kind,
            field.path,
            form.reader._(field.label),
            form.shown(field.path, known),
            rows=field.rows,
            required=_is_required(field),
            error=form.errors.of(field.path),
        )
    ]


def _line(field: Field, form: Form) -> Sequence[Control]:
    return _single("input", field, form.at(field), form)


def _lines(field: Field, form: Form) -> Sequence[Control]:
    return _single("textarea", field, "\n".join(form.at(field)), form)


def _dependencies(field: Field, form: Form) -> Sequence[Control]:
    return _single("textarea", field, dependencies.written(form.at(field)), form)


def _day(field: Field, form: Form) -> Sequence[Control]:
    known: date | None = form.at(field)
    return _single("day", field, known.isoformat() if known else "", form)


def _code(field: Field, form: Form) -> Sequence[Control]:
    (plain,) = _single("radios", field, form.at(field), form)
    return [replace(plain, options=_with_silence(field.codes, plain.value, form.reader))]


def _codes(field: Field, form: Form) -> Sequence[Control]:
    known = [each if isinstance(each, str) else each.code for each in form.at(field)]
    # Browsers send no tick that is not set, so a form that was sent says everything.
    values = list(form.typed.get(field.path, ())) if form.typed else known
    options = _options(field.codes, values, form.reader)
    return [
        Control(
            "checkboxes",
            field.path,
            form.reader._(field.label),
            values=values,
            groups=_groups(field.codes, options, form.reader),
            required=False,
            error=form.errors.of(field.path),
        )
    ]


def _cost(field: Field, form: Form) -> Sequence[Control]:
    cost, path, _ = form.at(field), field.path, form.reader._
    value = form.shown(f"{path}.class", cost.class_)
    kind = Control(
        "select",
        f"{path}.class",
        _("Class"),
        value,
        options=_with_silence(field.codes, value, form.reader),
        error=form.errors.of(f"{path}.class_") or form.errors.of(path),
    )
    labels = (_("What is included, in German"), _("What is included, in English"))
    notes = [
        replace(note, label=label, rows=2, required=False)
        for note, label in zip(
            _texts("textarea", field, f"{path}.note", cost.note, form), labels, strict=True
        )
    ]
    source = Control(
        "input",
        f"{path}.source",
        _("Who says so?"),
        form.shown(f"{path}.source", cost.source),
        required=False,
        error=form.errors.of(f"{path}.source"),
    )
    return [kind, *notes, source]


def _options(list_name: str, chosen: Sequence[str], reader: Reader) -> Options:
    """The list's codes with their labels, and whatever else the record holds."""
    codes = dict.fromkeys((*taxonomy.codes(list_name), *(code for code in chosen if code)))
    return [(code, taxonomy.label(list_name, code, reader.language)) for code in codes]


def _with_silence(list_name: str, chosen: str, reader: Reader) -> Options:
    return [*_options(list_name, [chosen], reader), ("", reader._("not stated"))]


def _groups(list_name: str, options: Options, reader: Reader) -> Sequence[tuple[str, Options]]:
    """Tasks under their fields of action; other lists have one group without a title."""
    if list_name != "task":
        return [("", options)]
    parents = {key: code.parent for key, code in taxonomy.lists()[list_name].codes.items()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for code, label in options:
        parent = parents.get(code, "")
        title = taxonomy.label("field_of_action", parent, reader.language) if parent else ""
        groups.setdefault(title, []).append((code, label))
    return list(groups.items())


_CONTROLS = {
    Shape.NAME: _name,
    Shape.TEXT: _text,
    Shape.LINE: _line,
    Shape.ADDRESS: _line,
    Shape.LINES: _lines,
    Shape.CODE: _code,
    Shape.CODES: _codes,
    Shape.COST: _cost,
    Shape.DAY: _day,
    Shape.DEPENDENCIES: _dependencies,
    Shape.STANDARDS: _codes,
}
