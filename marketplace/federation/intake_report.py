"""The report of an intake: what became of every row of every file.

``rows == created + updated + unchanged + len(refused)`` holds for every report, always.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from catalog.database import now
from catalog.errors import Problem
from marketplace.formats.records import Unreadable
from marketplace.translations import sentence

MAX_WARNINGS = 20_000
"""Warnings a report keeps; the rest is counted."""


@dataclass(frozen=True)
class Entry:
    """What a report says of one row."""

    row: int
    problem: Problem
    key: str = ""
    excerpt: str = ""


@dataclass
class FileReport:
    """What became of one file."""

    file: str
    format: str
    encoding: str = ""
    mapping: str = ""
    started: datetime = field(default_factory=now)
    finished: datetime | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Entry] = field(default_factory=list)
    warnings: list[Entry] = field(default_factory=list)
    warnings_left_out: int = 0
    duplicates_proposed: int = 0
    rows: int = 0
    is_unreadable: bool = False
    """Whether the file as a whole, or its rest, could not be read."""

    def warn(self, row: int, problem: Problem, key: str = "") -> None:
        """Keep a warning, or count it if there are too many."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(Entry(row, problem, key))
        else:
            self.warnings_left_out += 1

    def refuse(self, row: int, problem: Problem, key: str = "", excerpt: str = "") -> None:
        """Keep a refusal."""
        self.refused.append(Entry(row, problem, key, excerpt))

    def give_up(self, error: Unreadable) -> None:
        """Account for a file that cannot be read, or read to its end, as one refused row."""
        self.rows += 1
        self.is_unreadable = True
        self.refuse(error.row, error.problem)

    def close(self) -> None:
        """End the report; raises ``RowsLost`` if it does not account for every row."""
        self.finished = now()
        if self.rows != self.created + self.updated + self.unchanged + len(self.refused):
            raise RowsLost(self)


class RowsLost(Exception):
    """A report does not account for every row: a fault of this program, never of the file."""

    def __init__(self, report: FileReport) -> None:
        super().__init__(
            f"{report.file}: {report.rows} rows, but {report.created} created, {report.updated} "
            f"updated, {report.unchanged} unchanged and {len(report.refused)} refused"
        )


def as_json(reports: Sequence[FileReport], language: str) -> dict[str, Any]:
    """The report of a run for programs; sentences in ``language``."""
    return {
        "rows": sum(report.rows for report in reports),
        "created": sum(report.created for report in reports),
        "updated": sum(report.updated for report in reports),
        "unchanged": sum(report.unchanged for report in reports),
        "refused": [
            {"file": report.file, **_entry(entry, language), "excerpt": entry.excerpt}
            for report in reports
            for entry in report.refused
        ],
        "warnings": [
            {"file": report.file, **_entry(entry, language, "message")}
            for report in reports
            for entry in report.warnings
        ],
        "warnings_left_out": sum(report.warnings_left_out for report in reports),
        "duplicates_proposed": sum(report.duplicates_proposed for report in reports),
        "started": min((report.started for report in reports), default=None),
        "finished": max((r.finished for r in reports if r.finished), default=None),
        "files": [_file(report) for report in reports],
    }


def _entry(entry: Entry, language: str, said: str = "reason") -> dict[str, Any]:
    return {
        "row": entry.row,
        "field": entry.problem.field,
        said: sentence(entry.problem, language),
        "key": entry.key,
    }


def _file(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.file,
        "format": report.format,
        "encoding": report.encoding,
        "mapping": report.mapping,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
        "unreadable": report.is_unreadable,
        "seconds": (report.finished - report.started).total_seconds() if report.finished else None,
    }


def unreadable(file: str, format_: str, error: Unreadable) -> FileReport:
    """The report of a file that could not even be opened."""
    report = FileReport(file, format_)
    report.give_up(error)
    report.close()
    return report
