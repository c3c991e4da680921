"""Rules for single values of publiccode.yml: what is wrong with one, and a remark if it is right.

A rule takes the text that was written and answers a ``Problem`` with the remedy, or None.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from urllib.parse import urlsplit

from babel import Locale

from catalog.errors import Problem
from catalog.licenses.checking import LicenseCheck
from catalog.licenses.checking import check as check_license
from catalog.licenses.spelling import Kind, recognize
from catalog.records import is_web_address
from marketplace.formats.publiccode import standard

_MIME = re.compile(
    r"^ *[A-Za-z0-9][A-Za-z0-9!#$&^_-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126} *$"
)
_EMAIL = re.compile(r"^[^@\s]{1,64}@[\w-]{1,63}(\.[\w-]{1,63})+$")
_URN = re.compile(r"(?i)^urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9()+,.:=@;$_!*'%/?#-]+$")
_ITALIAN = re.compile(r"^[A-Za-z0-9_]{2,20}$")
_REPOSITORY_SCHEMES = ("http", "https", "git", "ssh", "git+ssh", "svn", "svn+ssh")
_SUBTAG = re.compile(r"^[A-Za-z0-9]{1,8}$")
_NO_COUNTRY = frozenset(
    ["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"]
)
"""Codes that Unicode knows and ISO 3166-1 does not assign."""


def text(written: str) -> Problem | None:
    """Any text that says something."""
    return None if written.strip() else Problem("", "Write something here or leave the key out.")


def repository(written: str) -> Problem | None:
    """The address of a repository."""
    try:
        parts = urlsplit(written)
    except ValueError:
        return _no_address()
    is_there = parts.scheme in _REPOSITORY_SCHEMES and parts.hostname
    return None if is_there else _no_address()


def web(written: str) -> Problem | None:
    """A web address."""
    return None if is_web_address(written) else _no_address()


def day(written: str) -> Problem | None:
    """A day as YYYY-MM-DD."""
    try:
        if len(written) == 10 and date.fromisoformat(written):
            return None
    except ValueError:
        pass
    return Problem("", "Write the day as year-month-day, for example 2026-03-11.")


def boolean(written: str) -> Problem | None:
    """True or false, as YAML 1.2 writes them; the scalar was not quoted."""
    if written in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return None
    return Problem("", "Write true or false, without quotation marks.")


def email(written: str) -> Problem | None:
    """An e-mail address."""
    return None if _EMAIL.match(written) else Problem("", "Write an e-mail address.")


def mime(written: str) -> Problem | None:
    """A media type (RFC 2045)."""
    return None if _MIME.match(written) else Problem("", "Write a media type like image/png.")


def file(written: str) -> Problem | None:
    """A path inside the repository or a web address; never one that leads out of it."""
    if written.startswith("/") or written.lower().startswith("file:") or "\\" in written:
        return Problem("", "Write a path inside the repository or a web address.")
    if ":" in written.split("/", maxsplit=1)[0]:
        return web(written)
    if ".." in written.split("/"):
        return Problem("", "The path leads out of the repository.")
    return None


def logo(written: str) -> Problem | None:
    """The file of a logo."""
    return file(written) or _ending(written, (".svg", ".svgz", ".png"))


def screenshot(written: str) -> Problem | None:
    """The file of a picture."""
    return file(written) or _ending(written, (".png", ".jpg", ".jpeg"))


def organisation(written: str) -> Problem | None:
    """The address or URN of an organization."""
    if written.lower().startswith("urn:x-italian-pa:"):
        return italian_body(written.split(":", 2)[2])
    if _URN.match(written) or (urlsplit(written).scheme and urlsplit(written).netloc):
        return None
    return Problem("", "Write a web address or a URN, for example https://www.stadt.example.")


def italian_body(written: str) -> Problem | None:
    """The code of an Italian body. Whether it is assigned only the Italian index knows."""
    if _ITALIAN.match(written):
        return None
    return Problem("", "Write the code of the Italian body, for example pcm.")


def supports(written: str) -> Problem | None:
    """A norm or system: an alias of the standard, a URN or an address."""
    if written.startswith("alias:"):
        return _one_of("supports_alias", written.removeprefix("alias:"))
    return organisation(written)


def language(written: str) -> Problem | None:
    """A language tag by BCP 47: language, script, region, variants, in this order."""
    parts = written.split("-")
    codes = Locale("en").languages
    if not all(map(_SUBTAG.match, parts)) or parts[0].lower() not in codes:
        return _no_language()
    rest = parts[1:]
    if rest and len(rest[0]) == 4 and rest[0].title() in Locale("en").scripts:
        rest = rest[1:]
    if rest and len(rest[0]) in (2, 3) and rest[0].upper() in Locale("en").territories:
        rest = rest[1:]
    variants = Locale("en").variants
    if all(part.upper() in variants or len(part) > 4 for part in rest):
        return None
    return _no_language()


def country(written: str) -> Problem | None:
    """A country by ISO 3166-1, two letters, all of one case."""
    if written in (written.lower(), written.upper()) and is_country(written.upper()):
        return None
    return Problem("", "Write a country as two letters, for example DE.")


def is_country(code: str) -> bool:
    """Whether two upper-case letters are assigned by ISO 3166-1."""
    return len(code) == 2 and code in Locale("en").territories and code not in _NO_COUNTRY


def license(written: str) -> Problem | None:  # noqa: A001 - the field's name
    """An SPDX expression; ids that SPDX has given up are a remark, not an error."""
    wrong = next((p for p in _license_check(written).problems if p.severity == "error"), None)
    return wrong.text if wrong else None


def license_remark(written: str) -> Problem | None:
    """What is to be said of an expression that is valid."""
    found = _license_check(written).problems
    return found[0].text if found and recognize(written).kind is not Kind.UNKNOWN else None


def _license_check(written: str) -> LicenseCheck:
    return check_license(written.strip())


def _of_list(name: str) -> Callable[[str], Problem | None]:
    return lambda written: _one_of(name, written)


def _one_of(name: str, written: str) -> Problem | None:
    known = standard.values(name)
    if written in known:
        return None
    shown = ", ".join(known) if len(known) < 30 else "https://yml.publiccode.tools"
    return Problem("", "“%(value)s” is not in the list. Known are: %(known)s.",
                   {"value": written[:80], "known": shown})  # fmt: skip


def _ending(written: str, endings: tuple[str, ...]) -> Problem | None:
    path = urlsplit(written).path.lower()
    if path.endswith(endings):
        return None
    return Problem("", "The file must end in %(endings)s.", {"endings": ", ".join(endings)})


def _no_address() -> Problem:
    return Problem("", "Write a whole address that begins with https://.")


def _no_language() -> Problem:
    return Problem("", "Write a language as BCP 47 does, for example de or en-GB.")


@cache
def rules() -> Mapping[str, Callable[[str], Problem | None]]:
    """Every rule by the name that the standard's data use."""
    own = {
        "text": text, "repository": repository, "web": web, "date": day, "bool": boolean,
        "email": email, "mime": mime, "file": file, "logo": logo, "screenshot": screenshot,
        "organisation": organisation, "italian_body": italian_body, "supports": supports,
        "language": language, "country": country, "license": license,
    }  # fmt: skip
    lists = ("development_status", "software_type", "maintenance", "scope", "category")
    return {**own, **{name: _of_list(name) for name in lists}}
