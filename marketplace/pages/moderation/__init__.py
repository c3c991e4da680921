"""Moderation: the queue, a case with its thread, the public log, organizations."""

from marketplace.pages.moderation import (
    case_page,
    duplicates,
    log,
    organization,
    organizations,
    queue,
)

HANDLERS = [
    *queue.HANDLERS,
    *case_page.HANDLERS,
    *duplicates.HANDLERS,
    *log.HANDLERS,
    *organizations.HANDLERS,
    *organization.HANDLERS,
]
