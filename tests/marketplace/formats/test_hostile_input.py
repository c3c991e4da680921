"""Broken and hostile files: each is taken as its manifest says, or refused with a reason."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.formats import algoritmeregister, jsonl, personal, publiccode, table
from marketplace.formats.characters import clean
from marketplace.formats.json_document import read_document
from marketplace.formats.records import Reading, Refused, Taken, Unreadable

FileOf = Callable[..., Path]
Outcome = tuple[int, list[str]]
"""How many rows were taken, and every reason and warning that was given."""


def outcome(read: Callable[[], Reading]) -> Outcome:
    taken, said = 0, []
    try:
        reading = read()
        said += [str(problem) for problem in reading.warnings]
        for row in reading.rows:
            if isinstance(row, Taken):
                taken += 1
                said += [str(problem) for problem in row.warnings]
            else:
                said.append(str(row.problem))
    except Unreadable as error:
        said.append(str(error))
    assert all(text.strip(" .") for text in said)
    return taken, said


def test_json_that_must_not_parse_is_refused_by_every_reader(shared_data: Path) -> None:
    files = sorted((shared_data / "bad-input" / "json").glob("n_*.json"))
    assert len(files) > 80
    for path in files:
        with pytest.raises(Unreadable):
            read_document(path)
        for read in (jsonl.read, algoritmeregister.read, table.read):
            taken, said = outcome(lambda read=read, path=path: read(path))
            assert taken == 0, path.name
            assert said, path.name


def test_json_that_must_parse_does(shared_data: Path) -> None:
    files = sorted((shared_data / "bad-input" / "json").glob("y_*.json"))
    assert len(files) > 40
    for path in files:
        read_document(path)


def test_json_that_may_parse_never_breaks_a_reader(shared_data: Path) -> None:
    for path in sorted((shared_data / "bad-input" / "json").glob("[iy]_*.json")):
        for read in (jsonl.read, algoritmeregister.read, table.read):
            taken, said = outcome(lambda read=read, path=path: read(path))
            assert taken or said, path.name


CSV = {
    "cp1252.csv": (2, "cp1252"),
    "utf8-bom-semicolon.csv": (2, ""),
    "ragged.csv": (2, "2 cells"),
    "unbalanced-quote.csv": (3, "quotation mark"),
    "formula-injection.csv": (4, ""),
    "duplicate-headers.csv": (1, "more than once"),
    "header-only.csv": (0, ""),
    "empty.csv": (0, "empty"),
    "leading-zero-lost.csv": (0, "leading zeros"),
    "nul-and-control.csv": (3, "Control characters"),
    "nfc-nfd.csv": (2, ""),
}


@pytest.mark.parametrize("name", CSV)
def test_hostile_csv_ends_as_its_manifest_says(shared_data: Path, name: str) -> None:
    expected, reason = CSV[name]
    taken, said = outcome(lambda: table.read(shared_data / "bad-input" / "csv" / name))
    assert taken == expected
    assert reason in " ".join(said)


YAML = {
    "spec/yaml-alias-bomb.yaml": "References",
    "spec/yaml-tag-python-object.yaml": "tag",
    "spec/yaml-recursive-anchor.yaml": "References",
    "spec/html-named-yaml.yaml": "Expected fields",
    "spec/latin1.yaml": "UTF-8",
    "spec/empty.yaml": "empty",
    "spec/scalar.yaml": "Expected fields",
    "publiccode/path-traversal-logo.yml": "web address",
    "publiccode/tabs.yml": "line 2",
}


@pytest.mark.parametrize("name", YAML)
def test_hostile_yaml_is_refused_with_its_reason(shared_data: Path, name: str) -> None:
    taken, said = outcome(lambda: publiccode.read(shared_data / "bad-input" / name))
    assert taken == 0
    assert YAML[name] in " ".join(said)


def test_a_version_stays_what_was_written_and_an_impossible_day_is_named(
    shared_data: Path,
) -> None:
    path = shared_data / "bad-input" / "publiccode" / "version-as-float.yml"
    (row,) = publiccode.read(path).rows
    assert isinstance(row, Taken)
    assert row.record.raw["softwareVersion"] == "1.10"
    assert "“2026-02-30” cannot be read as a date." in map(str, row.warnings)


def test_archives_that_are_no_workbooks_are_refused(shared_data: Path) -> None:
    for path in (shared_data / "bad-input" / "archive").iterdir():
        assert outcome(lambda path=path: table.read(path))[0] == 0


def test_every_file_given_to_every_reader_ends_in_an_answer(shared_data: Path) -> None:
    for path in sorted((shared_data / "bad-input").rglob("*")):
        if path.is_file():
            for read in (jsonl.read, algoritmeregister.read, publiccode.read, table.read):
                taken, said = outcome(lambda read=read, path=path: read(path))
                assert taken or said or path.name == "header-only.csv", path.name


AWKWARD = [
    "undefined",
    "NULL",
    "=1+1",
    "'; DROP TABLE solutions; --",
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "%s%d%(name)s {0} ${x}",
    "\u202eright to left\u202c",
    "e\u0301 ≠ \u00e9",
    "👩‍👩‍👧‍👦 🏳️‍🌈 𝒳",
    "Ω≈ç√∫ ﷽ ｆｕｌｌ",
    "\u200b\u2060\ufeffhidden",
    "a\tb\nc",
    "../../etc/passwd\\x",
]


def test_awkward_texts_of_our_own_survive_byte_for_byte(file_of: FileOf) -> None:
    assert survivors(AWKWARD, file_of) == AWKWARD


def test_naughty_strings_survive_byte_for_byte(shared_data: Path, file_of: FileOf) -> None:
    path = shared_data / "bad-input" / "strings" / "naughty-strings.json"
    strings = [text for text in json.loads(path.read_text()) if isinstance(text, str)]
    assert len(strings) > 200
    kept = survivors(strings, file_of)
    readable = [personal.stripped(clean(text)[0])[0] for text in strings]
    assert kept == [text for text in readable if text.strip()]


def survivors(strings: list[str], file_of: FileOf) -> list[str]:
    """The strings as titles and descriptions after a way through a file."""
    lines = [
        json.dumps({"id": str(number), "title": text, "long_description": text})
        for number, text in enumerate(strings)
    ]
    kept = []
    for row, text in zip(jsonl.read(file_of("\n".join(lines))).rows, strings, strict=True):
        if isinstance(row, Refused):
            assert not clean(text)[0].strip(), text
            assert row.problem.field == "title"
        else:
            assert row.record.description == row.record.name
            kept.append(row.record.name["en"])
    return kept
