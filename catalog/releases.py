"""Releases: dated, immutable versions of a solution's software."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, Text, new_id
from catalog.errors import Conflict, Invalid, NotFound
from catalog.permissions import Actor, require
from catalog.solutions import Solution


class Release(Base):
    """One version: its name, day and notes; never changed afterwards."""

    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("solution_id", "version"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"))
    version: Mapped[str] = mapped_column(String(80))
    released_on: Mapped[date]
    notes: Mapped[Text] = mapped_column(default=dict)


def publish(
    session: Session,
    actor: Actor,
    solution: Solution,
    *,
    version: str,
    released_on: date,
    notes: Text | None = None,
) -> Release:
    """Add a release to a solution; a version is given once."""
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
    release = Release(
        solution_id=solution.id,
        version=version.strip(),
        released_on=released_on,
        notes=notes or {},
    )
    session.add(release)
    session.flush()
    changes.record(
        session, actor, "released", "solution", solution.id, on_behalf_of=solution.publisher_id
    )
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
