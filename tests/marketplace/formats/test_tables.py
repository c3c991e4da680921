"""CSV of any dialect, workbooks, JSON lists, and the mapping files that make records of them."""

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from marketplace.formats import mapping, sheets, table
from marketplace.formats.records import Refused, Taken, Unreadable

FileOf = Callable[..., Path]


def cells_of(path: Path) -> list[dict[str, str]]:
    return [row.cells for row in sheets.open_sheet(path).rows if isinstance(row, sheets.Row)]


def taken(path: Path, **options: str) -> list[Taken]:
    return [row for row in table.read(path, **options).rows if isinstance(row, Taken)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(file_of: FileOf, mark: str) -> None:
    text = f"a{mark}b{mark}c\n1{mark}2, 3; 4{mark}5\n".replace(
        "2, 3; 4", '"2, 3; 4"' if mark in ",;" else "2, 3; 4"
    )
    assert cells_of(file_of(text)) == [{"a": "1", "b": "2, 3; 4", "c": "5"}]


def test_line_ends_inside_of_cells_stay(file_of: FileOf) -> None:
    path = file_of('a,b\r\n"one\ntwo",x\r\n"three\r\nfour",y\r\n')
    assert [cells["a"] for cells in cells_of(path)] == ["one\ntwo", "three\r\nfour"]


def test_headings_that_stand_twice_are_numbered_and_empty_ones_named(file_of: FileOf) -> None:
    sheet = sheets.open_sheet(file_of("Other,Name,Other,,Other\n1,2,3,4,5\n"))
    assert list(sheet.headings) == ["Other", "Name", "Other (2)", "Column 4", "Other (3)"]
    assert len(sheet.warnings) == 2


def test_ragged_rows_are_refused_and_the_others_read(file_of: FileOf) -> None:
    rows = list(sheets.open_sheet(file_of("a,b,c\n1,2,3\n1,2\n1,2,3,4\n\n,,\n4,5,6\n")).rows)
    assert [(row.number if isinstance(row, sheets.Row) else row.row) for row in rows] == [
        2,
        3,
        4,
        7,
    ]
    assert [str(row.problem) for row in rows if isinstance(row, Refused)] == [
        "The row has 2 cells, the heading has 3.",
        "The row has 4 cells, the heading has 3.",
    ]


def test_an_open_quotation_mark_costs_its_row_and_swallows_nothing(file_of: FileOf) -> None:
    rows = list(sheets.open_sheet(file_of('a,b\n1,2\n"open,3\n4,"5"\n6,7\n')).rows)
    refused = [row for row in rows if isinstance(row, Refused)]
    assert [(row.row, row.excerpt) for row in refused] == [(3, '"open,3')]
    assert [row.cells["a"] for row in rows if isinstance(row, sheets.Row)] == ["1", "4", "6"]


def test_a_file_of_open_quotation_marks_is_given_up(
    file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MAX_BROKEN_QUOTES", 3)
    with pytest.raises(Unreadable, match="More than 3 rows"):
        list(sheets.open_sheet(file_of("a,b\n" + '"x"y,1\n' * 9)).rows)


def test_a_cell_beyond_the_limit_costs_its_row(file_of: FileOf) -> None:
    rows = list(sheets.open_sheet(file_of("a,b\n" + "x" * 100_001 + ",1\n2,3\n")).rows)
    assert [type(row) for row in rows] == [Refused, sheets.Row]


def test_formulas_are_text(file_of: FileOf) -> None:
    formulas = ["=1+1", "+1+1", "-1", "@SUM(1)"]
    path = file_of("a,b\n" + "".join(f"{formula},x\n" for formula in formulas))
    assert [cells["a"] for cells in cells_of(path)] == formulas


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "no heading"),
        (b"%PDF-1.7 ...", "neither CSV"),
        (b"\x1f\x8b\x08 ...", "neither CSV"),
        (b"PK\x03\x04 broken", "no readable Excel"),
        (b'{"a": 1}', "Expected a list"),
        (b'[{"a": 1},]', "line 1"),
        (b"a,b\n1,2\n", "No shipped mapping fits the columns a, b"),
    ],
)
def test_what_is_no_table_is_unreadable_with_its_reason(
    file_of: FileOf, content: bytes, reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason):
        table.read(file_of(content))


def a_workbook(path: Path, *rows: list[object]) -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.create_sheet("Notes")
    book.save(path)
    return path


def test_workbooks_are_read_with_dates_numbers_and_formulas_as_texts(tmp_path: Path) -> None:
    path = a_workbook(
        tmp_path / "list.xlsx",
        ["Name", "Kommune", "Seit", "AGS", "Beschreibung"],
        ["Chatbot", "Köln", date(2024, 3, 1), "05315000", "=1+1"],
        ["Plan", "Bonn", "2020", 5314000, None],
    )
    rows = list(table.read(path).rows)
    first, second = rows
    assert isinstance(first, Taken)
    assert first.record.in_use_since == "2024-03-01"
    assert first.record.description == {"de": "=1+1"}
    assert isinstance(second, Refused)
    assert "drop leading zeros" in str(second.problem)
    assert "Only the first of 2 sheets was read." in map(str, table.read(path).warnings)


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = a_workbook(tmp_path / "list.xlsx", ["Name", "Kommune"], ["x" * 30_000, "y"])
    monkeypatch.setattr(sheets, "MAX_UNPACKED", 20_000)
    with pytest.raises(Unreadable, match="unpacks to more"):
        table.read(path)


def test_a_workbook_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = a_workbook(tmp_path / "list.xlsx", ["Name", "Kommune"], ["x", "y"])
    evil = tmp_path / "evil.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(evil, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename.endswith("sheet1.xml"):
                content = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>' + content
            target.writestr(part.filename, content)
    with pytest.raises(Unreadable, match="entities"):
        table.read(evil)


def test_an_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    with pytest.raises(Unreadable, match="no Excel workbook"):
        table.read(path)


def test_a_mapping_sends_columns_to_fields(fixture: Path) -> None:
    path = str(fixture / "mapping.yaml")
    first, second = taken(fixture / "list.csv", mapping=path)
    record = first.record
    assert (first.source, first.key, first.row) == ("example-list", "1", 2)
    assert record.name == {"en": "Reading letters\non two lines"}
    assert record.summary == {"en": "Sorts incoming letters."}
    assert (record.phase, record.in_use_since) == ("operation", "2023-09-01")
    assert record.keywords == ["mail", "sorting"]
    assert record.raw == {"phase": "Running", "risk": "high"}
    assert record.contact.email == "info@lab.example"
    assert first.organization is not None
    assert (first.organization.kind, first.organization.country) == ("research", "AT")
    assert second.record.phase == ""
    assert second.record.raw["phase"] == "asleep"
    assert second.record.raw["repository"] == "on the intranet"
    assert second.record.contact.email == ""
    assert second.record.summary == {}


def test_a_column_of_people_is_not_even_kept(fixture: Path) -> None:
    rows = taken(fixture / "list.csv", mapping=str(fixture / "mapping.yaml"))
    assert "0664" not in str(rows[0].raw)
    assert "anna.muster" not in str(rows[1].raw)
    assert "Personal contact data was left out: 1." in map(str, rows[0].warnings)


def test_the_mapping_is_found_by_the_headings_and_the_encoding_named(fixture: Path) -> None:
    reading = table.read(fixture / "windows.csv")
    (row,) = reading.rows
    assert (reading.mapping, reading.encoding) == ("simple", "cp1252")
    assert isinstance(row, Taken)
    assert row.record.name == {"de": "Bürgerauskunft"}
    assert row.organization is not None
    assert (row.organization.name, row.organization.municipality_key) == ("Köln", "05315000")


def test_european_cases_ask_whether_a_ledger_is_ai(fixture: Path) -> None:
    reading = table.read(fixture / "cases.json")
    first, second, third = reading.rows
    assert reading.mapping == "eu-cases"
    assert isinstance(first, Taken)
    assert first.record.technology == []
    assert first.record.raw["technology"] == "Blockchain"
    assert first.record.raw["fields_of_action"] == "Defence"
    assert "The technology is blockchain: is this an AI solution?" in map(str, first.warnings)
    assert "Jan Jansen" not in str(first.raw)
    assert first.organization is not None
    assert (first.organization.kind, first.organization.country) == ("municipality", "NL")
    assert isinstance(second, Refused)
    assert isinstance(third, Refused)
    assert third.problem.field == "name"


def test_rows_without_an_id_get_a_key_that_stays(file_of: FileOf) -> None:
    (one,) = taken(file_of("Name,Kommune\nChatbot,Köln\n"))
    (same,) = taken(file_of("Kommune;Name;Stand\nköln; Chatbot ;Pilot\n"))
    (other,) = taken(file_of("Name,Kommune\nChatbot,Bonn\n"))
    assert one.key == same.key != other.key


def test_both_spellings_of_an_umlaut_are_the_same_body(file_of: FileOf) -> None:
    rows = taken(file_of("Name,Kommune\na,M\u00fcnchen\nb,Mu\u0308nchen\n"))
    keys = {row.organization.key for row in rows if row.organization}
    assert len(keys) == 1


def test_columns_that_the_mapping_wants_and_the_table_lacks_are_named(
    file_of: FileOf, fixture: Path
) -> None:
    path = file_of("Id;Title;Office;Type\n1;X;Y;lab\n")
    reading = table.read(path, mapping=str(fixture / "mapping.yaml"))
    assert "Purpose, State, Since" in str(reading.warnings[0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name: x", "Object missing required field"),
        ("a: [", "cannot be read"),
        ("a: !!python/name:os.system x", "cannot be read"),
        (
            "name: x\nsource: {name: y}\nlanguage: de\nrequired: [A]\ncolumns: {A: colour}",
            "which is no field",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_reason(
    file_of: FileOf, text: str, reason: str
) -> None:
    path = file_of("a,b\n1,2\n", "table.csv")
    with pytest.raises(Unreadable, match=reason):
        table.read(path, mapping=str(file_of(text, "mapping.yaml")))


def test_an_unknown_mapping_is_refused_with_the_shipped_ones(file_of: FileOf) -> None:
    with pytest.raises(Unreadable, match="us-2024"):
        table.read(file_of("a,b\n1,2\n"), mapping="us-1999")


def test_every_shipped_mapping_can_be_detected_and_needs_what_it_reads() -> None:
    names = set(mapping.shipped())
    assert {"us-2023", "us-2024", "us-2025", "nyc", "uk-atrs", "eu-cases", "simple"} <= names
    for shipped in mapping.shipped().values():
        assert shipped.detect
        assert set(shipped.required) <= set(shipped.columns)
