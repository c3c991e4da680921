"""Who may enter the editor, and what its pages have in common."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import format_time
from litestar.response import Redirect

from catalog import drafts, memberships, records, taxonomy
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor
from catalog.records import SolutionRecord
from catalog.solutions import Solution, State
from marketplace.forms import Errors
from marketplace.pages.reader import Reader
from marketplace.translations import sentence

OFFICE_ZONE = ZoneInfo("Europe/Berlin")
"""The clock by which the editor says when a draft was saved."""


def sign_in_first(reader: Reader, back: str = "") -> Redirect:
    """Lead a visitor to the sign-in and back."""
    return Redirect(reader.address("sign_in", {"back": back or reader.path}), status_code=303)


def opened(session: Session, reader: Reader, key: str) -> Solution:
    """The solution that the address names, for those who may prepare it."""
    try:
        return drafts.opened(session, reader.actor, UUID(key))
    except ValueError:
        raise NotFound("There is no such solution.") from None


def bodies_of(session: Session, actor: Actor) -> Sequence[Organization]:
    """The organizations for which the actor may prepare solutions, by name."""
    if actor.person_id is None:
        return []
    found = [
        membership.organization
        for membership in memberships.of_person(session, actor.person_id)
        if actor.may_draft_for(membership.organization_id)
        and membership.organization.kind != Kind.VENDOR
    ]
    return sorted(found, key=lambda body: body.name)


def working_record(solution: Solution) -> SolutionRecord:
    """The draft, or what is public where there is none."""
    return solution.draft or solution.public_record


def name_of(reader: Reader, solution: Solution) -> str:
    """What the solution is called in its draft, else in public."""
    return records.best(working_record(solution).name, reader.language)[0]


def crumbs(reader: Reader, solution: Solution | None = None) -> list[tuple[str, str]]:
    """Label and address of what lies above a page of the editor."""
    found = [(reader._("My solutions"), reader.address("my_solutions"))]
    if solution is not None:
        found.append((name_of(reader, solution), reader.address("draft", id=str(solution.id))))
    return found


def kicker(reader: Reader, solution: Solution) -> str:
    """State of the solution and who answers for it: "Draft · Stadt Auenrode"."""
    body = solution.publisher.name if solution.publisher else reader._("Body not stated")
    return f"{state_words(reader, solution)} · {body}"


def state_words(reader: Reader, solution: Solution) -> str:
    """How the solution stands, in words."""
    _ = reader._
    if solution.submitted_revision is not None:
        return _("Submitted")
    if solution.state == State.WITHDRAWN:
        return _("Withdrawn, draft begun") if solution.draft else _("Withdrawn")
    if solution.is_published:
        return _("Published, changes in draft") if solution.draft else _("Published")
    return _("Draft")


def clock(reader: Reader, moment: datetime) -> str:
    """The time of a moment as offices here read it: 14:03."""
    local = moment.astimezone(OFFICE_ZONE)
    return str(format_time(local, "HH:mm", locale=reader.language))


def saved_text(reader: Reader, solution: Solution) -> str:
    """When the draft was saved last, and by whom; empty if there is none."""
    moment = solution.draft_saved_at
    if solution.draft is None or moment is None:
        return ""
    local = moment.astimezone(OFFICE_ZONE)
    words = {"time": clock(reader, moment), "who": solution.draft_saved_by}
    if local.date() == reader.today:
        return reader._("Saved at %(time)s by %(who)s") % words
    return reader._("Saved on %(day)s at %(time)s by %(who)s") % {
        "day": reader.day(local.date()),
        **words,
    }


def errors_of(reader: Reader, refusal: Invalid | Conflict) -> Errors:
    """The messages of a refusal at their fields, or above the form."""
    if isinstance(refusal, Conflict):
        return Errors({}, sentence(refusal, reader.language))
    return Errors({each.field: sentence(each, reader.language) for each in refusal.problems})


def reasons(reader: Reader) -> Sequence[tuple[str, str]]:
    """The reasons for which a statement may be withheld, by code and label."""
    return [
        (code, taxonomy.label("withholding", code, reader.language))
        for code in taxonomy.codes("withholding")
    ]
