"""Invented examples of members, invitations, requests to join, keys and verifications."""

from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct

from catalog.permissions import Role, Scope
from marketplace.api import deputies, memberships, organization_settings, own_invitations
from marketplace.api.references import OrganizationRef

MOMENT = datetime(2026, 3, 11, 8, 0, tzinfo=UTC)
ID = UUID("018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74")
MEMBER = memberships.MemberAnswer(
    ID, "Jule Hansen", "hansen@auenrode.example", Role.LEAD, MOMENT, ID
)
INVITATION = memberships.InvitationAnswer(
    ID, "albers@auenrode.example", Role.EDITOR, "Jule Hansen", MOMENT
)
JOIN_REQUEST = memberships.JoinRequestAnswer(
    ID,
    "Mirko Albers",
    "albers@auenrode.example",
    "Ich arbeite im Amt.",
    is_from_domain=True,
    created_at=MOMENT,
)
KEY = memberships.KeyAnswer(
    id=ID,
    name="Nightly import",
    prefix="lm_0a1b2c3d",
    scopes=[Scope.DRAFT],
    created_at=MOMENT,
    expires_on=date(2026, 12, 31),
    last_used_at=None,
    revoked_at=None,
)
VERIFICATION = memberships.VerificationAnswer(
    ID, "moderator", "", "Official letter of 3 March 2026.", MOMENT, None, "", ID, None
)

DEPUTY = deputies.DeputyAnswer(
    ID, ID, "Mirko Albers", "Jule Hansen", date(2026, 12, 24), date(2026, 12, 31)
)
ABOUT = organization_settings.AboutTexts("Wir teilen, was läuft.", "We share what works.")
OWN_INVITATION = own_invitations.OwnInvitation(
    ID,
    OrganizationRef(
        ID,
        "https://lichtermeer.example/id/organization/018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74",
        "stadt-auenrode",
        "Stadt Auenrode",
        "municipality",
    ),
    Role.EDITOR,
    "Jule Hansen",
    MOMENT,
)

MEMBERSHIPS: tuple[Struct, ...] = (
    MEMBER,
    memberships.MemberList([MEMBER]),
    memberships.RoleBody(Role.EDITOR),
    INVITATION,
    memberships.InvitationList([INVITATION]),
    memberships.InvitationBody("albers@auenrode.example", Role.EDITOR),
    memberships.JoinRequestList([JOIN_REQUEST]),
    memberships.JoinRequestBody("Ich arbeite im Amt."),
    memberships.ReasonBody("We do not know you."),
    memberships.KeyList([KEY]),
    memberships.KeyBody("Nightly import", [Scope.DRAFT], date(2026, 12, 31)),
    memberships.NewKeyAnswer(KEY, "lm_0a1b2c3d_shown-once"),
    deputies.DeputyList([DEPUTY]),
    deputies.DeputyBody(ID, date(2026, 12, 24), date(2026, 12, 31)),
    organization_settings.SettingsBody(
        ABOUT,
        "https://auenrode.example",
        "digital@auenrode.example",
        "Amt für Digitales",
        publishes_at_once=False,
    ),
    organization_settings.SettingsAnswer(
        about={"de": ABOUT.de, "en": ABOUT.en},
        website="https://auenrode.example",
        email="digital@auenrode.example",
        answering_unit="Amt für Digitales",
        publishes_at_once=False,
        mail_domains=["auenrode.example"],
        revision=3,
    ),
    organization_settings.MailDomainsBody(["auenrode.example"]),
    organization_settings.MailDomainsAnswer(["auenrode.example"]),
    organization_settings.VouchBody("stadt-tannenmoor", "We run a data center together."),
    organization_settings.OrganizationExport({"organization": [{"name": "Stadt Auenrode"}]}),
    own_invitations.OwnInvitationList([OWN_INVITATION]),
    VERIFICATION,
    memberships.VerificationList([VERIFICATION]),
    memberships.VerificationBody("Official letter of 3 March 2026."),
)
