"""The management area of an organization, for its members; what only leads do is for leads."""

from marketplace.pages.management import (
    api_keys,
    asking,
    deputies,
    invitation_page,
    invitations,
    join_requests,
    members,
    organization_export,
    organization_settings,
    overview,
    vouching,
)

HANDLERS = [
    *overview.HANDLERS,
    *members.HANDLERS,
    *invitations.HANDLERS,
    *invitation_page.HANDLERS,
    *join_requests.HANDLERS,
    *deputies.HANDLERS,
    *vouching.HANDLERS,
    *api_keys.HANDLERS,
    *organization_settings.HANDLERS,
    *organization_export.HANDLERS,
    *asking.HANDLERS,
]
