"""Any version of publiccode.yml to 0.7, with a note for each change.

What 0.7 has no place for is left out and named. Source: changelog of the standard up to 0.7.0 and
its pages on country sections; the German ``leika`` keys become URNs of the service catalogue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.errors import Problem
from catalog.licenses.checking import Verdict
from catalog.licenses.checking import check as check_license
from marketplace.formats.publiccode import standard, values
from marketplace.formats.publiccode.standard import Element

LEIKA = "urn:de:fim:leika:leistung:"
ITALIAN = "urn:x-italian-pa:"


@dataclass(frozen=True)
class Upgraded:
    """The document as version 0.7 holds it, and what was changed on the way."""

    document: Mapping[str, Any]
    notes: Sequence[Problem] = field(default=())


def upgrade(document: Mapping[str, Any]) -> Upgraded:
    """Bring a document of any version to 0.7; values that are wrong stay for the check to name."""
    notes: list[Problem] = []
    kept = _kept(document, standard.root())
    kept["publiccodeYmlVersion"] = standard.written_version()
    _move_logo(document, kept, notes)
    _move_owner(document, kept, notes)
    _move_sections(document, kept, notes)
    _raise_countries(kept, notes)
    _mend_license(kept, notes)
    _name_dropped(document, standard.root(), "", notes)
    return Upgraded(_in_order(kept, standard.root()), tuple(notes))


def _kept(value: Mapping[str, Any], element: Element) -> dict[str, Any]:
    """The keys that 0.7 knows, with the types it wants."""
    return {
        name: _value(below, element.fields[name])
        for name, below in value.items()
        if name in element.fields and not element.fields[name].gone and below is not None
    }


def _value(value: Any, element: Element) -> Any:
    if element.by_language and isinstance(value, dict):
        return {
            tag: _kept(below, element) if isinstance(below, dict) else below
            for tag, below in value.items()
        }
    if isinstance(value, list) and element.is_list:
        return [_one(each, element) for each in value]
    return _one(value, element)


def _one(value: Any, element: Element) -> Any:
    if element.fields and isinstance(value, dict):
        return _kept(value, element)
    if element.rule == "bool" and isinstance(value, str) and values.boolean(value) is None:
        return value.lower() == "true"
    return value


def _move_logo(old: Mapping[str, Any], new: dict[str, Any], notes: list[Problem]) -> None:
    if old.get("monochromeLogo") and not new.get("logo"):
        new["logo"] = old["monochromeLogo"]
        notes.append(_taken_over("monochromeLogo", "logo"))


def _move_owner(old: Mapping[str, Any], new: dict[str, Any], notes: list[Problem]) -> None:
    """The code of the Italian body and the owner of the repository name the organization."""
    body = dict(new.get("organisation") or {})
    code = _map(_map(_section(old, "IT")).get("riuso")).get("codiceIPA")
    if code and not body.get("uri"):
        body["uri"] = f"{ITALIAN}{code}"
        notes.append(_taken_over("IT.riuso.codiceIPA", "organisation.uri"))
    owner = _map(old.get("legal")).get("repoOwner")
    if owner and body.get("uri") and not body.get("name"):
        body["name"] = owner
        notes.append(_taken_over("legal.repoOwner", "organisation.name"))
    elif owner and not _map(new.get("legal")).get("mainCopyrightOwner"):
        # Without an address there is no organization in 0.7; the owner's name must not be lost.
        new.setdefault("legal", {})["mainCopyrightOwner"] = owner
        notes.append(_taken_over("legal.repoOwner", "legal.mainCopyrightOwner"))
    if body:
        new["organisation"] = body


def _move_sections(old: Mapping[str, Any], new: dict[str, Any], notes: list[Problem]) -> None:
    italian = _map(_section(old, "IT"))
    found = [f"alias:{name}" for name, on in _map(italian.get("piattaforme")).items() if _on(on)]
    if _on(_map(italian.get("conforme")).get("gdpr")):
        found.append("alias:gdpr")
    german = _map(_section(old, "DE")).get("leika")
    for service in german if isinstance(german, list) else []:
        number = str(_map(service).get("leika-id") or "").replace(" ", "")
        if number:
            found.append(f"{LEIKA}{number}")
    listed = new.get("supports")
    before = list(listed) if isinstance(listed, list) else []
    known = {_map(each).get("id") for each in before}
    added = [{"id": each} for each in dict.fromkeys(found) if each not in known]
    if added:
        new["supports"] = [*before, *added]
        sections = ", ".join(name for name in old if name.upper() in standard.countries())
        notes.append(_taken_over(sections, "supports"))


def _raise_countries(new: dict[str, Any], notes: list[Problem]) -> None:
    audience = _map(new.get("intendedAudience"))
    for name in ("countries", "unsupportedCountries"):
        codes = audience.get(name)
        if isinstance(codes, list) and any(isinstance(c, str) and c != c.upper() for c in codes):
            raised = [c.upper() if isinstance(c, str) else c for c in codes]
            new["intendedAudience"] = {**_map(new["intendedAudience"]), name: raised}
            notes.append(Problem(f"intendedAudience.{name}", "Written in capitals."))


def _mend_license(new: dict[str, Any], notes: list[Problem]) -> None:
    legal = _map(new.get("legal"))
    written = legal.get("license")
    if not isinstance(written, str):
        return
    found = check_license(written.strip())
    usable = found.verdict in (Verdict.VALID, Verdict.VALID_WITH_WARNINGS)
    if usable and found.expression != written:
        new["legal"] = {**legal, "license": found.expression}
        params = {"old": written[:80], "new": found.expression[:80]}
        notes.append(Problem("legal.license", "“%(old)s” is now “%(new)s”.", {**params}))


def _name_dropped(
    value: Mapping[str, Any], element: Element, way: str, notes: list[Problem]
) -> None:
    """Name every key that 0.7 has no place for and that was not taken over elsewhere."""
    said = {each.field for each in notes}
    for name, below in value.items():
        here = f"{way}{name}"
        known = element.fields.get(name)
        if below is None or here in said:
            continue
        if known is None or known.gone:
            notes.append(
                Problem(here, "Version 0.7 has no place for this. What was not moved is left out.")
            )
        elif known.by_language and isinstance(below, dict):
            for tag, inner in below.items():
                if isinstance(inner, dict):
                    _name_dropped(inner, known, f"{here}.{tag}.", notes)
        elif known.fields and isinstance(below, dict):
            _name_dropped(below, known, f"{here}.", notes)


def _in_order(value: Mapping[str, Any], element: Element) -> dict[str, Any]:
    return {name: value[name] for name in element.fields if name in value}


def _section(document: Mapping[str, Any], code: str) -> Any:
    return document.get(code) or document.get(code.lower())


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _on(value: Any) -> bool:
    return isinstance(value, str) and value.lower() == "true"


def _taken_over(way: str, to: str) -> Problem:
    return Problem(way, "Taken over as “%(to)s”.", {"to": to})
