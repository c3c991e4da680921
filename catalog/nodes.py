"""This node: its name, who runs it, and whether it shows invented data."""

from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, new_id
from catalog.errors import Conflict
from catalog.permissions import Actor, require


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


_OWN = select(Node).where(Node.is_self.is_(True))
"""Built once: every page asks it."""


def own(session: Session) -> Node:
    """This node; one without a name yet is called Lichtermeer."""
    node = session.scalar(_OWN)
    return node or Node(id=new_id(), name="Lichtermeer", operator="", is_sample=False)


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
