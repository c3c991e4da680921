"""Pages of one's own: profile, watch list, saved searches, notices, data to take along."""

from marketplace.pages.account import home, notices, own_data, saving, unsubscribing, watching

HANDLERS = [
    *home.HANDLERS,
    *watching.HANDLERS,
    *saving.HANDLERS,
    *notices.HANDLERS,
    *own_data.HANDLERS,
    *unsubscribing.HANDLERS,
]
