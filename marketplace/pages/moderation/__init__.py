"""Moderation: the queue, a case with its thread, the public log, organizations, kept lists."""

from marketplace.pages.moderation import (
    case_page,
    code_lists,
    duplicates,
    log,
    organization,
    organizations,
    queue,
    synonyms,
    text_blocks,
)

HANDLERS = [
    *queue.HANDLERS,
    *case_page.HANDLERS,
    *duplicates.HANDLERS,
    *log.HANDLERS,
    *organizations.HANDLERS,
    *organization.HANDLERS,
    *synonyms.HANDLERS,
    *text_blocks.HANDLERS,
    *code_lists.HANDLERS,
]
