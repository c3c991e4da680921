"""The way back: the same node from its dump, on both databases, or nothing at all."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from catalog import changes, interfaces, nodes, organizations, solutions
from catalog.changes import Change
from catalog.errors import Conflict, Gone, Invalid
from catalog.interfaces import InterfaceSpec
from catalog.register import coverage, entries, listing
from catalog.register.entries import RegisterEntry
from catalog.solutions import SolutionVersion
from marketplace.export import dump, loading
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import OPERATOR, a_city, a_solution
from tests.marketplace.export.conftest import MARKER, enter_in_register

TODAY = date(2026, 11, 23)
TABLES = ("municipalities", "organizations", "solutions", "releases", "adoptions", "changes")


@pytest.fixture
def folder(node: Database, settings: Settings, tmp_path: Path) -> Path:
    with node.writing.begin() as session:
        nodes.name(session, OPERATOR, name="Knoten Auenland", operator="Zweckverband")
    dump.dump(node, settings, tmp_path / "dump")
    return tmp_path / "dump"


def test_a_dump_of_what_was_loaded_is_the_same_dump(
    folder: Path, empty: Database, settings: Settings, tmp_path: Path
) -> None:
    loading.load(empty, folder)
    dump.dump(empty, settings, tmp_path / "again")

    first = json.loads((folder / "manifest.json").read_text())
    again = json.loads((tmp_path / "again" / "manifest.json").read_text())
    assert first.pop("made_at") < again.pop("made_at")
    for manifest in (first, again):
        manifest["files"] = {
            file["name"]: file["sha256"]
            for file in manifest["files"]
            if not file["name"].endswith(".parquet")
        }
    assert again == first


def test_old_slugs_withdrawn_entries_and_versions_come_along(
    node: Database, empty: Database, folder: Path
) -> None:
    loading.load(empty, folder)

    with empty.reading() as session, node.reading() as before:
        (there,) = solutions.of_publisher(
            session, organizations.by_slug(session, "stadt-auenrode").id, limit=1
        )
        assert there.draft is None if "draft" in there.__dict__ else True
        with pytest.raises(Gone) as gone:
            solutions.by_slug(session, "vorgaenger")
        assert gone.value.successor == "postlotse"
        kept = select(SolutionVersion.number, SolutionVersion.published_at).order_by(
            SolutionVersion.solution_id, SolutionVersion.number
        )
        assert session.execute(kept).all() == before.execute(kept).all()
        assert nodes.own(session).name == "Knoten Auenland"


def test_published_interfaces_come_along_with_documents_and_breaks(
    node: Database, empty: Database, folder: Path
) -> None:
    loading.load(empty, folder)

    with empty.reading() as session, node.reading() as before:
        key = solutions.by_slug(session, "postlotse").id
        there, here = (interfaces.of_solution(each, key) for each in (session, before))
        assert [len(each.breaking) for each in there] == [1, 0]
        for copy, original in zip(there, here, strict=True):
            for name in [each.key for each in InterfaceSpec.__table__.columns]:
                assert getattr(copy, name) == getattr(original, name), name
        assert session.scalar(select(func.count()).select_from(InterfaceSpec)) == 2
        told = select(Change.verb, Change.thing_id).where(Change.kind == interfaces.KIND)
        assert set(session.execute(told).all()) == {("published", each.id) for each in here}


def test_register_entries_and_declarations_come_along_without_drafts(
    node: Database, empty: Database, settings: Settings, tmp_path: Path
) -> None:
    with node.writing.begin() as session:
        enter_in_register(session)
    folder = tmp_path / "dump"
    dump.dump(node, settings, folder)
    assert [path.name for path in folder.iterdir() if MARKER.encode() in path.read_bytes()] == []
    loading.load(empty, folder)

    with empty.reading() as session, node.reading() as before:
        key = before.scalars(select(RegisterEntry.slug).where(RegisterEntry.version == 2)).one()
        there, here = (entries.by_slug(each, key) for each in (session, before))
        assert there.record == here.public_record
        assert there.record
        assert there.record.withheld.keys() == {"repository", "models"}
        assert (there.adoption_id, there.review_due) == (here.adoption_id, here.review_due)
        kept, original = (
            listing.records_of(each, entry, limit=9)
            for each, entry in ((session, there), (before, here))
        )
        assert [version.number for version, _ in kept] == [2, 1]
        assert kept == original
        with pytest.raises(Gone, match="Nicht mehr im Einsatz"):
            entries.by_id(
                session,
                before.scalars(
                    select(RegisterEntry.id).where(RegisterEntry.withdrawn_reason != "")
                ).one(),
            )
        assert session.scalar(select(func.count()).select_from(RegisterEntry)) == 2
        told = {
            row.organization.name: (row.told, row.entries, row.declared_on)
            for row in coverage.of_all(session, today=TODAY)
        }
        assert told["Stadt Cellwald"] == ("reported", 1, None)
        assert told["Stadt Ohne"] == ("zero", 0, TODAY)


def test_a_dump_from_before_there_were_interfaces_is_read(folder: Path, empty: Database) -> None:
    (folder / "interfaces.jsonl").unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    del manifest["counts"]["interfaces"]
    manifest["files"] = [each for each in manifest["files"] if each["table"] != "interfaces"]
    (folder / "manifest.json").write_text(json.dumps(manifest))

    assert loading.load(empty, folder).counts["solutions"] > 0


def test_new_changes_follow_the_loaded_ones(folder: Path, empty: Database) -> None:
    manifest = loading.load(empty, folder)

    with empty.writing.begin() as session:
        a_city(session, "Stadt Neu")

    with empty.reading() as session:
        assert changes.after(session, manifest.serial)[0].verb == "founded"
        assert session.scalar(select(Change.actor_name).where(Change.actor_name != "")) == "tests"


def test_a_node_that_holds_anything_is_refused(folder: Path, empty: Database) -> None:
    with empty.writing.begin() as session:
        a_solution(session, "Schon da")

    with pytest.raises(Conflict):
        loading.load(empty, folder)

    with empty.reading() as session:
        assert solutions.count_published(session) == 1


@pytest.mark.parametrize("name", ["solutions.jsonl", "adoptions.csv", "README.md"])
def test_an_altered_file_is_refused_by_its_name(folder: Path, empty: Database, name: str) -> None:
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content.replace(b"a", b"b", 1))

    with pytest.raises(Invalid) as refused:
        loading.load(empty, folder)

    assert name in str(refused.value)


def test_a_missing_file_and_a_missing_manifest_are_refused(folder: Path, empty: Database) -> None:
    (folder / "codes.csv").unlink()
    with pytest.raises(Invalid, match=r"codes\.csv"):
        loading.load(empty, folder)
    (folder / "manifest.json").unlink()
    with pytest.raises(Invalid, match=r"manifest\.json"):
        loading.load(empty, folder)


def test_a_line_that_cannot_be_read_leaves_the_node_empty(folder: Path, empty: Database) -> None:
    path = folder / "changes.jsonl"
    broken = path.read_bytes().replace(b'"serial"', b'"number"', 1)
    path.write_bytes(broken)
    rewrite_manifest(folder, "changes.jsonl")

    with pytest.raises(Invalid, match="Line 1 of"):
        loading.load(empty, folder)

    with empty.reading() as session:
        loading.require_empty(session)


def test_a_manifest_cannot_name_files_elsewhere(folder: Path, empty: Database) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][0]["name"] = "../secret"
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(Invalid, match="not the name of a file"):
        loading.load(empty, folder)


def test_a_dump_of_another_version_is_refused(folder: Path, empty: Database) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["version"] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest))

    with pytest.raises(Invalid, match="lichtermeer-dump 99"):
        loading.load(empty, folder)


def rewrite_manifest(folder: Path, name: str) -> None:
    """Let the manifest be true of a file that a test altered."""
    measured = dump._measured(folder / name, "", None)
    manifest = json.loads((folder / "manifest.json").read_text())
    for file in manifest["files"]:
        if file["name"] == name:
            file.update(bytes=measured.bytes, sha256=measured.sha256)
    (folder / "manifest.json").write_text(json.dumps(manifest))
