"""Notices of the person who asks, and what it wants to be told."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.database import Session
from catalog.permissions import Actor
from marketplace.api.account import TAG, own_id
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.cursors import Limit
from marketplace.api.operations import asked, reads, sent, signed_in, writes
from marketplace.api.references import iri
from marketplace.notifications import notices, preferences
from marketplace.notifications.events import Event, Rhythm, Wish
from marketplace.notifications.notices import Notice


class NoticeAnswer(Struct, frozen=True):
    """One thing that you were told."""

    id: UUID
    event: Annotated[str, Meta(examples=["watched_changed"])]
    kind: Annotated[str, Meta(description="What kind of thing it is about.")]
    thing_id: UUID
    thing: Annotated[str, Meta(description="Permanent link of the thing.")]
    cause: Annotated[str, Meta(description="What happened: kind and verb of the change.")]
    times: Annotated[int, Meta(description="How often it happened while unread.")]
    at: datetime
    read_at: datetime | None

    @classmethod
    def from_notice(cls, request: ApiRequest, notice: Notice) -> "NoticeAnswer":
        """The answer of a notice."""
        return cls(
            id=notice.id,
            event=notice.event,
            kind=notice.kind,
            thing_id=notice.thing_id,
            thing=iri(request, notice.kind, notice.thing_id),
            cause=notice.cause,
            times=notice.times,
            at=notice.at,
            read_at=notice.read_at,
        )


class NoticeList(Struct, frozen=True):
    """Some of your notices, newest first; go on with `before` set to the last id."""

    unread: int
    items: list[NoticeAnswer]


class WhichNotices(Struct, frozen=True, forbid_unknown_fields=True):
    """Which notices."""

    before: Annotated[
        UUID | UnsetType, Meta(description="Id of the last notice of the page before.")
    ] = UNSET
    unread: Annotated[bool, Meta(description="Only unread ones.")] = False
    limit: Limit = 50


class WishBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether the site shows a kind of notice, and how often a mail tells of it."""

    event: Event
    on_site: bool
    rhythm: Annotated[Rhythm, Meta(description="`at_once` only for what waits for you.")]


class WishList(Struct, frozen=True, forbid_unknown_fields=True):
    """What you want to be told; kinds that are left out stay as they are."""

    items: Annotated[list[WishBody], Meta(max_length=len(Event))]


@reads(
    "/account/notices",
    NoticeList,
    tag=TAG,
    asks=WhichNotices,
    is_personal=True,
    refusals=(403,),
)
def index(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List what you were told."""
    question = asked(request, WhichNotices)
    found = notices.of_person(
        session,
        signed_in(actor),
        unread_only=question.unread,
        before=question.before or None,
        limit=question.limit,
    )
    unread = notices.count_unread(session, actor)
    return personal(NoticeList(unread, [NoticeAnswer.from_notice(request, each) for each in found]))


@writes(
    "POST",
    "/account/notices/{notice}/read",
    NoticeAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404,),
)
def read(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    notice: FromPath[str],
) -> Response[bytes]:
    """Mark a notice as read."""
    key = own_id(notice, "There is no such notice.")
    found = notices.read(session, signed_in(actor), key)
    return personal(NoticeAnswer.from_notice(request, found))


@writes(
    "POST",
    "/account/notices/read",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
    refusals=(),
)
def read_all(session: NamedDependency[Session], actor: NamedDependency[Actor]) -> Response[bytes]:
    """Mark all notices as read."""
    notices.read_all(session, signed_in(actor))
    return nothing()


@reads("/account/notifications", WishList, tag=TAG, is_personal=True, refusals=(403,))
def wishes(session: NamedDependency[Session], actor: NamedDependency[Actor]) -> Response[bytes]:
    """Read what you want to be told."""
    return personal(_wishes(session, signed_in(actor)))


@writes(
    "PUT",
    "/account/notifications",
    WishList,
    tag=TAG,
    takes=WishList,
    is_conditional=False,
    refusals=(),
)
def choose(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Choose what you want to be told."""
    signed_in(actor)
    given = sent(request, body, WishList)
    chosen = {each.event: Wish(each.on_site, each.rhythm) for each in given.items}
    preferences.choose(session, actor, chosen)
    return personal(_wishes(session, actor))


HANDLERS: list[Any] = [index, read, read_all, wishes, choose]


def _wishes(session: Session, actor: Actor) -> WishList:
    found = preferences.of_person(session, actor)
    return WishList([WishBody(event, found[event].on_site, found[event].rhythm) for event in Event])
