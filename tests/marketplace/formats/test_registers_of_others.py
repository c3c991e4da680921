"""The Dutch register and publiccode.yml."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from marketplace.formats import algoritmeregister, publiccode
from marketplace.formats.records import Refused, Taken, Unreadable

FileOf = Callable[..., Path]


def test_dutch_entries_are_taken_or_refused_one_by_one(fixture: Path) -> None:
    rows = list(algoritmeregister.read(fixture / "register.json").rows)
    first, second, third = rows
    assert isinstance(first, Taken)
    assert (first.record.phase, first.record.raw["phase"]) == ("operation", "in_gebruik")
    assert first.record.summary == {"nl": "Herkent kentekens."}
    assert first.record.data.legal_basis == {"nl": "Gemeentewet"}
    assert first.organization is not None
    assert (first.organization.kind, first.organization.country) == ("municipality", "NL")
    assert isinstance(second, Taken)
    assert (second.record.phase, second.record.raw["phase"]) == ("", "in de wacht")
    assert isinstance(third, Refused)
    assert (third.row, third.key, third.problem.field) == (3, "102", "title")


def test_the_full_publication_standard_is_read(fixture: Path) -> None:
    (row,) = algoritmeregister.read(fixture / "register_standard.json").rows
    assert isinstance(row, Taken)
    record = row.record
    assert row.key == "L-1"
    assert record.summary == {"nl": "Lakt persoonsgegevens."}
    assert record.description == {"nl": "Doel één.\n- punt"}
    assert (record.phase, record.in_use_since) == ("prototype", "2024-05")
    assert record.fields_of_action == ["MV"]
    assert record.raw["fields_of_action"] == "Verkeer; Recht"
    assert record.human_oversight == ""
    assert record.raw["human_oversight"] == "Een medewerker beslist."
    assert record.contact.email == "info@provincie-ergens.example"
    assert row.organization is not None
    assert row.organization.kind == "state"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{", "line 1, column 2"),
        ("7", "Expected a list"),
        ('{"algoritmes": []}', "no rows"),
        ("", "empty"),
        ("[NaN]", "NaN"),
        (b"\xef\xbb\xbf", "line 1"),
        (b'["\xff"]', "not valid utf-8"),
    ],
)
def test_a_broken_register_is_unreadable_with_its_place(
    file_of: FileOf, content: str | bytes, reason: str
) -> None:
    with pytest.raises(Unreadable, match=reason):
        list(algoritmeregister.read(file_of(content)).rows)


def test_publiccode_gives_the_basic_fields(fixture: Path) -> None:
    (row,) = publiccode.read(fixture / "publiccode.yml").rows
    assert isinstance(row, Taken)
    record = row.record
    assert row.key == "git.example/comune/moduli"
    assert record.name == {"it": "Moduli", "en": "Forms"}
    assert record.summary["en"] == "Online forms for citizens."
    assert record.description["it"] == "Un testo più lungo.\n\n- Firma\n- Pagamento"
    assert (record.phase, record.licenses.code) == ("pilot", "EUPL-1.2")
    assert record.technology == []
    assert record.languages == ["it", "en"]
    assert record.responsibility.maintenance == "Esempio srl"
    assert record.raw["softwareVersion"] == "1.10"
    assert row.organization is not None
    assert (row.organization.name, row.organization.kind) == ("Comune di Esempio", "municipality")
    assert len(row.used_by) == 3
    assert "“2026-02-30” cannot be read as a date." in map(str, row.warnings)


def test_publiccode_contacts_are_people_and_stay_out(fixture: Path) -> None:
    (row,) = publiccode.read(fixture / "publiccode.yml").rows
    assert isinstance(row, Taken)
    both = msgspec.json.encode([row.record, row.raw]).decode()
    assert "Rossi" not in both
    assert "rossi" not in both
    assert "1234567" not in both


def test_an_owner_that_may_be_a_person_is_not_named_as_organization(file_of: FileOf) -> None:
    text = "name: X\nurl: https://git.example/x\nlegal:\n  repoOwner: {}\n"
    (person,) = publiccode.read(file_of(text.format("Maria Rossi"))).rows
    (firm,) = publiccode.read(file_of(text.format("Esempio S.r.l."))).rows
    assert isinstance(person, Taken)
    assert isinstance(firm, Taken)
    assert person.organization is None
    assert firm.organization is not None
    assert firm.organization.kind == "vendor"


@pytest.mark.parametrize("name", ["tags.yml", "aliases.yml"])
def test_publiccode_with_tags_or_references_is_refused(fixture: Path, name: str) -> None:
    (row,) = publiccode.read(fixture / name).rows
    assert isinstance(row, Refused)
    assert "not read" in str(row.problem)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("name: X\nurl: file:///etc/passwd", "url"),
        ("name: X", "url"),
        ("url: https://git.example/x", "name"),
        ("just text", ""),
        ("name: X\nname:\ty: z", ""),
        (b"name: M\xfcller\nurl: https://git.example/x", ""),
        (b"", ""),
    ],
)
def test_publiccode_that_names_no_software_is_refused(
    file_of: FileOf, content: str | bytes, field: str
) -> None:
    (row,) = publiccode.read(file_of(content)).rows
    assert isinstance(row, Refused)
    assert row.problem.field == field


def test_a_folder_of_publiccode_files_is_one_row_each(file_of: FileOf, tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml"):
        file_of(f"name: {name}\nurl: https://git.example/{name}", name)
    file_of("not read", "notes.txt")
    reading = publiccode.read(tmp_path)
    assert [(row.row, row.key) for row in reading.rows] == [
        (1, "git.example/a.yaml"),
        (2, "git.example/b.yml"),
    ]


def test_an_empty_folder_and_no_file_are_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.yml"):
        with pytest.raises(Unreadable):
            publiccode.read(path)
