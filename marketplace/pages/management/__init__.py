"""The management area of an organization, for its members; what only leads do is for leads."""

from marketplace.pages.management import invitation_page, invitations, members, overview

HANDLERS = [
    *overview.HANDLERS,
    *members.HANDLERS,
    *invitations.HANDLERS,
    *invitation_page.HANDLERS,
]
