"""Mapping files: which column of a table goes into which field of a record. Data, not code.

::

    name: my-list                     # how reports call it
    source: {name: "Register of …", license: CC-BY-4.0, attribution: "…", url: "https://…"}
    language: de                      # of the texts
    country: DE                       # of the organizations
    records: items                    # JSON only: where the list is; without it the list itself
    detect: [[Name, Kommune], [Titel]]  # sets of headings; one that is there recognizes the file
    required: [Name]                  # a row without one of these is refused
    key: [Id]                         # what names a row for good; several columns are hashed
    empty: ["N/A", "[blank]"]         # cells that say nothing, in any case and with spaces around
    optional: true                    # columns may be missing; without it a warning names them
    drop: [Telefon]                   # columns that are not even kept, as personal data
    organization: {name: [Amt, Kommune], kind: municipality, country: Land, ags: AGS}
    columns:
      Name: name                      # a field of the record, dotted for parts of it
      Status: {to: phase, codes: {operation: ["läuft"]}}  # codes are added to the shipped tables
      Seit: {to: in_use_since, dates: ["%d.%m.%Y"]}
      Themen: {to: keywords, split: ";"}
      Ziel: {to: prose}               # summary while short and free, else description
      Risiko: {to: raw.risk}          # stays beside the record as the source's words
      Kontakt: {to: contact.email}    # shared mailboxes only
      Art: {to: technology, warn: {"Blockchain": "Is this an AI solution?"}}

``organization.kind`` is a code, or ``{column: …, codes: {…}}``. A column that is not named stays in
the kept source only. A heading that stands twice is numbered: ``Other``, ``Other (2)`` …
"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from marketplace.formats.drafts import folded, places
from marketplace.formats.records import Unreadable

MAX_MAPPING = 256 * 1024
PROSE = "prose"
LICENSE = "licenses.code"
EMAIL = "contact.email"


class Target(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a column goes and how it is read."""

    to: str
    codes: dict[str, list[str]] = {}
    dates: list[str] = []
    split: str = ""
    warn: dict[str, str] = {}


class KindOf(Struct, frozen=True, forbid_unknown_fields=True):
    """An organization's kind read from a column."""

    column: str
    codes: dict[str, list[str]] = {}


class OrganizationOf(Struct, frozen=True, forbid_unknown_fields=True):
    """The columns that name the organization: the first that says something counts."""

    name: list[str]
    kind: str | KindOf = "association"
    country: str = ""
    ags: str = ""
    prefix: str = ""
    """Put before the name where a source names only a department ("New York City, ")."""


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the table comes from."""

    name: str
    license: str = ""
    attribution: str = ""
    url: str = ""


class TableMapping(Struct, frozen=True, forbid_unknown_fields=True, rename={"where": "records"}):
    """A mapping file."""

    name: str
    source: Source
    language: str
    columns: dict[str, str | Target]
    required: list[str]
    key: list[str] = []
    country: str = ""
    where: str = ""
    detect: list[list[str]] = []
    empty: list[str] = []
    drop: list[str] = []
    organization: OrganizationOf | None = None
    optional: bool = False
    """Whether columns may be missing without a word."""

    def targets(self) -> dict[str, Target]:
        """Every column's target."""
        return {
            column: Target(target) if isinstance(target, str) else target
            for column, target in self.columns.items()
        }

    def fits(self, headings: Sequence[str]) -> bool:
        """Whether these headings are the ones of this table."""
        present = {folded(heading) for heading in headings}
        return any(
            bool(wanted) and all(folded(name) in present for name in wanted)
            for wanted in self.detect
        )


@cache
def shipped() -> Mapping[str, TableMapping]:
    """The mappings that come with the product, by name; the most particular ones first."""
    folder = resources.files("marketplace.formats") / "mappings"
    files = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    found = [_parsed((folder / name).read_text("utf-8"), name) for name in files]
    found.sort(key=lambda mapping: -max(map(len, mapping.detect), default=0))
    return {mapping.name: mapping for mapping in found}


def load(name_or_path: str) -> TableMapping:
    """A shipped mapping by name, or one from a file. Raises ``Unreadable``."""
    if name_or_path in shipped():
        return shipped()[name_or_path]
    path = Path(name_or_path)
    if not path.is_file() or path.stat().st_size > MAX_MAPPING:
        raise Unreadable(
            "There is no mapping “%(name)s”. Shipped are: %(known)s.",
            name=name_or_path,
            known=", ".join(shipped()),
        )
    return _parsed(path.read_text("utf-8", "replace"), path.name)


def detected(headings: Sequence[str]) -> TableMapping:
    """The shipped mapping that fits these headings. Raises ``Unreadable`` if none does."""
    for mapping in shipped().values():
        if mapping.fits(headings):
            return mapping
    raise Unreadable(
        "No shipped mapping fits the columns %(columns)s. Write a mapping file and name it with"
        " --mapping. Shipped are: %(known)s.",
        columns=", ".join(headings)[:300],
        known=", ".join(shipped()),
    )


def _parsed(text: str, file_name: str) -> TableMapping:
    try:
        # The operator's own file; the safe loader builds plain values only.
        mapping = msgspec.convert(YAML(typ="safe", pure=True).load(text), TableMapping)
    except (YAMLError, msgspec.ValidationError) as error:
        raise Unreadable(
            "The mapping “%(name)s” cannot be read: %(reason)s",
            name=file_name,
            reason=" ".join(str(error).split())[:500],
        ) from error
    for column, target in mapping.targets().items():
        if target.to != PROSE and not target.to.startswith("raw.") and target.to not in places():
            raise Unreadable(
                "The mapping “%(name)s” sends “%(column)s” to “%(target)s”, which is no field.",
                name=file_name,
                column=column,
                target=target.to,
            )
    return mapping
