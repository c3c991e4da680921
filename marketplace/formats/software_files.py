"""The files by which software describes itself, told apart by name and content."""

import re
from collections.abc import Mapping

from catalog.errors import Problem
from marketplace.formats import citation_reading, codemeta_reading, model_card
from marketplace.formats.publiccode import reading as publiccode
from marketplace.formats.records import Refused, Taken
from marketplace.formats.single_files import SingleFiles

FORMATS: Mapping[str, SingleFiles] = {
    each.format: each
    for each in (publiccode.FILES, codemeta_reading.FILES, citation_reading.FILES, model_card.FILES)
}

LABELS: Mapping[str, str] = {
    "publiccode": "publiccode.yml",
    "codemeta": "codemeta.json",
    "citation": "CITATION.cff",
    "model-card": "README.md (model card)",
}
"""What the files are called."""

LARGEST = max(each.limit for each in FORMATS.values())

_HEAD = 64 * 1024
_BY_CONTENT = (
    ("citation", re.compile(rb"^cff-version\s*:", re.MULTILINE)),
    ("publiccode", re.compile(rb"^publiccode-?[yY]ml-?[vV]ersion\s*:", re.MULTILINE)),
    ("model-card", re.compile(rb"\A---[ \t]*\r?\n.*?^---[ \t]*\r?$", re.MULTILINE | re.DOTALL)),
    ("codemeta", re.compile(rb"\A\s*\{")),
)
_BY_ENDING = (
    (".cff", "citation"),
    (".json", "codemeta"),
    (".jsonld", "codemeta"),
    (".md", "model-card"),
    (".yml", "publiccode"),
    (".yaml", "publiccode"),
)


def recognized(file_name: str, content: bytes) -> SingleFiles | None:
    """The format of a file by its content, else by how its name ends; None if neither tells."""
    head = content[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    by_content = next((name for name, mark in _BY_CONTENT if mark.search(head)), "")
    ending = file_name.casefold()
    by_ending = next((name for end, name in _BY_ENDING if ending.endswith(end)), "")
    return FORMATS.get(by_content or by_ending)


def read(file_name: str, content: bytes) -> tuple[str, Taken | Refused]:
    """The format of one file, empty if it is none of them, and its record or why there is none."""
    found = recognized(file_name, content)
    if found is None:
        problem = Problem(
            "file",
            "This is no file we read. We read publiccode.yml, codemeta.json, CITATION.cff and"
            " README.md with metadata.",
        )
        return "", Refused(1, problem)
    if len(content) > found.limit:
        problem = Problem(
            "file", "The file is larger than %(limit)d bytes.", {"limit": found.limit}
        )
        return found.format, Refused(1, problem)
    return found.format, found.one(1, file_name, content)
