"""Words of records in the reader's language, and days as exactly as they are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel.dates import format_date, format_skeleton

from catalog import records, taxonomy
from catalog.permissions import Role
from catalog.solutions import Solution
from catalog.verifications import Method, Verification
from marketplace.pages.reader import Reader

ELLIPSIS = "…"


@dataclass(frozen=True)
class Said:
    """A text of a record; ``lang`` and ``note`` are set where it is not in the reader's language.

    ``note`` tells the reader so: "only in English".
    """

    text: str
    lang: str = ""
    note: str = ""


def said(text: Mapping[str, str], reader: Reader) -> Said | None:
    """``text`` in the reader's language or the best other one; None if nothing is said."""
    best, language = records.best(dict(text), reader.language)
    if not best.strip():
        return None
    if language == reader.language:
        return Said(best.strip())
    name = taxonomy.label("language", language, reader.language)
    return Said(best.strip(), language, reader._("only in %(language)s") % {"language": name})


def named(text: Mapping[str, str], reader: Reader) -> Said:
    """A name; it carries its language but no note, for a name needs no translation."""
    best, language = records.best(dict(text), reader.language)
    return Said(best, "" if language == reader.language else language)


def first_sentence(text: str, most: int = 160) -> str:
    """The first sentence of ``text``, cut at a word if it is longer than ``most`` characters."""
    line = text.strip().split("\n", 1)[0]
    for end in (". ", "? ", "! "):
        head, found, _rest = line.partition(end)
        if found and len(head) >= 20:
            line = head + end.strip()
    return shortened(line, most)


def shortened(text: str, most: int) -> str:
    """``text`` in at most ``most`` characters, marked as cut; at a word unless half would go."""
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    kept = line[: most - 1]
    at_word = kept.rsplit(" ", 1)[0].rstrip(" ,;:–")
    return (at_word if len(at_word) > most // 2 else kept) + ELLIPSIS


def inexact_day(value: str, language: str) -> str:
    """A year, month or day of ISO 8601 in words; what is none of these stands as it is."""
    try:
        if len(value) == 7:
            month = date.fromisoformat(f"{value}-01")
            return str(format_skeleton("yMMMM", month, locale=language))
        if len(value) == 10:
            return str(format_date(date.fromisoformat(value), "long", locale=language))
    except ValueError:
        return value
    return value


@lru_cache(maxsize=4096)
def short_day(value: date | None, language: str) -> str:
    """A day in figures, for the narrow columns of tables: 03.11.2026; empty if there is none."""
    return str(format_date(value, "medium", locale=language)) if value else ""


@lru_cache(maxsize=4096)
def month(value: date, language: str) -> str:
    """A month in words: March 2024."""
    return str(format_skeleton("yMMMM", value, locale=language))


def withdrawn_why(reader: Reader, solution: Solution) -> str:
    """Why a solution is no longer public, as its body said it or as it came about."""
    if solution.merged_into_id is not None:
        return reader._("It was merged with another entry.")
    if solution.is_reviewed_again:
        return reader._("Its publication is being reviewed once more.")
    return solution.withdrawn_reason


def role_name(reader: Reader, role: str) -> str:
    """The word for a member's role."""
    _ = reader._
    names = {
        Role.LEAD: _("Lead"),
        Role.EDITOR: _("Editor"),
        Role.CONTRIBUTOR: _("Contributor"),
        Role.READER: _("Reader"),
    }
    return names[Role(role)]


def verified_how(reader: Reader, verification: Verification) -> str:
    """By whom and how an organization was verified."""
    _ = reader._
    if verification.method == Method.MAIL_DOMAIN:
        return _("A lead has a confirmed address at %(domain)s.") % {"domain": verification.domain}
    if verification.voucher is not None:
        return _("%(name)s vouches for it: %(note)s") % {
            "name": verification.voucher.name,
            "note": verification.note,
        }
    return _("Checked by the moderators of this node: %(note)s") % {"note": verification.note}
