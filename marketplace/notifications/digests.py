"""Mails about notices: at once where somebody waits, else collected once a day or once a week.

A digest tells what is unread and was never mailed. A daily one goes out after six in the morning, a
weekly one after six on Monday, by the clock of the offices; "nothing new" sends nothing. Which
notices were mailed is noted in the transaction that puts the mail into the outbox.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import nodes
from catalog.database import now, rows_by_id
from catalog.people import Person
from catalog.permissions import Actor
from marketplace.mail import outbox
from marketplace.mail.letters import LONGEST_SUBJECT, Letter, Link, Section
from marketplace.notifications import preferences, unsubscribing, wording
from marketplace.notifications.events import Event, Rhythm
from marketplace.notifications.notices import Notice
from marketplace.notifications.wording import Told
from marketplace.pages.editor.access import OFFICE_ZONE
from marketplace.pages.reader import Reader
from marketplace.routing import address
from marketplace.settings import Settings
from marketplace.translations import translations

HOUR = 6
"""When digests go out, by the clock of the offices."""

OLDEST = timedelta(days=15)
"""What waited longer, as for who had switched mails off, is no news any more."""

MOST_LISTED = 30
"""Notices that one section of a digest lists; the rest is a number."""


@dataclass(frozen=True)
class MailRoom:
    """What writing mails about notices needs besides the session."""

    base_url: str
    source_url: str
    today: date

    @classmethod
    def of(cls, settings: Settings, today: date) -> "MailRoom":
        """The mail room of a node."""
        return cls(settings.base_url.rstrip("/"), settings.source_url, today)


def send_at_once(session: Session, room: MailRoom, found: Sequence[Notice]) -> int:
    """Write a mail for each of these notices; how many."""
    people = rows_by_id(session, Person, [each.person_id for each in found])
    for notice in found:
        _queue(session, room, people[notice.person_id], [notice], is_digest=False)
    return len(found)


def send_due(session: Session, room: MailRoom, moment: datetime | None = None) -> int:
    """Write the digests that are due; how many. Asking again sends nothing twice."""
    moment = moment or now()
    since = {Rhythm.DAILY: _daily(moment), Rhythm.WEEKLY: _weekly(moment)}
    waiting = session.scalars(
        select(Notice)
        .where(
            Notice.mailed_at.is_(None),
            Notice.read_at.is_(None),
            Notice.at < since[Rhythm.DAILY],
            Notice.at > moment - OLDEST,
        )
        .order_by(Notice.person_id, Notice.at.desc())
    ).all()
    wishes = preferences.of_people(session, (each.person_id for each in waiting))
    due: dict[UUID, list[Notice]] = {}
    for notice in waiting:
        before = since.get(wishes[notice.person_id, Event(notice.event)].rhythm)
        if before is not None and notice.at < before:
            due.setdefault(notice.person_id, []).append(notice)
    people = rows_by_id(session, Person, list(due))
    for person_id, found in due.items():
        _queue(session, room, people[person_id], found, is_digest=True)
    return len(due)


def _queue(
    session: Session, room: MailRoom, person: Person, found: Sequence[Notice], *, is_digest: bool
) -> None:
    reader = _reader(session, room, person.language)
    told = wording.told(session, reader, found)
    letter = _digest(reader, person, told) if is_digest else _single(reader, person, told[0])
    token = unsubscribing.token_for(session, person.id, [Event(each.event) for each in found])
    link = room.base_url + address("unsubscribe", person.language, token=token)
    outbox.queue(session, to=person.email, letter=letter, unsubscribe=link)
    moment = now()
    for notice in found:
        notice.mailed_at = moment


def _single(reader: Reader, person: Person, told: Told) -> Letter:
    _ = reader._
    return Letter(
        language=person.language,
        subject=_subject(f"{told.name}: {told.what}"),
        name=person.name,
        paragraphs=(f"{told.name}: {told.what}.",),
        action=Link(_("See what it is about"), told.href or _notices_href(reader)),
        reason=_reason(reader),
    )


def _digest(reader: Reader, person: Person, told: Sequence[Told]) -> Letter:
    labels = wording.event_labels(reader._)
    by_event: dict[Event, list[Told]] = {}
    for each in told:
        by_event.setdefault(Event(each.notice.event), []).append(each)
    count = len(told)
    subject = reader.texts.ngettext(
        "%(num)s piece of news from %(node)s", "%(num)s pieces of news from %(node)s", count
    ) % {"num": count, "node": reader.node_name}
    return Letter(
        language=person.language,
        subject=_subject(subject),
        name=person.name,
        sections=tuple(
            _section(reader, labels[event], by_event[event])
            for event in labels
            if event in by_event
        ),
        action=Link(reader._("See all notices"), _notices_href(reader)),
        reason=_reason(reader),
    )


def _section(reader: Reader, heading: str, told: Sequence[Told]) -> Section:
    more = len(told) - MOST_LISTED
    return Section(
        heading,
        links=tuple(
            Link(each.name, each.href or _notices_href(reader), each.what)
            for each in told[:MOST_LISTED]
        ),
        paragraphs=(reader._("And %(num)s more.") % {"num": more},) if more > 0 else (),
    )


def _notices_href(reader: Reader) -> str:
    return reader.base_url + reader.address("notices")


def _reason(reader: Reader) -> str:
    text = reader._("You get this mail because of your choice for notices: %(address)s")
    return text % {"address": reader.base_url + reader.address("notice_settings")}


def _subject(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def _reader(session: Session, room: MailRoom, language: str) -> Reader:
    node = nodes.own(session)
    return Reader(
        language=language,
        theme="auto",
        actor=Actor.anonymous(),
        path=f"/{language}",
        query_string="",
        node_name=node.name,
        operator=node.operator,
        is_sample=node.is_sample,
        base_url=room.base_url,
        source_url=room.source_url,
        today=room.today,
        texts=translations(language),
    )


def _daily(moment: datetime) -> datetime:
    """The last time it was six in the morning."""
    local = moment.astimezone(OFFICE_ZONE)
    today = datetime.combine(local.date(), time(HOUR), OFFICE_ZONE)
    return today if local >= today else _at_six(local.date() - timedelta(days=1))


def _weekly(moment: datetime) -> datetime:
    """The last time it was six on a Monday morning."""
    day = _daily(moment).astimezone(OFFICE_ZONE).date()
    return _at_six(day - timedelta(days=day.weekday()))


def _at_six(day: date) -> datetime:
    return datetime.combine(day, time(HOUR), OFFICE_ZONE)
