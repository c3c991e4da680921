"""codemeta.json to our record: CodeMeta 1 to 3.1, terms of schema.org, with or without prefixes.

Mapping: the crosswalk of CodeMeta, https://codemeta.github.io/crosswalk/. The context is not
fetched: terms are known by their names. Persons (author, contributor …) stay out; the first
organization among publisher, author and copyright holder answers for the solution. Where several
licences stand in a list the format does not say whether all or one of them hold; they are joined
with AND, which promises least.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog.errors import Problem
from catalog.licenses.spelling import Kind as Spelled
from catalog.licenses.spelling import recognize
from catalog.organizations import Kind, OrganizationName
from catalog.records import is_web_address
from marketplace.formats import json_text
from marketplace.formats.drafts import Draft, key_of, presentable
from marketplace.formats.jsonl import language_of
from marketplace.formats.records import Refused, Taken, excerpt
from marketplace.formats.single_files import MAX_FILE, SingleFiles, mapping_of
from marketplace.formats.words import by_word

SOURCE = "codemeta"

STATUS = by_word(
    {
        "idea": ["concept"],
        "prototype": ["wip"],
        "operation": ["active"],
        "ended": ["inactive", "unsupported", "moved", "suspended", "abandoned"],
    }
)
"""The statuses of repostatus.org as our stages."""

_PREFIX = re.compile(r"^(?:codemeta|schema|https?://schema\.org/|https?://codemeta\.github\.io"
                     r"/terms/)[:/]?(?=[A-Za-z])")  # fmt: skip
_HARDWARE = ("processorRequirements", "memoryRequirements", "storageRequirements")
_PREREQUISITES = ("runtimePlatform", "operatingSystem", "programmingLanguage")
_READ = frozenset(
    {
        "@context", "@type", "type", "@id", "id", "identifier", "name", "alternateName",
        "description", "abstract", "codeRepository", "url", "softwareHelp", "readme", "license",
        "developmentStatus", "keywords", "applicationCategory", "applicationSubCategory",
        "inLanguage", "version", "softwareVersion", "datePublished", "maintainer", "funder",
        "funding", "softwareRequirements", "hasSourceCode", "publisher", "author", "creator",
        "copyrightHolder", *_HARDWARE, *_PREREQUISITES,
    }
)  # fmt: skip


def one(row: int, file_name: str, content: bytes) -> Taken | Refused:
    """The record of one file."""
    found = mapping_of(row, file_name, content, json_text.parse)
    if isinstance(found, Refused):
        return found
    whole, doubled = found
    terms = _terms(whole)
    value, warnings, too_big = presentable(row, terms)
    if too_big:
        return too_big
    name = _text(value.get("name"))
    if not name:
        return Refused(row, Problem("name", "The file has no “name”."), excerpt=excerpt(file_name))
    draft = Draft(row, _language(whole.get("@context")))
    draft.warnings += warnings
    draft.warnings += [
        Problem(key[:80], "“%(name)s” stands twice; the last one counts.", {"name": key[:80]})
        for key in dict.fromkeys(doubled)
    ]
    draft.put("name", name)
    _put_texts(draft, value)
    _put_facts(draft, value)
    # What may be kept has no keys of people any more; bodies are read from the file itself.
    _put_bodies(draft, terms)
    draft.leave(sorted(set(terms) - _READ))
    key = _key(value, name)
    draft.put("source.name", "codemeta.json")
    draft.put("source.key", key[:200])
    return draft.finish(SOURCE, key, value, _organization(terms))


FILES = SingleFiles("codemeta", "codemeta.json, *.codemeta.json", MAX_FILE, one)


def _terms(value: Mapping[str, Any]) -> dict[str, Any]:
    """The document with terms instead of prefixed names and addresses of terms."""
    return {_PREFIX.sub("", str(key)): each for key, each in value.items()}


def _language(context: Any) -> str:
    for each in _list(context):
        if isinstance(each, dict) and isinstance(each.get("@language"), str):
            return language_of(each["@language"])
    return "en"


def _put_texts(draft: Draft, value: Mapping[str, Any]) -> None:
    for each in _texts(value.get("alternateName")):
        draft.put("alternative_names", each)
    draft.put("summary", _text(value.get("abstract")))
    draft.put("description", _text(value.get("description")))
    for field in ("keywords", "applicationCategory", "applicationSubCategory"):
        for text in _texts(value.get(field)):
            for word in re.split(r"[;,]", text) if field == "keywords" else [text]:
                draft.put("keywords", word)
    for field in _HARDWARE:
        draft.put("hardware", ", ".join(_texts(value.get(field))))
    for field in _PREREQUISITES:
        draft.put("prerequisites", ", ".join(_texts(value.get(field))))


def _put_facts(draft: Draft, value: Mapping[str, Any]) -> None:
    draft.put("repository", _repository(value))
    draft.put("website", _address(value.get("url")))
    draft.put("documentation", _address(value.get("softwareHelp")) or _address(value.get("readme")))
    _put_licenses(draft, value.get("license"))
    status = _text(value.get("developmentStatus")).rstrip("/").rsplit("#", 1)[-1]
    draft.put_code("phase", status.rsplit("/", 1)[-1], STATUS)
    for tag in _texts(value.get("inLanguage")):
        draft.put("languages", language_of(tag))
    draft.keep("softwareVersion", _text(value.get("softwareVersion") or value.get("version")))
    draft.keep("releaseDate", _text(value.get("datePublished")))
    draft.put("project.grant_id", _text(value.get("funding")))
    for each in _list(value.get("softwareRequirements")):
        if isinstance(each, dict):
            known = _terms(each)
            version = _text(known.get("version") or known.get("softwareVersion"))
            licenses = " AND ".join(map(license_in, _texts(known.get("license"))))
            draft.put_dependency(_text(known.get("name")), version, licenses)
        else:
            draft.put_dependency(_text(each))


def _put_licenses(draft: Draft, value: Any) -> None:
    found = list(dict.fromkeys(map(license_in, _texts(value))))
    if len(found) > 1:
        draft.warn("licenses.code", "Several licences are named, not whether all or one of them"
                   " hold. They are joined with AND.")  # fmt: skip
        found = [f"({each})" if " OR " in each else each for each in found]
    draft.put_license(" AND ".join(found))


def license_in(text: str) -> str:
    """The SPDX id that the address of a licence stands for; every other text as it is."""
    found = recognize(text)
    is_known = found.kind is Spelled.NAME and len(found.proposals) == 1
    return found.id if is_known and is_web_address(text) else text


def _put_bodies(draft: Draft, terms: Mapping[str, Any]) -> None:
    for field, ours in (
        ("maintainer", "responsibility.maintenance"),
        ("funder", "project.funder"),
    ):
        names = [_text(each.get("name")) for each in _organizations(terms.get(field))]
        draft.put(ours, "; ".join(filter(None, names)))


def _organization(terms: Mapping[str, Any]) -> OrganizationName | None:
    for field in ("publisher", "author", "creator", "copyrightHolder"):
        for each in _organizations(terms.get(field)):
            name = " ".join(_text(each.get("name")).split())
            if name:
                return OrganizationName(name, Kind.ASSOCIATION, "")
    return None


def _organizations(value: Any) -> Iterator[Mapping[str, Any]]:
    for each in _list(value):
        if isinstance(each, dict):
            known = _terms(each)
            if "Organization" in str(known.get("@type") or known.get("type") or ""):
                yield known


def _repository(value: Mapping[str, Any]) -> str:
    inner = value.get("hasSourceCode")
    nested = _terms(inner).get("codeRepository") if isinstance(inner, dict) else None
    return _address(value.get("codeRepository")) or _address(nested)


def _key(value: Mapping[str, Any], name: str) -> str:
    """The repository, as the identity of a project; else the identifier, else the name."""
    repository = _repository(value)
    if is_web_address(repository):
        return re.sub(r"(?i)^https?://(www\.)?|(\.git)?/*$", "", repository)
    identifier = _address(value.get("identifier") or value.get("@id") or value.get("id"))
    return identifier if is_web_address(identifier) else key_of(name)


def _address(value: Any) -> str:
    return next(iter(_texts(value)), "").removeprefix("git+")


def _text(value: Any) -> str:
    return next(iter(_texts(value)), "")


def _texts(value: Any) -> Sequence[str]:
    """The texts of a value: itself, those of its list, the value, name or address of a thing."""
    return list(filter(None, map(_one_text, _list(value))))


def _one_text(value: Any) -> str:
    if isinstance(value, dict):
        known = _terms(value)
        keys = ("@value", "url", "name", "@id", "id")
        value = next((known[key] for key in keys if isinstance(known.get(key), str)), "")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value).strip()


def _list(value: Any) -> Sequence[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list) else [value]
