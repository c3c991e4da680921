"""A record in the making: values put into its fields one by one, each in the field's own shape.

Readers of foreign formats say ``put("phase", …)`` and need not know whether a field is a text by
language, a line, a list or a date. What does not fit is never bent silently: it stays beside the
record as the source's own words (``raw``) and a warning says so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from functools import cache
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import inspect

from catalog import records, taxonomy
from catalog.errors import Problem
from catalog.licenses import license_class
from catalog.organizations import OrganizationName
from catalog.provenance import MAX_SOURCE
from catalog.records import CODED, SolutionRecord
from marketplace.formats import personal
from marketplace.formats.characters import CONTROL, clean_all
from marketplace.formats.records import MAX_CELL, MAX_KEY, Refused, Taken, excerpt

RAW_LIMIT = 500
"""Characters of the source's own words shown beside a field; the kept source has them whole."""

MOST_DEPENDENCIES = 500
"""Dependencies of one record."""

_ADDRESSES = ("repository", "website", "documentation")
_LETTER = re.compile(r"^[a-z]\)\s*")
_EXPLANATION = re.compile(r":\s| [-¤] | \(")
_PATH = re.compile(r"\$\.?([\w.\[\]…]*)")


class Shape(Enum):
    """How a field of the record is written."""

    TEXT = auto()
    LINE = auto()
    LINES = auto()
    DATE = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Place:
    """Where a field lies in the JSON of a record, its shape, and how many characters it takes."""

    path: tuple[str, ...]
    shape: Shape
    limit: int = 0


@cache
def places() -> Mapping[str, Place]:
    """Every field of a record by its dotted name."""
    found: dict[str, Place] = {}
    _walk(inspect.type_info(SolutionRecord), (), (), found)
    return found


def _walk(
    kind: Any, names: tuple[str, ...], path: tuple[str, ...], found: dict[str, Place]
) -> None:
    for field in kind.fields:
        name, way = (*names, field.name), (*path, field.encode_name)
        inner = field.type
        if isinstance(inner, inspect.UnionType):
            inner = next(t for t in inner.types if not isinstance(t, inspect.NoneType))
        if isinstance(inner, inspect.StructType):
            _walk(inner, name, way, found)
        else:
            found[".".join(name)] = Place(way, *_shape(inner))


def _shape(kind: Any) -> tuple[Shape, int]:
    if isinstance(kind, inspect.DictType) and isinstance(kind.value_type, inspect.StrType):
        return Shape.TEXT, kind.value_type.max_length or 0
    if isinstance(kind, inspect.StrType):
        return Shape.LINE, kind.max_length or 80
    if isinstance(kind, inspect.ListType) and isinstance(kind.item_type, inspect.StrType):
        return Shape.LINES, kind.item_type.max_length or 0
    if isinstance(kind, inspect.DateType):
        return Shape.DATE, 0
    return Shape.OTHER, 0


class Draft:
    """One row on its way to a record."""

    def __init__(self, row: int, language: str) -> None:
        self.row = row
        self.language = language
        self.values: dict[str, Any] = {}
        self.raw: dict[str, str] = {}
        self.warnings: list[Problem] = []

    def warn(self, field: str, message: str, **params: object) -> None:
        """Say something about a field in the report."""
        self.warnings.append(Problem(field, message, params))

    def keep(self, field: str, words: str) -> None:
        """Keep the source's own words beside a field, several of them parted by semicolons."""
        words = words.strip()
        if not words:
            return
        joined = f"{self.raw[field]}; {words}" if field in self.raw else words
        if len(joined) > RAW_LIMIT:
            self.warn(field, "The source's words are cut; the kept source has them whole.")
            joined = joined[: RAW_LIMIT - 1] + "…"
        self.raw[field] = joined

    def put(self, field: str, value: str) -> None:
        """State a field; a second text goes below the first, a second line beside it."""
        if not value.strip():
            return
        place = places()[field]
        if place.shape is Shape.TEXT:
            self._put_text(field, place, value)
        elif place.shape is Shape.LINES:
            self._put_item(field, place, value.strip())
        elif place.shape is Shape.DATE:
            self._put_date(field, place, value.strip())
        else:
            self._put_line(field, place, value.strip())

    def put_code(self, field: str, words: str, table: Mapping[str, str]) -> None:
        """State a coded field through an explicit table and keep the source's words beside it."""
        words = words.strip()
        if not words:
            return
        self.keep(field, words)
        place = places()[field]
        whole = code_of(words, table)
        several = place.shape is Shape.LINES and not whole
        for part in re.split(r"[;\n]", words) if several else [words]:
            code = whole or code_of(part, table)
            if not code:
                self.warn(
                    field,
                    "“%(words)s” is in no code list and stays as it is.",
                    words=part.strip()[:80],
                )
            elif place.shape is Shape.LINES:
                self._put_item(field, place, code)
            else:
                self._holder(place.path)[place.path[-1]] = code

    def put_license(self, expression: str, field: str = "licenses.code") -> None:
        """State a licence; one that is no SPDX expression stays as it is."""
        expression = expression.strip()
        if expression and license_class(expression) == "not_stated":
            self.keep(field, expression)
            self.warn(
                field,
                "“%(words)s” is no known SPDX expression and stays as it is.",
                words=expression[:80],
            )
        else:
            self.put(field, expression)

    def put_dependency(
        self, name: str, version: str = "", license_: str = "", part: str = "code"
    ) -> None:
        """State what a part of the solution builds on, once."""
        given = {"name": name, "version": version, "license": license_, "part": part}
        row = {key: " ".join(value.split()) for key, value in given.items()}
        if not row["name"]:
            return
        known = self.values.setdefault("dependencies", [])
        if len(known) >= MOST_DEPENDENCIES or any(len(value) > 500 for value in row.values()):
            self.warn("dependencies", "“%(words)s” is not taken: too many or too long.",
                      words=row["name"][:80])  # fmt: skip
        elif row not in known:
            known.append(row)

    def leave(self, fields: Iterable[str]) -> None:
        """Say which fields of the source have no place in a record; the kept source has them."""
        for field in fields:
            self.warn(field, "Our record has no place for “%(words)s”.", words=field[:80])

    def put_when(self, field: str, words: str, formats: tuple[str, ...]) -> None:
        """State a date as exactly as the source does; one that no format reads stays as it is."""
        words = words.strip()
        if not words:
            return
        found = read_when(words, formats)
        if found:
            self.put(field, found)
        else:
            self.keep(field, words)
            self.warn(field, "“%(words)s” cannot be read as a date.", words=words[:80])

    def finish(
        self,
        source: str,
        key: str,
        raw: Any,
        organization: OrganizationName | None = None,
        used_by: tuple[str, ...] = (),
    ) -> Taken | Refused:
        """The row, taken or refused."""
        self._settle()
        if self.raw:
            self.values["raw"] = self.raw
        source, key = short_key(source, MAX_SOURCE), short_key(key)
        try:
            record = msgspec.convert(self.values, SolutionRecord)
        except msgspec.ValidationError as error:
            return Refused(self.row, problem_of(error), key, excerpt(str(raw)))
        problems = records.check(record)
        if problems:
            return Refused(self.row, problems[0], key, excerpt(str(raw)))
        return Taken(
            self.row, source, key, record, raw, organization, used_by, tuple(self.warnings)
        )

    def _settle(self) -> None:
        for field in _ADDRESSES:
            value = self.values.get(field)
            if value and not records.is_web_address(value):
                del self.values[field]
                self.keep(field, value)
                self.warn(field, "“%(words)s” is not a web address.", words=value[:80])
        source = self.values.get("source")
        if source and source.get("url") and not records.is_web_address(source["url"]):
            self.keep("source.url", source.pop("url"))

    def _put_text(self, field: str, place: Place, value: str) -> None:
        holder = self._holder(place.path).setdefault(place.path[-1], {})
        before = holder.get(self.language)
        text = f"{before}\n\n{value}" if before and value not in before else before or value
        if place.limit and len(text) > place.limit and field != "name":
            self.warn(field, "The text is cut at %(limit)d characters.", limit=place.limit)
            text = text[: place.limit - 1] + "…"
        holder[self.language] = text

    def _put_item(self, field: str, place: Place, value: str) -> None:
        items = self._holder(place.path).setdefault(place.path[-1], [])
        if place.limit and len(value) > place.limit:
            self.keep(field, value)
        elif value not in items:
            items.append(value)

    def _put_line(self, field: str, place: Place, value: str) -> None:
        holder = self._holder(place.path)
        before = holder.get(place.path[-1])
        line = f"{before}; {value}" if before and before != value else value
        if place.limit and len(line) > place.limit:
            self.keep(field, value)
        else:
            holder[place.path[-1]] = line

    def _put_date(self, field: str, place: Place, value: str) -> None:
        try:
            self._holder(place.path)[place.path[-1]] = date.fromisoformat(value[:10])
        except ValueError:
            self.keep(field, value)
            self.warn(field, "“%(words)s” cannot be read as a date.", words=value[:80])

    def _holder(self, path: tuple[str, ...]) -> dict[str, Any]:
        holder = self.values
        for name in path[:-1]:
            holder = holder.setdefault(name, {})
        return holder


def settle_codes(values: dict[str, Any], raw: dict[str, str]) -> list[Problem]:
    """Move codes that no list knows from a record's JSON to its ``raw``; a warning for each."""
    warnings: list[Problem] = []
    for field, list_name, path in _coded():
        if path[0] not in values:
            continue
        holder: Any = values
        for name in path[:-1]:
            holder = holder.get(name) if isinstance(holder, dict) else None
        value = holder.get(path[-1]) if isinstance(holder, dict) else None
        unknown = _unknown(list_name, value if isinstance(value, list) else [value])
        if not unknown:
            continue
        if isinstance(value, list):
            holder[path[-1]] = [code for code in value if code not in unknown]
        else:
            del holder[path[-1]]
        raw[field] = "; ".join(filter(None, [raw.get(field, ""), *unknown]))[:RAW_LIMIT]
        warnings.extend(
            Problem(
                field,
                "“%(words)s” is in no code list and stays as it is.",
                {"words": code[:80]},
            )
            for code in unknown
        )
    return warnings


@cache
def _coded() -> list[tuple[str, str, tuple[str, ...]]]:
    return [(field, list_name, places()[field].path) for field, list_name in CODED.items()]


def _unknown(list_name: str, given: list[Any]) -> list[str]:
    return [
        code
        for code in given
        if isinstance(code, str) and code and not taxonomy.knows(list_name, code)
    ]


def read_when(words: str, formats: tuple[str, ...]) -> str:
    """``words`` as year, month or day of ISO 8601 by the first format that reads them, or empty.

    Years before 1950 are refused: a spreadsheet that takes the year 2024 for a day count writes
    16 July 1905.
    """
    for format_ in formats:
        try:
            moment = datetime.strptime(words, format_)  # noqa: DTZ007 - only the date is used
        except ValueError:
            continue
        if moment.year < 1950:
            return ""
        if "%d" in format_:
            return moment.date().isoformat()
        return f"{moment:%Y-%m}" if "%m" in format_ or "%b" in format_ else f"{moment:%Y}"
    return ""


def code_of(words: str, table: Mapping[str, str]) -> str:
    """The code of ``words``, or of the option they begin with, or empty.

    Forms print an option with its letter and an explanation, "c) Deployed – The use case is …"; a
    table then needs the option "Deployed" alone.
    """
    plain = folded(words)
    option = _LETTER.sub("", plain)
    return table.get(plain) or table.get(option) or table.get(_EXPLANATION.split(option)[0], "")


def folded(words: str) -> str:
    """Words as they are looked up in a table: lower case, one space, every dash the same."""
    return " ".join(re.sub(r"[‐-―−\x96\x97]", "-", words.casefold()).split())


def key_of(*parts: str) -> str:
    """A key made of what identifies a row where the source has no id: a hash of these parts."""
    joined = "\x1f".join(" ".join(part.split()).casefold() for part in parts)
    return blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def short_key(key: str, limit: int = MAX_KEY) -> str:
    """A key as it is stored: a longer one is replaced by its hash."""
    return key if len(key) <= limit else key_of(key)


def problem_of(error: msgspec.ValidationError) -> Problem:
    """A validation error as a sentence about a field."""
    reason, _, where = str(error).partition(" - at `")
    found = _PATH.search(where)
    field = re.sub(r"\[.*?\]", "", found.group(1)) if found else ""
    return Problem(field, "%(reason)s.", {"reason": reason.rstrip(".")})


def presentable(
    row: int, value: Any, written: str = ""
) -> tuple[Any, list[Problem], Refused | None]:
    """A source row without control characters and people, what was said of it, and a refusal.

    It is refused if one of its texts is too long. ``written`` is the row as it was written, if it
    is at hand: it tells faster what the row cannot hold.
    """
    may_hold_control = not written or "\\u00" in written or CONTROL.search(written)
    cleaned, control = clean_all(value) if may_hold_control else (value, 0)
    cleaned, people = personal.all_stripped(cleaned)
    warnings: list[Problem] = []
    if control:
        warnings.append(
            Problem("", "Control characters were removed: %(count)d.", {"count": control})
        )
    if people:
        warnings.append(
            Problem("contact", "Personal contact data was left out: %(count)d.", {"count": people})
        )
    if not 0 < len(written) <= MAX_CELL and _longest(cleaned) > MAX_CELL:
        problem = Problem("", "A text is longer than %(limit)d characters.", {"limit": MAX_CELL})
        return cleaned, warnings, Refused(row, problem, excerpt=excerpt(str(cleaned)[:400]))
    return cleaned, warnings, None


def _longest(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return max(map(_longest, value), default=0)
    if isinstance(value, dict):
        return max(map(_longest, value.values()), default=0)
    return 0
