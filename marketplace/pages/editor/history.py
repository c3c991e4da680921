"""Published versions of an entry with their differences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import drafts, taxonomy, versions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.records import CODED
from catalog.solutions import Solution
from catalog.versions import Difference, Kind
from marketplace.pages.editor import access
from marketplace.pages.editor.posted import first, posted
from marketplace.pages.editor.sections import place_of
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


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


HANDLERS = [show_versions, restore]
