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
from marketplace.accounts import (
    attempts,
    challenges,
    code_apps,
    identities,
    logins,
    one_time_links,
    passkeys,
    passwords,
    recovery_codes,
)
from marketplace.mail import outbox
from marketplace.notifications import notices, preferences, unsubscribing
from marketplace.search import saved_searches, stored, synonyms

MODULES = (
    adoptions,
    attempts,
    challenges,
    changes,
    code_apps,
    drafts,
    heartbeats,
    interfaces,
    identities,
    logins,
    memberships,
    municipalities,
    nodes,
    notices,
    one_time_links,
    organizations,
    outbox,
    passkeys,
    passwords,
    people,
    preferences,
    provenance,
    recovery_codes,
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
