"""What a program can say of a submitted record, beside the case: hints for people, no verdict.

Links are not fetched here: the node asks nothing of other servers for a case that is looked at.
"""

from collections.abc import Sequence

import msgspec

from catalog import drafts, records
from catalog.licenses.checking import check as check_license
from catalog.records import SolutionRecord
from marketplace.formats.personal import stripped
from marketplace.pages.editor.reading_level import reading_level
from marketplace.pages.reader import Reader
from marketplace.translations import sentence

HARD = 50
"""LIX from which on a text is hard for many readers."""

Row = tuple[str, str, str]
"""Sign, what was looked at, what was found."""


def rows(reader: Reader, record: SolutionRecord) -> Sequence[Row]:
    """Required statements, licences, personal data and reading level of a record."""
    return [
        _required(reader, record),
        _licenses(reader, record),
        _personal(reader, record),
        _reading(reader, record),
    ]


def _required(reader: Reader, record: SolutionRecord) -> Row:
    _ = reader._
    found = drafts.check(record)
    text = " ".join(f"{each.field}: {sentence(each, reader.language)}" for each in found)
    return _row(_("Required statements"), text, _("All are there."))


def _licenses(reader: Reader, record: SolutionRecord) -> Row:
    _ = reader._
    given = {part: getattr(record.licenses, part) for part in ("code", "model", "data")}
    unknown = [text for text in given.values() if text and check_license(text).problems]
    text = _("Not understood: %(names)s") % {"names": ", ".join(unknown)} if unknown else ""
    return _row(_("Licences"), text, _("No problem found."))


def _personal(reader: Reader, record: SolutionRecord) -> Row:
    _ = reader._
    number = stripped(msgspec.json.encode(record).decode())[1]
    told = reader.texts.ngettext(
        "%(num)s address or telephone number looks like a person's.",
        "%(num)s addresses or telephone numbers look like a person's.",
        number,
    ) % {"num": number}
    return _row(_("Personal data"), told if number else "", _("None found."))


def _reading(reader: Reader, record: SolutionRecord) -> Row:
    _ = reader._
    text = records.best(record.summary, reader.language)[0]
    level = reading_level(text)
    told = _("The summary is hard to read (LIX %(lix)s).") % {"lix": round(level.lix)}
    return _row(
        _("Reading level"), told if level.lix >= HARD else "", _("The summary is easy enough.")
    )


def _row(name: str, trouble: str, fine: str) -> Row:
    return ("warn", name, trouble) if trouble else ("ok", name, fine)
