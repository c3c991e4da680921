"""Changes: the node's public feed, for who keeps a copy up to date."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from catalog import changes
from catalog.changes import Change
from catalog.database import Session
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, has_it, serial_etag, unchanged
from marketplace.api.operations import asked, reads
from marketplace.api.references import iri

TAG = "Changes"

LARGEST_SERIAL = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly."""


class ChangeAnswer(Struct, frozen=True):
    """One thing that happened; who did it is not public."""

    serial: int
    at: datetime
    verb: Annotated[str, Meta(examples=["published"])]
    kind: Annotated[str, Meta(description="What kind of thing.", examples=["solution"])]
    thing_id: UUID
    thing: Annotated[str, Meta(description="Permanent link of the thing.")]
    version: int | None
    on_behalf_of: Annotated[
        str | None, Meta(description="Permanent link of the organization that spoke.")
    ]

    @classmethod
    def from_change(cls, request: ApiRequest, change: Change) -> "ChangeAnswer":
        """The public part of a change."""
        body = change.on_behalf_of_id
        return cls(
            change.serial,
            change.at,
            change.verb,
            change.kind,
            change.thing_id,
            iri(request, change.kind, change.thing_id),
            change.version,
            iri(request, "organization", body) if body else None,
        )


class ChangePage(Struct, frozen=True):
    """Some changes, oldest first. Keep the last `serial` and ask again behind it."""

    items: list[ChangeAnswer]
    next: str | None


class Since(Struct, frozen=True, forbid_unknown_fields=True):
    """Behind which serial."""

    after: Annotated[
        int, Meta(ge=0, le=LARGEST_SERIAL, description="The last serial that you have.")
    ] = 0
    limit: Annotated[int, Meta(ge=1, le=500, description="How many changes at most.")] = 200


@reads("/changes", ChangePage, tag=TAG, asks=Since)
def follow(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Read what changed behind a serial, oldest first.

    Serials come in the order in which changes became visible; a reader who keeps the last one
    misses nothing. A page without `next` is the newest; ask again later with the last serial.
    """
    question = asked(request, Since)
    etag, _ = serial_etag(request, session)
    if has_it(request, etag):
        return unchanged(etag)
    rows = changes.after(session, question.after, question.limit + 1, public_only=True)
    page = rows[: question.limit]
    following = page[-1].serial if len(rows) > question.limit else None
    return cursors.listed(
        request,
        page,
        following,
        lambda found, href: ChangePage(
            [ChangeAnswer.from_change(request, each) for each in found], href
        ),
        etag,
    )


HANDLERS: list[Any] = [follow]
