"""Releases: the dated versions of a solution's software."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import releases
from catalog.database import Session
from catalog.releases import Release
from marketplace.api.answers import ApiRequest, public
from marketplace.api.operations import reads
from marketplace.api.solutions import public_one

TAG = "Releases"


class ReleaseAnswer(Struct, frozen=True):
    """One release; it never changes."""

    id: UUID
    version: Annotated[str, Meta(examples=["1.4"])]
    released_on: date
    notes: Annotated[dict[str, str], Meta(description="What is new, by language.")]

    @classmethod
    def from_release(cls, release: Release) -> "ReleaseAnswer":
        """The answer of a release."""
        return cls(release.id, release.version, release.released_on, release.notes)


class ReleaseList(Struct, frozen=True):
    """The releases of a solution, newest first."""

    items: list[ReleaseAnswer]


@reads("/solutions/{solution}/releases", ReleaseList, tag=TAG, refusals=(404, 410))
def index(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """List the releases of a solution, newest first."""
    found = releases.of_solution(session, public_one(session, solution))
    return public(request, ReleaseList([ReleaseAnswer.from_release(each) for each in found]))


@reads("/solutions/{solution}/releases/{version}", ReleaseAnswer, tag=TAG, refusals=(404, 410))
def show(
    request: ApiRequest,
    session: NamedDependency[Session],
    solution: FromPath[str],
    version: FromPath[str],
) -> Response[bytes]:
    """Read one release by its version."""
    found = releases.of_version(session, public_one(session, solution), version)
    return public(request, ReleaseAnswer.from_release(found))


HANDLERS: list[Any] = [index, show]
