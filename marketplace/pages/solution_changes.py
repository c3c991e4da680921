"""What happened to a solution, in words and as a feed that outlives its withdrawal."""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog import changes, slugs, solutions
from catalog.changes import Change
from catalog.database import Session
from catalog.errors import NotFound
from catalog.solutions import Solution, State
from marketplace.formats.atom import Entry, Tombstone
from marketplace.pages.feeds import Answer, News, feed, suffixed, voice_of
from marketplace.pages.reader import Reader
from marketplace.pages.wording import named, withdrawn_why
from marketplace.routing import get


def words_of_changes(reader: Reader) -> Mapping[str, str]:
    """The public changes of a solution that are told, by verb; one names its version."""
    _ = reader._
    return {
        "published": _("Published"),
        "revised": _("Entry changed, version %(version)s"),
        "released": _("New version of the software"),
        "security_noticed": _("Security notice for a version of the software"),
        "interface_published": _("New version of an interface"),
        "interface_broken": _("New version of an interface breaks callers"),
    }


@get(suffixed("solution_changes", "atom"))
def changes_feed(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
) -> Answer:
    """What happened to a solution, newest first; a withdrawn one ends with a tombstone."""
    solution = _told(session, slug)
    name = named(solution.public_record.name, reader).text
    page = reader.address("solution", slug=solution.slug) + "#versions"
    texts = words_of_changes(reader)
    items: list[Entry | Tombstone] = []
    if solution.state == State.WITHDRAWN:
        iri = voice_of(reader).iri("solution", solution.id)
        moment = solution.withdrawn_at or solution.updated_at
        items.append(Tombstone(iri, moment, withdrawn_why(reader, solution)))
    items += [
        _entry(reader, each, f"{name}: {texts[each.verb] % {'version': each.version}}", page)
        for each in changes.of_thing(session, solutions.KIND, solution.id)
        if each.public and each.verb in texts
    ]
    title = reader._("Changes of %(name)s") % {"name": name}
    return feed(request, reader, News(title, page, items, None))


HANDLERS = [changes_feed]


def _told(session: Session, slug: str) -> Solution:
    known = slugs.thing_called(session, solutions.KIND, slug)
    solution = solutions.by_ids(session, [known]).get(known) if known is not None else None
    if solution is None or solution.state not in (State.PUBLISHED, State.WITHDRAWN):
        raise NotFound("There is no solution called “%(slug)s”.", slug=slug)
    return solution


def _entry(reader: Reader, change: Change, title: str, page: str) -> Entry:
    return Entry(
        id=f"{voice_of(reader).iri('solution', change.thing_id)}#change-{change.serial}",
        title=title,
        updated=change.at,
        href=reader.base_url + page,
    )
