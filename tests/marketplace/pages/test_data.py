"""The page of the dumps: what can be had, how it went, downloads that go on where they stopped."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog.database import open_engine
from marketplace.export import nightly
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import a_solution

Client = TestClient[Litestar]
Enter = Callable[[], Session]


@pytest.fixture
def database(settings: Settings) -> Database:
    return Database.on(open_engine(settings.database))


@pytest.fixture
def dumped(settings: Settings, enter: Enter, database: Database) -> str:
    """The address of the newest dump's folder."""
    with enter() as session:
        a_solution(session, "PostLotse für Ämter")
        session.commit()
    return f"/de/daten/{nightly.make(database, settings).name}"


def test_a_node_without_a_dump_says_so(client: Client) -> None:
    page = client.get("/de/daten")

    assert page.status_code == 200
    assert "Es gibt noch keinen Datenabzug" in page.text
    assert "/de/daten/spalten.csv" in page.text
    assert client.get("/en/data").status_code == 200


def test_the_page_names_every_file_with_size_and_checksum(
    client: Client, settings: Settings, dumped: str
) -> None:
    page = client.get("/de/daten").text

    (kept,) = nightly.kept(settings)
    for file in kept.manifest.files:
        assert f'href="{dumped}/{file.name}"' in page
        assert file.sha256 in page
    assert "CC-BY-4.0" in page
    assert f"{dumped}/manifest.json" in page


def test_every_file_arrives_as_the_manifest_says(
    client: Client, settings: Settings, dumped: str
) -> None:
    (kept,) = nightly.kept(settings)
    for file in kept.manifest.files:
        answer = client.get(f"{dumped}/{file.name}", headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert sha256(answer.content).hexdigest() == file.sha256
        assert answer.headers["Content-Length"] == str(file.bytes)
        assert "Content-Encoding" not in answer.headers
        assert answer.headers["ETag"] == f'"{file.sha256}"'
    assert client.get(f"{dumped}/manifest.json").json()["format"] == "lichtermeer-dump"


def test_half_a_download_goes_on_where_it_stopped(client: Client, dumped: str) -> None:
    href = f"{dumped}/codes.csv"
    whole = client.get(href)
    tag = whole.headers["ETag"]

    first = client.get(href, headers={"Range": "bytes=0-999"})
    rest = client.get(href, headers={"Range": "bytes=1000-", "If-Range": tag})
    end = client.get(href, headers={"Range": "bytes=-10"})

    assert (first.status_code, rest.status_code, end.status_code) == (206, 206, 206)
    assert first.content + rest.content == whole.content
    assert end.content == whole.content[-10:]
    size = len(whole.content)
    assert first.headers["Content-Range"] == f"bytes 0-999/{size}"
    assert rest.headers["Content-Range"] == f"bytes 1000-{size - 1}/{size}"


def test_ranges_that_do_not_fit_are_answered_by_the_standard(client: Client, dumped: str) -> None:
    href = f"{dumped}/codes.csv"
    size = len(client.get(href).content)

    beyond = client.get(href, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{size}")
    assert client.get(href, headers={"Range": "bytes=-0"}).status_code == 416
    for ignored in ("lines=1-2", "bytes=1-2,5-6", "bytes=-", "bytes=x"):
        answer = client.get(href, headers={"Range": ignored})
        assert (answer.status_code, len(answer.content)) == (200, size)
    other = client.get(href, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (other.status_code, len(other.content)) == (200, size)


@pytest.mark.parametrize(
    "path", ["/marketplace.db", "/..%2Fstate.json", "/%2Fetc%2Fpasswd", "/nothing.csv", "/.part"]
)
def test_nothing_but_what_the_manifest_names_can_be_had(
    client: Client, dumped: str, path: str
) -> None:
    assert client.get(dumped + path).status_code == 404
    assert client.get("/de/daten/.." + path).status_code == 404
    assert client.get("/de/daten/2000-01-01-000000" + path).status_code == 404


def test_a_failed_dump_is_told_and_the_old_one_stays(
    client: Client,
    settings: Settings,
    database: Database,
    dumped: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*_args: object, **_options: object) -> None:
        raise OSError("No space left on /secret/place")

    monkeypatch.setattr("marketplace.export.dump.dump", full)
    with pytest.raises(OSError, match="No space"):
        nightly.make(database, settings)

    page = client.get("/de/daten").text
    assert "gescheitert (OSError)" in page
    assert "secret" not in page
    assert "gelungen" in page
    assert f"{dumped}/solutions.csv" in page


def test_seven_dumps_stay(settings: Settings, database: Database, dumped: str) -> None:
    folder = nightly.folder_of(settings)
    newest = folder / dumped.rsplit("/", 1)[-1]
    for number in range(1, 10):
        old = folder / f"2026-01-0{number}-023000"
        old.mkdir()
        (old / "manifest.json").write_bytes((newest / "manifest.json").read_bytes())

    made = nightly.make(database, settings)

    names = [kept.name for kept in nightly.kept(settings)]
    assert len(names) == 7
    assert names[0] == made.name
    assert "2026-01-01-023000" not in names
