"""Invitations and requests to join, with the mails they cause, in one transaction.

The domain decides; what is said to whom stands here, for pages and API alike.
"""

from sqlalchemy.orm import Session

from catalog import invitations, join_requests, memberships, organization_requests, people
from catalog.invitations import Invitation
from catalog.join_requests import JoinRequest
from catalog.memberships import Membership
from catalog.organization_requests import OrganizationRequest
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role
from marketplace.accounts.letters import Letters
from marketplace.mail import outbox
from marketplace.mail.letters import Letter, Link
from marketplace.notifications import preferences
from marketplace.notifications.events import Event, Rhythm
from marketplace.translations import translations


def invite(
    session: Session,
    letters: Letters,
    actor: Actor,
    organization: Organization,
    *,
    email: str,
    role: Role,
    language: str,
) -> Invitation:
    """Invite an address and write to it; ``language`` is that of strangers."""
    invitation, token = invitations.invite(session, actor, organization, email=email, role=role)
    _send(session, letters, invitation, token, language)
    return invitation


def renew(
    session: Session, letters: Letters, actor: Actor, invitation: Invitation, *, language: str
) -> None:
    """Send an invitation again; the link of the earlier mail ends."""
    token = invitations.renew(session, actor, invitation)
    _send(session, letters, invitation, token, language)


def ask(
    session: Session, letters: Letters, actor: Actor, organization: Organization, *, message: str
) -> JoinRequest:
    """Ask to join, and write to the leads who want to know at once; a digest tells the others."""
    request = join_requests.ask(session, actor, organization, message=message)
    leads = memberships.leads(session, organization.id)
    wishes = preferences.of_people(session, (lead.id for lead in leads))
    for lead in leads:
        if wishes[lead.id, Event.JOIN_REQUESTED].rhythm is not Rhythm.AT_ONCE:
            continue
        _ = translations(lead.language).gettext
        _write(
            session, letters, lead,
            subject=_("Somebody asks to join your organization"),
            paragraphs=(
                _("%(who)s asks to become a member of “%(name)s”. As a lead you decide.")
                % {"who": actor.name, "name": organization.name},
            ),
            action=Link(
                _("Look at the request"),
                letters.href("join_requests", lead.language, id=str(organization.id)),
            ),
        )  # fmt: skip
    return request


def approve(
    session: Session, letters: Letters, actor: Actor, request: JoinRequest, role: Role
) -> Membership:
    """Let the person in, and tell it."""
    membership = join_requests.approve(session, actor, request, role)
    person, organization = request.person, request.organization
    _ = translations(person.language).gettext
    _write(
        session, letters, person,
        subject=_("You are a member now"),
        paragraphs=(
            _("A lead of “%(name)s” has approved your request.") % {"name": organization.name},
        ),
        action=Link(
            _("To the organization"),
            letters.href("management", person.language, id=str(organization.id)),
        ),
    )  # fmt: skip
    return membership


def refuse(
    session: Session, letters: Letters, actor: Actor, request: JoinRequest, *, reason: str
) -> None:
    """Do not let the person in, and tell it why."""
    join_requests.refuse(session, actor, request, reason=reason)
    person = request.person
    _ = translations(person.language).gettext
    _write(
        session, letters, person,
        subject=_("Your request to join was refused"),
        paragraphs=(
            _("A lead of “%(name)s” has refused your request. The reason:")
            % {"name": request.organization.name},
            request.reason,
        ),
        action=Link(_("My organizations"), _own(letters, person)),
    )  # fmt: skip


def enter(
    session: Session, letters: Letters, actor: Actor, request: OrganizationRequest
) -> Organization:
    """Agree to a request for an organization, and tell its new lead."""
    organization = organization_requests.accept(session, actor, request)
    person = request.person
    _ = translations(person.language).gettext
    _write(
        session, letters, person,
        subject=_("You lead an organization now"),
        paragraphs=(
            _("The moderators have agreed: you lead “%(name)s”. Invite your colleagues now.")
            % {"name": organization.name},
        ),
        action=Link(
            _("To the organization"),
            letters.href("management", person.language, id=str(organization.id)),
        ),
    )  # fmt: skip
    return organization


def turn_down(
    session: Session,
    letters: Letters,
    actor: Actor,
    request: OrganizationRequest,
    *,
    reason: str,
) -> None:
    """Refuse a request for an organization, and tell the person why."""
    organization_requests.refuse(session, actor, request, reason=reason)
    person = request.person
    _ = translations(person.language).gettext
    _write(
        session, letters, person,
        subject=_("Your request for an organization was refused"),
        paragraphs=(
            _("The moderators have refused your request for “%(name)s”. The reason:")
            % {"name": request.name},
            request.reason,
        ),
        action=Link(_("My organizations"), _own(letters, person)),
    )  # fmt: skip


def _send(
    session: Session, letters: Letters, invitation: Invitation, token: str, language: str
) -> None:
    known = people.with_email(session, invitation.email)
    spoken = known.language if known else language
    _ = translations(spoken).gettext
    letter = Letter(
        language=spoken,
        subject=_("Invitation into an organization"),
        name=known.name if known else "",
        paragraphs=(
            _("%(who)s invites you to join “%(name)s” on %(node)s.")
            % {
                "who": invitation.invited_by,
                "name": invitation.organization.name,
                "node": letters.node_name,
            },
        ),
        action=Link(_("Look at the invitation"), letters.href("invitation", spoken, token=token)),
        closing=(
            _("The invitation holds for 14 days and for this address alone."),
            _("If you do not know the organization, do nothing."),
        ),
        reason=letters.reason(spoken),
    )
    outbox.queue(session, to=invitation.email, letter=letter, valid_until=invitation.expires_at)


def _write(
    session: Session,
    letters: Letters,
    person: Person,
    *,
    subject: str,
    paragraphs: tuple[str, ...],
    action: Link,
) -> None:
    letter = Letter(
        language=person.language,
        subject=subject,
        name=person.name,
        paragraphs=tuple(each for each in paragraphs if each),
        action=action,
        reason=letters.reason(person.language),
    )
    outbox.queue(session, to=person.email, letter=letter)


def _own(letters: Letters, person: Person) -> str:
    return letters.href("account", person.language) + "#organizations"
