"""E-mail addresses as people type them, in one spelling, and safe to stand in a header."""

import re
from collections.abc import Sequence

from catalog.errors import Invalid

LONGEST = 254
"""Characters of an address that a mail server takes (RFC 5321, 4.5.3.1.3)."""

LONGEST_LOCAL = 64
"""Characters before the @ (RFC 5321, 4.5.3.1.1)."""

_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""A dot-atom (RFC 5322, 3.2.3) in lower case; quoted local parts are refused."""

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


def normalized(text: str, *, field: str = "email") -> str:
    """The address in lower case, its domain as ASCII (IDNA).

    Raises ``Invalid`` for what is no address of one mailbox. Lower case before the @ is against
    the letter of RFC 5321, 2.4; no provider in use tells ``Anna@`` from ``anna@``, people do not
    either, and two accounts for one mailbox would be the worse mistake.
    """
    local, _, domain = text.strip().lower().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    fits = len(local) <= LONGEST_LOCAL and len(local) + 1 + len(domain) <= LONGEST
    if not (fits and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise Invalid("Give one e-mail address, for example name@stadt.de.", field=field)
    return f"{local}@{domain}"


OPEN_TO_ALL = frozenset(
    {
        "aol.com", "arcor.de", "freenet.de", "gmail.com", "gmx.at", "gmx.ch", "gmx.com", "gmx.de",
        "gmx.net", "googlemail.com", "hotmail.com", "hotmail.de", "icloud.com", "live.com",
        "live.de", "mail.de", "mailbox.org", "me.com", "msn.com", "outlook.com", "outlook.de",
        "posteo.de", "proton.me", "protonmail.com", "t-online.de", "tutanota.com", "web.de",
        "yahoo.com", "yahoo.de",
    }
)  # fmt: skip
"""Providers at which anybody gets an address, so that one proves nothing about an organization."""


def domain_of(address: str, field: str = "email") -> str:
    """The domain of an address as ASCII in lower case; raises ``Invalid`` for what is none."""
    return normalized(address, field=field).rpartition("@")[2]


def is_within(address: str, domains: Sequence[str]) -> bool:
    """Whether an address lies in one of the domains or in a subdomain of one."""
    domain = address.rpartition("@")[2]
    return any(domain == each or domain.endswith(f".{each}") for each in domains)
