"""Sign-in services (OpenID Connect) as the operator sets them up, in JSON::

    [{"name": "rathaus", "label": "Anmeldung der Stadt",
      "issuer": "https://anmeldung.stadt.example/realms/stadt",
      "client_id": "lichtermeer", "client_secret": "…",
      "scopes": ["openid", "email", "profile"],
      "claims": {"email": "email", "name": "name", "groups": "groups"},
      "groups": {"ki-redaktion": {"organization": "stadt-auenrode", "role": "editor"}},
      "may_register": true, "addresses_are_verified": false, "is_strong": false}]

Only name, label, issuer and client_id must be given. The address to which the service leads back is
``{base address}/openid/{name}``.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from catalog.errors import NotFound
from catalog.permissions import Role
from marketplace.settings import Settings

HTTPS = r"^(https://[^/?#\s]+|http://(127\.0\.0\.1|localhost|\[::1\]))[^?#\s]*$"
"""Issuers are https addresses without query (OpenID Connect Discovery, 4); http at home only."""


class Claims(Struct, frozen=True, forbid_unknown_fields=True):
    """Under which names the service tells address, name and groups."""

    email: str = "email"
    name: str = "name"
    groups: str = "groups"


class GroupRole(Struct, frozen=True, forbid_unknown_fields=True):
    """The role that a group of the service stands for."""

    organization: str
    """Slug of the organization."""
    role: Role


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign-in service."""

    name: Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$")]
    label: Annotated[str, Meta(min_length=1, max_length=100)]
    issuer: Annotated[str, Meta(pattern=HTTPS, max_length=500)]
    client_id: Annotated[str, Meta(min_length=1)]
    client_secret: str = ""
    """Empty for a public client, which PKCE alone protects."""
    scopes: Sequence[str] = ("openid", "email", "profile")
    claims: Claims = Claims()
    groups: Mapping[str, GroupRole] = {}
    may_register: bool = True
    """Whether people who are new here get an account."""
    addresses_are_verified: bool = False
    """Whether every address that the service tells is one it has made sure of."""
    is_strong: bool = False
    """Whether the service itself asks for two factors."""


def of(settings: Settings) -> Sequence[Provider]:
    """The sign-in services of a node; raises ``ValueError`` that says what is wrong in them."""
    return _read(settings.openid_providers)


def named(settings: Settings, name: str) -> Provider:
    """The sign-in service with this name."""
    found = next((each for each in of(settings) if each.name == name), None)
    if found is None or "openid" not in settings.ways:
        raise NotFound("There is no such sign-in service.")
    return found


@lru_cache(4)
def _read(text: str) -> Sequence[Provider]:
    if not text.strip():
        return ()
    try:
        found = msgspec.json.decode(text, type=list[Provider])
    except msgspec.DecodeError as wrong:
        raise ValueError(f"MARKETPLACE_OPENID_PROVIDERS: {wrong}") from wrong
    names = [each.name for each in found]
    if len(set(names)) < len(names):
        raise ValueError("MARKETPLACE_OPENID_PROVIDERS: a name stands there twice.")
    return tuple(found)
