"""Every module that defines a table, so that migrations and tests see all of them."""

from catalog import (
    adoptions,
    announcements,
    changes,
    code_lists,
    deputies,
    draft_states,
    drafts,
    interfaces,
    invitations,
    join_requests,
    memberships,
    merges,
    municipalities,
    nodes,
    organization_requests,
    organizations,
    people,
    provenance,
    releases,
    slugs,
    solutions,
    verifications,
    watching,
)
from catalog.database import Base
from catalog.moderation import cases, decisions, text_blocks, threads
from catalog.register import coverage, decided, entries, feedback
from impact import evaluations, measurements
from marketplace import form_guard, heartbeats
from marketplace.accounts import (
    api_keys,
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
    announcements,
    changes,
    code_apps,
    drafts,
    cases,
    changes,
    code_lists,
    coverage,
    decided,
    decisions,
    draft_states,
    heartbeats,
    interfaces,
    identities,
    api_keys,
    changes,
    deputies,
    drafts,
    entries,
    feedback,
    form_guard,
    heartbeats,
    invitations,
    join_requests,
    logins,
    memberships,
    evaluations,
    measurements,
    merges,
    municipalities,
    nodes,
    notices,
    one_time_links,
    organization_requests,
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
    text_blocks,
    threads,
    unsubscribing,
    verifications,
    watching,
)


def names() -> list[str]:
    """The names of all tables, in the order in which rows can be copied."""
    return [table.name for table in Base.metadata.sorted_tables]
