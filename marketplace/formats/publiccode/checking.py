"""A publiccode.yml and its problems, each with line and column. Nothing is fetched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.errors import Problem
from catalog.licenses.checking import Verdict
from marketplace.formats import yaml_text
from marketplace.formats.characters import graphemes
from marketplace.formats.encoding import decode
from marketplace.formats.json_text import BrokenText
from marketplace.formats.publiccode import standard, values
from marketplace.formats.publiccode.standard import Element
from marketplace.formats.records import Unreadable
from marketplace.formats.yaml_text import Place, Placed, pointer

MAX_FILE = 512 * 1024
"""Bytes of a file; the largest real one seen holds 5,202 users in 230 kB."""

MOST_PROBLEMS = 200


@dataclass(frozen=True)
class Finding:
    """One problem: how bad, which rule, where by JSON Pointer and place, and the words."""

    severity: str
    rule: str
    pointer: str
    place: Place
    text: Problem


@dataclass(frozen=True)
class PubliccodeCheck:
    """What was found in a file; ``document`` is what it holds, if it is one at all."""

    version: str
    verdict: Verdict
    findings: Sequence[Finding]
    document: Mapping[str, Any] | None = None
    placed: Placed | None = None


def check(content: bytes) -> PubliccodeCheck:
    """Check the bytes of a file. Never raises: a file that is not looked at is ``refused``."""
    try:
        text, encoding = "", "utf-8"
        if 0 < len(content) <= MAX_FILE:
            text, encoding, _ = decode(content)
    except Unreadable as error:
        return _refused(error.problem)
    if not content:
        return _refused(Problem("", "The file is empty."))
    if len(content) > MAX_FILE:
        return _refused(
            Problem("", "The file is larger than %(limit)d bytes.", {"limit": MAX_FILE})
        )
    if encoding not in ("utf-8", "utf-8-sig"):
        return _refused(Problem("", "The file is not UTF-8."))
    return check_text(text)


def _refused(why: Problem) -> PubliccodeCheck:
    found = Finding("error", "publiccode.unreadable", "", Place(0, 0), why)
    return PubliccodeCheck("", Verdict.REFUSED, [found])


def check_text(text: str) -> PubliccodeCheck:
    """Check the text of a file."""
    try:
        placed = yaml_text.parse_placed(text)
    except BrokenText as error:
        params = {"line": error.line, "reason": error.reason.rstrip(".")}
        reason = Problem("", "This is not YAML, line %(line)d: %(reason)s.", {**params})
        place = Place(error.line, error.column)
        verdict = Verdict.REFUSED if error.is_refused else Verdict.INVALID
        return PubliccodeCheck("", verdict, [Finding("error", "yaml.syntax", "", place, reason)])
    if not isinstance(placed.value, dict):
        wrong = Problem("", "Expected fields with names, as in “name: …”.")
        found = Finding("error", "publiccode.type", "", Place(1, 1), wrong)
        return PubliccodeCheck("", Verdict.INVALID, [found])
    checker = _Checker(placed)
    findings = sorted(checker.findings(), key=lambda each: (each.place.line, each.place.column))
    is_wrong = any(each.severity == "error" for each in findings)
    verdict = Verdict.INVALID if is_wrong else Verdict.VALID_WITH_WARNINGS
    return PubliccodeCheck(
        str(placed.value.get("publiccodeYmlVersion") or ""),
        verdict if findings else Verdict.VALID,
        findings[:MOST_PROBLEMS],
        placed.value,
        placed,
    )


class _Checker:
    """Walks a document beside the standard."""

    def __init__(self, placed: Placed) -> None:
        self.document: Mapping[str, Any] = placed.value
        self.places = placed.places
        self.doubled = placed.doubled

    def findings(self) -> Iterator[Finding]:
        for way, place in self.doubled.items():
            name = way.rsplit("/", 1)[-1]
            text = Problem(name, "The key “%(name)s” stands twice.", {"name": name})
            yield Finding("error", "yaml.doubled-key", way, place, text)
        yield from self._version()
        yield from self._object("", self.document, standard.root(), is_root=True)
        yield from self._maintenance()
        yield from self._sections()

    def _version(self) -> Iterator[Finding]:
        way = "/publiccodeYmlVersion"
        written = self.document.get("publiccodeYmlVersion")
        if not isinstance(written, str):
            return
        if yaml_text.kind_of(written, self.places[way]) == "number" and "." in written:
            text = Problem("", "Write the version in quotation marks, for example '0.7'.")
            yield self._error("version-type", way, text)
        elif written in standard.versions("draft"):
            text = Problem("", "Version 1 of the standard is not published yet. Write '0.7'.")
            yield self._error("version-draft", way, text)
        elif written in standard.versions("older"):
            text = Problem("", "Version %(version)s is old. Write '0.7'.", {"version": written})
            yield self._warning("version-old", way, text)
        elif written not in standard.versions("latest"):
            text = Problem("", "There is no version “%(value)s”.", {"value": written[:80]})
            yield self._error("version-unknown", way, text)

    def _object(
        self, way: str, value: Mapping[str, Any], element: Element, *, is_root: bool = False
    ) -> Iterator[Finding]:
        for name, below in element.fields.items():
            if below.needed and value.get(name) is None:
                text = Problem(name, "The key “%(name)s” is missing.", {"name": name})
                yield self._error("missing", way if name not in value else pointer(way, name), text)
        for name, below in value.items():
            here = pointer(way, name)
            if name in element.fields:
                yield from self._element(here, below, element.fields[name])
            elif not (is_root and values.is_country(name.upper()) and _one_case(name)):
                text = Problem(name, "The standard knows no key “%(name)s” here.", {"name": name})
                yield self._error("unknown-key", here, text)

    def _element(self, way: str, value: Any, element: Element) -> Iterator[Finding]:
        if value is None:
            return
        if element.gone:
            name = way.rsplit("/", 1)[-1]
            text = Problem(
                "", "The key “%(name)s” is deprecated: %(remedy)s.",
                {"name": name, "remedy": element.gone},
            )  # fmt: skip
            yield self._warning("deprecated-key", way, text)
        if element.by_language:
            yield from self._by_language(way, value, element)
        elif element.is_list and isinstance(value, list):
            if not value and element.needed:
                yield self._error("empty", way, Problem("", "Name at least one."))
            for index, item in enumerate(value):
                yield from self._one(pointer(way, index), item, element)
        elif element.is_list and not element.may_be_single:
            yield self._error("type", way, Problem("", "Expected a list, one “- …” a line."))
        else:
            yield from self._one(way, value, element)

    def _one(self, way: str, value: Any, element: Element) -> Iterator[Finding]:
        if element.fields:
            if isinstance(value, dict):
                yield from self._object(way, value, element)
            else:
                text = Problem("", "Expected fields with names, as in “name: …”.")
                yield self._error("type", way, text)
        elif not isinstance(value, str):
            yield self._error("type", way, Problem("", "Expected one value, not several."))
        elif element.rule != "version":
            yield from self._scalar(way, value, element)

    def _scalar(self, way: str, value: str, element: Element) -> Iterator[Finding]:
        kind = yaml_text.kind_of(value, self.places[way])
        if element.rule == "bool":
            wrong = values.boolean(value if kind == "bool" else "")
        elif kind == "bool":
            wrong = Problem("", "Write a text in quotation marks here.")
        elif element.rule == "text" and not element.needed:
            wrong = None
        else:
            wrong = values.rules()[element.rule](value)
        if wrong is not None:
            yield self._error(element.rule.replace("_", "-"), way, wrong)
            return
        yield from self._length(way, value, element)
        yield from self._remarks(way, value, element, kind)

    def _length(self, way: str, value: str, element: Element) -> Iterator[Finding]:
        count = graphemes(value) if element.least or element.most else 0
        if element.most and count > element.most:
            text = Problem(
                "", "%(count)d characters. At most %(most)d are allowed.",
                {"count": count, "most": element.most},
            )  # fmt: skip
            yield self._error("too-long", way, text)
        elif count < element.least:
            text = Problem(
                "", "%(count)d characters. At least %(least)d are wanted.",
                {"count": count, "least": element.least},
            )  # fmt: skip
            yield self._error("too-short", way, text)

    def _remarks(self, way: str, value: str, element: Element, kind: str) -> Iterator[Finding]:
        if element.rule == "country" and value != value.upper():
            text = Problem("", "Write the country in capitals: %(code)s.", {"code": value.upper()})
            yield self._warning("country-case", way, text)
        if element.rule == "license":
            remark = values.license_remark(value)
            if remark is not None:
                yield self._warning("license", way, remark)
        if element.rule == "text" and kind == "number":
            text = Problem("", "Write the number in quotation marks, so that 1.10 stays 1.10.")
            yield self._warning("number", way, text)

    def _by_language(self, way: str, value: Any, element: Element) -> Iterator[Finding]:
        if not isinstance(value, dict):
            text = Problem("", "Expected texts by language, as in “de: …”.")
            yield self._error("type", way, text)
            return
        if not value:
            yield self._error("empty", way, Problem("", "Describe it in at least one language."))
        for tag, below in value.items():
            here = pointer(way, tag)
            wrong = values.language(tag)
            if wrong is not None:
                yield self._error("language", here, wrong)
            # A language without texts holds none of the needed ones.
            yield from self._one(here, {} if below is None else below, element)

    def _maintenance(self) -> Iterator[Finding]:
        """Who answers for maintenance must fit its type (standard, "maintenance")."""
        value = self.document.get("maintenance")
        if not isinstance(value, dict):
            return
        kind, way = value.get("type"), "/maintenance"
        if kind == "contract" and not value.get("contractors"):
            text = Problem("", "Name the contractors, as maintenance is by contract.")
            yield self._error("contractors-missing", way, text)
        if kind != "contract" and value.get("contractors"):
            text = Problem("", "Contractors belong to maintenance by contract only.")
            yield self._error("contractors-unexpected", pointer(way, "contractors"), text)
        if kind in ("community", "internal") and not value.get("contacts"):
            text = Problem("", "Name a contact for the maintenance.")
            yield self._error("contacts-missing", way, text)

    def _sections(self) -> Iterator[Finding]:
        for name, value in self.document.items():
            code, way = name.upper(), pointer("", name)
            if name in standard.root().fields or not values.is_country(code):
                continue
            if name != code and code in self.document:
                text = Problem("", "The section %(code)s stands there already.", {"code": code})
                yield self._error("country-twice", way, text)
            elif name != code:
                text = Problem("", "Write the country in capitals: %(code)s.", {"code": code})
                yield self._warning("country-case", way, text)
            if str(self.document.get("publiccodeYmlVersion")).startswith("0.7"):
                text = Problem("", "Sections of countries are deprecated. Use “supports” instead.")
                yield self._warning("country-section", way, text)
            if code in standard.countries():
                yield from self._element(way, value, standard.countries()[code])
            else:
                text = Problem(
                    "", "We know no section for %(code)s and keep it as it is.", {"code": code}
                )
                yield self._warning("country-unknown", way, text)

    def _error(self, rule: str, way: str, text: Problem) -> Finding:
        return Finding("error", f"publiccode.{rule}", way, self._place(way), text)

    def _warning(self, rule: str, way: str, text: Problem) -> Finding:
        return Finding("warning", f"publiccode.{rule}", way, self._place(way), text)

    def _place(self, way: str) -> Place:
        return self.places.get(way, Place(1, 1))


def _one_case(name: str) -> bool:
    return name in (name.lower(), name.upper())
