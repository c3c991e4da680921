"""What leads decide for their organization: settings, vouching, export; and leaving it."""

from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import memberships, organizations, verifications
from catalog.database import Session
from catalog.organizations import Organization, Profile
from catalog.permissions import Actor
from marketplace.api.answers import ApiRequest, nothing, personal, require_match
from marketplace.api.memberships import HERE, TAG, VerificationAnswer, VerificationList
from marketplace.api.operations import named, reads, sent, signed_in, writes
from marketplace.api.organizations import organization_in
from marketplace.export import organization as organization_export

Domain = Annotated[str, Meta(min_length=1, max_length=254)]


class AboutTexts(Struct, frozen=True, forbid_unknown_fields=True):
    """What an organization says about itself, by language."""

    de: Annotated[str, Meta(max_length=5_000)] = ""
    en: Annotated[str, Meta(max_length=5_000)] = ""


class SettingsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What an organization says about itself, and how it publishes."""

    about: AboutTexts
    website: Annotated[str, Meta(max_length=2_000)]
    email: Annotated[str, Meta(max_length=254, description="A shared mailbox, never a person's.")]
    answering_unit: Annotated[str, Meta(max_length=200, description="The office that answers.")]
    publishes_at_once: Annotated[
        bool, Meta(description="One editor publishes alone; `false` asks for a second person.")
    ]

    def profile(self) -> Profile:
        """The profile."""
        return Profile(
            about={"de": self.about.de, "en": self.about.en},
            website=self.website,
            email=self.email,
            answering_unit=self.answering_unit,
            publishes_at_once=self.publishes_at_once,
        )


class SettingsAnswer(Struct, frozen=True):
    """The settings of an organization."""

    about: dict[str, str]
    website: str
    email: str
    answering_unit: str
    publishes_at_once: bool
    mail_domains: list[str]
    revision: int

    @classmethod
    def of(cls, body: Organization) -> "SettingsAnswer":
        """The answer of an organization."""
        return cls(**{name: getattr(body, name) for name in cls.__struct_fields__})


class MailDomainsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The domains in which the organization's people have their addresses."""

    mail_domains: Annotated[list[Domain], Meta(max_length=50)]


class MailDomainsAnswer(Struct, frozen=True):
    """The mail domains of an organization."""

    mail_domains: list[str]


class VouchBody(Struct, frozen=True, forbid_unknown_fields=True):
    """For whom to vouch, and what it is known by. Both are public."""

    organization: Annotated[str, Meta(min_length=1, max_length=200, description="Id or slug.")]
    note: Annotated[str, Meta(min_length=1, max_length=verifications.LONGEST_TEXT)]


class OrganizationExport(Struct, frozen=True):
    """Everything of an organization, by the names of the files of its ZIP."""

    parts: dict[str, list[Any]]


@reads(HERE + "/settings", SettingsAnswer, tag=TAG, is_personal=True, refusals=(403, 404))
def settings(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """Read the settings; for leads."""
    body = organization_in(session, organization)
    memberships.require_lead(signed_in(actor), body)
    return personal(SettingsAnswer.of(body), version=body.revision)


@writes("PUT", HERE + "/settings", SettingsAnswer, tag=TAG, takes=SettingsBody,
        refusals=(404, 409))  # fmt: skip
def change_settings(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Change the settings, four eyes among them; for leads. `If-Match` names the settings."""
    known = organization_in(session, organization)
    memberships.require_lead(signed_in(actor), known)
    given = sent(request, body, SettingsBody)
    require_match(request, SettingsAnswer.of(known), version=known.revision)
    organizations.describe(session, actor, known, given.profile(), revision=known.revision)
    return personal(SettingsAnswer.of(known), version=known.revision)


@writes("PUT", HERE + "/mail-domains", MailDomainsAnswer, tag=TAG, takes=MailDomainsBody,
        is_conditional=False, refusals=(404,))  # fmt: skip
def set_mail_domains(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Enter the mail domains; for moderators, because a domain verifies the organization."""
    signed_in(actor)
    given = sent(request, body, MailDomainsBody)
    known = organization_in(session, organization)
    organizations.set_mail_domains(session, actor, known, given.mail_domains)
    return personal(MailDomainsAnswer(known.mail_domains))


@reads(HERE + "/vouches", VerificationList, tag=TAG, is_personal=True, refusals=(404,))
def list_vouches(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the verifications by which the organization vouches for others."""
    signed_in(actor)
    found = verifications.given_by(session, organization_in(session, organization))
    return personal(VerificationList([VerificationAnswer.of(each) for each in found]))


@writes("POST", HERE + "/vouches", VerificationAnswer, tag=TAG, takes=VouchBody, status=201,
        is_conditional=False, refusals=(404, 409))  # fmt: skip
def vouch(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Vouch for another organization; for leads of one that is verified.

    The withdrawal of the verification takes it back.
    """
    voucher = organization_in(session, organization)
    memberships.require_lead(signed_in(actor), voucher)
    given = sent(request, body, VouchBody)
    other = named(lambda: organization_in(session, given.organization), "organization")
    found = verifications.vouch(session, actor, other, voucher, note=given.note)
    return personal(VerificationAnswer.of(found), status=201)


@reads(HERE + "/export", OrganizationExport, tag=TAG, is_personal=True, refusals=(403, 404))
def export_organization(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """Take everything of the organization along, drafts included; for leads."""
    body = organization_in(session, organization)
    return personal(OrganizationExport(organization_export.parts(session, signed_in(actor), body)))


@writes("DELETE", HERE + "/membership", None, tag=TAG, status=204, is_conditional=False,
        refusals=(404, 409))  # fmt: skip
def leave(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """Leave the organization; its last lead cannot."""
    memberships.leave(session, signed_in(actor), organization_in(session, organization))
    return nothing()


HANDLERS: list[Any] = [
    settings,
    change_settings,
    set_mail_domains,
    list_vouches,
    vouch,
    export_organization,
    leave,
]
