"""Lists as JSON, CSV and Atom: the same question, every row, nothing that is not public."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from xml.etree.ElementTree import XML, Element

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import adoptions, records, releases, solutions
from catalog.adoptions import Stage, Use
from catalog.facts import Withheld
from marketplace.formats.csv_out import unguarded
from marketplace.search import stored
from marketplace.search.analysis import Analysis
from tests.atom_rules import breaches
from tests.factories import OPERATOR, a_city, a_record, a_solution, an_organization

Client = TestClient[Litestar]
Enter = Callable[[], Session]
Statements = Callable[[], object]

ATOM = "{http://www.w3.org/2005/Atom}"
TOMBSTONE = "{http://purl.org/atompub/tombstones/1.0}deleted-entry"
MARKER = "Zanderfalke"

EVERY_LIST = (
    "/de/loesungen",
    "/en/solutions",
    "/de/organisationen/stadt-auenrode/loesungen",
    "/de/organisationen/stadt-auenrode/nachnutzungen",
    "/de/loesungen/postlotse/nachnutzungen",
    "/de/loesungen/postlotse/versionen",
    "/de/lichter",
    "/de/kommunen",
)


def save(session: Session) -> None:
    """Commit, and let the plain search know."""
    session.commit()
    stored.follow(session, Analysis({}))
    session.commit()


@pytest.fixture
def world(enter: Enter) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        solution = a_solution(
            session,
            "PostLotse",
            publisher=city,
            summary={"de": "Sortiert Post für Ämter"},
            description={"de": "Erst <b>lesen</b> & dann sortieren.\n\nFertig."},
            fields_of_action=["VW"],
        )
        releases.publish(session, OPERATOR, solution, version="1.0", released_on=date(2026, 3, 1))
        use = Use(Stage.LIVE, date(2026, 2, 1), operator='=HYPERLINK("http://x")')
        adoptions.declare(session, OPERATOR, solution, city, use, today=date(2026, 11, 1))
        hidden = solutions.draft(session, OPERATOR, city, a_record(MARKER))
        assert not hidden.is_published
        save(session)


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def entries(client: Client, path: str) -> list[Element]:
    return XML(client.get(path).content).findall(f"{ATOM}entry")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", EVERY_LIST)
@pytest.mark.parametrize("suffix", ["json", "csv", "atom"])
def test_every_list_answers_in_every_format_without_the_draft(
    client: Client, path: str, suffix: str
) -> None:
    answer = client.get(f"{path}.{suffix}")

    assert answer.status_code == 200
    assert MARKER not in answer.text
    assert "auenrode" in answer.text.lower() or "postlotse" in answer.text.lower()
    assert f".{suffix}" in answer.headers["Content-Disposition"]
    assert 'rel="collection"' in answer.headers["Link"]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("path", EVERY_LIST)
def test_every_feed_keeps_the_rules_of_atom(client: Client, path: str) -> None:
    assert breaches(client.get(f"{path}.atom").content) == []


@pytest.mark.usefixtures("world")
def test_csv_is_rfc_4180_with_byte_order_mark_and_umlauts(client: Client) -> None:
    answer = client.get("/de/loesungen.csv")

    assert answer.content.startswith(b"\xef\xbb\xbfid,iri,slug,page,version,name,")
    assert answer.content.endswith(b"\r\n")
    assert "text/csv" in answer.headers["Content-Type"]
    assert "utf-8" in answer.headers["Content-Type"]
    (row,) = rows_of(answer.text)
    assert row["name"] == "PostLotse"
    assert row["summary"] == "Sortiert Post für Ämter"
    assert row["live_municipalities"] == "1"
    assert row["publisher"] == "Stadt Auenrode"


@pytest.mark.usefixtures("world")
def test_a_cell_cannot_be_a_formula(client: Client) -> None:
    (row,) = rows_of(client.get("/de/loesungen/postlotse/nachnutzungen.csv").text)

    assert row["operator"].startswith("'=")
    assert unguarded(row["operator"]) == '=HYPERLINK("http://x")'


@pytest.mark.usefixtures("world")
def test_json_has_the_columns_of_csv(client: Client) -> None:
    (item,) = client.get("/de/loesungen.json").json()["items"]
    (row,) = rows_of(client.get("/de/loesungen.csv").text)

    assert list(item) == list(row)
    assert item["live_municipalities"] == 1
    assert item["fields_of_action"] == ["VW"]


def test_a_list_answers_the_same_question_as_its_page(client: Client, enter: Enter) -> None:
    with enter() as session:
        a_solution(session, "Mit", fields_of_action=["MV"])
        a_solution(session, "Ohne", fields_of_action=["VW"])
        save(session)

    found = client.get("/de/loesungen.json?field_of_action=MV").json()

    assert [item["name"] for item in found["items"]] == ["Mit"]
    assert found["page"].endswith("/de/loesungen?field_of_action=MV")


def test_a_feed_begins_with_what_changed_last_and_goes_on_by_pages(
    client: Client, enter: Enter
) -> None:
    with enter() as session:
        city = a_city(session)
        start = datetime(2026, 1, 1, tzinfo=UTC)
        for number in range(120):
            solution = a_solution(session, f"Nr {number}", publisher=city)
            solution.updated_at = start + timedelta(minutes=number // 2)
        save(session)

    seen: list[str] = []
    href: str | None = "/de/loesungen.atom"
    while href:
        root = XML(client.get(href.removeprefix("https://node.example")).content)
        seen += [str(title.text) for title in root.findall(f"{ATOM}entry/{ATOM}title")]
        href = next(
            (link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "next"),
            None,
        )

    assert len(seen) == len(set(seen)) == 120
    assert {seen[0], seen[1]} == {"Nr 119", "Nr 118"}


def test_a_withdrawn_solution_leaves_a_tombstone_with_its_reason(
    client: Client, enter: Enter
) -> None:
    with enter() as session:
        solution = a_solution(session, "Ende")
        solutions.withdraw(session, OPERATOR, solution, reason="Nicht mehr gepflegt & alt")
        save(session)
        iri = f"https://node.example/id/solution/{solution.id}"

    for path in ("/de/loesungen.atom", "/de/loesungen.atom?q=anderes"):
        content = client.get(path).content
        (gone,) = XML(content).findall(TOMBSTONE)
        assert gone.get("ref") == iri
        assert "Nicht mehr gepflegt & alt" in "".join(gone.itertext())
        assert breaches(content) == []
    assert client.get("/de/loesungen.json").json()["items"] == []


@pytest.mark.usefixtures("world")
def test_words_of_a_record_are_no_markup_of_a_feed(client: Client) -> None:
    (entry,) = entries(client, "/de/loesungen.atom")
    content = entry.find(f"{ATOM}content")

    assert content is not None
    assert content.get("type") == "html"
    assert content.text == (
        "<p>Erst &lt;b&gt;lesen&lt;/b&gt; &amp; dann sortieren.</p><p>Fertig.</p>"
    )


def test_what_is_withheld_leaves_with_no_value(client: Client, enter: Enter) -> None:
    with enter() as session:
        held = a_record(
            "Still",
            repository=f"https://{MARKER}.example",
            withheld={"repository": Withheld("security")},
        )
        assert records.check(held) != []
        solutions.publish_many(session, OPERATOR, [solutions.NewSolution(held, None)])
        save(session)

    (item,) = client.get("/de/loesungen.json").json()["items"]

    assert item["repository"] == ""
    assert item["withheld"] == ["repository"]
    assert MARKER not in client.get("/de/loesungen.csv").text


@pytest.mark.usefixtures("world")
def test_pages_link_their_lists(client: Client) -> None:
    search = client.get("/de/loesungen?q=Post").text
    assert 'type="application/atom+xml"' in search
    assert 'href="/de/loesungen.csv?q=Post"' in search
    assert "/de/loesungen/postlotse/verlauf.csv" in client.get("/de/loesungen/postlotse").text
    profile = client.get("/de/organisationen/stadt-auenrode").text
    assert "/de/organisationen/stadt-auenrode/nachnutzungen.csv" in profile
    assert "/de/lichter.json" in client.get("/de/lichter").text


@pytest.mark.usefixtures("world")
def test_the_curve_is_a_table(client: Client) -> None:
    rows = rows_of(client.get("/de/loesungen/postlotse/verlauf.csv").text)

    assert [(row["year"], row["quarter"], row["live"]) for row in rows] == [
        ("2026", "1", "1"), ("2026", "2", "1"), ("2026", "3", "1"), ("2026", "4", "1"),
    ]  # fmt: skip


def test_a_place_in_a_feed_that_cannot_be_read_is_refused_in_words(client: Client) -> None:
    for after in ("unsinn", "5-", "99999999999999999999999-" + "0" * 32):
        assert client.get(f"/de/loesungen.atom?after={after}").status_code == 422


def test_a_list_of_many_rows_asks_the_database_by_hundreds(
    client: Client, enter: Enter, statements: Statements
) -> None:
    with enter() as session:
        city = a_city(session)
        for number in range(60):
            a_solution(session, f"Nr {number}", publisher=city)
        save(session)
    path = f"/de/organisationen/{city.slug}/loesungen.json"

    with statements() as asked:  # type: ignore[attr-defined]
        found = client.get(path).json()

    assert len(found["items"]) == 60
    assert len([each for each in asked if each.startswith("SELECT")]) <= 8


def test_old_addresses_of_lists_lead_on(client: Client, enter: Enter) -> None:
    with enter() as session:
        body = an_organization(session)
        slug = body.slug
        save(session)

    assert client.get(f"/de/organisationen/{slug}/loesungen.csv").status_code == 200
    assert client.get("/de/organisationen/gibt-es-nicht/loesungen.csv").status_code == 404
