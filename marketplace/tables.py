"""Every module that defines a table, so that migrations and tests see all of them."""

from catalog import (
    adoptions,
    changes,
    drafts,
    interfaces,
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
from marketplace import heartbeats
from marketplace.accounts import logins
from marketplace.mail import outbox
from marketplace.notifications import notices, preferences, unsubscribing
from marketplace.search import saved_searches, stored, synonyms

MODULES = (
    adoptions,
    changes,
    drafts,
    heartbeats,
    interfaces,
    logins,
    memberships,
    municipalities,
    nodes,
    notices,
    organizations,
    outbox,
    people,
    preferences,
    provenance,
    releases,
    saved_searches,
    slugs,
    solutions,
    stored,
    synonyms,
    unsubscribing,
    watching,
)


def names() -> list[str]:
    """The names of all tables, in the order in which rows can be copied."""
    return [table.name for table in Base.metadata.sorted_tables]
