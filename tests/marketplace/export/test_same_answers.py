"""A node loaded from a dump answers as the first one: pages, lists and links, asked at random."""

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from catalog.database import open_engine
from marketplace import migrating
from marketplace.export import dump, loading
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests import databases
from tests.marketplace.conftest import ServedNode, serve

REQUESTS = 200

WORDS = (
    "Post", "Posteingang", "Wohngeld", "Schlaglöcher", "Protokoll", "Starkregen", "chatbot",
    "Muell", "Übersetzung", "letters", "heavy rain", "Abfall", "Bauantrag", "xyzzy",
)  # fmt: skip
FILTERS = (
    "", "&phase=production", "&license=free", "&hosting=device", "&sort=name", "&sort=most_used",
    "&field_of_action=VW", "&field_of_action=MV&field_of_action=KU", "&land=05", "&page=2",
    "&like_land=05&like_size=4&like_first=1",
)  # fmt: skip

TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def copy(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_node: ServedNode,
) -> Iterator[ServedNode]:
    """A second node, loaded from the dump of the first, on either database."""
    folder = tmp_path_factory.mktemp("copy")
    url = f"sqlite:///{folder / 'copy.db'}"
    if request.param == "postgresql":
        url = databases.create(request.getfixturevalue("postgresql_url"), "copied")
    settings = Settings(data_dir=folder, base_url=sqlite_node.url)
    dump.dump(sqlite_node.database, settings, folder / "dump")
    engine = open_engine(url)
    migrating.upgrade(engine)
    loading.load(Database.on(engine), folder / "dump")
    engine.dispose()
    yield from serve(url, folder)


def questions(folder: Path) -> list[str]:
    """Addresses of everything in the dump and searches, many more than are asked."""
    found: list[str] = ["/de", "/en", "/de/lichter", "/en/municipalities", "/de/so-sortieren-wir"]
    for kind, german, english, suffixes in (
        ("solutions", "loesungen", "solutions", ("/nachnutzungen", "/versionen", "/verlauf")),
        ("organizations", "organisationen", "organizations", ("/loesungen", "/nachnutzungen")),
    ):
        for line in (folder / "dump" / f"{kind}.jsonl").read_text("utf-8").splitlines():
            thing = json.loads(line)
            slug = thing["slug"]
            found += [
                f"/de/{german}/{slug}",
                f"/en/{english}/{slug}",
                f"/id/{kind[:-1]}/{thing['id']}",
            ]
            found += [f"/de/{german}/{slug}{suffix}.json" for suffix in suffixes]
            found += [f"/de/{german}/{slug}{suffixes[0]}.csv"]
    for line in (folder / "dump" / "municipalities.csv").read_text("utf-8-sig").splitlines()[1:]:
        ars, name = line.split(",")[1], line.split(",")[4]
        found += [f"/de/kommunen/{ars}/{name.lower()}", f"/de/kommunen?q={name[:4]}"]
    found += [
        f"{page}?q={word}{chosen}"
        for page in ("/de/loesungen", "/en/solutions", "/de/loesungen.json", "/de/loesungen.atom")
        for word in WORDS
        for chosen in FILTERS
    ]
    return found


def answer(node: ServedNode, client: httpx.Client, path: str) -> tuple[int, str, str]:
    """Status, target and text, without host and moments of this second."""
    got = client.get(node.url + path)
    body = got.text.replace(node.url, "https://node.example")
    target = got.headers.get("location", "").replace(node.url, "")
    return got.status_code, target, body


def test_both_answer_the_same_to_two_hundred_random_requests(
    sqlite_node: ServedNode, copy: ServedNode, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = max(
        tmp_path_factory.getbasetemp().glob("copy*"), key=lambda path: path.stat().st_mtime
    )
    everything = questions(folder)
    asked = random.Random(20261123).sample(everything, REQUESTS)  # noqa: S311
    with httpx.Client(timeout=30) as client:
        different = [
            path
            for path in asked
            if answer(sqlite_node, client, path) != answer(copy, client, path)
        ]
        found = sum(client.get(copy.url + path).status_code == 200 for path in asked)

    assert different == []
    assert found > REQUESTS / 2
