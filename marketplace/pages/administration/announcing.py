"""Announcements: a banner on all pages, in both languages, from one moment until another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import announcements
from catalog.announcements import Announcement, Weight
from catalog.database import Session, now
from catalog.errors import Invalid
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account.posted import id_in
from marketplace.pages.administration.overview import admin_frame, links, moment
from marketplace.pages.editor.access import OFFICE_ZONE, errors_of, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame, PageNotice
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class AnnouncementRow:
    """An announcement with its times and how it stands."""

    text: str
    shown_from: str
    shown_until: str
    state: str
    word: str
    end_action: str


@dataclass(frozen=True)
class AnnouncementsPage:
    """What is and was announced, and the form for more."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    values: Mapping[str, str]
    weights: Sequence[tuple[str, str]]
    errors: Errors
    rows: Sequence[AnnouncementRow]


@get(paths("announcements"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """What is and was announced."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    local = now().astimezone(OFFICE_ZONE)
    return _page(session, reader, {"shown_from": f"{local:%Y-%m-%dT%H:%M}"}, done=done)


@post(paths("announcements"))
def announce(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Tell everybody something."""
    try:
        announcements.announce(
            session,
            reader.actor,
            text={code: forms.text(data, f"text_{code}") for code in announcements.LANGUAGES},
            weight=data.get("weight", ""),
            shown_from=_moment(data, "shown_from"),
            shown_until=_moment(data, "shown_until"),
        )
    except Invalid as refusal:
        page = _page(session, reader, data, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    return Redirect(reader.address("announcements", {"done": "announced"}), status_code=303)


@post(paths("announcement_end"))
def end(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Show it no longer."""
    announcements.end(session, reader.actor, id_in(id))
    return Redirect(reader.address("announcements", {"done": "ended"}), status_code=303)


HANDLERS = [index, announce, end]


def _moment(data: Mapping[str, str], field: str) -> datetime:
    """The moment in a field, by the clock of the offices here."""
    try:
        return datetime.fromisoformat(data.get(field, "").strip()).replace(tzinfo=OFFICE_ZONE)
    except ValueError:
        message = "Give day and time, for example 2026-12-01T18:00."
        raise Invalid(message, field=field) from None


def _page(
    session: Session,
    reader: Reader,
    values: Mapping[str, str],
    *,
    done: str = "",
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    _ = reader._
    title = _("Announcements")
    texts = {
        "announced": _("It is announced. Everybody sees it within a second of its beginning."),
        "ended": _("It is shown no longer."),
    }
    notices = (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
    context = AnnouncementsPage(
        page=admin_frame(reader, title, "announcements", notices),
        title=title,
        links=links(reader, "announcements"),
        action=reader.address("announcements"),
        values={
            key: values.get(key, "")
            for key in ("text_de", "text_en", "weight", "shown_from", "shown_until")
        },
        weights=((Weight.INFO.value, _("Notice")), (Weight.WARN.value, _("Warning"))),
        errors=errors,
        rows=[_row(reader, each) for each in announcements.listed(session, reader.actor)],
    )
    return render("administration/announcements.html", context)


def _row(reader: Reader, each: Announcement) -> AnnouncementRow:
    _ = reader._
    present = now()
    state, word = ("ok", _("shown now"))
    if each.shown_until <= present:
        state, word = ("later", _("over"))
    elif each.shown_from > present:
        state, word = ("open", _("later"))
    return AnnouncementRow(
        each.text.get(reader.language, ""),
        moment(reader, each.shown_from),
        moment(reader, each.shown_until),
        state,
        word,
        reader.address("announcement_end", id=str(each.id)) if state != "later" else "",
    )
