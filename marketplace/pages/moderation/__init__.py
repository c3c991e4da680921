"""Moderation: the queue, a case with its thread and decisions, the public log."""

from marketplace.pages.moderation import case_page, log, queue

HANDLERS = [*queue.HANDLERS, *case_page.HANDLERS, *log.HANDLERS]
