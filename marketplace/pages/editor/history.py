"""Published versions of an entry with their differences, and the releases of the software."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import drafts, releases, taxonomy, versions
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.records import CODED
from catalog.solutions import Solution
from catalog.versions import Difference, Kind
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access
from marketplace.pages.editor.posted import LONGEST_TEXT, first, posted
from marketplace.pages.editor.sections import place_of
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import said
from marketplace.routing import get, paths, post

LONGEST_VERSION = 80


@dataclass(frozen=True)
class VersionRow:
    """One published version: number, day, who published it, where its differences are."""

    number: int
    on: str
    by: str
    href: str
    is_shown: bool


@dataclass(frozen=True)
class DifferenceRow:
    """One statement that differs, in words."""

    label: str
    kind: str
    sign: str
    before: str
    after: str


@dataclass(frozen=True)
class VersionsPage:
    """The versions of an entry, and what one of them changed."""

    page: PageFrame
    kicker: str
    title: str
    rows: Sequence[VersionRow]
    shown: int
    compared: str
    differences: Sequence[DifferenceRow]
    restore_action: str
    restore_text: str
    draft_href: str
    back_href: str


@dataclass(frozen=True)
class ReleaseRow:
    """A version of the software."""

    version: str
    on: str
    notes: str


@dataclass(frozen=True)
class ReleasesPage:
    """The versions of the software, and the form for the next."""

    page: PageFrame
    kicker: str
    title: str
    rows: Sequence[ReleaseRow]
    action: str
    back_href: str
    values: Mapping[str, str]
    errors: Errors
    may_add: bool


@get(paths("versions"))
def show_versions(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    version: FromQuery[int] = 0,
) -> Response[Any]:
    """The versions; ``version`` names the one whose differences to the one before are shown."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    known = versions.of_solution(session, solution)
    numbers = [each.number for each in known]
    shown = version if version in numbers else (numbers[0] if numbers else 0)
    before = max((number for number in numbers if number < shown), default=0)
    title = reader._("Versions of this entry")
    context = VersionsPage(
        page=frame(
            reader,
            title,
            section="my_solutions",
            crumbs=access.crumbs(reader, solution),
            is_indexed=False,
        ),
        kicker=access.kicker(reader, solution),
        title=title,
        rows=[
            VersionRow(
                each.number,
                reader.day(each.published_at.astimezone(access.OFFICE_ZONE).date()),
                each.published_by,
                reader.address("versions", {"version": each.number}, id=id),
                each.number == shown,
            )
            for each in known
        ],
        shown=shown,
        compared=_compared(reader, shown, before),
        differences=_differences(session, reader, solution, before, shown) if before else (),
        restore_action=reader.address("version_restore", id=id)
        if shown and shown != solution.version and solution.draft is None
        else "",
        restore_text=reader._("Make version %(number)s my draft") % {"number": shown},
        draft_href=reader.address("draft", id=id) if solution.draft is not None else "",
        back_href=reader.address("draft", id=id),
    )
    return render("versions/index.html", context)


@post(paths("version_restore"))
def restore(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Make an old version the draft."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    given = first(posted(data), "version")
    if not given.isdecimal() or len(given) > 6:
        raise NotFound("There is no version %(number)s of this solution.", number=given[:20])
    drafts.restore(session, reader.actor, solution, int(given))
    return Redirect(reader.address("draft", {"done": "restored"}, id=id), status_code=303)


@get(paths("releases"))
def show_releases(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The versions of the software with the form for the next."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    values = {"released_on": reader.today.isoformat()}
    return _releases(session, reader, solution, values, errors=NO_ERRORS, done=done)


@post(paths("releases"))
def add_release(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Add a version of the software; the same form sent twice adds it once."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    sent = posted(data)
    values = {
        name: first(sent, name) for name in ("version", "released_on", "notes.de", "notes.en")
    }
    try:
        _add(session, reader, solution, values)
    except (Invalid, Conflict) as refusal:
        errors = _release_errors(reader, refusal)
        page = _releases(session, reader, solution, values, errors=errors)
        raise Rejected(page) from refusal
    return Redirect(reader.address("releases", {"done": "added"}, id=id), status_code=303)


def _add(session: Session, reader: Reader, solution: Solution, values: Mapping[str, str]) -> None:
    day = forms.day(values, "released_on")
    problems = [day] if isinstance(day, Problem) else []
    if len(values["version"]) > LONGEST_VERSION:
        problems.append(Problem("version", "Name the version, for example 1.4."))
    if problems or isinstance(day, Problem):
        raise Invalid("The form is not complete.", problems=problems)
    notes = {
        code: values[f"notes.{code}"][:LONGEST_TEXT]
        for code in ("de", "en")
        if values[f"notes.{code}"]
    }
    for known in releases.of_solution(session, solution):
        if (known.version, known.released_on, known.notes) == (values["version"], day, notes):
            return
    releases.publish(
        session,
        reader.actor,
        solution,
        version=values["version"],
        released_on=day,
        notes=notes,
    )


def _release_errors(reader: Reader, refusal: Invalid | Conflict) -> Errors:
    errors = access.errors_of(reader, refusal)
    # A version that exists is wrong at its field.
    return Errors({"version": errors.general}) if errors.general else errors


def _releases(
    session: Session,
    reader: Reader,
    solution: Solution,
    values: Mapping[str, str],
    *,
    errors: Errors,
    done: str = "",
) -> Response[str]:
    key = str(solution.id)
    title = reader._("Versions of the software")
    added = PageNotice(reader._("The version is added. Readers see it."), "ok", live="status")
    page = frame(
        reader,
        title,
        section="my_solutions",
        crumbs=access.crumbs(reader, solution),
        notices=(added,) if done == "added" else (),
        is_indexed=False,
    )
    wrong = bool(errors.by_field)
    context = ReleasesPage(
        page=replace(page, title=f"{reader._('Error:')} {title}") if wrong else page,
        kicker=access.kicker(reader, solution),
        title=title,
        rows=[
            ReleaseRow(
                each.version,
                reader.day(each.released_on),
                words.text if (words := said(each.notes, reader)) else "",
            )
            for each in releases.of_solution(session, solution)
        ],
        action=reader.address("releases", id=key),
        back_href=reader.address("draft", id=key),
        values=values,
        errors=errors,
        may_add=reader.actor.may_edit_for(solution.publisher_id),
    )
    return render("editor/releases.html", context, status_code=422 if wrong else 200)


def _compared(reader: Reader, shown: int, before: int) -> str:
    if not shown:
        return ""
    if not before:
        return reader._("Version %(number)s is the first.") % {"number": shown}
    text = reader._("What version %(number)s changed against version %(before)s")
    return text % {"number": shown, "before": before}


def _differences(
    session: Session, reader: Reader, solution: Solution, before: int, after: int
) -> Sequence[DifferenceRow]:
    older = versions.record_of(session, solution, before)
    newer = versions.record_of(session, solution, after)
    return rows_of(reader, versions.differences(older, newer))


def rows_of(reader: Reader, found: Sequence[Difference]) -> Sequence[DifferenceRow]:
    """Differences in the reader's words."""
    return [_row(reader, each) for each in found]


def _row(reader: Reader, difference: Difference) -> DifferenceRow:
    _ = reader._
    kinds = {
        Kind.ADDED: (_("added"), "+"),
        Kind.REMOVED: (_("removed"), "\u2212"),
        Kind.CHANGED: (_("changed"), "\u2192"),
    }
    word, sign = kinds[difference.kind]
    return DifferenceRow(
        label=_label(reader, difference.path),
        kind=word,
        sign=sign,
        before=_words(reader, difference.path, difference.before),
        after=_words(reader, difference.path, difference.after),
    )


def _label(reader: Reader, path: tuple[str, ...]) -> str:
    if path[0] == "withheld" and len(path) > 1:
        text = reader._("%(field)s: reason for not publishing")
        return text % {"field": _label(reader, tuple(path[1].split(".")))}
    place = place_of(".".join(path)) or place_of(path[0])
    name = reader._(place[1].label) if place else path[0].replace("_", " ")
    if path[-1] in ("de", "en"):
        return f"{name} ({taxonomy.label('language', path[-1], reader.language)})"
    return name


def _words(reader: Reader, path: tuple[str, ...], value: Any) -> str:
    if value is None:
        return ""
    parts = value if isinstance(value, list) else [value]
    return ", ".join(_word(reader, path, part) for part in parts)


def _word(reader: Reader, path: tuple[str, ...], value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(each) for each in value.values())
    field = ".".join(path).replace(".class", ".class_")
    if path[0] == "withheld" and path[-1] == "reason":
        return taxonomy.label("withholding", str(value), reader.language)
    if field in CODED:
        return taxonomy.label(CODED[field], str(value), reader.language)
    if field in ("standards", "languages"):
        return taxonomy.label(field.removesuffix("s"), str(value), reader.language)
    return str(value)


HANDLERS = [show_versions, restore, show_releases, add_release]
