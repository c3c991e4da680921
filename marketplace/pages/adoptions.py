"""Declare, change, confirm, end and take back an organization's use of a solution."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import (
    adoptions,
    memberships,
    organizations,
    records,
    releases,
    solutions,
    taxonomy,
)
from catalog.adoptions import Adoption, Stage, Use
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor
from catalog.solutions import Solution
from impact import reporting
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

Fields = Mapping[str, str]
Options = tuple[tuple[str, str], ...]

FORM_STAGES = (Stage.INTERESTED, Stage.PLANNED, Stage.PILOT, Stage.LIVE)


@dataclass(frozen=True)
class UseForm:
    """The form with what was typed, what is wrong and what can be chosen."""

    page: PageFrame
    title: str
    solution_name: str
    solution_href: str
    action: str
    values: Fields
    errors: Errors
    organizations: Options
    organization_name: str
    existing_href: str
    stages: Options
    sources: Options
    versions: tuple[str, ...]
    revision: int
    conflict: tuple[tuple[str, str, str], ...]
    is_new: bool
    end_href: str
    confirm_action: str
    retract_href: str
    measurements_href: str
    confirmed_text: str


@dataclass(frozen=True)
class EndForm:
    """The form that ends a use: day, reason, note."""

    page: PageFrame
    title: str
    solution_name: str
    solution_href: str
    action: str
    back_href: str
    values: Fields
    errors: Errors
    reasons: Options
    revision: int


@dataclass(frozen=True)
class RetractPage:
    """The question before a declaration is taken back."""

    page: PageFrame
    title: str
    text: str
    action: str
    back_href: str
    end_href: str


@get(paths("declare"))
def begin(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
) -> Response[Any]:
    """The empty form; who has declared already is led to that entry."""
    solution = solutions.by_slug(session, slug)
    if reader.actor.is_anonymous:
        return _sign_in_first(reader)
    bodies = _speaks_for(session, reader.actor)
    if not bodies:
        raise NotAllowed("Your account may not declare a use for any organization.")
    known = [adoptions.find(session, solution.id, body.id) for body in bodies]
    if len(bodies) == 1 and known[0] is not None:
        return Redirect(reader.address("adoption", id=str(known[0].id)), status_code=303)
    values = {"organization": str(bodies[0].id), "stage": Stage.LIVE.value}
    return _form(session, reader, solution, values)


@post(paths("declare"))
def declare(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Record the use; the form comes back filled if something is wrong."""
    solution = solutions.by_slug(session, slug)
    if reader.actor.is_anonymous:
        return _sign_in_first(reader)
    known = None
    if not _speaks_for(session, reader.actor):
        raise NotAllowed("Your account may not declare a use for any organization.")
    try:
        body = _chosen_body(session, reader.actor, data)
        use = _read(data)
        known = adoptions.find(session, solution.id, body.id)
        if known is not None and (known.stage, known.since) == (use.stage, use.since):
            return _done(reader, known, "declared")  # The same form was sent twice.
        adoption = adoptions.declare(session, reader.actor, solution, body, use, today=reader.today)
    except (Invalid, Conflict) as refusal:
        page = _form(
            session,
            reader,
            solution,
            data,
            errors=_errors(reader, refusal),
            known=known if isinstance(refusal, Conflict) else None,
        )
        raise Rejected(page) from refusal
    return _done(reader, adoption, "declared")


@get(paths("adoption"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The entry in a form; who may not change it is led to the solution."""
    adoption = _by_id(session, id)
    if not reader.actor.may_speak_for(adoption.organization_id):
        href = reader.address("solution", slug=adoption.solution.slug)
        return Redirect(f"{href}#einsatzorte", status_code=303)
    return _change_form(session, reader, adoption, _values(adoption), done=done)


@post(paths("adoption"))
def change(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Say anew how things stand."""
    adoption = _by_id(session, id, hold=True)
    _require_speaker(reader, adoption)
    seen = int(data["revision"]) if data.get("revision", "").isdecimal() else 0
    theirs = _values(adoption)
    try:
        use = _read(data)
        if use.stage is Stage.ENDED:
            use = replace(use, ended_reason=adoption.ended_reason, ended_note=adoption.ended_note)
        adoptions.change(session, reader.actor, adoption, use, revision=seen, today=reader.today)
    except Conflict as conflict:
        raise Rejected(
            _change_form(
                session,
                reader,
                adoption,
                data,
                errors=Errors({}, sentence(conflict, reader.language)),
                conflict=tuple(_differences(reader, data, theirs)),
            )
        ) from conflict
    except Invalid as refusal:
        page = _change_form(session, reader, adoption, data, errors=_errors(reader, refusal))
        raise Rejected(page) from refusal
    return _done(reader, adoption, "changed")


@post(paths("adoption_confirm"))
def confirm(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Say that the entry is still right."""
    adoption = adoptions.confirm(
        session, reader.actor, _by_id(session, id, hold=True), today=reader.today
    )
    return _done(reader, adoption, "confirmed")


@get(paths("adoption_end"))
def begin_ending(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """The form that ends a use."""
    adoption = _by_id(session, id)
    _require_speaker(reader, adoption)
    values = {"since": reader.today.isoformat(), "revision": str(adoption.revision)}
    return _end_form(reader, adoption, values)


@post(paths("adoption_end"))
def end(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """End a use with day and reason; the entry stays visible."""
    adoption = _by_id(session, id, hold=True)
    _require_speaker(reader, adoption)
    try:
        use = _ending(reader, adoption, data)
        seen = int(data["revision"]) if data.get("revision", "").isdecimal() else 0
        adoptions.change(session, reader.actor, adoption, use, revision=seen, today=reader.today)
    except (Invalid, Conflict) as refusal:
        raise Rejected(
            _end_form(reader, adoption, data, errors=_errors(reader, refusal))
        ) from refusal
    return _done(reader, adoption, "ended")


def _ending(reader: Reader, adoption: Adoption, data: Fields) -> Use:
    since = forms.day(data, "since")
    problems = [since] if isinstance(since, Problem) else []
    if not taxonomy.knows("ended_reason", data.get("ended_reason", "")):
        problems.append(Problem("ended_reason", "Say why the use ended; others learn from it."))
    if problems or isinstance(since, Problem):
        raise Invalid("The form is not complete.", problems=problems)
    note = forms.text(data, "ended_note")
    return replace(
        _use_of(adoption),
        stage=Stage.ENDED,
        since=since,
        ended_reason=data.get("ended_reason", ""),
        ended_note={reader.language: note} if note else {},
    )


@get(paths("adoption_retract"))
def ask_before_retracting(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """Ask whether the declaration was a mistake."""
    adoption = _by_id(session, id)
    _require_speaker(reader, adoption)
    name = _name(reader, adoption.solution)
    title = reader._("Take back the entry")
    back = reader.address("adoption", id=str(adoption.id))
    context = RetractPage(
        page=frame(reader, title, crumbs=_crumbs(reader, adoption.solution), is_indexed=False),
        title=title,
        text=reader._(
            "The entry of %(body)s for “%(solution)s” disappears, with its history. "
            "Do this only if it was a mistake."
        )
        % {"body": adoption.organization.name, "solution": name},
        action=reader.address("adoption_retract", id=str(adoption.id)),
        back_href=back,
        end_href=reader.address("adoption_end", id=str(adoption.id)),
    )
    return render("adoptions/retract.html", context)


@post(paths("adoption_retract"))
def retract(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Take back a declaration that was a mistake."""
    adoption = _by_id(session, id, hold=True)
    slug = adoption.solution.slug
    reporting.retract_adoption(session, reader.actor, adoption)
    return Redirect(reader.address("solution", {"done": "retracted"}, slug=slug), status_code=303)


def done_notice(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    """The message after an action, by the word that the address carries."""
    _ = reader._
    texts = {
        "declared": _("Your use is entered. Readers see it at once."),
        "changed": _("Your changes are saved."),
        "confirmed": _("Thank you. The entry is confirmed as of today."),
        "ended": _("The use is ended. The entry stays visible with the reason."),
        "retracted": _("The entry is taken back."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()


def _form(
    session: Session,
    reader: Reader,
    solution: Solution,
    values: Fields,
    *,
    errors: Errors = NO_ERRORS,
    known: Adoption | None = None,
) -> Response[str]:
    bodies = _speaks_for(session, reader.actor)
    title = reader._("Enter your use")
    context = UseForm(
        **_common(session, reader, solution, title, values, errors=errors),
        action=reader.address("declare", slug=solution.slug),
        organizations=tuple((str(body.id), body.name) for body in bodies),
        organization_name=bodies[0].name if len(bodies) == 1 else "",
        existing_href=reader.address("adoption", id=str(known.id)) if known else "",
        stages=_stage_options(reader),
        revision=0,
        conflict=(),
        is_new=True,
        end_href="",
        confirm_action="",
        retract_href="",
        measurements_href="",
        confirmed_text="",
    )
    return render("adoptions/form.html", context, status_code=_status(errors))


def _change_form(
    session: Session,
    reader: Reader,
    adoption: Adoption,
    values: Fields,
    *,
    errors: Errors = NO_ERRORS,
    conflict: tuple[tuple[str, str, str], ...] = (),
    done: str = "",
) -> Response[str]:
    key = str(adoption.id)
    title = reader._("Change your use")
    stages = _stage_options(reader)
    if adoption.stage == Stage.ENDED:
        stages = (*stages, (Stage.ENDED.value, _stage_name(reader, Stage.ENDED)))
    context = UseForm(
        **_common(session, reader, adoption.solution, title, values, errors=errors, done=done),
        action=reader.address("adoption", id=key),
        organizations=(),
        organization_name=adoption.organization.name,
        existing_href="",
        stages=stages,
        revision=adoption.revision,
        conflict=conflict,
        is_new=False,
        end_href="" if adoption.stage == Stage.ENDED else reader.address("adoption_end", id=key),
        confirm_action=reader.address("adoption_confirm", id=key),
        retract_href=reader.address("adoption_retract", id=key),
        measurements_href=reader.address("measurements", id=key)
        if reader.actor.may_edit_for(adoption.organization_id)
        else "",
        confirmed_text=reader.day(adoption.confirmed_on),
    )
    return render("adoptions/form.html", context, status_code=_status(errors))


def _common(
    session: Session,
    reader: Reader,
    solution: Solution,
    title: str,
    values: Fields,
    *,
    errors: Errors,
    done: str = "",
) -> dict[str, Any]:
    return {
        "page": replace(
            frame(
                reader,
                title,
                section="search",
                crumbs=_crumbs(reader, solution),
                notices=done_notice(reader, done),
                is_indexed=False,
            ),
            title=_window_title(reader, title, errors),
        ),
        "title": title,
        "solution_name": _name(reader, solution),
        "solution_href": reader.address("solution", slug=solution.slug),
        "values": values,
        "errors": errors,
        "sources": _sources(session, reader.actor, solution),
        "versions": tuple(each.version for each in releases.of_solution(session, solution)),
    }


def _end_form(
    reader: Reader, adoption: Adoption, values: Fields, *, errors: Errors = NO_ERRORS
) -> Response[str]:
    key = str(adoption.id)
    title = reader._("End your use")
    context = EndForm(
        page=replace(
            frame(
                reader,
                title,
                section="search",
                crumbs=_crumbs(reader, adoption.solution),
                is_indexed=False,
            ),
            title=_window_title(reader, title, errors),
        ),
        title=title,
        solution_name=_name(reader, adoption.solution),
        solution_href=reader.address("solution", slug=adoption.solution.slug),
        action=reader.address("adoption_end", id=key),
        back_href=reader.address("adoption", id=key),
        values=values,
        errors=errors,
        reasons=tuple(
            (code, taxonomy.label("ended_reason", code, reader.language))
            for code in taxonomy.codes("ended_reason")
        ),
        revision=adoption.revision,
    )
    return render("adoptions/end.html", context, status_code=_status(errors))


def _window_title(reader: Reader, title: str, errors: Errors) -> str:
    """The title of the window says first that something is wrong, for it is read out first."""
    is_wrong = bool(errors.by_field or errors.general)
    return f"{reader._('Error:')} {title}" if is_wrong else title


def _status(errors: Errors) -> int:
    if errors.general:
        return 409
    return 422 if errors.by_field else 200


def _stage_name(reader: Reader, stage: Stage) -> str:
    return taxonomy.label("stage", stage, reader.language)


def _stage_options(reader: Reader) -> Options:
    return tuple((stage.value, _stage_name(reader, stage)) for stage in FORM_STAGES)


def _sources(session: Session, actor: Actor, solution: Solution) -> Options:
    """The bodies from whom the actor's own can have taken the solution over."""
    bodies: dict[UUID, str] = {}
    if solution.publisher is not None:
        bodies[solution.publisher.id] = solution.publisher.name
    for use in adoptions.of_solution(session, solution.id):
        bodies.setdefault(use.organization_id, use.organization.name)
    others = {key: name for key, name in bodies.items() if key not in actor.roles}
    return tuple((str(key), name) for key, name in sorted(others.items(), key=lambda b: b[1]))


def _read(data: Fields) -> Use:
    stage = data.get("stage", "")
    problems = []
    if stage not in set(Stage):
        problems.append(Problem("stage", "Choose how far your use has come."))
    since = forms.day(data, "since")
    if isinstance(since, Problem):
        problems.append(since)
    reused_from = data.get("reused_from", "")
    try:
        source = UUID(reused_from) if reused_from else None
    except ValueError:
        source = None
        problems.append(Problem("reused_from", "Choose a body from the list."))
    if problems or isinstance(since, Problem):
        raise Invalid("The form is not complete.", problems=problems)
    adaptations = forms.text(data, "adaptations")
    return Use(
        stage=Stage(stage),
        since=since,
        release=forms.text(data, "release"),
        reused_from_id=source,
        adaptations={"de": adaptations} if adaptations else {},
        operator=forms.text(data, "operator"),
        contact_allowed=data.get("contact_allowed") == "1",
    )


def _use_of(adoption: Adoption) -> Use:
    return Use(
        stage=Stage(adoption.stage),
        since=adoption.since,
        release=adoption.release,
        reused_from_id=adoption.reused_from_id,
        adaptations=adoption.adaptations,
        operator=adoption.operator,
        ended_reason=adoption.ended_reason,
        ended_note=adoption.ended_note,
        contact_allowed=adoption.contact_allowed,
    )


def _values(adoption: Adoption) -> dict[str, str]:
    return {
        "stage": adoption.stage,
        "since": adoption.since.isoformat(),
        "release": adoption.release,
        "reused_from": str(adoption.reused_from_id or ""),
        "operator": adoption.operator,
        "adaptations": records.best(adoption.adaptations, "de")[0],
        "contact_allowed": "1" if adoption.contact_allowed else "",
    }


def _differences(reader: Reader, mine: Fields, theirs: Fields) -> list[tuple[str, str, str]]:
    _ = reader._
    names = {
        "stage": _("Stage"),
        "since": _("Since"),
        "release": _("Version in use"),
        "operator": _("Operated by"),
        "adaptations": _("What you changed"),
    }
    told = [
        (text, _told(reader, field, mine), _told(reader, field, theirs))
        for field, text in names.items()
    ]
    return [row for row in told if row[1] != row[2]]


def _told(reader: Reader, field: str, values: Fields) -> str:
    """What a form holds in a field, in words: the stage by its name, a day written out."""
    value = values.get(field, "")
    if field == "stage" and value in set(Stage):
        return _stage_name(reader, Stage(value))
    day = forms.day(values, field) if field == "since" else None
    return reader.day(day) if isinstance(day, date) else value


def _errors(reader: Reader, refusal: Invalid | Conflict) -> Errors:
    if isinstance(refusal, Conflict):
        return Errors({}, sentence(refusal, reader.language))
    return Errors({each.field: sentence(each, reader.language) for each in refusal.problems})


def _speaks_for(session: Session, actor: Actor) -> Sequence[Organization]:
    if actor.person_id is None:
        return []
    return [
        membership.organization
        for membership in memberships.of_person(session, actor.person_id)
        if actor.may_speak_for(membership.organization_id)
        and membership.organization.kind != Kind.VENDOR
    ]


def _chosen_body(session: Session, actor: Actor, data: Fields) -> Organization:
    bodies = _speaks_for(session, actor)
    wanted = data.get("organization", "")
    for body in bodies:
        if str(body.id) == wanted or (len(bodies) == 1 and not wanted):
            return body
    try:
        body = organizations.by_id(session, UUID(wanted))
    except ValueError:
        raise Invalid("Choose the organization you speak for.", field="organization") from None
    if not actor.may_speak_for(body.id):
        raise NotAllowed("Only members of the adopting body may change this entry.")
    return body


def _by_id(session: Session, key: str, *, hold: bool = False) -> Adoption:
    try:
        return adoptions.by_id(session, UUID(key), hold=hold)
    except ValueError:
        raise NotFound("There is no such adoption.") from None


def _require_speaker(reader: Reader, adoption: Adoption) -> None:
    if not reader.actor.may_speak_for(adoption.organization_id):
        raise NotAllowed("Only members of the adopting body may change this entry.")


def _sign_in_first(reader: Reader) -> Redirect:
    if not reader.is_sample:
        raise NotAllowed("Sign in to declare a use.")
    return Redirect(reader.address("sign_in", {"back": reader.path}), status_code=303)


def _done(reader: Reader, adoption: Adoption, done: str) -> Redirect:
    href = reader.address("adoption", {"done": done}, id=str(adoption.id))
    return Redirect(href, status_code=303)


def _name(reader: Reader, solution: Solution) -> str:
    return records.best(solution.public_record.name, reader.language)[0]


def _crumbs(reader: Reader, solution: Solution) -> list[tuple[str, str]]:
    return [
        (reader._("Solutions"), reader.address("search")),
        (_name(reader, solution), reader.address("solution", slug=solution.slug)),
    ]


HANDLERS = [
    begin,
    declare,
    show,
    change,
    confirm,
    begin_ending,
    end,
    ask_before_retracting,
    retract,
]
