"""The invented interfaces: valid, dated, told as a story of two versions, and shown on pages."""

from collections.abc import Iterator

import httpx
import pytest
from sqlalchemy.orm import Session

from catalog import interfaces, organizations, solutions
from catalog.interfaces import InterfaceSpec
from marketplace import interface_fits
from marketplace.interfaces.fitting import Fit
from marketplace.sample import interfaces as invented
from marketplace.sample.loading import ACTOR
from tests.marketplace.conftest import ServedNode


@pytest.fixture
def loaded(sqlite_node: ServedNode) -> Iterator[Session]:
    """A session that sees the sample as the node serves it."""
    with sqlite_node.database.reading() as session:
        yield session


def _page(node: ServedNode, path: str) -> str:
    found: httpx.Response = node.get(path)
    assert found.status_code == 200, path
    return found.text


def test_each_is_there_under_its_lasting_id_on_its_day_and_valid(loaded: Session) -> None:
    for each in invented.read():
        spec = loaded.get_one(InterfaceSpec, each.id)
        assert spec.created_at.date() == spec.checked_at.date() == each.on, each
        assert spec.may_be_published, each
        assert bool(spec.content) == bool(each.file), each
        assert spec.is_published == bool(each.solution), each
        if each.solution:
            assert spec.published_at is not None
            assert spec.published_at.date() == each.on


def test_the_second_version_breaks_and_the_others_do_not(loaded: Session) -> None:
    specs = [loaded.get_one(InterfaceSpec, each.id) for each in invented.read()]
    broken = {(each.name, each.version): len(each.breaking) for each in specs if each.breaking}

    assert broken == {("Posteingangs-API", "2.0.0"): 3}


def test_one_city_has_moved_to_the_new_version_and_the_other_has_not(loaded: Session) -> None:
    offered = interface_fits.offered_by(loaded, solutions.by_slug(loaded, "postlotse"))
    fits = {}
    for slug in ("stadt-auenrode", "stadt-tannenmoor"):
        body = organizations.by_slug(loaded, slug)
        own = interfaces.of_organization(loaded, ACTOR, body)
        fits[slug] = [each.found.fit for each in interface_fits.requirements(own, offered)]

    assert fits == {
        "stadt-auenrode": [Fit.MET, Fit.MET],
        "stadt-tannenmoor": [Fit.NOT_MET, Fit.MET],
    }


def test_the_pages_show_operations_events_breaks_and_claims(sqlite_node: ServedNode) -> None:
    ids = {each.file or each.name: each.id for each in invented.read() if each.solution}
    post, gauge = (f"/de/loesungen/{slug}/schnittstellen" for slug in ("postlotse", "pegelblick"))
    second = f"{post}/{ids['posteingang-2.yaml']}"

    assert f'href="{second}"' in _page(sqlite_node, "/de/loesungen/postlotse")
    assert "PUT /briefe/{nummer}/bestaetigung" in _page(sqlite_node, second)
    changed = _page(sqlite_node, f"{second}/unterschiede")
    assert "Vorschlag.sicherheit" in changed
    assert "nimmt den Wert „fax“ nicht mehr an" in changed
    events = _page(sqlite_node, f"{gauge}/{ids['pegelmeldungen-1.yaml']}")
    assert "SEND warnungen/{gebiet}" in events
    assert "OGC" in _page(sqlite_node, f"{gauge}/{ids['Pegelstände']}")
