"""Releases: dated, immutable versions of a solution's software.

A mistaken release stays as it is; a new one names it in ``supersedes``.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, Document, Text, new_id
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.permissions import Actor, require
from catalog.records import is_web_address
from catalog.solutions import Solution

MOST_ARTIFACTS = 50

_CHECKSUM = re.compile(r"^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$")


class Artifact(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A file of a release: container image, chart, archive or model weights.

    ``checksum`` is the algorithm, a colon and the value in hexadecimal, as OCI digests are written
    (OCI image specification, descriptor, digests); ``size`` counts bytes.
    """

    kind: Literal["image", "chart", "archive", "weights"]
    address: Annotated[str, Meta(min_length=1, max_length=2_000)]
    checksum: Annotated[str, Meta(max_length=140)]
    size: Annotated[int, Meta(ge=0)] = 0


class Release(Base):
    """One version: its name, day, notes and files; never changed afterwards."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("solution_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"))
    version: Mapped[str] = mapped_column(String(80))
    released_on: Mapped[date]
    notes: Mapped[Text] = mapped_column(default=dict)
    artifacts: Mapped[list[Artifact]] = mapped_column(Document(list[Artifact]), default=list)
    security: Mapped[Text] = mapped_column(default=dict)
    """What holes this version closes or has, by language."""
    supported_until: Mapped[date | None]
    supersedes: Mapped[str] = mapped_column(String(80), default="")
    """The mistaken version that this one takes the place of."""


def publish(
    session: Session,
    actor: Actor,
    solution: Solution,
    *,
    version: str,
    released_on: date,
    notes: Text | None = None,
    artifacts: Sequence[Artifact] = (),
    security: Text | None = None,
    supported_until: date | None = None,
    supersedes: str = "",
) -> Release:
    """Add a release to a solution; a version is given once.

    Raises ``Invalid`` for an artifact without a proper checksum or address, for an end of support
    before the release and for a superseded version that does not exist.
    """
    require(
        actor.may_edit_for(solution.publisher_id),
        "Only editors of the responsible body may publish releases.",
    )
    if not version.strip():
        raise Invalid("Name the version, for example 1.4.", field="version")
    known = select(Release.id).where(
        Release.solution_id == solution.id, Release.version == version.strip()
    )
    if session.scalar(known) is not None:
        raise Conflict("There is a release %(version)s already.", version=version)
    problems = [*_of_artifacts(artifacts), *_of_support(released_on, supported_until)]
    if supersedes and supersedes not in {each.version for each in of_solution(session, solution)}:
        problems.append(
            Problem("supersedes", "There is no release %(version)s.", {"version": supersedes})
        )
    if problems:
        raise Invalid("The release is not complete.", problems=problems)
    release = Release(
        solution_id=solution.id,
        version=version.strip(),
        released_on=released_on,
        notes=notes or {},
        artifacts=list(artifacts),
        security=security or {},
        supported_until=supported_until,
        supersedes=supersedes,
    )
    session.add(release)
    session.flush()
    changes.record(
        session, actor, "released", "solution", solution.id, on_behalf_of=solution.publisher_id
    )
    if any(text.strip() for text in release.security.values()):
        changes.record(
            session, actor, "security_noticed", "solution", solution.id,
            on_behalf_of=solution.publisher_id,
        )  # fmt: skip
    return release


def of_solution(session: Session, solution: Solution) -> Sequence[Release]:
    """The releases of a solution, newest first."""
    return session.scalars(
        select(Release)
        .where(Release.solution_id == solution.id)
        .order_by(Release.released_on.desc(), Release.id.desc())
    ).all()


def of_version(session: Session, solution: Solution, version: str) -> Release:
    """One release of a solution by its version."""
    release = session.scalar(
        select(Release).where(Release.solution_id == solution.id, Release.version == version)
    )
    if release is None:
        raise NotFound("There is no release %(version)s.", version=version)
    return release


def since(session: Session, solution: Solution, version: str) -> Sequence[Release]:
    """The releases after a version, newest first. Raises ``NotFound`` for an unknown version."""
    known = of_solution(session, solution)
    names = [each.version for each in known]
    if version not in names:
        raise NotFound("There is no release %(version)s.", version=version)
    return known[: names.index(version)]


def _of_artifacts(artifacts: Sequence[Artifact]) -> list[Problem]:
    problems = []
    if len(artifacts) > MOST_ARTIFACTS:
        problems.append(
            Problem("artifacts", "Name at most %(most)d files.", {"most": MOST_ARTIFACTS})
        )
    for number, each in enumerate(artifacts, 1):
        if not _CHECKSUM.match(each.checksum):
            text = Problem(
                "artifacts",
                "File %(number)d: write the checksum as sha256: and 64 hexadecimal digits.",
                {"number": number},
            )
            problems.append(text)
        # An image is named by its registry, "registry.example/post:1.4", which has no scheme.
        if each.kind not in ("image", "chart") and not is_web_address(each.address):
            text = Problem(
                "artifacts",
                "File %(number)d: give a full web address.",
                {"number": number},
            )
            problems.append(text)
    return problems


def _of_support(released_on: date, until: date | None) -> list[Problem]:
    if until is None or until >= released_on:
        return []
    return [Problem("supported_until", "Support cannot end before the release.")]
