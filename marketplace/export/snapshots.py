"""Snapshots for research: the public effects of one day, in a folder that is never written again.

The same data gives the same bytes, so that a copy can be checked against ``SHA256SUMS``. The
descriptor follows Data Package v2, the citation DataCite 4 and Citation File Format 1.2.
"""

import csv
import hashlib
import io
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from catalog import nodes
from catalog.errors import Conflict, Invalid
from impact import evaluations, grading
from impact.evaluations import Effect
from impact.metrics import library, metric_of
from marketplace.export import reading
from marketplace.export.columns import Column, Kind, Sheet, Voice
from marketplace.export.dump import write_parquet
from marketplace.formats.csv_out import cell
from marketplace.settings import Settings

SUMS = "SHA256SUMS"

EFFECTS: Sequence[tuple[Column[Effect], str]] = (
    (Column("effect", Kind.TEXT, "Permanent id of the evaluation.",
            lambda e, _: str(e.evaluation_id)), "Dauerhafte Kennung der Evaluation."),
    (Column("solution", Kind.TEXT, "The solution, by its slug.",
            lambda e, _: e.evaluation.adoption.solution.slug), "Die Lösung, mit ihrem Kurznamen."),
    (Column("organization", Kind.TEXT, "The public body that uses it, by its slug.",
            lambda e, _: e.evaluation.adoption.organization.slug),
     "Die nutzende Stelle, mit ihrem Kurznamen."),
    (Column("metric", Kind.TEXT, "The metric; see metrics.csv.", lambda e, _: e.metric),
     "Die Kennzahl; siehe metrics.csv."),
    (Column("metric_version", Kind.TEXT, "Version of its definition.",
            lambda e, _: e.evaluation.metric_version), "Version ihrer Definition."),
    (Column("scale", Kind.TEXT, "The scale of yi, such as lnRoM.", lambda e, _: e.scale),
     "Die Skala von yi, etwa lnRoM."),
    (Column("yi", Kind.NUMBER, "The effect on its scale.", lambda e, _: e.yi),
     "Der Effekt auf seiner Skala."),
    (Column("vi", Kind.NUMBER, "Its sampling variance; empty if unknown.", lambda e, _: e.vi),
     "Seine Stichprobenvarianz; leer, wenn unbekannt."),
    (Column("level", Kind.INTEGER, "Level on the evidence ladder.", lambda e, _: e.level),
     "Stufe auf der Evidenzleiter."),
    (Column("rule_set", Kind.TEXT, "Rule set of the level.", lambda e, _: e.rule_set),
     "Regelwerk der Stufe."),
    (Column("design", Kind.TEXT, "How it was evaluated.", lambda e, _: e.evaluation.design),
     "Wie evaluiert wurde."),
    (Column("period_end", Kind.DAY, "Last day measured.", lambda e, _: e.period_end),
     "Letzter Messtag."),
    (Column("cases", Kind.NUMBER, "Cases of the smaller side; empty if none are counted.",
            lambda e, _: e.cases), "Fälle der kleineren Seite; leer, wenn keine gezählt sind."),
    (Column("is_sample", Kind.BOOLEAN, "True for invented sample data.", lambda e, _: e.is_sample),
     "Wahr bei erfundenen Beispieldaten."),
)  # fmt: skip
"""Each column of the effects with its meaning in German; yi and vi are named as metafor has it."""

SHEET = Sheet("effects", "one public effect", [column for column, _ in EFFECTS])

METRICS: Mapping[str, str] = {
    "metric": "Kennzahl", "version": "Version", "name_de": "Name auf Deutsch",
    "name_en": "Name auf Englisch", "definition_de": "Definition auf Deutsch",
    "definition_en": "Definition auf Englisch", "unit": "Einheit (UCUM) oder Währung (ISO 4217)",
    "direction": "Welche Richtung besser ist", "min_n_public": "Kleinste veröffentlichte Fallzahl",
}  # fmt: skip

FIELD_TYPES = {
    Kind.NUMBER: "number", Kind.INTEGER: "integer", Kind.DAY: "date", Kind.BOOLEAN: "boolean",
}  # fmt: skip


@dataclass(frozen=True)
class Difference:
    """A file that is not as the snapshot's list has it: changed, missing or extra."""

    file: str
    what: str


def make(session: Session, settings: Settings, parent: Path, *, today: date) -> Path:
    """Write the snapshot of ``today`` into a new folder in ``parent``.

    Raises ``Conflict`` if there is one of that name: a snapshot is never overwritten.
    """
    folder = parent / today.isoformat()
    if folder.exists():
        raise Conflict(
            "The snapshot “%(name)s” exists and stays as it is. Choose another folder.",
            name=folder.name,
        )
    parent.mkdir(parents=True, exist_ok=True)
    part = parent / f".{folder.name}.{uuid4().hex}"
    part.mkdir()
    try:
        _write(session, settings, part, folder.name)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def verify(folder: Path) -> list[Difference]:
    """What differs from the list of the snapshot in ``folder``; empty if all is as written.

    Raises ``Invalid`` if the folder has no readable list.
    """
    try:
        lines = (folder / SUMS).read_text("utf-8").splitlines()
        listed = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    except (OSError, ValueError) as error:
        raise Invalid("The folder has no readable SHA256SUMS.", field="SNAPSHOT") from error
    present = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if not path.is_dir() and path != folder / SUMS
    }
    found = []
    for name in sorted(listed.keys() | present.keys()):
        if name not in present:
            found.append(Difference(name, "missing"))
        elif name not in listed:
            found.append(Difference(name, "extra"))
        elif _digest(present[name]) != listed[name]:
            found.append(Difference(name, "changed"))
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(session: Session, settings: Settings, part: Path, name: str) -> None:
    voice = Voice(settings.base_url, "en")
    every = [row for metric in library() for row in evaluations.of_metric(session, metric)]
    rows = [row for row in every if evaluations.is_public(row)]
    # The id of an effect changes when it is computed anew; that of its evaluation stays.
    rows.sort(key=lambda row: (row.metric, row.period_end, row.evaluation_id))
    lines = part / "effects.jsonl"
    lines.write_text("".join(_json(SHEET.document(r, voice), None) for r in rows), "utf-8")
    write_parquet(SHEET, lines, part / "effects.parquet")
    lines.unlink()
    node = nodes.own(session).name
    title = f"{node}: effects, snapshot {name}"
    texts = {
        "effects.csv": _csv(
            SHEET.header, [[cell(v) for v in SHEET.values(r, voice)] for r in rows]
        ),
        "metrics.csv": _csv(list(METRICS), [_metric(each) for each in library()]),
        "datapackage.json": _json(_package(name, title, settings)),
        "codebook.de.md": _codebook("Codebuch", {c.name: de for c, de in EFFECTS}, METRICS),
        "codebook.en.md": _codebook(
            "Codebook",
            {c.name: c.meaning for c, _ in EFFECTS},
            {each: each.replace("_", " ") for each in METRICS},
        ),
        "datacite.json": _json(_datacite(name, title, node, settings)),
        "CITATION.cff": _json(_citation(name, title, node, settings)),
        "manifest.json": _json(
            {
                "name": name,
                "rule_set": grading.rules().version,
                "serial": reading.last_public_serial(session),
                "counts": {"effects": len(rows), "metrics": len(library())},
            }
        ),
    }
    for file, text in texts.items():
        (part / file).write_bytes(text.encode())
    sums = [f"{_digest(path)}  {path.name}\n" for path in sorted(part.iterdir())]
    (part / SUMS).write_bytes("".join(sums).encode())


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def _json(value: object, indent: int | None = 2) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent) + "\n"


def _metric(metric_id: str) -> list[str]:
    metric = metric_of(metric_id)
    texts = (metric.name["de"], metric.name["en"], metric.definition["de"], metric.definition["en"])
    rest = (metric.unit or metric.currency, str(metric.direction), metric.privacy.min_n_public)
    return [cell(value) for value in (metric.id, metric.version, *texts, *rest)]


def _package(name: str, title: str, settings: Settings) -> dict[str, Any]:
    """The descriptor by Data Package v2, https://datapackage.org/standard/data-package/."""
    effects = [
        {"name": c.name, "type": FIELD_TYPES.get(c.kind, "string"), "description": c.meaning}
        for c, _ in EFFECTS
    ]
    metrics = [
        {"name": each, "type": "integer" if each == "min_n_public" else "string"}
        for each in METRICS
    ]
    tables = {"effects": effects, "metrics": metrics}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"effects-{name}",
        "title": title,
        "version": name,
        "licenses": [{"name": settings.data_license}],
        "resources": [
            {
                "name": table,
                "type": "table",
                "path": f"{table}.csv",
                "format": "csv",
                "encoding": "utf-8",
                "schema": {"fields": fields},
            }
            for table, fields in tables.items()
        ],
    }


def _datacite(name: str, title: str, node: str, settings: Settings) -> dict[str, Any]:
    return {
        "creators": [{"name": node, "nameType": "Organizational"}],
        "titles": [{"title": title}],
        "publisher": {"name": node},
        "publicationYear": name[:4],
        "types": {"resourceTypeGeneral": "Dataset"},
        "version": name,
        "url": settings.base_url,
        "rightsList": [{"rightsIdentifier": settings.data_license}],
        "schemaVersion": "http://datacite.org/schema/kernel-4",
    }


def _citation(name: str, title: str, node: str, settings: Settings) -> dict[str, Any]:
    """Citation File Format 1.2; JSON is YAML, and needs no quoting of its own."""
    return {
        "cff-version": "1.2.0",
        "message": "Please cite this snapshot.",
        "type": "dataset",
        "title": title,
        "authors": [{"name": node}],
        "version": name,
        "date-released": name,
        "url": settings.base_url,
        "license": settings.data_license,
    }


def _codebook(title: str, *tables: Mapping[str, str]) -> str:
    parts = [f"# {title}\n"]
    for name, table in zip(("effects", "metrics"), tables, strict=True):
        rows = "".join(f"- `{column}`: {meaning}\n" for column, meaning in table.items())
        parts.append(f"## {name}\n\n{rows}")
    return "\n".join(parts)
