"""Releases: the dated versions of a solution's software."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import releases
from catalog.database import Session
from catalog.permissions import Actor
from catalog.records import LongText
from catalog.releases import Artifact, Release
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.operations import BASE, asked, reads, sent, signed_in, writes
from marketplace.api.solutions import addressed

TAG = "Releases"


class ReleaseAnswer(Struct, frozen=True):
    """One release; it never changes."""

    id: UUID
    version: Annotated[str, Meta(examples=["1.4"])]
    released_on: date
    notes: Annotated[dict[str, str], Meta(description="What is new, by language.")]
    artifacts: Annotated[list[Artifact], Meta(description="Files with their checksums.")] = []
    security: Annotated[dict[str, str], Meta(description="Security notice, by language.")] = {}
    supported_until: date | None = None
    supersedes: Annotated[str, Meta(description="The mistaken version it takes the place of.")] = ""

    @classmethod
    def from_release(cls, release: Release) -> "ReleaseAnswer":
        """The answer of a release."""
        return cls(
            release.id,
            release.version,
            release.released_on,
            release.notes,
            release.artifacts,
            release.security,
            release.supported_until,
            release.supersedes,
        )


class ReleaseList(Struct, frozen=True):
    """The releases of a solution, newest first."""

    items: list[ReleaseAnswer]


class ReleaseQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Which releases are wanted."""

    since: Annotated[str, Meta(description="Only those after this version.", max_length=80)] = ""


@reads(
    "/solutions/{solution}/releases",
    ReleaseList,
    tag=TAG,
    asks=ReleaseQuestion,
    refusals=(404, 410),
)
def index(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """List the releases of a solution, newest first."""
    question = asked(request, ReleaseQuestion)
    one = addressed(session, solution)
    if question.since:
        found = releases.since(session, one, question.since)
    else:
        found = releases.of_solution(session, one)
    return public(request, ReleaseList([ReleaseAnswer.from_release(each) for each in found]))


@reads("/solutions/{solution}/releases/{version}", ReleaseAnswer, tag=TAG, refusals=(404, 410))
def show(
    request: ApiRequest,
    session: NamedDependency[Session],
    solution: FromPath[str],
    version: FromPath[str],
) -> Response[bytes]:
    """Read one release by its version."""
    found = releases.of_version(session, addressed(session, solution), version)
    return public(request, ReleaseAnswer.from_release(found))


class ReleaseBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A new release; a version is given once."""

    version: Annotated[str, Meta(min_length=1, max_length=80, examples=["1.4"])]
    released_on: date
    notes: Annotated[LongText, Meta(description="What is new, by language.")] = {}
    artifacts: Annotated[list[Artifact], Meta(max_length=releases.MOST_ARTIFACTS)] = []
    security: Annotated[LongText, Meta(description="Security notice, by language.")] = {}
    supported_until: date | None = None
    supersedes: Annotated[str, Meta(max_length=80)] = ""


@writes(
    "POST",
    "/solutions/{solution}/releases",
    ReleaseAnswer,
    tag=TAG,
    takes=ReleaseBody,
    status=201,
    is_conditional=False,
    refusals=(404, 409, 410),
)
def publish(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Add a release to a solution; it cannot be changed afterwards."""
    signed_in(actor)
    given = sent(request, body, ReleaseBody)
    found = addressed(session, solution)
    release = releases.publish(
        session,
        actor,
        found,
        version=given.version,
        released_on=given.released_on,
        notes=given.notes,
        artifacts=given.artifacts,
        security=given.security,
        supported_until=given.supported_until,
        supersedes=given.supersedes,
    )
    version = quote(release.version, safe="")
    where = f"{BASE}/solutions/{found.id}/releases/{version}"
    return personal(ReleaseAnswer.from_release(release), status=201, headers={"Location": where})


HANDLERS: list[Any] = [index, show, publish]
