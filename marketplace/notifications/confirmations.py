"""Uses that nobody has confirmed for a year: their bodies are asked once for each last word."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import memberships, solutions
from catalog.adoptions import Adoption, Stage
from catalog.database import now
from catalog.permissions import SPEAKS
from catalog.solutions import Solution, State
from marketplace.notifications import following
from marketplace.notifications.events import Event
from marketplace.notifications.notices import News, Notice

GOOD_FOR = timedelta(days=365)
"""For how long a confirmation holds; pages warn their readers after it."""

LOOK_BACK = timedelta(days=7)
"""Days on which nobody looked are made up for."""


def ask(session: Session, today: date) -> Sequence[Notice]:
    """Ask the members of bodies whose word is a year old; the notices that want a mail at once."""
    oldest = today - GOOD_FOR - LOOK_BACK
    due = session.scalars(
        select(Adoption)
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(
            Adoption.confirmed_on > oldest,
            Adoption.confirmed_on <= today - GOOD_FOR,
            Adoption.stage.in_([Stage.PILOT, Stage.LIVE]),
            Solution.state == State.PUBLISHED,
        )
        .order_by(Adoption.id)
    ).all()
    members = memberships.with_roles(session, (each.organization_id for each in due), SPEAKS)
    moment = now()
    news = [
        News(
            person_id=member.person_id,
            event=Event.CONFIRMATION_DUE,
            kind=solutions.KIND,
            thing_id=adoption.solution_id,
            cause="adoption.due",
            occasion=f"{adoption.id} {adoption.confirmed_on}",
            at=moment,
            adds_up=False,
        )
        for adoption in due
        for member in members.get(adoption.organization_id, ())
    ]
    return following.keep(session, news)
