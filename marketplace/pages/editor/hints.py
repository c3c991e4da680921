"""Hints for editors: a text is long, hard to read, or missing in English. Hints never block."""

from collections.abc import Mapping, Sequence

from catalog import drafts
from catalog.licenses.checking import check as check_license
from catalog.records import SolutionRecord
from marketplace.pages.editor.reading_level import reading_level
from marketplace.pages.editor.sections import Field, Section, Shape
from marketplace.pages.reader import Reader
from marketplace.translations import sentence

HARD = 50
"""LIX beyond which many people give up."""

LONG_SENTENCE = 20
"""Words that a sentence should not exceed."""

ENOUGH_WORDS = 12
"""Fewer words are no text whose level could be measured."""


def of_section(
    section: Section, record: SolutionRecord, reader: Reader
) -> Mapping[str, Sequence[str]]:
    """The hints of a section by the path of the field; fields without one are left out."""
    found = {field.path: of_field(field, record, reader) for field in section.fields}
    return {path: hints for path, hints in found.items() if hints}


def of_field(field: Field, record: SolutionRecord, reader: Reader) -> Sequence[str]:
    """The hints of a field in the reader's language."""
    value = drafts.value_at(record, field.path)
    if field.shape is Shape.TEXT and value:
        return _of_text(field, value, reader)
    if field.path.startswith("licenses.") and value:
        return [sentence(each.text, reader.language) for each in check_license(value).problems]
    return []


def _of_text(field: Field, value: Mapping[str, str], reader: Reader) -> Sequence[str]:
    _ = reader._
    hints = []
    longest = max(map(len, value.values()))
    if field.most and longest > field.most:
        text = _("%(given)s characters. At most %(most)s fit into lists.")
        hints.append(text % {"given": longest, "most": field.most})
    hints += of_reading(value, reader)
    if value.get("de") and not value.get("en"):
        hints.append(_("The English text is missing. Partners abroad read it."))
    return hints


def of_reading(value: Mapping[str, str], reader: Reader) -> list[str]:
    """What makes the German text hard to read: a long sentence, too many long words."""
    _ = reader._
    hints = []
    level = reading_level(value.get("de", ""))
    if level.longest > LONG_SENTENCE:
        text = _("One sentence has %(count)s words. Up to %(most)s are easy to read.")
        hints.append(text % {"count": level.longest, "most": LONG_SENTENCE})
    if level.words >= ENOUGH_WORDS and level.lix > HARD:
        text = _("Hard to read: LIX %(lix)s. Below 50 many more people understand it.")
        hints.append(text % {"lix": round(level.lix)})
    return hints
