"""A verified body vouches for another; and the figures of the administration in German."""

import re
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import memberships, people, verifications
from catalog.permissions import Role
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from tests.factories import OPERATOR, a_city

Client = TestClient[Litestar]
Enter = Callable[[], Session]


def enter_as(client: Client, session: Session, **rights: bool) -> people.Person:
    person = people.enter(session, OPERATOR, email="l@test.example", name="Jule", **rights)
    client.cookies.set(COOKIE, logins.begin(session, person))
    client.headers["origin"] = "https://node.example"
    return person


def test_a_verified_body_vouches_for_another_and_takes_it_back(
    client: Client, enter: Enter
) -> None:
    with enter() as session:
        voucher, other = a_city(session, "Stadt Bürge"), a_city(session, "Stadt Neu")
        voucher.verified_on = other.verified_on = None
        memberships.join(session, OPERATOR, enter_as(client, session), voucher, Role.LEAD)
        session.commit()
        here, profile = f"/de/organisation/{voucher.id}/buergschaften", other.slug
    assert "Nur eine verifizierte Organisation" in client.get(here).text
    form = {"organization": f"https://node.example/de/organisationen/{profile}", "note": "Nachbarn"}
    assert client.post(here, data=form).status_code == 409
    with enter() as session:
        verifications.verify_by_hand(session, OPERATOR, session.merge(voucher), note="Brief")
        session.commit()
    wrong = client.post(here, data=form | {"organization": "gibt-es-nicht"})
    assert wrong.status_code == 422
    assert "Nachbarn</textarea>" in wrong.text
    assert client.post(here, data=form | {"organization": voucher.slug}).status_code == 422
    assert client.post(here, data=form).status_code == 303
    public = client.get(f"/de/organisationen/{profile}").text
    assert re.search(r"Stadt Bürge bürgt dafür: Nachbarn \(\d+\. \w+ \d{4}\)", public)

    page = client.get(here).text
    take_back = re.search(rf'action="({here}/[^"]+)"', page)
    assert take_back
    silent = client.post(take_back[1], data={"a": "b"})
    assert silent.status_code == 422
    field = f"reason-{take_back[1].rsplit('/', 1)[-1]}"
    assert client.post(take_back[1], data={field: "Verwechslung"}).status_code == 303
    assert "Verwechslung" in client.get(here).text
    assert "bürgt dafür" not in client.get(f"/de/organisationen/{profile}").text
    assert client.post(f"{here}/{voucher.id}", data={"a": "b"}).status_code == 404


def test_sizes_are_written_as_the_language_writes_them(client: Client, enter: Enter) -> None:
    with enter() as session:
        enter_as(client, session, is_steward=True)
        session.commit()
    assert re.search(r"\d,\d MB", client.get("/de/verwaltung").text)
    assert re.search(r"\d\.\d MB", client.get("/en/administration").text)


def test_the_stewards_list_of_organizations_goes_on(
    client: Client, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.pages.administration.overview.PAGE_SIZE", 2)
    with enter() as session:
        enter_as(client, session, is_steward=True)
        for name in ("Stadt Anfang", "Stadt Mitte", "Stadt Ende"):
            a_city(session, name)
        session.commit()
    here = "/de/verwaltung/organisationen"
    first = client.get(here).text
    assert f'href="{here}?page=2"' in first
    assert "Stadt Anfang" not in first
    last = client.get(f"{here}?page=2").text
    assert "Stadt Anfang" in last
    assert f'href="{here}?page=1"' in last
    assert "Stadt Mitte" in client.get(f"{here}?q=mitte").text
