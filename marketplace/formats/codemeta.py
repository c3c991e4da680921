"""Our record as codemeta.json (CodeMeta 3.1, terms of schema.org).

Mapping: the crosswalk of CodeMeta and section 2.3 of our table of vocabularies.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from catalog.licenses.checking import Verdict, check
from catalog.records import SolutionRecord, best

CONTEXT = "https://w3id.org/codemeta/3.1"

STATUS = {
    "idea": "concept",
    "prototype": "wip",
    "pilot": "wip",
    "operation": "active",
    "transfer": "active",
    "ended": "inactive",
}
"""Our stages as the statuses of repostatus.org."""


@dataclass(frozen=True)
class Described:
    """A record with what is known of it besides: its IRI, publisher and newest release."""

    record: SolutionRecord
    iri: str
    publisher: str = ""
    version: str = ""
    released_on: date | None = None


def document(described: Described) -> dict[str, Any]:
    """The document; what nobody stated is left out."""
    record = described.record
    name, language = best(dict(record.name), "en")
    found: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "SoftwareSourceCode",
        "@id": described.iri,
        "identifier": described.iri,
        "name": name,
        "alternateName": [text for code, text in record.name.items() if code != language],
        "description": best(dict(record.description or record.summary), language)[0],
        "abstract": best(dict(record.summary), language)[0],
        "codeRepository": record.repository,
        "url": record.website or described.iri,
        "softwareHelp": record.documentation,
        "license": license_addresses(record.licenses.code),
        "developmentStatus": STATUS.get(record.phase, ""),
        "keywords": list(record.keywords),
        "inLanguage": list(record.languages),
        "version": described.version,
        "datePublished": described.released_on.isoformat() if described.released_on else "",
        "maintainer": _organization(record.responsibility.maintenance),
        "author": _organization(described.publisher),
        "publisher": _organization(described.publisher),
        "funder": _organization(record.project.funder),
    }
    return {key: value for key, value in found.items() if value}


def license_addresses(expression: str) -> list[str]:
    """The SPDX address of each licence; an expression of own names stays as it is."""
    found = check(expression)
    if found.verdict in (Verdict.INVALID, Verdict.REFUSED):
        return [expression] if expression.strip() else []
    return [
        each.id if each.id.startswith("LicenseRef-") else f"https://spdx.org/licenses/{each.id}"
        for each in found.licenses
    ]


def _organization(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name} if name else {}
