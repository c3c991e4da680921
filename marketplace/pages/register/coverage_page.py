"""Who has reported to the register, who declared that nothing is in use, and who is silent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency

from catalog.database import Session
from catalog.register import coverage
from catalog.register.coverage import Coverage, Reported
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths


@dataclass(frozen=True)
class CoverageRow:
    """What one body has told."""

    name: str
    href: str
    told: str
    kind: str
    """A kind of state for its sign."""
    entries: int
    overdue: int
    uses_without_entry: int


@dataclass(frozen=True)
class CoveragePage:
    """The numbers, and every body with what it has told."""

    page: PageFrame
    tiles: Sequence[tuple[str, int]]
    rows: Sequence[CoverageRow]
    list_href: str


@get(paths("register_coverage"))
def show(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Response[str]:
    """Every municipality that takes part here, by name."""
    found = coverage.of_all(session, today=reader.today)
    _ = reader._
    told = Counter(each.told for each in found)
    list_href = reader.address("register_entries")
    return render(
        "register/coverage.html",
        CoveragePage(
            page=frame(
                reader,
                _("Who has reported?"),
                section="register_entries",
                crumbs=[(_("AI transparency register"), list_href)],
            ),
            tiles=[
                (_("reported"), told[Reported.REPORTED]),
                (_("declared that nothing is in use"), told[Reported.ZERO]),
                (_("nothing heard yet"), told[Reported.SILENT]),
                (_("entries overdue"), sum(each.overdue for each in found)),
            ],
            rows=[_row(each, reader) for each in found],
            list_href=list_href,
        ),
    )


HANDLERS = [show]


def _row(each: Coverage, reader: Reader) -> CoverageRow:
    body = each.organization
    place = body.municipality
    return CoverageRow(
        name=body.name,
        href=reader.address("municipality", ars=place.ars, slug=place.slug)
        if place
        else reader.address("organization", slug=body.slug),
        told=told_words(each, reader),
        kind={"reported": "ok", "zero": "later", "silent": "open"}[each.told],
        entries=each.entries,
        overdue=each.overdue,
        uses_without_entry=each.uses_without_entry,
    )


def told_words(each: Coverage, reader: Reader) -> str:
    """What a body has told, in words."""
    _ = reader._
    if each.told is Reported.ZERO:
        return _("Nothing in use, declared on %(day)s") % {"day": reader.day(each.declared_on)}
    return _("Reported") if each.told is Reported.REPORTED else _("Nothing heard yet")
