"""codemeta.json, CITATION.cff and model cards: read, or refused with the field and the remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog.records import Dependency
from marketplace.formats import single_files
from marketplace.formats.codemeta import Described
from marketplace.formats.publiccode import record as publiccode_record
from marketplace.formats.records import Refused, Taken
from marketplace.formats.software_files import FORMATS, recognized
from tests.factories import a_record

FileOf = Callable[..., Path]


def taken(format_: str, content: bytes) -> Taken:
    row = FORMATS[format_].one(1, "file", content)
    assert isinstance(row, Taken), row
    return row


def refused(format_: str, content: bytes) -> str:
    row = FORMATS[format_].one(1, "file", content)
    assert isinstance(row, Refused), row
    return f"{row.problem.field}: {row.problem}"


def said(row: Taken) -> list[str]:
    return [str(each) for each in row.warnings]


def test_codemeta_is_read_with_what_has_no_place(fixture: Path) -> None:
    row = taken("codemeta", (fixture / "codemeta.json").read_bytes())

    record = row.record
    assert (record.name, record.summary) == ({"de": "PostLotse"}, {"de": "Ordnet Post zu."})
    assert record.licenses.code == "EUPL-1.2 AND MIT"
    assert (record.repository, record.phase) == ("https://git.example/post.git", "operation")
    assert (list(record.keywords), list(record.languages)) == (["Post", "Briefe"], ["de"])
    assert record.dependencies == [
        Dependency("PostgreSQL", "16", "PostgreSQL"),
        Dependency("Tesseract"),
    ]
    assert record.hardware == {"de": "8 GB"}
    assert record.responsibility.maintenance == "IT-Verbund"
    assert row.organization is not None
    assert (row.organization.name, row.key) == ("Stadt Auenrode", "git.example/post")
    assert "toni" not in str(row.raw)
    assert "Our record has no place for “issueTracker”." in said(row)
    assert any("joined with AND" in text for text in said(row))


def test_a_citation_is_read_without_its_people(fixture: Path) -> None:
    row = taken("citation", (fixture / "CITATION.cff").read_bytes())

    record = row.record
    assert (record.name, record.summary) == ({"en": "PostLotse"}, {"en": "Ordnet Post zu."})
    assert record.licenses.code == "MIT OR EUPL-1.2"
    assert record.raw["softwareVersion"] == "1.10"
    assert row.organization is not None
    assert row.organization.name == "Stadt Auenrode"
    assert "Toni" not in str(row.raw)
    assert "Our record has no place for “commit”." in said(row)


def test_a_model_card_is_read_by_metadata_and_headings(fixture: Path) -> None:
    row = taken("model-card", (fixture / "model-card.md").read_bytes())

    record = row.record
    assert record.name == {"en": "Brief-Sortierer"}
    assert record.licenses.model == "LicenseRef-llama"
    assert record.dependencies == [
        Dependency("example/large-8b", part="model"),
        Dependency("transformers"),
    ]
    assert record.summary == {"en": "Sorts letters to the right office."}
    assert record.limits == {"en": "Not for handwriting."}
    assert record.benefits == {"en": "- f1: 0.91 (Briefe)"}
    assert record.data.training == {"en": "- auenrode/briefe"}
    assert record.technology == ["machine_learning"]
    assert "“llama3.1” is read as LicenseRef-llama." in said(row)
    assert "Our record has no place for “co2_eq_emissions”." in said(row)
    assert "What stands below “How to Get Started” is not taken." in said(row)


SMALL = b"cff-version: 1.2.0\nmessage: m\ntitle: t\nauthors:\n- name: n\n"


@pytest.mark.parametrize(
    ("format_", "content", "reason"),
    [
        ("citation", SMALL + b"extra: 1\n", "extra: The Citation File Format 1.2.0 knows no"),
        ("citation", SMALL + b"date-released: 2026-02-30\n", "date-released: Write the day"),
        ("citation", SMALL + b"title: again\n", "title: “title” stands twice"),
        ("citation", SMALL.replace(b"1.2.0", b"9"), "cff-version: Name the version"),
        ("citation", SMALL.replace(b"title: t\n", b""), "title: The format needs"),
        ("citation", SMALL.replace(b"- name: n", b"- n"), "authors: Write the authors"),
        ("citation", SMALL + b"identifiers: [{type: x}]\n", "identifiers: The type"),
        ("citation", b"a: &a [1]\nb: [*a, *a]\n", ": References (& and *) are not read"),
        ("citation", b"a: !!python/object:os.system x\n", ": The tag"),
        ("citation", b"[" * 40 + b"]" * 40, ": Nested deeper than 32 levels"),
        ("codemeta", b"[]", ": The file must hold keys with values"),
        ("codemeta", b'{"descriptionn": 1}', "name: The file has no “name”"),
        ("codemeta", b'{"name":' + b"[" * 80 + b"]" * 80 + b"}", ":"),
        ("codemeta", b'{"name": "' + b"x" * 600 + b'"}', "name"),
        ("codemeta", b'{"name": "\\ud800"}', ": A text holds half"),
        ("model-card", b"# Only text\n", ": The card has no metadata"),
        ("model-card", b"---\nlicense: mit\n---\ntext\n", "model_name: Give the card a heading"),
        ("model-card", b"---\na: &a x\nb: *a\n---\n# T\n", ": References (& and *) are not read"),
        ("model-card", b"\xff\xfe\x00---", ": The card has no metadata"),
    ],
)
def test_what_is_wrong_or_hostile_is_refused(format_: str, content: bytes, reason: str) -> None:
    assert reason in refused(format_, content)


def test_a_large_card_is_read_in_linear_time() -> None:
    body = b"---\nlicense: mit\n---\n# T\n" + b"<!-- " * 20_000 + b"[](" * 20_000 + b"# " * 40_000

    FORMATS["model-card"].one(1, "README.md", body)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("x.yml", b"cff-version: 1.2.0\n", "citation"),
        ("x.txt", b"publiccodeYmlVersion: '0.7'\n", "publiccode"),
        ("x", b'\xef\xbb\xbf {"name": 1}', "codemeta"),
        ("README.md", b"# Without metadata", "model-card"),
        ("card.txt", b"---\r\nlicense: mit\r\n---\r\n# T", "model-card"),
    ],
)
def test_a_file_is_recognized(name: str, content: bytes, expected: str) -> None:
    found = recognized(name, content)

    assert found is not None
    assert found.format == expected


def test_a_file_of_nothing_known_is_not_recognized() -> None:
    assert recognized("notes.txt", b"hello") is None


def test_real_files_end_as_their_names_say(shared_data: Path) -> None:
    folder = shared_data / "software-metadata"
    for format_, inside in (("citation", "cff"), ("codemeta", "codemeta")):
        paths = sorted((folder / inside).iterdir())
        assert len(paths) >= 3
        for path in paths:
            is_wrong = "fail" in path.name or "invalid" in path.name
            row = FORMATS[format_].one(1, path.name, path.read_bytes())
            assert isinstance(row, Refused) == is_wrong, (path.name, row)


def test_every_real_publiccode_keeps_its_dependencies(shared_data: Path) -> None:
    reading = single_files.read(shared_data / "publiccode" / "real", FORMATS["publiccode"])
    rows = [row for row in reading.rows if isinstance(row, Taken)]
    named = [each for row in rows for each in row.record.dependencies]

    assert Dependency("QGIS", "≥ 3.4, ≤ 3.99") in named
    assert any(each.license == "LicenseRef-proprietary" for each in named)


def test_dependencies_go_out_as_they_came_in() -> None:
    known = [
        Dependency("QGIS", "≥ 3.4, ≤ 3.99"),
        Dependency("SAS", "", "LicenseRef-proprietary"),
        Dependency("PyTorch", "1.9.0"),
    ]
    record = a_record(
        dependencies=known, repository="https://git.example/post", summary={"de": "Ordnet Post."}
    )

    content = publiccode_record.write_record(Described(record, "https://node.example/id/x"))

    assert sorted(map(str, taken("publiccode", content).record.dependencies)) == sorted(
        map(str, known)
    )


def test_a_folder_is_read_whole(file_of: FileOf, fixture: Path) -> None:
    path = file_of((fixture / "CITATION.cff").read_bytes(), "CITATION.cff")
    file_of("not this", "notes.txt")

    rows = list(single_files.read(path.parent, FORMATS["citation"]).rows)

    assert [type(row) for row in rows] == [Taken]
