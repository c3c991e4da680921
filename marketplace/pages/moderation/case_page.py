"""One case: what changes, the thread, and what can be decided; submitters see it too."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import merges, solutions, versions
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.moderation import answer_times, cases, decisions, text_blocks, threads
from catalog.moderation.cases import Case, CaseKind, Risk
from catalog.moderation.decisions import Verb
from catalog.records import SolutionRecord
from catalog.solutions import Solution
from catalog.versions import Kind as Change
from marketplace import forms
from marketplace.accounts.logins import Login
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access, history
from marketplace.pages.editor.history import DifferenceRow
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.moderation import checks, words
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import named
from marketplace.routing import get, paths, post

DECIDED = ("approve", "refuse", "return", "hold", "resume")


@dataclass(frozen=True)
class CasePage:
    """A case with everything that its reader may see and do."""

    page: PageFrame
    kicker: str
    title: str
    sign: str
    state: str
    facts: Sequence[tuple[str, str]]
    text: str
    differences: Sequence[DifferenceRow]
    columns: tuple[str, str]
    """What stands before and after, or what the two likely duplicates are called.

    The first is empty where nothing was public before.
    """
    pair: Sequence[tuple[str, str, str]]
    """Id, label and address of two likely duplicates, the one that was there first first."""
    moves: Sequence[tuple[str, str]]
    checks: Sequence[checks.Row]
    likely: Sequence[tuple[str, str]]
    """Published solutions of the same name."""
    thread: Sequence[tuple[str, str, str]]
    decided: Sequence[tuple[str, str, str]]
    blocks: Sequence[tuple[str, str]]
    verbs: Sequence[tuple[str, str]]
    action: str
    message_action: str
    undo_action: str
    may_write: bool
    note: str
    back_href: str
    confirm_href: str
    """Where the reader shows who it is; empty where that is not asked for."""
    values: Mapping[str, str]
    errors: Errors


@get(paths("moderation_case"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
    block: FromQuery[str] = "",
) -> Response[Any]:
    """The case; ``block`` fills the reason with a text block."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    case = _case(session, reader, id)
    values = {"verb": "", "text": ""}
    if block:
        chosen = text_blocks.by_id(session, _uuid(block))
        values = {"verb": chosen.purpose, "text": chosen.text.get(reader.language, "")}
    return _page(session, reader, case, values, done=done)


@post(paths("moderation_case"))
def decide(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Decide the case, with a reason that the submitter reads.

    To approve a merger one shows first who one is.
    """
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    case = _case(session, reader, id, hold=True)
    if decisions.merges(case, data.get("verb", "")) and not (login and login.is_confirmed):
        errors = Errors({}, reader._("Confirm first that it is you, then send this again."))
        raise Rejected(_page(session, reader, case, data, errors=errors, must_confirm=True))
    try:
        decisions.decide(
            session,
            reader.actor,
            case,
            _verb(data.get("verb", "")),
            text=forms.text(data, "text"),
            until=_until(data),
            choice=_uuid(data["survivor"]) if data.get("survivor") else None,
            today=reader.today,
        )
    except (Invalid, Conflict) as refusal:
        errors = access.errors_of(reader, refusal)
        raise Rejected(_page(session, reader, case, data, errors=errors)) from refusal
    return _back(reader, case, "decided")


@post(paths("moderation_message"))
def write(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Write into the thread."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    case = _case(session, reader, id)
    try:
        threads.write(session, reader.actor, case, forms.text(data, "message"))
    except Invalid as refusal:
        told = access.errors_of(reader, refusal)
        errors = Errors({"message": " ".join(told.by_field.values())})
        raise Rejected(_page(session, reader, case, data, errors=errors)) from refusal
    return _back(reader, case, "written")


@post(paths("moderation_undo"))
def undo(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Take the last decision back."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    case = _case(session, reader, id, hold=True)
    decisions.undo(session, reader.actor, case)
    return _back(reader, case, "undone")


def _page(
    session: Session,
    reader: Reader,
    case: Case,
    values: Mapping[str, str],
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
    must_confirm: bool = False,
) -> Response[str]:
    _ = reader._
    actor, key = reader.actor, str(case.id)
    decides = cases.may_decide(actor, case)
    sign, state = words.state_of(reader, case)
    wrong = bool(errors.by_field or errors.general)
    title = case.title
    both = _both(session, case)
    pair = [_named(reader, each) for each in both]
    verbs = _verbs(reader, case) if decides and case.is_undecided else []
    undoable = decisions.undoable(session, case) if decides else None
    context = CasePage(
        page=frame(
            reader,
            f"{_('Error:')} {title}" if wrong else title,
            section="moderation",
            crumbs=[(_("Moderation"), reader.address("moderation"))],
            notices=_done(reader, done),
            is_indexed=False,
        ),
        kicker=words.kind_name(reader, case.kind),
        title=title,
        sign=sign,
        state=state,
        facts=_facts(session, reader, case),
        text=case.text,
        differences=_differences(reader, case, both),
        columns=_columns(reader, case, pair),
        pair=pair,
        moves=_moves(session, reader, case) if pair else (),
        checks=checks.rows(reader, case.record) if case.record and case.is_undecided else (),
        likely=_likely(session, reader, case),
        thread=[
            (each.text, each.written_by, reader.day(each.written_at.date()))
            for each in threads.of_case(session, case)
        ],
        decided=[
            (
                words.decision_name(reader, each),
                each.text,
                f"{each.by}, {reader.day(each.at.date())}",
            )
            for each in decisions.of_case(session, case)
        ],
        blocks=[
            (
                reader.address("moderation_case", {"block": str(each.id)}, id=key),
                each.title.get(reader.language, ""),
            )
            for each in text_blocks.present(session)
        ]
        if verbs
        else [],
        verbs=verbs,
        action=reader.address("moderation_case", id=key),
        message_action=reader.address("moderation_message", id=key),
        undo_action=reader.address("moderation_undo", id=key) if undoable else "",
        may_write=decides or cases.may_answer(actor, case),
        note=_note(session, reader, case),
        back_href=_back_href(reader, case, decides=decides),
        confirm_href=reader.address(
            "confirm_person", {"back": reader.address("moderation_case", id=key)}
        )
        if must_confirm
        else "",
        values=values,
        errors=errors,
    )
    status = 409 if errors.general else 422 if wrong else 200
    return render("moderation/case.html", context, status_code=status)


def _verbs(reader: Reader, case: Case) -> list[tuple[str, str]]:
    _ = reader._
    found = [("approve", _("Approve")), ("refuse", _("Refuse"))]
    if cases.is_from_body(case):
        found.append(("return", _("Give back with a question")))
    return [*found, ("hold", _("Set aside until a day"))]


def _facts(session: Session, reader: Reader, case: Case) -> list[tuple[str, str]]:
    _ = reader._
    found = [
        (_("Organization"), case.organization.name if case.organization else _("not stated")),
        (_("Risk"), words.risk_name(reader, case.risk)),
        (_("Waiting since"), reader.day(case.waiting_since.astimezone(access.OFFICE_ZONE).date())),
    ]
    if case.held_until and case.state == "held":
        found.append((_("Set aside until"), reader.day(case.held_until)))
    if case.is_undecided:
        days = answer_times.expected_days(session, case)
        text = _("usually within %(days)s working days") % {"days": days} if days else ""
        found.append((_("Answer"), text or _("not known yet, too few answers are measured")))
    return found


def _columns(reader: Reader, case: Case, pair: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    _ = reader._
    if pair:
        return pair[0][1], pair[1][1]
    if case.before is None:
        return "", _("To be published")
    return _("Before"), _("After")


def _both(session: Session, case: Case) -> Sequence[Solution]:
    if case.kind != CaseKind.DUPLICATE or case.other_id is None:
        return ()
    return [solutions.by_id(session, key) for key in (case.other_id, case.thing_id)]


def _named(reader: Reader, solution: Solution) -> tuple[str, str, str]:
    name = named(solution.public_record.name, reader).text
    body = solution.publisher.name if solution.publisher else reader._("Body not stated")
    href = reader.address("solution", slug=solution.slug)
    return str(solution.id), f"{name} · {body} · {solution.slug}", href


def _moves(session: Session, reader: Reader, case: Case) -> Sequence[tuple[str, str]]:
    """What belongs to the later one of two, and moves unless the other has the same."""
    _ = reader._
    names = {
        "adoptions": _("Uses"),
        "releases": _("Versions of the software"),
        "interface_specs": _("Interfaces"),
        "watches": _("Watching"),
    }
    found = merges.counts(session, case.thing_id)
    return [(names[table], str(number)) for table, number in found.items()]


def _likely(session: Session, reader: Reader, case: Case) -> Sequence[tuple[str, str]]:
    if case.record is None or not case.is_undecided:
        return ()
    found = solutions.called_alike(session, case.record, but=case.thing_id)
    return [_named(reader, each)[1:] for each in found]


def _back_href(reader: Reader, case: Case, *, decides: bool) -> str:
    if decides:
        return reader.address("moderation")
    if cases.is_from_body(case):
        return reader.address("draft", id=str(case.thing_id))
    return f"/id/{case.thing_kind}/{case.thing_id}"


def _differences(reader: Reader, case: Case, both: Sequence[Solution]) -> Sequence[DifferenceRow]:
    if both:
        first, later = (each.public_record for each in both)
        return history.rows_of(reader, versions.differences(first, later))
    if case.record is None:
        return ()
    if case.before is not None:
        return history.rows_of(reader, versions.differences(case.before, case.record))
    found = versions.differences(SolutionRecord(name={}), case.record)
    # Nothing was public, so nothing is removed.
    return history.rows_of(reader, [each for each in found if each.kind is not Change.REMOVED])


def _note(session: Session, reader: Reader, case: Case) -> str:
    first = decisions.waiting_for_second(session, case)
    if first is not None:
        text = reader._("%(name)s has approved. A second person has to decide the same.")
        return text % {"name": first.by}
    if case.risk == Risk.HIGH and case.is_undecided:
        return reader._("The risk is high: two people have to approve.")
    return ""


def _verb(given: str) -> Verb:
    if given not in DECIDED:
        raise Invalid("Choose a decision.", field="verb")
    return Verb(given)


def _until(data: Mapping[str, str]) -> date | None:
    if not data.get("until"):
        return None
    day = forms.day(data, "until")
    if not isinstance(day, date):
        raise Invalid("Give a day within the next year.", field="until")
    return day


def _case(session: Session, reader: Reader, key: str, *, hold: bool = False) -> Case:
    return cases.by_id(session, reader.actor, _uuid(key), hold=hold)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such case.") from None


def _back(reader: Reader, case: Case, done: str) -> Redirect:
    href = reader.address("moderation_case", {"done": done}, id=str(case.id))
    return Redirect(href, status_code=303)


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "decided": _("Your decision is saved. It can be undone within 24 hours."),
        "requested": _("The deletion is requested. Somebody else decides about it."),
        "written": _("Your message is saved."),
        "undone": _("The decision is undone. The case is open again."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()


HANDLERS = [show, decide, write, undo]
