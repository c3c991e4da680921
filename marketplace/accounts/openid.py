"""Signing in through a service: OpenID Connect, authorization code flow with PKCE.

OpenID Connect Core 1.0 (3.1: the flow, 3.1.3.7: checks of the ID token), Discovery 1.0, RFC 7636
(PKCE, always S256), RFC 9207 (issuer in the answer). Everything happens between servers; the
browser carries only the code.
"""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from marketplace.accounts import tokens
from marketplace.accounts.openid_providers import Provider
from marketplace.accounts.service_client import ServiceAwayError, fetch

SKEW = 60
"""Seconds by which the clocks of node and service may differ."""

FRESH = 600
"""Seconds within which somebody who is to confirm must have signed in at the service."""

KNOWN_FOR = 3600.0
"""Seconds for which what a service says about itself is remembered."""

ASK_KEYS_EVERY = 60.0
"""Seconds between two times of asking for keys because a token names an unknown one."""

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures of ID tokens; "none" and shared secrets are not among them."""

MOST_GROUPS = 500


class AnswerWrongError(Exception):
    """What came back from the sign-in service does not hold; the words are for the log."""


@dataclass(frozen=True)
class Told:
    """What a service tells of a person."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    name: str
    groups: Sequence[str]


@dataclass(frozen=True)
class Metadata:
    """Where a service is asked what (OpenID Connect Discovery, 3)."""

    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    posts_secret: bool
    """Whether the service wants the client's secret in the body, not in the header."""
    names_issuer: bool
    """Whether its answers always name the issuer (RFC 9207)."""


@dataclass
class _Known:
    metadata: Metadata
    keys: dict[str, Any]
    read: float
    keys_read: float


_known: dict[str, _Known] = {}
_lock = threading.Lock()


def forget() -> None:
    """Forget what services said about themselves."""
    with _lock:
        _known.clear()


def discover(provider: Provider) -> Metadata:
    """What a service says about itself; raises `ServiceAwayError`."""
    return _about(provider).metadata


def question(
    provider: Provider, redirect_uri: str, *, is_again: bool = False
) -> tuple[str, dict[str, str]]:
    """The address to which the browser goes, and the facts to remember until it comes back.

    ``is_again`` has the service ask for the password even if it knows the browser.
    """
    facts = {"state": tokens.new(), "nonce": tokens.new(), "verifier": secrets.token_urlsafe(48)}
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": facts["state"],
        "nonce": facts["nonce"],
        "code_challenge": create_s256_code_challenge(facts["verifier"]),
        "code_challenge_method": "S256",
        **({"prompt": "login", "max_age": "0"} if is_again else {}),
    }
    to = add_params_to_uri(discover(provider).authorization, list(asked.items()))
    return to, {**facts, **({"again": "1"} if is_again else {})}


def answer(
    provider: Provider, redirect_uri: str, facts: Mapping[str, str], given: Mapping[str, str]
) -> Told:
    """What the service tells of the person who comes back with ``given``.

    Raises `ServiceAwayError` or `AnswerWrongError`.
    """
    if not secrets.compare_digest(given.get("state", "").encode(), facts["state"].encode()):
        raise AnswerWrongError("The state is another one.")
    metadata = discover(provider)
    if given.get("iss", "" if metadata.names_issuer else provider.issuer) != provider.issuer:
        raise AnswerWrongError("The answer comes from another issuer.")
    if "error" in given or not given.get("code"):
        raise AnswerWrongError("The service gave no code.")
    id_token, access_token = _exchanged(
        provider, metadata, redirect_uri, verifier=facts["verifier"], code=given["code"]
    )
    claims = _claims(provider, id_token, facts)
    if provider.claims.email not in claims and metadata.userinfo and access_token:
        claims = {**_userinfo(metadata, access_token, claims["sub"]), **claims}
    return _told(provider, claims)


def sign_out_address(provider: Provider, back: str) -> str:
    """Where somebody signs out at the service too; empty if it has no such page."""
    end = discover(provider).end_session
    asked = [("client_id", provider.client_id), ("post_logout_redirect_uri", back)]
    return str(add_params_to_uri(end, asked)) if end else ""


def _about(provider: Provider) -> _Known:
    moment = time.monotonic()
    with _lock:
        known = _known.get(provider.issuer)
    if known is not None and moment - known.read < KNOWN_FOR:
        return known
    told = fetch("GET", provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if told.get("issuer") != provider.issuer:
        raise ServiceAwayError("It says that it is another issuer.")
    methods = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    metadata = Metadata(
        authorization=_address(provider, told, "authorization_endpoint"),
        token=_address(provider, told, "token_endpoint"),
        jwks=_address(provider, told, "jwks_uri"),
        userinfo=_address(provider, told, "userinfo_endpoint", is_needed=False),
        end_session=_address(provider, told, "end_session_endpoint", is_needed=False),
        posts_secret="client_secret_basic" not in methods,
        names_issuer=told.get("authorization_response_iss_parameter_supported") is True,
    )
    known = _Known(metadata, fetch("GET", metadata.jwks), moment, moment)
    with _lock:
        _known[provider.issuer] = known
    return known


def _address(
    provider: Provider, told: Mapping[str, Any], name: str, *, is_needed: bool = True
) -> str:
    """An address that a service names; without encryption only where its issuer has none."""
    found = told.get(name)
    schemes = ("https://",) if provider.issuer.startswith("https://") else ("https://", "http://")
    if isinstance(found, str) and found.startswith(schemes):
        return found
    if is_needed or found is not None:
        raise ServiceAwayError(f"It names no usable {name}.")
    return ""


def _exchanged(
    provider: Provider, metadata: Metadata, redirect_uri: str, *, verifier: str, code: str
) -> tuple[str, str]:
    """The ID token and the access token for a code."""
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": verifier,
    }
    options: dict[str, Any] = {}
    if provider.client_secret and not metadata.posts_secret:
        options["auth"] = (provider.client_id, provider.client_secret)
    else:
        asked["client_id"] = provider.client_id
        if provider.client_secret:
            asked["client_secret"] = provider.client_secret
    told = fetch("POST", metadata.token, data=asked, **options)
    token = told.get("id_token")
    if not isinstance(token, str):
        raise AnswerWrongError("There is no ID token.")
    return token, str(told.get("access_token", ""))


def _userinfo(metadata: Metadata, access_token: str, subject: str) -> dict[str, Any]:
    """What the service tells of the person beside the ID token (OpenID Connect Core, 5.3)."""
    told = fetch("GET", metadata.userinfo, bearer=access_token)
    if told.get("sub") != subject:
        raise AnswerWrongError("The service tells of somebody else.")
    return told


def _claims(provider: Provider, token: str, facts: Mapping[str, str]) -> dict[str, Any]:
    """The claims of an ID token, once its signature and all that binds it to us are checked."""
    try:
        claims = _decoded(provider, token)
        jwt.JWTClaimsRegistry(
            leeway=SKEW,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": facts["nonce"]},
        ).validate(claims)
    except (JoseError, ValueError) as wrong:
        raise AnswerWrongError(f"The ID token does not hold: {type(wrong).__name__}.") from wrong
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if several and claims.get("azp") != provider.client_id:
        raise AnswerWrongError("The ID token was made for another client.")
    if "again" in facts and not _is_fresh(claims):
        raise AnswerWrongError("The person has not signed in anew.")
    return claims


def _decoded(provider: Provider, token: str) -> dict[str, Any]:
    known = _about(provider)
    try:
        return dict(_verified(known, token))
    except (JoseError, ValueError):
        moment = time.monotonic()
        if moment - known.keys_read < ASK_KEYS_EVERY:
            raise
        # The service may have new keys since.
        known.keys, known.keys_read = fetch("GET", known.metadata.jwks), moment
        return dict(_verified(known, token))


def _verified(known: _Known, token: str) -> dict[str, Any]:
    keys = KeySet.import_key_set(known.keys)  # type: ignore[arg-type]
    return jwt.decode(token, keys, algorithms=ALGORITHMS).claims


def _is_fresh(claims: Mapping[str, Any]) -> bool:
    at = claims.get("auth_time")
    return isinstance(at, int | float) and at > time.time() - FRESH - SKEW


def _told(provider: Provider, claims: Mapping[str, Any]) -> Told:
    subject = str(claims["sub"])
    if not 0 < len(subject) <= 255:
        raise AnswerWrongError("The subject is empty or too long.")
    names = provider.claims
    groups = claims.get(names.groups)
    return Told(
        issuer=provider.issuer,
        subject=subject,
        email=_text(claims, names.email),
        is_verified=claims.get("email_verified") is True or provider.addresses_are_verified,
        name=_text(claims, names.name),
        groups=[str(each) for each in groups[:MOST_GROUPS]] if isinstance(groups, list) else [],
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    return found[:300] if isinstance(found, str) else ""
