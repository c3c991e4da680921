"""Account: what the person who asks has and keeps on this node. Nobody else sees any of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import memberships, people, watching
from catalog.database import Session
from catalog.errors import NotFound
from catalog.memberships import Membership
from catalog.people import Person
from catalog.permissions import Actor, person_of
from catalog.watching import Watch, Watchable
from marketplace.accounts import deletion, logins
from marketplace.accounts.logins import Login
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.operations import BASE, id_in, named, reads, sent, signed_in, writes
from marketplace.api.references import OrganizationRef, iri
from marketplace.export import person as person_export
from marketplace.pages.search import Asked
from marketplace.routing import address
from marketplace.search import saved_searches
from marketplace.search.saved_searches import SavedSearch

TAG = "Account"


class RoleAnswer(Struct, frozen=True):
    """A role in an organization."""

    organization: OrganizationRef
    role: Annotated[str, Meta(examples=["editor"])]
    since: datetime


class AccountAnswer(Struct, frozen=True):
    """The person who asks."""

    id: UUID
    name: str
    email: str
    language: str
    is_moderator: bool
    is_steward: bool
    created_at: datetime
    organizations: list[RoleAnswer]

    @classmethod
    def from_person(
        cls, request: ApiRequest, person: Person, roles: "list[Membership]"
    ) -> "AccountAnswer":
        """The answer of a person."""
        return cls(
            person.id,
            person.name,
            person.email,
            person.language,
            person.is_moderator,
            person.is_steward,
            person.created_at,
            [
                RoleAnswer(
                    OrganizationRef.from_organization(request, each.organization),
                    each.role,
                    each.since,
                )
                for each in roles
            ],
        )


class ProfileBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Name and language of an account."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    language: Literal["de", "en"]


class WatchAnswer(Struct, frozen=True):
    """Something that you watch."""

    id: UUID
    kind: Annotated[str, Meta(examples=["solution"])]
    thing_id: UUID
    thing: Annotated[str, Meta(description="Permanent link of the thing.")]
    since: datetime

    @classmethod
    def from_watch(cls, request: ApiRequest, watch: Watch) -> "WatchAnswer":
        """The answer of a watch."""
        thing = iri(request, watch.kind, watch.thing_id)
        return cls(watch.id, watch.kind, watch.thing_id, thing, watch.since)


class WatchList(Struct, frozen=True):
    """Everything that you watch, newest first."""

    items: list[WatchAnswer]


class WatchBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What to watch."""

    kind: Watchable
    thing_id: Annotated[UUID, Meta(description="Id of a public thing.")]


class SavedSearchAnswer(Struct, frozen=True):
    """A search that you keep."""

    id: UUID
    name: str
    query: Annotated[str, Meta(description="Query string of the results page.")]
    page: Annotated[str, Meta(description="Address of the results page.")]
    created_at: datetime

    @classmethod
    def from_search(cls, request: ApiRequest, saved: SavedSearch) -> "SavedSearchAnswer":
        """The answer of a saved search."""
        base = request.app.state.settings.base_url.rstrip("/")
        page = base + address("search", "de", parse_qsl(saved.query))
        return cls(saved.id, saved.name, saved.query, page, saved.created_at)


class SavedSearchList(Struct, frozen=True):
    """The searches that you keep, newest first."""

    items: list[SavedSearchAnswer]


class SavedSearchBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A search and its name."""

    name: Annotated[str, Meta(min_length=1, max_length=saved_searches.LONGEST_NAME)]
    query: Annotated[
        str,
        Meta(
            max_length=saved_searches.LONGEST_QUERY,
            description="Query string of the results page; what it does not know is dropped.",
        ),
    ]


class NameBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Another name."""

    name: Annotated[str, Meta(min_length=1, max_length=saved_searches.LONGEST_NAME)]


class AccountExport(Struct, frozen=True):
    """Everything that the node keeps about you, by file of the ZIP on your account page."""

    files: Mapping[str, Sequence[Mapping[str, Any]]]


class DeletionBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Your e-mail address, so that nobody deletes an account by accident."""

    address: Annotated[str, Meta(max_length=320)]


@reads("/account", AccountAnswer, tag=TAG, is_personal=True, refusals=(403,))
def show(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """Read your account."""
    return personal(_account(request, session, signed_in(actor)))


@writes(
    "PUT",
    "/account",
    AccountAnswer,
    tag=TAG,
    takes=ProfileBody,
    is_conditional=False,
    refusals=(),
)
def describe(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Change your name and the language of e-mails to you."""
    given = sent(request, body, ProfileBody)
    people.describe(session, signed_in(actor), name=given.name, language=given.language)
    return personal(_account(request, session, actor))


@reads("/account/watches", WatchList, tag=TAG, is_personal=True, refusals=(403,))
def watches(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List what you watch."""
    found = watching.of_person(session, signed_in(actor))
    return personal(WatchList([WatchAnswer.from_watch(request, each) for each in found]))


@writes(
    "POST",
    "/account/watches",
    WatchAnswer,
    tag=TAG,
    takes=WatchBody,
    status=201,
    is_conditional=False,
    refusals=(409,),
)
def watch(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Watch a public thing; watching it already changes nothing."""
    signed_in(actor)
    given = sent(request, body, WatchBody)
    begun = named(lambda: watching.watch(session, actor, given.kind, given.thing_id), "thing_id")
    where = {"Location": f"{BASE}/account/watches"}
    return personal(WatchAnswer.from_watch(request, begun), status=201, headers=where)


@writes(
    "DELETE",
    "/account/watches/{watch}",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
    refusals=(404,),
)
def unwatch(
    session: NamedDependency[Session], actor: NamedDependency[Actor], watch: FromPath[str]
) -> Response[bytes]:
    """End a watch."""
    watching.unwatch(session, signed_in(actor), own_id(watch, "There is no such watch."))
    return nothing()


@reads("/account/searches", SavedSearchList, tag=TAG, is_personal=True, refusals=(403,))
def searches(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List the searches that you keep."""
    found = saved_searches.of_person(session, signed_in(actor))
    return personal(
        SavedSearchList([SavedSearchAnswer.from_search(request, each) for each in found])
    )


@writes(
    "POST",
    "/account/searches",
    SavedSearchAnswer,
    tag=TAG,
    takes=SavedSearchBody,
    status=201,
    is_conditional=False,
    refusals=(409,),
)
def save_search(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Keep a search; you hear of new hits."""
    signed_in(actor)
    given = sent(request, body, SavedSearchBody)
    kept = urlencode(Asked.of(parse_qsl(given.query), "de").pairs(without=("page",)))
    saved = saved_searches.save(session, actor, query=kept, name=given.name)
    where = {"Location": f"{BASE}/account/searches"}
    return personal(SavedSearchAnswer.from_search(request, saved), status=201, headers=where)


@writes(
    "PUT",
    "/account/searches/{saved_search}",
    SavedSearchAnswer,
    tag=TAG,
    takes=NameBody,
    is_conditional=False,
    refusals=(404,),
)
def rename_search(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    saved_search: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Give a saved search another name."""
    signed_in(actor)
    given = sent(request, body, NameBody)
    key = own_id(saved_search, "There is no such saved search.")
    saved = saved_searches.rename(session, actor, key, given.name)
    return personal(SavedSearchAnswer.from_search(request, saved))


@writes(
    "DELETE",
    "/account/searches/{saved_search}",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
    refusals=(404,),
)
def delete_search(
    session: NamedDependency[Session], actor: NamedDependency[Actor], saved_search: FromPath[str]
) -> Response[bytes]:
    """Keep a search no longer."""
    key = own_id(saved_search, "There is no such saved search.")
    saved_searches.delete(session, signed_in(actor), key)
    return nothing()


@reads("/account/export", AccountExport, tag=TAG, is_personal=True, refusals=(403,))
def export(session: NamedDependency[Session], actor: NamedDependency[Actor]) -> Response[bytes]:
    """Take everything along that the node keeps about you."""
    found = person_export.parts(session, signed_in(actor), "en")
    return personal(AccountExport({part.file: part.rows for part in found}))


@writes(
    "POST",
    "/account/delete",
    None,
    tag=TAG,
    takes=DeletionBody,
    status=204,
    is_conditional=False,
    refusals=(409,),
)
def delete(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    login: NamedDependency[Login | None],
    body: RawBody,
) -> Response[bytes]:
    """Delete your account; what your organization published stays.

    The only lead of an organization must hand over first. You must have confirmed who you are
    within the last ten minutes.
    """
    signed_in(actor)
    logins.require_confirmed(login)
    given = sent(request, body, DeletionBody)
    deletion.delete_account(session, actor, typed_address=given.address)
    return nothing()


HANDLERS: list[Any] = [
    export,
    delete,
    show,
    describe,
    watches,
    watch,
    unwatch,
    searches,
    save_search,
    rename_search,
    delete_search,
]


def own_id(text: str, missing: str) -> UUID:
    """The id in an address; whatever else stands there names nothing of the asker's."""
    known = id_in(text)
    if known is None:
        raise NotFound(missing)
    return known


def _account(request: ApiRequest, session: Session, actor: Actor) -> AccountAnswer:
    person = people.by_id(session, person_of(actor))
    return AccountAnswer.from_person(
        request, person, list(memberships.of_person(session, person.id))
    )
