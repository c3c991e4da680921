"""Our record as publiccode.yml 0.7.

Only what the record states is written. Where the standard demands more, the file says so in
comments above it, by its own check. Contact persons are never written; an office may stand there.
"""

from typing import Any

from catalog.licenses import license_class
from catalog.records import SolutionRecord, best
from marketplace.formats.codemeta import Described
from marketplace.formats.publiccode import standard
from marketplace.formats.publiccode.checking import check_text
from marketplace.formats.publiccode.upgrading import LEIKA, upgrade
from marketplace.formats.publiccode.writing import write

STATUS = {
    "idea": "concept",
    "prototype": "development",
    "pilot": "beta",
    "operation": "stable",
    "transfer": "stable",
    "ended": "obsolete",
}
"""Our stages as the development statuses of the standard."""

SHORT, LONG = 150, 10_000


def write_record(described: Described) -> bytes:
    """The file of a record."""
    text = write(upgrade(document(described)).document)
    found = check_text(text)
    remarks = [
        f"{each.pointer or '/'}: {each.text}" for each in found.findings if each.severity == "error"
    ]
    head = [f"Made of {described.iri}"]
    if remarks:
        head.append("The standard wants more than the record states:")
    return "".join(f"# {line}\n" for line in (*head, *remarks)).encode() + text.encode()


def document(described: Described) -> dict[str, Any]:
    """The document as the writer of the file takes it."""
    record = described.record
    name = best(dict(record.name), "en")[0]
    office = record.contact.office
    found: dict[str, Any] = {
        "publiccodeYmlVersion": standard.written_version(),
        "name": name,
        "url": record.repository,
        "landingURL": record.website,
        "softwareVersion": described.version,
        "releaseDate": described.released_on.isoformat() if described.released_on else "",
        "developmentStatus": STATUS.get(record.phase, ""),
        "softwareType": "standalone/web" if record.hosting else "standalone/other",
        "platforms": ["web"] if record.hosting else ["other"],
        "supports": [
            {"id": f"{LEIKA}{each.id}"} for each in record.services if each.scheme == "leika"
        ],
        "description": {
            language: _description(record, language, name) for language in _languages(record)
        },
        "legal": {"license": record.licenses.code},
        "dependsOn": _dependencies(record),
        "maintenance": {"type": "internal" if office else "none"},
        "localisation": {
            "localisationReady": "true" if len(record.languages) > 1 else "false",
            "availableLanguages": list(record.languages),
        },
    }
    if office:
        found["maintenance"]["contacts"] = [{"name": office}]
        if "@" in record.contact.email:
            found["maintenance"]["contacts"][0]["email"] = record.contact.email
    return {key: value for key, value in found.items() if value}


def _dependencies(record: SolutionRecord) -> dict[str, Any]:
    """What the code builds on; only a licence that must be bought makes it proprietary."""
    found: dict[str, list[dict[str, str]]] = {"open": [], "proprietary": []}
    for each in record.dependencies:
        kind = "proprietary" if license_class(each.license) == "commercial" else "open"
        found[kind].append({"name": each.name, **_version(each.version)})
    return {kind: rows for kind, rows in found.items() if rows}


def _version(written: str) -> dict[str, str]:
    bounds = dict(part.split(" ", 1) for part in written.split(", ") if part[:2] in ("≥ ", "≤ "))
    names = {"≥": "versionMin", "≤": "versionMax"}
    if bounds:
        return {names[sign]: version for sign, version in bounds.items()}
    return {"version": written} if written else {}


def _languages(record: SolutionRecord) -> list[str]:
    texts = (record.summary, record.description, record.problem)
    return list(dict.fromkeys(code for text in texts for code in text)) or ["en"]


def _description(record: SolutionRecord, language: str, name: str) -> dict[str, Any]:
    local = record.name.get(language, "")
    summary = " ".join(record.summary.get(language, "").split())
    told = (record.description, record.problem, record.limits)
    paragraphs = [text.get(language, "").strip() for text in told]
    long_text = "\n\n".join(filter(None, paragraphs)) or summary
    found: dict[str, Any] = {
        "localisedName": local if local != name else "",
        "shortDescription": summary if len(summary) <= SHORT else f"{summary[: SHORT - 1]}…",
        "longDescription": long_text[:LONG],
        "documentation": record.documentation,
        "features": [
            line.removeprefix("- ").strip()
            for line in record.benefits.get(language, "").splitlines()
            if line.strip()
        ],
    }
    return {key: value for key, value in found.items() if value}
