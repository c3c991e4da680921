"""Entries in the forms of others: sheets, files and the API, without what is withheld."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog.facts import Withheld
from catalog.register.record import Model
from marketplace.formats.registers import forms
from tests.factories import a_city, an_entry

MARKER = "Waldohreule"
LIST = "/de/ki-transparenzregister"
ENTRY = f"{LIST}/eintraege/postlotse-stadt-auenrode"

Enter = Callable[[], Session]
Client = TestClient[Litestar]


@pytest.fixture
def entry_id(enter: Enter) -> str:
    with enter() as session:
        entry = an_entry(
            session,
            a_city(session, "Stadt Auenrode"),
            models=[Model(MARKER)],
            repository=f"https://{MARKER}.example",
            withheld={"models": Withheld("security"), "repository": Withheld("security")},
        )
        session.commit()
        return str(entry.id)


@pytest.mark.usefixtures("entry_id")
def test_card_and_list_lead_to_every_form(client: Client) -> None:
    card, listed = client.get(ENTRY).text, client.get(LIST).text
    for name in forms.FORMS:
        assert f"/formate/{name}/blatt" in card
        assert f"/formate/{name}/eintraege.csv" in listed
    assert f"{LIST}.parquet" in listed


def test_a_sheet_is_filled_and_says_what_is_missing_and_lost(client: Client, entry_id: str) -> None:
    page = client.get(f"{ENTRY}/formate/annex-viii-c/blatt").text
    assert "digital@test.example" in page
    for title in ("Was noch fehlt", "Was verloren geht"):
        assert f"<h2>{title}</h2>" in page
    assert "Eintrag des Anbieters in der EU-Datenbank" in page
    csv = client.get(f"{ENTRY}/formate/annex-viii-c/blatt.csv").text
    assert csv.removeprefix("\ufeff").startswith("field,meaning,value\r\nC1,")
    sheet = client.get(f"{ENTRY}/formate/annex-viii-c/blatt.json").json()
    assert sheet["missing"][0]["message"].startswith("Das Format verlangt")
    answer = client.get(f"/api/v1/register/entries/{entry_id}/forms/annex-viii-c").json()
    assert answer["document"] == sheet["document"]
    assert [each["id"] for each in client.get("/api/v1/register/forms").json()["items"]] == [
        *forms.FORMS
    ]


def test_the_list_leaves_in_a_form_and_as_parquet(client: Client, entry_id: str) -> None:
    rows = client.get(f"{LIST}/formate/maki/eintraege.json").json()["entries"]
    assert [(row["id"], row["document"]["Name"]) for row in rows] == [(entry_id, "PostLotse")]
    none = client.get(f"{LIST}/formate/maki/eintraege.json?status=ended").json()
    assert none["entries"] == []
    content = client.get(f"{LIST}.parquet").content
    assert content[:4] == content[-4:] == b"PAR1"


@pytest.mark.usefixtures("entry_id")
@pytest.mark.parametrize(
    "address",
    [
        f"{ENTRY}/formate/nichts/blatt",
        f"{LIST}/formate/nichts/eintraege.csv",
        f"{LIST}/eintraege/nichts/formate/ats/blatt",
        "/api/v1/register/entries/postlotse-stadt-auenrode/forms/nichts",
    ],
)
def test_what_is_not_there_is_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_what_is_withheld_leaves_by_no_address(client: Client, entry_id: str) -> None:
    addresses = [LIST, ENTRY, f"{ENTRY}/fassungen", f"{LIST}.parquet"]
    addresses += [f"{LIST}.{suffix}" for suffix in ("json", "csv", "atom")]
    addresses.append(f"/api/v1/register/entries/{entry_id}")
    for name in forms.FORMS:
        addresses += [f"{ENTRY}/formate/{name}/blatt{end}" for end in ("", ".json", ".csv")]
        addresses += [f"{LIST}/formate/{name}/eintraege.{end}" for end in ("json", "csv")]
        addresses.append(f"/api/v1/register/entries/{entry_id}/forms/{name}")
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert MARKER.encode() not in answer.content, address
