"""Every module that defines a table, so that migrations and tests see all of them."""

from catalog import (
    adoptions,
    changes,
    drafts,
    memberships,
    municipalities,
    nodes,
    organizations,
    people,
    provenance,
    releases,
    slugs,
    solutions,
    watching,
)
from catalog.database import Base
from marketplace.accounts import logins
from marketplace.mail import outbox
from marketplace.search import saved_searches, stored, synonyms

MODULES = (
    adoptions,
    changes,
    drafts,
    logins,
    memberships,
    municipalities,
    nodes,
    organizations,
    outbox,
    people,
    provenance,
    releases,
    saved_searches,
    slugs,
    solutions,
    stored,
    synonyms,
    watching,
)


def names() -> list[str]:
    """The names of all tables, in the order in which rows can be copied."""
    return [table.name for table in Base.metadata.sorted_tables]
