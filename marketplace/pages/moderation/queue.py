"""The queue: what waits for the decision of the person who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery

from catalog.database import Session
from catalog.errors import NotAllowed
from catalog.moderation import cases
from catalog.moderation.cases import Case, CaseKind, Risk, Wanted
from marketplace.pages.editor.access import OFFICE_ZONE, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame
from marketplace.pages.moderation import desk, words
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths

PAGE_SIZE = 30
AGES = (1, 3, 7, 14)


@dataclass(frozen=True)
class CaseRow:
    """One case in the queue."""

    title: str
    href: str
    kind: str
    body: str
    risk: str
    is_risky: bool
    since: str
    sign: str
    state: str


@dataclass(frozen=True)
class QueuePage:
    """The cases at the desks of the person, with filters."""

    page: PageFrame
    title: str
    rows: Sequence[CaseRow]
    total: int
    oldest: str
    action: str
    kinds: Sequence[tuple[str, str]]
    risks: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, str]]
    ages: Sequence[tuple[str, str]]
    kind: str
    risk: str
    turn: str
    age: str
    links: Sequence[NavLink]
    """The other pages of moderation that the person may open."""
    previous_href: str
    next_href: str


@get(paths("moderation"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    *,
    kind: FromQuery[str] = "",
    risk: FromQuery[str] = "",
    turn: FromQuery[str] = "",
    age: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[Any]:
    """High risks first, then whoever has waited longest."""
    actor = reader.actor
    if actor.is_anonymous:
        return sign_in_first(reader)
    if not (actor.may_moderate or any(actor.may_edit_for(key) for key in actor.roles)):
        raise NotAllowed("Only moderators or editors of the responsible body decide this.")
    days = int(age) if age in {str(each) for each in AGES} else 0
    wanted = Wanted(
        kind if kind in set(CaseKind) else "", risk if risk in set(Risk) else "", turn, days
    )
    number = min(max(page, 1), 1_000)
    found = cases.queue(
        session,
        actor,
        wanted,
        today=reader.today,
        limit=PAGE_SIZE + 1,
        offset=(number - 1) * PAGE_SIZE,
    )
    oldest = cases.oldest(session, actor, today=reader.today)
    _ = reader._
    title = _("Moderation")
    query = {"kind": wanted.kind, "risk": wanted.risk, "turn": turn, "age": str(days or "")}

    def page_href(at: int) -> str:
        chosen = {key: value for key, value in query.items() if value}
        return reader.address("moderation", chosen | {"page": str(at)})

    context = QueuePage(
        page=frame(reader, title, section="moderation", is_indexed=False),
        title=title,
        rows=[_row(reader, each) for each in found[:PAGE_SIZE]],
        total=cases.count(session, actor, wanted, today=reader.today),
        oldest=reader.day(oldest.astimezone(OFFICE_ZONE).date()) if oldest else "",
        action=reader.address("moderation"),
        kinds=[(each, words.kind_name(reader, each)) for each in CaseKind],
        risks=[(each, words.risk_name(reader, each)) for each in Risk],
        states=[
            ("returned", _("Question open")),
            ("held", _("Set aside")),
            ("decided", _("Decided")),
        ],
        ages=[(str(each), _("more than %(days)s days") % {"days": each}) for each in AGES],
        kind=wanted.kind,
        risk=wanted.risk,
        turn=turn,
        age=str(days or ""),
        links=desk.links(reader, "moderation"),
        previous_href=page_href(number - 1) if number > 1 else "",
        next_href=page_href(number + 1) if len(found) > PAGE_SIZE else "",
    )
    return render("moderation/queue.html", context)


def _row(reader: Reader, case: Case) -> CaseRow:
    sign, state = words.state_of(reader, case)
    return CaseRow(
        title=case.title,
        href=reader.address("moderation_case", id=str(case.id)),
        kind=words.kind_name(reader, case.kind),
        body=case.organization.name if case.organization else "",
        risk=words.risk_name(reader, case.risk),
        is_risky=case.risk == Risk.HIGH,
        since=reader.day(case.waiting_since.astimezone(OFFICE_ZONE).date()),
        sign=sign,
        state=state,
    )


HANDLERS = [show]
