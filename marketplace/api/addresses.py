"""Every address of the API."""

from typing import Any

from marketplace.api import (
    account,
    administration,
    adoptions,
    changes,
    checks,
    drafts,
    interfaces,
    memberships,
    moderation,
    municipalities,
    notices,
    organizations,
    register,
    register_entries,
    releases,
    search,
    sessions,
    solutions,
    suggestions,
    taxonomy,
)

HANDLERS: list[Any] = [
    *solutions.HANDLERS,
    *drafts.HANDLERS,
    *releases.HANDLERS,
    *organizations.HANDLERS,
    *memberships.HANDLERS,
    *moderation.HANDLERS,
    *municipalities.HANDLERS,
    *adoptions.HANDLERS,
    *search.HANDLERS,
    *suggestions.HANDLERS,
    *taxonomy.HANDLERS,
    *changes.HANDLERS,
    *account.HANDLERS,
    *sessions.HANDLERS,
    *administration.HANDLERS,
    *checks.HANDLERS,
    *interfaces.HANDLERS,
    *register.HANDLERS,
    *register_entries.HANDLERS,
    *notices.HANDLERS,
]
