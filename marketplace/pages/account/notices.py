"""Notices of the person who asks, unread ones marked; and the matrix of what it wants to hear."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Invalid
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.notifications import notices, preferences, wording
from marketplace.notifications.events import Event, Rhythm, Wish, rhythms
from marketplace.notifications.wording import Told
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths, post

PAGE_SIZE = 30


@dataclass(frozen=True)
class NoticeRow:
    """A notice: its thing, what happened, when, whether it was read."""

    name: str
    lang: str
    href: str
    what: str
    on: str
    is_unread: bool
    read_action: str


@dataclass(frozen=True)
class NoticesPage:
    """The notices of the person who asks, newest first."""

    page: PageFrame
    title: str
    unread: int
    rows: Sequence[NoticeRow]
    unread_only: bool
    all_href: str
    unread_href: str
    read_all_action: str
    settings_href: str
    account_href: str
    next_href: str


@dataclass(frozen=True)
class WishRow:
    """One kind of notice with the person's wish and the choices."""

    event: str
    label: str
    on_site: bool
    rhythm: str
    rhythms: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SettingsPage:
    """The matrix: kind of notice by channel and rhythm."""

    page: PageFrame
    title: str
    action: str
    rows: Sequence[WishRow]
    errors: Errors


@get(paths("notices"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    show: FromQuery[str] = "",
    before: FromQuery[str] = "",
) -> Response[Any]:
    """What the person was told."""
    if reader.actor.person_id is None:
        return sign_in_first(reader)
    unread_only = show == "unread"
    found = notices.of_person(
        session,
        reader.actor,
        unread_only=unread_only,
        before=id_in(before) if before else None,
        limit=PAGE_SIZE + 1,
    )
    title = reader._("My notices")
    kept = {"show": "unread"} if unread_only else {}
    more = len(found) > PAGE_SIZE
    context = NoticesPage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        unread=notices.count_unread(session, reader.actor),
        rows=[_row(reader, each) for each in wording.told(session, reader, found[:PAGE_SIZE])],
        unread_only=unread_only,
        all_href=reader.address("notices"),
        unread_href=reader.address("notices", {"show": "unread"}),
        read_all_action=reader.address("notices"),
        settings_href=reader.address("notice_settings"),
        account_href=reader.address("account"),
        next_href=reader.address("notices", {**kept, "before": str(found[PAGE_SIZE - 1].id)})
        if more
        else "",
    )
    return render("account/notices.html", context)


@post(paths("notices"))
def read_all(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Redirect:
    """Mark everything as read."""
    notices.read_all(session, reader.actor)
    return Redirect(reader.address("notices"), status_code=303)


@post(paths("notice_read"))
def read(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Mark one notice as read."""
    notices.read(session, reader.actor, id_in(id))
    return Redirect(reader.address("notices"), status_code=303)


@get(paths("notice_settings"))
def settings(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The matrix of wishes."""
    if reader.actor.person_id is None:
        return sign_in_first(reader)
    wishes = preferences.of_person(session, reader.actor)
    return _settings_page(reader, wishes, done=done)


@post(paths("notice_settings"))
def choose(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Set the wishes that the form sends."""
    try:
        wishes = {event: _posted(data, event) for event in Event}
        preferences.choose(session, reader.actor, wishes)
    except Invalid as refusal:
        kept = preferences.of_person(session, reader.actor)
        page = _settings_page(reader, kept, errors=_at_selects(errors_of(reader, refusal)))
        raise Rejected(page) from refusal
    return Redirect(reader.address("notice_settings", {"done": "1"}), status_code=303)


HANDLERS = [index, read_all, read, settings, choose]


def crumbs(reader: Reader) -> list[tuple[str, str]]:
    """What lies above a page of the account."""
    return [(reader._("My account"), reader.address("account"))]


def _row(reader: Reader, told: Told) -> NoticeRow:
    notice = told.notice
    return NoticeRow(
        name=told.name,
        lang=told.lang,
        href=told.href.removeprefix(reader.base_url),
        what=told.what,
        on=short_day(notice.at.date(), reader.language),
        is_unread=notice.read_at is None,
        read_action=reader.address("notice_read", id=str(notice.id)),
    )


def _posted(data: Mapping[str, str], event: Event) -> Wish:
    rhythm = data.get(f"{event}-mail", "")
    if rhythm not in set(Rhythm):
        raise Invalid("Choose how often we write.", field=f"{event}-mail")
    return Wish(on_site=data.get(f"{event}-site") == "1", rhythm=Rhythm(rhythm))


def _at_selects(errors: Errors) -> Errors:
    """The messages of the domain at the fields of the form."""
    return Errors(
        {f"{key.removesuffix('-mail')}-mail": text for key, text in errors.by_field.items()}
    )


def _settings_page(
    reader: Reader,
    wishes: Mapping[Event, Wish],
    *,
    done: str = "",
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = reader._("What we tell you")
    words = wording.rhythm_labels(reader._)
    saved = (PageNotice(reader._("Your choice is saved."), "ok", live="status"),) if done else ()
    context = SettingsPage(
        page=frame(reader, title, crumbs=crumbs(reader), notices=saved, is_indexed=False),
        title=title,
        action=reader.address("notice_settings"),
        rows=[
            WishRow(
                event.value,
                label,
                wishes[event].on_site,
                wishes[event].rhythm.value,
                [(each.value, words[each]) for each in rhythms(event)],
            )
            for event, label in wording.event_labels(reader._).items()
        ],
        errors=errors,
    )
    return render("account/notice_settings.html", context)
