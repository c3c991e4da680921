"""Signs of life of what works in the background, so that the administration page can tell."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, now


class Heartbeat(Base):
    """When a worker was last alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())


def beat(session: Session, name: str) -> None:
    """Note that a worker is alive."""
    session.merge(Heartbeat(name=name, at=now()))


def newest(session: Session) -> Mapping[str, datetime]:
    """When each worker was last alive, by its name."""
    return {row.name: row.at for row in session.scalars(select(Heartbeat))}
