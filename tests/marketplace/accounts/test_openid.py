"""OpenID Connect against a certified provider: the flow, and everything that must not hold."""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from marketplace.accounts import openid, openid_providers, service_client
from marketplace.accounts.openid import AnswerWrongError, Told
from marketplace.accounts.service_client import ServiceAwayError
from marketplace.settings import Settings
from tests.marketplace.accounts.conftest import RETURN, Service

Claims = dict[str, object]


def given_by(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def signed_in(service: Service, name: str = "anna", **facts: str) -> Told:
    to, known = openid.question(service.provider, RETURN)
    back = service.sign_in(to, name)
    return openid.answer(service.provider, RETURN, {**known, **facts}, given_by(back))


def test_somebody_signs_in_and_the_service_tells_who_it_is(service: Service) -> None:
    told = signed_in(service)

    assert told == Told(
        service.provider.issuer, "anna", "anna@stadt.example", is_verified=True,
        name="Anna Muster", groups=["ki-redaktion"],
    )  # fmt: skip


def test_the_question_is_bound_by_state_nonce_and_pkce(service: Service) -> None:
    to, facts = openid.question(service.provider, RETURN)
    asked = given_by(to)

    assert asked["code_challenge_method"] == "S256"
    assert asked["state"] == facts["state"]
    assert asked["nonce"] == facts["nonce"]
    assert facts["verifier"] not in to
    other, _ = openid.question(service.provider, RETURN)
    assert given_by(other)["state"] != asked["state"]


@pytest.mark.parametrize(
    "facts", [{"nonce": "another"}, {"state": "another"}, {"verifier": "another" * 8}]
)
def test_an_answer_to_another_question_is_refused(service: Service, facts: dict[str, str]) -> None:
    with pytest.raises((AnswerWrongError, ServiceAwayError)):
        signed_in(service, **facts)


@pytest.mark.parametrize(
    "change",
    [
        {"state": ""},
        {"iss": "https://evil.example"},
        {"iss": ""},
        {"code": ""},
        {"error": "access_denied"},
    ],
)
def test_a_changed_way_back_is_refused(service: Service, change: dict[str, str]) -> None:
    to, facts = openid.question(service.provider, RETURN)
    given = given_by(service.sign_in(to, "anna"))
    with pytest.raises(AnswerWrongError):
        openid.answer(service.provider, RETURN, facts, {**given, **change})


def test_a_code_counts_once(service: Service) -> None:
    to, facts = openid.question(service.provider, RETURN)
    given = given_by(service.sign_in(to, "anna"))
    openid.answer(service.provider, RETURN, facts, given)
    with pytest.raises(ServiceAwayError):
        openid.answer(service.provider, RETURN, facts, given)


def test_who_is_to_confirm_signs_in_anew(service: Service) -> None:
    to, facts = openid.question(service.provider, RETURN, is_again=True)
    assert given_by(to)["prompt"] == "login"

    assert (
        openid.answer(
            service.provider, RETURN, facts, given_by(service.sign_in(to, "anna"))
        ).subject
        == "anna"
    )


FACTS = {"state": "s", "nonce": "n", "verifier": "v"}

Mint = Callable[..., Told]


@pytest.fixture
def told_by(service: Service, monkeypatch: pytest.MonkeyPatch) -> Mint:
    """What becomes of a token with these claims that the service's key has signed."""

    def tell(
        changes: Claims,
        *,
        key: RSAKey | OctKey | None = None,
        facts: dict[str, str] = FACTS,
        **header: str,
    ) -> Told:
        moment = int(time.time())
        claims = {
            "iss": service.provider.issuer, "sub": "anna", "aud": service.provider.client_id,
            "exp": moment + 300, "iat": moment, "nonce": "n", "email": "anna@stadt.example",
        } | changes  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode({"alg": "RS256", "kid": "one", **header}, claims, key or service.key)
        monkeypatch.setattr(openid, "_exchanged", lambda *_args, **_named: (token, ""))
        return openid.answer(
            service.provider, RETURN, facts,
            {"state": "s", "code": "c", "iss": service.provider.issuer},
        )  # fmt: skip

    return tell


def at_present(changes: Claims) -> Claims:
    """The claims with what is said from now on as seconds since 1970."""
    moment = datetime.now(UTC)
    return {
        name: int((moment + value).timestamp()) if isinstance(value, timedelta) else value
        for name, value in changes.items()
    }


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"exp": timedelta(seconds=-30)},
        {"iat": timedelta(seconds=30)},
        {"nbf": timedelta(seconds=30)},
        {"aud": ["lichtermeer"]},
        {"aud": ["lichtermeer", "another"], "azp": "lichtermeer"},
    ],
    ids=str,
)
def test_a_token_that_holds_within_a_minute_of_skew_is_taken(
    told_by: Mint, changes: Claims
) -> None:
    assert told_by(at_present(changes)).subject == "anna"


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": timedelta(seconds=-90)},
        {"iat": timedelta(seconds=120)},
        {"nbf": timedelta(seconds=120)},
        {"exp": None},
        {"iat": None},
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": ["lichtermeer", "another"]},
        {"aud": ["lichtermeer", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
    ],
    ids=str,
)
def test_a_token_that_does_not_hold_is_refused(told_by: Mint, changes: Claims) -> None:
    with pytest.raises(AnswerWrongError):
        told_by(at_present(changes))


def test_a_token_of_another_key_or_kind_of_signature_is_refused(told_by: Mint) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
    with pytest.raises(AnswerWrongError):
        told_by({}, key=stranger)
    with pytest.raises(AnswerWrongError):
        told_by({}, key=stranger, kid="unknown")
    shared = OctKey.import_key("a secret that both sides know, long enough")
    with pytest.raises(AnswerWrongError):
        told_by({}, key=shared, alg="HS256")


def test_who_has_not_signed_in_anew_confirms_nothing(told_by: Mint) -> None:
    facts = {**FACTS, "again": "1"}
    assert told_by(at_present({"auth_time": timedelta(seconds=-10)}), facts=facts).subject == "anna"
    for changes in (at_present({"auth_time": timedelta(hours=-1)}), {}):
        with pytest.raises(AnswerWrongError):
            told_by(changes, facts=facts)


def test_new_keys_of_a_service_are_found(told_by: Mint, service: Service) -> None:
    openid.discover(service.provider)
    known = openid._known[service.provider.issuer]
    known.keys = {"keys": [RSAKey.generate_key(2048, {"kid": "old"}).as_dict(private=False)]}
    with pytest.raises(AnswerWrongError):
        told_by({})
    known.keys_read -= openid.ASK_KEYS_EVERY

    assert told_by({}).subject == "anna"


def test_a_service_that_is_another_or_away_is_said_to_be_away(service: Service) -> None:
    slash = msgspec.structs.replace(service.provider, issuer=service.provider.issuer + "/")
    away = msgspec.structs.replace(service.provider, issuer="http://127.0.0.1:1")
    for provider in (slash, away):
        with pytest.raises(ServiceAwayError):
            openid.question(provider, RETURN)


def test_an_answer_without_end_is_cut_off(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_client, "LARGEST_ANSWER", 100)
    with pytest.raises(ServiceAwayError):
        openid.discover(service.provider)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"issuer": "http://idp.example"}, "issuer"),
        ({"name": "A B"}, "name"),
        ({"client_id": 5}, "client_id"),
        ({"colour": "blue"}, "colour"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, object], named: str) -> None:
    good = {"name": "a", "label": "A", "issuer": "https://idp.example", "client_id": "c"}
    assert openid_providers.of(Settings(openid_providers=json.dumps([good])))
    for text in (json.dumps([good | change]), json.dumps([good, good]), "{"):
        with pytest.raises(ValueError, match="MARKETPLACE_OPENID_PROVIDERS"):
            openid_providers.of(Settings(openid_providers=text))
    with pytest.raises(ValueError, match=named):
        openid_providers.of(Settings(openid_providers=json.dumps([good | change])))
