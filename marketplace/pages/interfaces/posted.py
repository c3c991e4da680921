"""What a form about an interface sent: a document as file or address, and what is stated."""

from collections.abc import Mapping
from typing import Any

from litestar.datastructures import UploadFile

from catalog.errors import Invalid, Problem
from catalog.interfaces import Claim, Described, Direction, Statement
from catalog.releases import Release
from marketplace import fetching, forms, interface_checks
from marketplace.interfaces import reading

FIELDS = ("name", "system", "direction", "url", "standard", "evidence_url", "claimed_on", "release")

Sent = Mapping[str, Any]


def values(data: Sent) -> dict[str, str]:
    """What was typed, for showing the form again."""
    return {name: forms.text({name: str(data.get(name) or "")}, name) for name in FIELDS}


def described(data: Sent) -> Described | None:
    """The document that was sent or named, checked; None if there is neither.

    Raises ``Invalid`` at ``document`` or ``url``.
    """
    upload = data.get("document")
    content = upload.file.read(reading.MAX_BYTES + 1) if isinstance(upload, UploadFile) else b""
    if isinstance(upload, UploadFile) and (content or upload.filename):
        if len(content) > reading.MAX_BYTES:
            raise Invalid(
                "The file is larger than %(limit)d bytes.",
                field="document",
                limit=reading.MAX_BYTES,
            )
        return interface_checks.described(content, upload.filename)
    url = forms.text({"url": str(data.get("url") or "")}, "url")
    if not url:
        return None
    found = fetching.fetch(url)
    return interface_checks.described(found.content, found.url.rsplit("/", 1)[-1], found.url)


def corrected(data: Sent) -> Described:
    """The document that takes a draft's place. Raises ``Invalid`` where there is none."""
    found = described(data)
    if found is None:
        raise Invalid("Choose the corrected file.", field="document")
    return found


def statement(data: Sent, release: Release | None = None) -> Statement:
    """What is stated besides the document. Raises ``Invalid`` for a day that is none."""
    given = values(data)
    claims = []
    if given["standard"]:
        day = forms.day(given, "claimed_on") if given["claimed_on"] else None
        if isinstance(day, Problem):
            raise Invalid(day.message, problems=[Problem("claimed_on", day.message)])
        claims = [Claim(given["standard"], given["evidence_url"], day)]
    is_required = given["direction"] == Direction.REQUIRES
    return Statement(
        name=given["name"],
        direction=Direction.REQUIRES if is_required else Direction.PROVIDES,
        system=given["system"],
        claims=claims,
        release=release,
    )
