"""Real and hostile descriptions beside the checkout: what they are, whether they hold, no calls."""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from marketplace.interfaces import checking, xml_document
from marketplace.interfaces.checking import Verdict, check
from marketplace.interfaces.places import Unread
from marketplace.interfaces.yaml_document import read

DISAGREEMENTS = Path(__file__).parent / "disagreements.yaml"
ENDS: dict[str, set[str]] = {
    "accept": {Verdict.VALID, Verdict.WITH_WARNINGS},
    "reject": {Verdict.INVALID, Verdict.REFUSED},
    "limit": {Verdict.REFUSED},
}

_calls: list[str] = []
_watching = [False]


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    is_call = event in ("socket.connect", "socket.getaddrinfo", "open", "os.listdir")
    # Python loads a codec when it first meets an encoding.
    if _watching[0] and is_call and not str(arguments[0]).endswith(".pyc"):
        _calls.append(f"{event} {arguments[:2]}")


sys.addaudithook(_hook)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every connection, look-up and file opened meanwhile."""
    _calls.clear()
    _watching[0] = True
    try:
        yield _calls
    finally:
        _watching[0] = False


@pytest.fixture(scope="module")
def specs(shared_data: Path) -> Path:
    return shared_data / "interface-specs"


def test_format_and_version_are_those_of_the_index(specs: Path) -> None:
    with (specs / "index.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wrong = []
    for row in rows:
        found = check((specs / row["file"]).read_bytes(), row["file"])
        if (found.format, found.version) != (row["format"], row["version"]):
            wrong.append((row["file"], found.format, found.version))
    assert len(rows) == 234
    assert wrong == []


def test_verdicts_agree_with_the_folders_of_the_public_suite(specs: Path) -> None:
    known = read(DISAGREEMENTS.read_text("utf-8")).value["files"]
    ends = {"pass": ENDS["accept"], "fail": ENDS["reject"], "malicious": {Verdict.REFUSED}}
    files = sorted((specs / "openapi-passfail").iterdir())
    differ = [
        file.name
        for file in files
        if check(file.read_bytes(), file.name).verdict not in ends[file.name.split("__")[1]]
    ]
    assert differ == sorted(known)
    assert len(differ) <= 0.05 * len(files)


def test_hostile_files_end_as_expected_and_nothing_is_called(shared_data: Path) -> None:
    folder = shared_data / "bad-input"
    rows = json.loads((folder / "manifest.json").read_text("utf-8"))["own_fixtures"]
    rows = [row for row in rows if row["file"].startswith(("spec/", "archive/"))]
    contents = {row["file"]: (folder / row["file"]).read_bytes() for row in rows}
    check(b'{"openapi": "3.0.3"}')  # loads rules and schemas
    wrong = []
    for row in rows:
        with watched() as calls:
            found = check(contents[row["file"]], row["file"])
            opened = list(calls)
        assert opened == [], row["file"]
        if row["expect"] == "report":
            is_right = bool(found.problems) and all(p.sentence("de") for p in found.problems)
        else:
            is_right = found.verdict in ENDS.get(row["expect"], set(Verdict))
        if not is_right:
            wrong.append((row["file"], row["expect"], found.verdict))
    assert len(rows) == 40
    assert wrong == []


def test_hostile_xml_is_refused_before_entities_are_seen(shared_data: Path) -> None:
    folder = shared_data / "bad-input"
    rows = json.loads((folder / "manifest.json").read_text("utf-8"))["own_fixtures"]
    ends = {}
    for row in rows:
        if row["file"].endswith(".xml"):
            content = (folder / row["file"]).read_bytes()
            with watched() as calls:
                try:
                    xml_document.read(content)
                    ends[row["file"]] = "read"
                except Unread as unread:
                    ends[row["file"]] = unread.rule
                assert calls == []
    assert ends == {
        "xml/billion-laughs.xml": "entities",
        "xml/xxe-file.xml": "entities",
        "xml/xxe-http.xml": "entities",
        "xml/oai-token-loop.xml": "read",
        "xml/oai-truncated.xml": "syntax",
        "xml/oai-deleted-and-duplicate.xml": "read",
        "xml/oai-wrong-encoding.xml": "syntax",
    }


def test_a_bundle_in_an_archive_is_checked_as_one(specs: Path, tmp_path: Path) -> None:
    import zipfile  # noqa: PLC0415 - needed here only

    bundle = tmp_path / "social-media.zip"
    folder = specs / "asyncapi" / "social-media"
    with zipfile.ZipFile(bundle, "w") as packed:
        for name in ("common/messages.yaml", "common/schemas.yaml", "common/parameters.yaml"):
            packed.write(folder / name, name)
        packed.write(folder / "common" / "servers.yaml", "common/servers.yaml")
        packed.write(folder / "backend" / "asyncapi.yaml", "backend/asyncapi.yaml")

    alone = check((folder / "backend" / "asyncapi.yaml").read_bytes(), "asyncapi.yaml")
    together = check(bundle.read_bytes(), bundle.name)

    assert {p.rule for p in alone.problems if p.severity == "error"} == {"missing_file"}
    assert together.is_valid, [p.sentence("en") for p in together.problems]
    assert together.format == "asyncapi"
    assert checking.title_of(together.bundle and together.bundle.root.value) == "Website Backend"
