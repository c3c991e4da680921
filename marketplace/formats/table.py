"""Any table with a mapping file: CSV, XLSX or a flat JSON list, row by row into records."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path

import msgspec

from catalog.errors import Problem
from catalog.organizations import OrganizationName
from marketplace.formats import mapping as mappings
from marketplace.formats import personal
from marketplace.formats.drafts import Draft, Shape, folded, key_of, places, presentable
from marketplace.formats.jsonl import put_prose
from marketplace.formats.mapping import EMAIL, LICENSE, PROSE, TableMapping, Target
from marketplace.formats.records import Reading, Refused, Taken, Unread, excerpt
from marketplace.formats.sheets import Row, Sheet, open_sheet
from marketplace.formats.words import by_word, country_of, kind_of, tables

AGS = re.compile(r"^(\d{8}|\d{12})$")
_FILLERS = ("", "-", "—")


def read(path: Path, *, mapping: str = "", encoding: str = "") -> Reading:
    """Open a table with the mapping of this name or file, or the one that fits its headings.

    Raises ``Unreadable``.
    """
    chosen = mappings.load(mapping) if mapping else None
    sheet = open_sheet(path, records=chosen.where if chosen else "", encoding=encoding)
    chosen = chosen or mappings.detected(sheet.headings)
    reader = _Reader(chosen)
    warnings = [*sheet.warnings, *reader.missing(sheet.headings)]
    return Reading(
        path,
        "table",
        sheet.encoding,
        reader.unread(sheet),
        sheet.total,
        chosen.name,
        warnings,
        msgspec.json.encode(chosen),
    )


class _Reader:
    """A mapping at work."""

    def __init__(self, mapping: TableMapping) -> None:
        self.mapping = mapping
        self.targets = mapping.targets()
        self.empty = frozenset(folded(word) for word in (*mapping.empty, *_FILLERS))

    @cached_property
    def _codes(self) -> Mapping[str, Mapping[str, str]]:
        """For each column that holds codes, the code of every word."""
        shared = tables()
        return {
            column: {**shared.get(target.to, {}), **by_word(target.codes)}
            for column, target in self.targets.items()
            if target.to in shared or target.codes
        }

    def missing(self, headings: Sequence[str]) -> list[Problem]:
        """A warning that names the mapped columns that the table lacks."""
        absent = [column for column in self.targets if column not in headings]
        if not absent or self.mapping.optional:
            return []
        return [
            Problem(
                "",
                "The table lacks columns of the mapping: %(names)s.",
                {"names": ", ".join(absent)[:500]},
            )
        ]

    def unread(self, sheet: Sheet) -> Iterator[Unread]:
        """Every row of the sheet."""
        for row in sheet.rows:
            if isinstance(row, Refused):
                yield Unread.without_content(row)
            else:
                written = json.dumps(row.cells).encode()
                yield Unread(row.number, written, partial(self._row, row))

    def _row(self, row: Row) -> Taken | Refused:
        dropped = [name for name in self.mapping.drop if row.cells.get(name, "").strip()]
        kept = {name: cell for name, cell in row.cells.items() if name not in self.mapping.drop}
        cells, warnings, too_big = presentable(row.number, kept)
        if too_big:
            return too_big
        said = {name: cell for name, cell in cells.items() if folded(cell) not in self.empty}
        key = self._key(said)
        for column in self.mapping.required:
            if not said.get(column, "").strip():
                problem = Problem(
                    column, "“%(column)s” is empty, and it is needed.", {"column": column}
                )
                return Refused(row.number, problem, key, excerpt(" | ".join(cells.values())))
        draft = Draft(row.number, self.mapping.language)
        draft.warnings += warnings
        if dropped:
            draft.warn(
                "contact", "Personal contact data was left out: %(count)d.", count=len(dropped)
            )
        for column, target in self.targets.items():
            if column in said:
                self._put(draft, column, target, said[column])
        self._put_source(draft, key)
        organization, problem_ = self._organization(said)
        if problem_:
            return Refused(row.number, problem_, key, excerpt(" | ".join(cells.values())))
        source = self.mapping.name
        return draft.finish(source, key, {k: v for k, v in cells.items() if v}, organization)

    def _key(self, cells: Mapping[str, str]) -> str:
        parts = [cells.get(column, "") for column in self.mapping.key]
        if len(parts) == 1 and parts[0].strip():
            return parts[0].strip()
        return key_of(*(parts if any(parts) else cells.values()))

    def _put(self, draft: Draft, column: str, target: Target, cell: str) -> None:
        for word, sentence in target.warn.items():
            if folded(word) == folded(cell):
                draft.warn(target.to, sentence)
        for part in re.split(re.escape(target.split), cell) if target.split else [cell]:
            if folded(part) not in self.empty:
                self._put_one(draft, column, target, part.strip())

    def _put_one(self, draft: Draft, column: str, target: Target, cell: str) -> None:
        if target.to == PROSE:
            put_prose(draft, cell)
        elif target.to.startswith("raw."):
            draft.keep(target.to[4:], cell)
        elif column in self._codes:
            draft.put_code(target.to, cell, self._codes[column])
        elif target.dates:
            draft.put_when(target.to, cell, tuple(target.dates))
        elif target.to == LICENSE:
            draft.put_license(cell)
        elif target.to == EMAIL and not personal.is_shared_mailbox(cell):
            draft.warn(EMAIL, "The address is no shared mailbox and is not shown.")
        elif places()[target.to].shape is Shape.OTHER:
            draft.keep(target.to, cell)
        else:
            draft.put(target.to, cell)

    def _put_source(self, draft: Draft, key: str) -> None:
        source = self.mapping.source
        draft.put("source.name", source.name)
        draft.put("source.key", key)
        if not draft.values.get("source", {}).get("url"):
            draft.put("source.url", source.url)
        draft.put("source.license", source.license)
        draft.put("source.attribution", source.attribution)

    def _organization(
        self, cells: Mapping[str, str]
    ) -> tuple[OrganizationName | None, Problem | None]:
        wanted = self.mapping.organization
        if wanted is None:
            return None, None
        name = next((cells[column] for column in wanted.name if column in cells), "")
        name = " ".join(name.split())
        ags = cells.get(wanted.ags, "").strip() if wanted.ags else ""
        if ags and not AGS.match(ags):
            return None, Problem(
                wanted.ags,
                "“%(ags)s” is no AGS: it has 8 digits. Spreadsheets drop leading zeros; format the"
                " column as text.",
                {"ags": ags[:40]},
            )
        if not name:
            return None, None
        country = country_of(cells.get(wanted.country, "") or self.mapping.country)
        return OrganizationName(wanted.prefix + name, self._kind(cells), country, ags), None

    def _kind(self, cells: Mapping[str, str]) -> str:
        wanted = self.mapping.organization
        kind = wanted.kind if wanted else ""
        if isinstance(kind, str):
            return kind_of(kind)
        word = cells.get(kind.column, "")
        return by_word(kind.codes).get(folded(word)) or kind_of(word)
