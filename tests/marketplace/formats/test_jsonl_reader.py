"""JSON Lines, both forms."""

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from catalog.records import SolutionRecord, Sovereignty
from marketplace.formats import jsonl
from marketplace.formats.records import Refused, Taken, Unreadable

FileOf = Callable[..., Path]


def rows_of(path: Path) -> list[Taken | Refused]:
    return list(jsonl.read(path).rows)


def taken(path: Path) -> list[Taken]:
    rows = rows_of(path)
    assert all(isinstance(row, Taken) for row in rows)
    return [row for row in rows if isinstance(row, Taken)]


def refused(path: Path) -> list[Refused]:
    return [row for row in rows_of(path) if isinstance(row, Refused)]


def said(row: Taken) -> list[str]:
    return [str(warning) for warning in row.warnings]


def test_short_form_fills_the_fields_of_a_record(fixture: Path) -> None:
    row = taken(fixture / "short.jsonl")[0]
    record = row.record
    assert (row.source, row.key) == ("example-register", "s:1")
    assert record.name == {"de": "Straßenzustand aus Fahrzeugkameras"}
    assert record.summary["de"].startswith("Erkennt Schlaglöcher")
    assert (record.phase, record.technology) == ("pilot", ["machine_learning"])
    assert (record.fields_of_action, record.in_use_since) == (["MV"], "2024-03")
    assert record.raw["phase"] == "Testbetrieb"
    assert record.source is not None
    assert record.source.license == "CC0-1.0"
    body = row.organization
    assert body is not None
    assert (body.name, body.kind, body.country) == ("Stadt Beispielstadt", "municipality", "DE")
    assert body.municipality_key == "05315000"


def test_people_are_left_out_of_record_and_kept_source(fixture: Path) -> None:
    row = taken(fixture / "short.jsonl")[0]
    both = msgspec.json.encode([row.record, row.raw]).decode()
    assert "sabine" not in both
    assert "1234567" not in both
    assert "Personal contact data was left out: 2." in said(row)


def test_words_without_a_code_stay_visible_and_are_never_converted(fixture: Path) -> None:
    row = taken(fixture / "short.jsonl")[1]
    record = row.record
    assert (record.phase, record.technology, record.licenses.code) == ("", [], "")
    assert record.raw["technology"] == "Quantum"
    assert record.raw["licenses.code"] == "XXXXXXXXX"
    assert record.raw["in_use_since"] == "soon"
    assert record.raw["risk_raw"] == "High-impact"
    assert "“Quantum” is in no code list and stays as it is." in said(row)


def test_an_address_that_is_no_web_address_is_shown_as_words_only(fixture: Path) -> None:
    row = taken(fixture / "short.jsonl")[1]
    assert row.record.repository == ""
    assert row.record.raw["repository"] == "javascript:alert(1)"


def test_what_is_not_ai_says_nothing_of_its_technique(fixture: Path) -> None:
    row = taken(fixture / "short.jsonl")[2]
    assert row.record.technology == []
    assert "not-ai" in row.record.keywords
    assert "The source says that this is not AI." in said(row)


def test_users_that_a_source_names_are_a_claim_and_declare_nothing(fixture: Path) -> None:
    row = taken(fixture / "short.jsonl")[2]
    assert list(row.used_by) == ["Kommune A", "Kommune B"]
    assert row.organization is None
    assert row.record.description == {"it": "- One\n- Two"}


def test_full_form_comes_back_as_it_went_out(file_of: FileOf) -> None:
    record = SolutionRecord(
        name={"de": "PostLotse", "en": "Mail guide"},
        phase="operation",
        technology=["generative"],
        sovereignty=Sovereignty(exit={"de": "Vollständiger Abzug als JSON"}),
    )
    line = {
        "id": str(uuid4()),
        "organization": {"name": "Stadt Musterort", "kind": "municipality", "ags": "05998001"},
        "record": record,
        "slug": "postlotse",
    }
    row = taken(file_of(msgspec.json.encode(line)))[0]
    assert row.record == record
    assert row.key == line["id"]
    assert row.organization is not None
    assert row.organization.municipality_key == "05998001"
    assert row.raw["slug"] == "postlotse"


def test_codes_of_a_newer_node_stay_visible(file_of: FileOf) -> None:
    line = '{"id": "1", "record": {"name": {"de": "X"}, "phase": "orbit", "hosting": ["moon"]}}'
    row = taken(file_of(line))[0]
    assert (row.record.phase, row.record.hosting) == ("", [])
    assert row.record.raw == {"phase": "orbit", "hosting": "moon"}


@pytest.mark.parametrize(
    ("line", "field", "reason"),
    [
        ('{"id": "1", "record": {"name": {"de": ""}}}', "name", "name"),
        ('{"id": "1", "record": {"name": {"de": "X"}, "colour": "red"}}', "", "unknown field"),
        ('{"id": "1", "record": {"name": {"de": 5}}}', "name", "Expected `str`"),
        ('{"id": "1", "record": {"name": {"de": "X"}, "website": "ftp://x"}}', "website", "https"),
        ('{"record": {"name": {"de": "X"}}}', "id", "no “id”"),
        ('{"id": "1", "title": " "}', "title", "no “title”"),
        ('{"title": "X"}', "id", "no “id”"),
        ('{"id": "1"}', "", "“record” or with “title”"),
        ("[1, 2]", "", "“record” or with “title”"),
        ('{"id": "1", "title": "' + "x" * 501 + '"}', "name", "500"),
        ('{"id": "1", "title": "X", "description": "' + "x" * 100_001 + '"}', "", "100000"),
        ("{broken", "", "line 1, column 2"),
        ('{"id": "1", "title": "\\ud83d"}', "", "surrogate"),
    ],
)
def test_a_refusal_names_row_field_and_reason(
    file_of: FileOf, line: str, field: str, reason: str
) -> None:
    (row,) = refused(file_of('{"id": "0", "title": "before"}\n' + line + "\n"))
    assert (row.row, row.problem.field) == (2, field)
    assert reason in str(row.problem)


def test_a_broken_line_does_not_take_others_with_it(file_of: FileOf) -> None:
    rows = rows_of(file_of(b'{"id":"1","title":"A"}\n\xff\xfe{\n\n{"id":"2","title":"B"}'))
    assert [(row.row, type(row)) for row in rows] == [(1, Taken), (2, Refused), (4, Taken)]
    assert "UTF-8" in str(rows[1].problem) if isinstance(rows[1], Refused) else False


def test_a_line_separator_inside_a_text_does_not_end_the_line(file_of: FileOf) -> None:
    (row,) = taken(file_of('{"id": "1", "title": "a\u2028b\u0085c"}'))
    assert row.record.name == {"en": "a\u2028b…c"}


def test_a_line_beyond_the_limit_is_refused_and_the_next_one_read(
    file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_LINE", 100)
    rows = rows_of(file_of('{"id":"1","title":"' + "x" * 400 + '"}\n{"id":"2","title":"B"}\n'))
    assert [(row.row, type(row)) for row in rows] == [(1, Refused), (2, Taken)]


@pytest.mark.parametrize("content", ["", "\n \n", "\ufeff"])
def test_a_file_without_rows_is_unreadable(file_of: FileOf, content: str) -> None:
    with pytest.raises(Unreadable):
        rows_of(file_of(content))


def test_a_missing_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        jsonl.read(tmp_path / "none")


def test_utf_16_is_read_and_named(file_of: FileOf) -> None:
    reading = jsonl.read(file_of('{"id": "1", "title": "Köln"}\n'.encode("utf-16")))
    (row,) = list(reading.rows)
    assert reading.encoding == "utf-16"
    assert isinstance(row, Taken)
    assert row.record.name == {"en": "Köln"}


def test_more_rows_than_the_limit_end_the_file(
    file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jsonl, "MAX_ROWS", 2)
    with pytest.raises(Unreadable, match="More than 2 rows"):
        rows_of(file_of('{"id": "1", "title": "X"}\n' * 3))
