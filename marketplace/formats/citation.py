"""Our record as CITATION.cff (Citation File Format 1.2.0, https://doi.org/10.5281/zenodo.1003149)."""

from typing import Any

from catalog.licenses.checking import Verdict, check
from catalog.records import best
from marketplace.formats.codemeta import Described
from marketplace.formats.publiccode.writing import write as write_yaml

MESSAGE = "If you use this solution, please cite it as below."


def document(described: Described) -> dict[str, Any]:
    """The document; the bodies that answer for the solution are its authors (as entities)."""
    record = described.record
    title, language = best(dict(record.name), "en")
    license_ = check(record.licenses.code)
    # The format takes plain SPDX ids, a list of them for a choice, but no expression.
    ids = [each.id for each in license_.licenses if not each.id.startswith("LicenseRef-")]
    is_plain = license_.verdict in (Verdict.VALID, Verdict.VALID_WITH_WARNINGS)
    is_choice = all(len(choice) == 1 for choice in license_.choices)
    found: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": MESSAGE,
        "type": "software",
        "title": title,
        "abstract": best(dict(record.summary or record.description), language)[0],
        "authors": [{"name": described.publisher or record.vendor or title}],
        "repository-code": record.repository,
        "url": record.website or described.iri,
        "license": (ids[0] if len(ids) == 1 else ids) if is_plain and is_choice else "",
        "keywords": list(record.keywords),
        "version": described.version,
        "date-released": described.released_on.isoformat() if described.released_on else "",
        "identifiers": [{"type": "url", "value": described.iri}],
    }
    return {key: value for key, value in found.items() if value}


def write(described: Described) -> bytes:
    """The file."""
    return write_yaml(document(described)).encode()
