"""API keys over HTTP: what one opens, what it never does, that it is named and seen to be used."""

from datetime import timedelta

from catalog import changes, organizations
from catalog.organizations import Organization
from marketplace.accounts import api_keys
from tests.factories import OPERATOR, a_city
from tests.marketplace.api.conftest import TODAY, Api


def a_key(api: Api, city: Organization, *scopes: str) -> str:
    with api.enter() as session:
        return api_keys.create(
            session, OPERATOR, organizations.by_id(session, city.id), name="Skript",
            scopes=scopes, expires_on=TODAY + timedelta(30), today=TODAY,
        )[1]  # fmt: skip


def send(api: Api, method: str, path: str, secret: str, **options: object) -> object:
    headers = {"Authorization": f"Bearer {secret}"}
    return api.http.request(method, path, headers=headers, **options)  # type: ignore[arg-type]


def test_a_key_drafts_for_its_own_organization_and_is_named_in_the_feed(api: Api) -> None:
    with api.enter() as session:
        city, other = a_city(session, "Stadt Eins"), a_city(session, "Stadt Zwei")
    secret = a_key(api, city, "draft")
    body = {"publisher": str(city.id), "record": {"name": {"de": "Neu"}}}

    made = send(api, "POST", "/api/v1/drafts", secret, json=body)
    foreign = send(api, "POST", "/api/v1/drafts", secret, json={**body, "publisher": str(other.id)})

    assert made.status_code == 201, made.text  # type: ignore[attr-defined]
    assert foreign.status_code == 403  # type: ignore[attr-defined]
    with api.enter() as session:
        last = changes.after(session, 0)[-1]
        assert (last.actor_id, last.actor_name[:8]) == (None, "Skript (")
        (key,) = api_keys.of_organization(session, OPERATOR, organizations.by_id(session, city.id))
        assert key.last_used_at is not None


def test_a_wrong_key_is_refused_where_one_is_asked_for(api: Api) -> None:
    refused = send(api, "GET", "/api/v1/drafts", "lm_00000000_falsch")

    assert refused.status_code == 401  # type: ignore[attr-defined]
    assert refused.headers["content-type"] == "application/problem+json"  # type: ignore[attr-defined]
    assert "Bearer" in refused.headers["www-authenticate"]  # type: ignore[attr-defined]


def test_a_key_opens_no_page_and_no_account(api: Api) -> None:
    with api.enter() as session:
        city = a_city(session, "Stadt Eins")
    secret = a_key(api, city, "read", "draft", "publish", "adoptions")

    account = send(api, "GET", "/api/v1/account", secret)
    page = send(api, "GET", "/de/meine-loesungen", secret)

    assert account.status_code == 403  # type: ignore[attr-defined]
    assert page.status_code in (303, 403)  # type: ignore[attr-defined]
