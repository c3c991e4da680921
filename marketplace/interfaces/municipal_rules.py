"""The few rules that this project adds for municipalities, and those about safe texts.

What each asks for, how much it weighs and where it comes from stands in ``rules.yaml``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from marketplace.interfaces.openapi_rules import mapping, operations, sequence
from marketplace.interfaces.places import shortened
from marketplace.interfaces.references import is_internal
from marketplace.interfaces.spec_problems import SpecProblem
from marketplace.interfaces.survey import Survey

_VERSION = re.compile(r"[vV]?\d+(?:\.\d+){0,3}(?:[-+.][0-9A-Za-z.+-]+)?")
_CODE = re.compile(r"(`{1,3}).*?\1", re.DOTALL)
_ACTIVE = re.compile(
    r"<\s*(?:script|iframe)\b"
    r"|<\s*(?:object|embed)\s[^<>]{0,400}(?:data|src)\s*="
    r"|<[a-z][^<>]{0,400}\son[a-z]{3,20}\s*="
    r"|\]\(\s*(?:javascript|vbscript|data)\s*:"
    r"|^\s*(?:javascript|vbscript)\s*:"
    r"|<\?php\b"
    # A comment or a call is closed and code goes on: what generators copied without escaping.
    r"|\*/[^`]{0,200}\b(?:eval|exec|system|namespace|require|import|function)\b"
    r"|['\"]\s*\)\s*;[^`]{0,200}\b(?:eval|exec|require|function|child_process)\b",
    re.IGNORECASE,
)
_ACTIVE_SIGN = re.compile(r"[<;]|\]\(|script:", re.IGNORECASE)
"""Something that every active text holds; most texts hold none and are not searched further."""

_SECRETS = {
    "JSON Web Token": re.compile(r"\beyJ[\w-]{15,}\.eyJ[\w-]{15,}\.[\w-]{20,}"),
    "private key": re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"),
    "AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "GitHub token": re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36}\b"),
    "GitLab token": re.compile(r"\bglpat-[\w-]{20}\b"),
    "Slack token": re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{20,}"),
}
_ANY_SECRET = re.compile("|".join(each.pattern for each in _SECRETS.values()))
_ADDRESSES = (
    ("info", "termsOfService"),
    ("info", "contact", "url"),
    ("info", "license", "url"),
    ("externalDocs", "url"),
)
_MAX_TEXT = 20_000


def text_problems(found: Survey) -> Iterator[SpecProblem]:
    """Code in texts, secrets in examples."""
    for place, text in found.texts:
        if _ACTIVE_SIGN.search(text) and _ACTIVE.search(_CODE.sub("", text[:_MAX_TEXT])):
            yield SpecProblem("active_content", place)
    for place, text in (*found.data, *found.texts):
        if found_one := _ANY_SECRET.search(text[:_MAX_TEXT]):
            kind = next(kind for kind, each in _SECRETS.items() if each.fullmatch(found_one[0]))
            yield SpecProblem("secret", place, {"kind": kind})


def info_problems(document: Any) -> Iterator[SpecProblem]:
    """Contact, licence, version and addresses of an OpenAPI or AsyncAPI document."""
    info = mapping(mapping(document).get("info"))
    if not mapping(info.get("contact")):
        yield SpecProblem("no_contact", ("info",))
    if not mapping(info.get("license")):
        yield SpecProblem("no_license", ("info",))
    version = info.get("version")
    if isinstance(version, str) and not _VERSION.fullmatch(version):
        yield SpecProblem("version_unclear", ("info", "version"), {"version": shortened(version)})
    for place in _ADDRESSES:
        value: Any = document
        for part in place:
            value = mapping(value).get(part)
        if isinstance(value, str) and not _is_address(value):
            yield SpecProblem("address", place, {"value": shortened(value)})


def _is_address(value: str) -> bool:
    """Whether a text can be opened: a web address, or a path to a file beside the description."""
    if value.startswith(("http://", "https://", "mailto:")):
        return True
    has_scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", value)
    return not has_scheme and any(sign in value for sign in "/.#?")


def openapi_problems(document: Any) -> Iterator[SpecProblem]:
    """Security, errors and servers of an OpenAPI document."""
    yield from info_problems(document)
    found = list(operations(document))
    is_said = "security" in mapping(document) or any("security" in each.value for each in found)
    if found and not is_said:
        yield SpecProblem("no_security")
    for operation in found:
        answers = mapping(operation.value.get("responses"))
        if operation.place[0] == "paths" and answers and not any(map(_is_error, answers)):
            yield SpecProblem("no_error_answer", (*operation.place, "responses"))
    for at, server in enumerate(sequence(mapping(document).get("servers"))):
        url = mapping(server).get("url")
        if isinstance(url, str):
            yield from server_problems(("servers", at, "url"), url)


def asyncapi_problems(document: Any) -> Iterator[SpecProblem]:
    """Security and servers of an AsyncAPI document."""
    yield from info_problems(document)
    servers: Mapping[str, Any] = mapping(mapping(document).get("servers"))
    if servers and not any("security" in mapping(each) for each in servers.values()):
        operations_ = mapping(mapping(document).get("operations"))
        if not any("security" in mapping(each) for each in operations_.values()):
            yield SpecProblem("no_security")
    for name, server in servers.items():
        protocol = mapping(server).get("protocol")
        host = mapping(server).get("host") or mapping(server).get("url")
        if isinstance(protocol, str) and isinstance(host, str):
            url = host if "://" in host else f"{protocol}://{host}"
            yield from server_problems(("servers", name), url)


def server_problems(place: tuple[str | int, ...], url: str) -> Iterator[SpecProblem]:
    """Servers without encryption, and servers that only one network reaches."""
    try:
        parts = urlsplit(re.sub(r"\{[^{}]*\}", "x.x", url))
        host = parts.hostname or ""
    except ValueError:
        return
    params = {"url": shortened(url)}
    if host and is_internal(host):
        yield SpecProblem("internal_address", place, params)
    elif parts.scheme in ("http", "ws", "ftp", "mqtt", "amqp"):
        yield SpecProblem("unencrypted_server", place, params)


def _is_error(status: str) -> bool:
    return str(status).lower() == "default" or str(status)[:1] in ("4", "5")
