"""JSON Lines: one solution a line, in one of two forms.

**Full form**: our own record, the shape of the export::

    {"id": "…", "organization": {"name": "…", "kind": "…", "country": "DE", "ags": "…"},
     "record": {"name": {"de": "…"}, …}}

``record`` is the whole ``SolutionRecord``; ``id`` is the key; other keys of the line are kept but
not read. Codes that this node does not know stay visible as the source's words.

**Short form**: flat, for registers brought into one simple shape. ``id``, ``title`` and ``source``
are needed; texts are in ``language``::

    description long_description body_markdown features benefits outputs legal_basis
    organisation level country municipality_ags unit vendor used_by
    status status_raw started_raw registered impact_assessment risk_raw ai_type domain_raw
    personal_data_raw tags categories is_ai url code_url solution_licence licence

A line is read in UTF-8 and on its own: a broken one is refused with its place, the next one counts.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from catalog import records
from catalog.errors import Problem
from catalog.organizations import OrganizationName
from catalog.records import SolutionRecord
from marketplace.formats import json_text
from marketplace.formats.byte_order import mark_of
from marketplace.formats.drafts import (
    Draft,
    presentable,
    problem_of,
    settle_codes,
    short_key,
)
from marketplace.formats.json_text import BrokenText
from marketplace.formats.records import (
    MAX_ROWS,
    Reading,
    Refused,
    Taken,
    Unread,
    Unreadable,
    excerpt,
    read_bytes,
)
from marketplace.formats.words import country_of, kind_of, tables

SOURCE = "jsonl"
MAX_LINE = 4 * 1024 * 1024
SUMMARY_LENGTH = 300
"""A text up to this length is a summary, a longer one a description."""

ATTRIBUTIONS = {
    "ai-cases-eu": "European Commission, Joint Research Centre",
    "ai-register-uk": "Contains public sector information licensed under the Open Government"
    " Licence v3.0.",
}

DATES = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y/%m", "%Y-%m", "%Y",
    "%m/%d/%Y", "%m/%d/%Y %H:%M:%S", "%m/%Y", "%b-%y", "%b %Y", "%B %Y",
)  # fmt: skip
"""Notations of dates in the short form; those with a month before the day are American."""


def read(path: Path) -> Reading:
    """Open a file of JSON Lines. Raises ``Unreadable``."""
    with _opened(path) as file:
        start = file.read(4096)
    encoding = mark_of(start) or "utf-8"
    if encoding in ("utf-8", "utf-8-sig"):
        return Reading(path, "jsonl", encoding, _rows(_lines(path)), total=_count(path))
    text = read_bytes(path).decode(encoding, "surrogatepass").removeprefix("\ufeff")
    lines = text.encode("utf-8", "surrogatepass").split(b"\n")
    return Reading(path, "jsonl", encoding, _rows(enumerate(lines, 1)), total=len(lines))


def _opened(path: Path) -> Any:
    try:
        if path.stat().st_size == 0:
            raise Unreadable("The file is empty.")
        return path.open("rb")
    except OSError as error:
        raise Unreadable(
            "The file cannot be opened: %(reason)s.", reason=error.strerror or "unknown reason"
        ) from error


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(1 << 20), b"")) or 1


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 2):
            number += 1
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            yield number, line
            while len(line) > MAX_LINE and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE + 2)


def _rows(lines: Iterator[tuple[int, bytes]] | enumerate[bytes]) -> Iterator[Unread]:
    rows = 0
    for number, line in lines:
        if not line.strip(b" \t\r\n"):
            continue
        rows += 1
        if rows > MAX_ROWS:
            raise Unreadable("More than %(limit)d rows.", row=number, limit=MAX_ROWS)
        yield Unread(number, line, partial(_row, number, line))
    if not rows:
        raise Unreadable("The file has no rows.")


def _row(number: int, line: bytes) -> Taken | Refused:
    if len(line) > MAX_LINE:
        problem = Problem("", "The line is longer than %(limit)d bytes.", {"limit": MAX_LINE})
        return Refused(number, problem, excerpt=excerpt(line[:400].decode("utf-8", "replace")))
    try:
        text = line.decode("utf-8")
        value, doubled = json_text.parse(text)
    except UnicodeDecodeError as error:
        problem = Problem("", "Byte %(byte)d of the line is not UTF-8.", {"byte": error.start + 1})
        return Refused(number, problem, excerpt=excerpt(line[:400].decode("utf-8", "replace")))
    except BrokenText as error:
        return refused_text(number, error, text)
    value, warnings, too_big = presentable(number, value, text)
    warnings += doubled_keys(doubled)
    if too_big:
        return too_big
    read_form = _form(value)
    if read_form is None:
        problem = Problem("", "Expected an object with “record” or with “title”.")
        return Refused(number, problem, excerpt=excerpt(text))
    return read_form(number, value, warnings)


def refused_text(row: int, error: BrokenText, text: str) -> Refused:
    """The refusal of a text that does not follow its grammar."""
    if not error.line:
        return Refused(row, Problem("", "%(reason)s.", {"reason": error.reason}), "", excerpt(text))
    problem = Problem(
        "",
        "%(reason)s (line %(line)d, column %(column)d).",
        {"reason": error.reason, "line": error.line, "column": error.column},
    )
    return Refused(row, problem, excerpt=excerpt(text))


def doubled_keys(names: list[str]) -> list[Problem]:
    """A warning for each key that stands twice in an object."""
    return [
        Problem(name[:80], "“%(name)s” stands twice; the last one counts.", {"name": name[:80]})
        for name in names
    ]


def _form(value: Any) -> Callable[[int, dict[str, Any], list[Problem]], Taken | Refused] | None:
    if not isinstance(value, dict):
        return None
    if isinstance(value.get("record"), dict):
        return _full
    return _short if "title" in value else None


class _Body(msgspec.Struct):
    """The organization of a full line; further keys are not read."""

    name: str
    kind: str = "association"
    country: str = "DE"
    ags: str = ""
    ars: str = ""


def _full(row: int, value: dict[str, Any], warnings: list[Problem]) -> Taken | Refused:
    key = short_key(str(value.get("id") or ""))
    if not key:
        return Refused(row, Problem("id", "The line has no “id”."), excerpt=excerpt(str(value)))
    content = value["record"]
    raw_words = content.get("raw")
    words = dict(raw_words) if isinstance(raw_words, dict) else {}
    warnings += settle_codes(content, words)
    if words:
        content["raw"] = words
    try:
        record = msgspec.convert(content, SolutionRecord)
        given = value.get("organization")
        body = msgspec.convert(given, _Body) if isinstance(given, dict) else None
    except msgspec.ValidationError as error:
        return Refused(row, problem_of(error), key, excerpt(str(content)))
    problems = records.check(record)
    if problems:
        return Refused(row, problems[0], key, excerpt(str(content)))
    organization = None
    if body and body.name.strip():
        organization = OrganizationName(
            body.name, kind_of(body.kind), country_of(body.country), body.ars or body.ags
        )
    kept = {name: value[name] for name in value if name != "record"}
    return Taken(row, SOURCE, key, record, kept, organization, (), tuple(warnings))


_KNOWN = frozenset(
    {
        "id", "title", "source", "description", "long_description", "body_markdown", "features",
        "benefits", "outputs", "legal_basis", "organisation", "level", "country",
        "municipality_ags", "unit", "vendor", "used_by", "status", "status_raw", "started_raw",
        "registered", "impact_assessment", "risk_raw", "ai_type", "domain_raw",
        "personal_data_raw", "tags", "categories", "is_ai", "url", "code_url",
        "solution_licence", "licence", "language", "alternative_to",
    }
)  # fmt: skip


def _short(row: int, value: dict[str, Any], warnings: list[Problem]) -> Taken | Refused:
    line = _Line(value)
    key, title = line.text("id"), line.text("title")
    for field, given in (("id", key), ("title", title)):
        if not given.strip():
            problem = Problem(field, "The line has no “%(field)s”.", {"field": field})
            return Refused(row, problem, short_key(key), excerpt(str(value)))
    draft = Draft(row, language_of(line.text("language")))
    draft.warnings += warnings
    for name in sorted(set(value) - _KNOWN):
        draft.warn(name[:80], "The field “%(name)s” is not read.", name=name[:80])
    source = line.text("source") or SOURCE
    draft.put("name", title)
    _put_texts(draft, line)
    _put_codes(draft, line)
    _put_rest(draft, line, source, key)
    names = value.get("used_by")
    used_by = tuple(str(name) for name in names) if isinstance(names, list) else ()
    if used_by:
        draft.warn(
            "used_by",
            "%(count)d users are named. They stay in the kept source until they declare it.",
            count=len(used_by),
        )
    return draft.finish(source, key, value, _organization(line), used_by)


_NOTHING = ("[blank]", "n/a", "none")


class _Line:
    """A short line: every field as text or as a list of texts, whatever it holds."""

    def __init__(self, value: dict[str, Any]) -> None:
        self._value = value

    def text(self, name: str) -> str:
        value = self._value.get(name)
        if value is None:
            return ""
        if isinstance(value, bool):
            return "true" if value else "false"
        return value if isinstance(value, str) else str(value)

    def word(self, name: str) -> str:
        """The same for a field that holds a word of a list, where some words say nothing."""
        text = self.text(name)
        return "" if text.strip().casefold() in _NOTHING else text

    def texts(self, name: str) -> list[str]:
        value = self._value.get(name)
        if isinstance(value, list):
            return [str(item) for item in value]
        return [str(value)] if value else []


def language_of(tag: str) -> str:
    """The language of a tag such as ``it-IT``, in lower case; English where there is none."""
    primary = tag.replace("_", "-").split("-")[0].strip().lower()
    return primary if primary.isascii() and primary.isalpha() and 2 <= len(primary) <= 3 else "en"


def put_prose(draft: Draft, text: str) -> None:
    """A describing text: the summary while there is none and it is short, else the description."""
    free = not draft.values.get("summary")
    draft.put("summary" if free and len(text) <= SUMMARY_LENGTH else "description", text)


def _put_texts(draft: Draft, line: _Line) -> None:
    put_prose(draft, line.text("description"))
    for name in ("long_description", "body_markdown"):
        draft.put("description", line.text(name))
    features = line.texts("features")
    if features:
        draft.put("description", "\n".join(f"- {feature}" for feature in features))
    draft.put("benefits", line.text("benefits"))
    draft.put("data.outputs", line.text("outputs"))
    draft.put("data.legal_basis", line.text("legal_basis"))


def _put_codes(draft: Draft, line: _Line) -> None:
    words = tables()
    status, status_raw = line.text("status"), line.word("status_raw")
    if status and status != "unknown":
        draft.put_code("phase", status, words["phase"])
        draft.raw.pop("phase", None) if status_raw else None
    draft.keep("phase", status_raw)
    draft.put_code("technology", line.word("ai_type"), words["technology"])
    draft.put_code("fields_of_action", line.word("domain_raw"), words["fields_of_action"])
    draft.put_code("data.personal", line.word("personal_data_raw"), words["data.personal"])
    for name in ("risk_raw", "impact_assessment", "registered"):
        draft.keep(name, line.word(name))


def _put_rest(draft: Draft, line: _Line, source: str, key: str) -> None:
    draft.put_when("in_use_since", line.word("started_raw"), DATES)
    draft.put("repository", line.text("code_url"))
    draft.put_license(line.text("solution_licence"))
    draft.put("vendor", line.word("vendor"))
    for name in ("tags", "categories"):
        for word in line.texts(name):
            draft.put("keywords", word)
    for product in line.texts("alternative_to"):
        draft.put("alternative_to", product)
    draft.put("keywords", line.text("unit"))
    if line.text("is_ai") == "false":
        draft.put("keywords", "not-ai")
        draft.warn("technology", "The source says that this is not AI.")
    license_ = line.text("licence")
    draft.put("source.name", source)
    draft.put("source.key", key)
    draft.put("source.url", line.text("url"))
    draft.put("source.license", "" if license_.startswith("see ") else license_)
    draft.put("source.attribution", ATTRIBUTIONS.get(source, ""))


def _organization(line: _Line) -> OrganizationName | None:
    name = " ".join(line.text("organisation").split())
    if not name:
        return None
    return OrganizationName(
        name,
        kind_of(line.text("level")),
        country_of(line.text("country")),
        line.text("municipality_ags"),
    )
