"""How a thing of the catalog is called and where its page is, by kind and id, many at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog import municipalities, organizations, solutions
from catalog.database import Session
from catalog.errors import Invalid, NotFound
from catalog.solutions import Solution, State
from catalog.watching import Watchable
from marketplace.pages.reader import Reader
from marketplace.pages.wording import Said, named

Key = tuple[str, UUID]


@dataclass(frozen=True)
class ThingLine:
    """A thing in a list: what it is, its name, its page, its feed; empty where there is none."""

    kind: str
    name: Said
    href: str
    feed_href: str
    is_withdrawn: bool = False


def kind_label(reader: Reader, kind: str) -> str:
    """The word for a kind of thing."""
    _ = reader._
    words = {
        Watchable.SOLUTION: _("AI solution"),
        Watchable.ORGANIZATION: _("Organization"),
        Watchable.MUNICIPALITY: _("Municipality"),
    }
    return words.get(Watchable(kind), kind) if kind in set(Watchable) else kind


def lines(session: Session, reader: Reader, keys: Sequence[Key]) -> Mapping[Key, ThingLine]:
    """The lines of these things; what is gone or not public is left out."""
    found: dict[Key, ThingLine] = {}
    ids = {kind: [key for of, key in keys if of == kind] for kind in Watchable}
    if ids[Watchable.SOLUTION]:
        for key, solution in solutions.by_ids(session, ids[Watchable.SOLUTION]).items():
            if solution.record is not None:
                found[Watchable.SOLUTION, key] = ThingLine(
                    kind_label(reader, Watchable.SOLUTION),
                    named(solution.public_record.name, reader),
                    reader.address("solution", slug=solution.slug),
                    feed_href(reader, "solution_changes", slug=solution.slug),
                    solution.state == State.WITHDRAWN,
                )
    if ids[Watchable.ORGANIZATION]:
        for key, body in organizations.by_ids(session, ids[Watchable.ORGANIZATION]).items():
            found[Watchable.ORGANIZATION, key] = ThingLine(
                kind_label(reader, Watchable.ORGANIZATION),
                Said(body.name),
                reader.address("organization", slug=body.slug),
                feed_href(reader, "organization_solutions", slug=body.slug),
            )
    if ids[Watchable.MUNICIPALITY]:
        for key, place in municipalities.by_ids(session, ids[Watchable.MUNICIPALITY]).items():
            found[Watchable.MUNICIPALITY, key] = ThingLine(
                kind_label(reader, Watchable.MUNICIPALITY),
                Said(place.full_name),
                reader.address("municipality", ars=place.ars, slug=place.slug),
                feed_href(reader, "municipality_uses", ars=place.ars, slug=place.slug),
            )
    return found


def feed_href(reader: Reader, name: str, **parts: str) -> str:
    """The Atom feed of a list."""
    return f"{reader.address(name, **parts)}.atom"


def solution_in(session: Session, given: str, field: str) -> Solution:
    """The published solution that an address, a slug or an id names."""
    tail = given.split("?", 1)[0].split("#", 1)[0].rstrip("/").rsplit("/", 1)[-1]
    try:
        known = solutions.published_by_ids(session, [UUID(tail)])
        if known:
            return next(iter(known.values()))
    except ValueError:
        pass  # No id, so it is the end of an address.
    try:
        return solutions.by_slug(session, tail)
    except NotFound:
        raise Invalid("We know no published solution at this address.", field=field) from None
