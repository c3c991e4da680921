"""This node: its name, who runs it, and whether it shows invented data."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, email_addresses
from catalog.database import Base, Text, new_id
from catalog.errors import Conflict, Invalid, Problem
from catalog.permissions import Actor, require

KIND = "node"


class Node(Base):
    """A node of the federation; exactly one row is this one."""

    __tablename__ = "nodes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    operator: Mapped[str] = mapped_column(String(200), default="")
    is_self: Mapped[bool] = mapped_column(default=True)
    is_sample: Mapped[bool] = mapped_column(default=False)
    """Whether the node shows invented data. It is set once, when sample data enter an empty node:
    no setting can turn a real node into one where anybody may sign in."""

    address: Mapped[str] = mapped_column(String(1000), default="")
    """Postal address for the imprint, some lines."""
    contact_email: Mapped[str] = mapped_column(String(254), default="")
    """Mailbox for readers."""
    imprint: Mapped[Text] = mapped_column(default=dict)
    """What the imprint says besides, by language."""
    privacy: Mapped[Text] = mapped_column(default=dict)
    """What the privacy page says besides, by language."""


@dataclass(frozen=True)
class Description:
    """What the steward says about the node."""

    name: str
    operator: str
    address: str
    contact_email: str
    imprint: Text
    privacy: Text


_OWN = select(Node).where(Node.is_self.is_(True))
"""Built once: every page asks it."""


def own(session: Session) -> Node:
    """This node; one without a name yet is called Lichtermeer."""
    node = session.scalar(_OWN)
    return node or Node(
        id=new_id(),
        name="Lichtermeer",
        operator="",
        is_sample=False,
        address="",
        contact_email="",
        imprint={},
        privacy={},
    )


def name(
    session: Session, actor: Actor, *, name: str, operator: str, is_sample: bool = False
) -> Node:
    """Give this node its name; a node keeps for ever whether it is a sample."""
    require(actor.is_steward, "Only the node's steward names the node.")
    node = session.scalar(select(Node).where(Node.is_self.is_(True)))
    if node is None:
        node = Node(name=name, operator=operator, is_sample=is_sample)
        session.add(node)
    elif node.is_sample != is_sample:
        raise Conflict("A real node cannot become a sample node, nor the other way round.")
    node.name, node.operator = name, operator
    session.flush()
    return node


def administered(session: Session, actor: Actor) -> Node:
    """This node for its steward."""
    require(actor.is_steward, "Only the node's steward describes the node.")
    return own(session)


def describe(session: Session, actor: Actor, told: Description) -> Node:
    """Say who runs this node and how it is reached; raises ``Invalid`` for wrong values."""
    require(actor.is_steward, "Only the node's steward describes the node.")
    problems = [
        Problem(field, "Give this in at most %(most)s characters.", {"most": most})
        for field, value, most in (
            ("name", told.name, 200),
            ("operator", told.operator, 200),
            ("address", told.address, 1_000),
        )
        if len(value) > most or (field == "name" and not value.strip())
    ]
    problems += [
        Problem(f"{field}_{code}", "Give this in at most %(most)s characters.", {"most": 20_000})
        for field, text in (("imprint", told.imprint), ("privacy", told.privacy))
        for code, words in text.items()
        if len(words) > 20_000
    ]
    try:
        contact = email_addresses.normalized(told.contact_email) if told.contact_email else ""
    except Invalid as wrong:
        problems.append(Problem("contact_email", wrong.message, wrong.params))
        contact = ""
    if problems:
        raise Invalid("The description is not right.", problems=problems)
    node = own(session)
    session.add(node)
    node.name, node.operator = told.name.strip(), told.operator.strip()
    node.address, node.contact_email = told.address.strip(), contact
    node.imprint = {code: words for code, words in told.imprint.items() if words.strip()}
    node.privacy = {code: words for code, words in told.privacy.items() if words.strip()}
    session.flush()
    changes.record(session, actor, "described", KIND, node.id, public=False)
    return node
