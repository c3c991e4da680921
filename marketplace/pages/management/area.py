"""What the pages of the management area have in common: who enters, the row of pages, the frame."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.response import Redirect

from catalog import organizations
from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.organizations import Organization
from catalog.permissions import Role, require
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import errors_of
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.wording import role_name
from marketplace.routing import address

FOR_MEMBERS = ("management", "members", "deputies")
FOR_LEADS = (
    "invitations",
    "join_requests",
    "vouches",
    "api_keys",
    "organization_settings",
    "organization_export",
)


@dataclass(frozen=True)
class Area:
    """Head of every page of the area: the organization, and the pages that the reader may open."""

    name: str
    public_href: str
    pages: Sequence[tuple[str, str, bool]]
    """Label, address, whether it is this one."""
    is_lead: bool


def opened(session: Session, reader: Reader, key: str) -> Organization:
    """The organization that the address names, for its members."""
    organization = organizations.by_id(session, id_in(key))
    require(
        reader.actor.may_read_for(organization.id),
        "Only members of “%(name)s” may see who belongs to it.",
        name=organization.name,
    )
    return organization


def opened_by_lead(session: Session, reader: Reader, key: str) -> Organization:
    """The organization that the address names, for its leads."""
    organization = opened(session, reader, key)
    require(
        reader.actor.may_appoint_for(organization.id),
        "Only a lead of “%(name)s” may open this page.",
        name=organization.name,
    )
    return organization


def area(reader: Reader, organization: Organization, current: str) -> Area:
    """The head of the page ``current``."""
    is_lead = reader.actor.may_appoint_for(organization.id)
    labels = page_names(reader)
    key = str(organization.id)
    return Area(
        name=organization.name,
        public_href=reader.address("organization", slug=organization.slug),
        pages=[
            (labels[each], reader.address(each, id=key), each == current)
            for each in (*FOR_MEMBERS, *(FOR_LEADS if is_lead else ()))
        ],
        is_lead=is_lead,
    )


def page_names(reader: Reader) -> Mapping[str, str]:
    """What the pages of the area are called."""
    _ = reader._
    return {
        "management": _("Overview"),
        "members": _("Members"),
        "deputies": _("Deputies"),
        "invitations": _("Invitations"),
        "join_requests": _("Requests to join"),
        "vouches": _("Vouching"),
        "api_keys": _("API keys"),
        "organization_settings": _("Settings"),
        "organization_export": _("Take everything along"),
    }


def area_frame(
    reader: Reader,
    organization: Organization,
    current: str,
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> PageFrame:
    """The frame of the page ``current``; ``done`` is what was just done, in the reader's words."""
    title = page_names(reader)[current]
    above = [(reader._("My account"), reader.address("account"))]
    if current != "management":
        above.append((organization.name, reader.address("management", id=str(organization.id))))
    else:
        title = organization.name
    wrong = bool(errors.by_field or errors.general)
    return frame(
        reader,
        f"{reader._('Error:')} {title}" if wrong else title,
        section="account",
        crumbs=above,
        notices=(PageNotice(done, "ok", live="status"),) if done else (),
        is_indexed=False,
    )


def status_of(errors: Errors) -> int:
    """The status of a page with these errors: 409 for another state, 422 for wrong fields."""
    return 409 if errors.general else 422 if errors.by_field else 200


@contextmanager
def shown_again(
    reader: Reader, page: Callable[[Errors], Response[Any]], *, suffix: str = ""
) -> Iterator[None]:
    """Show the form again, filled, if the domain refuses what it sends.

    ``suffix`` tells the fields of one form from those of others on the page.
    """
    try:
        yield
    except (Invalid, Conflict) as refusal:
        errors = errors_of(reader, refusal)
        at = {f"{field}{suffix}": text for field, text in errors.by_field.items()}
        raise Rejected(page(Errors(at, errors.general))) from refusal


def back(reader: Reader, name: str, organization: Organization, done: str) -> Redirect:
    """The way back to a page of the area after something was done."""
    href = address(name, reader.language, {"done": done}, id=str(organization.id))
    return Redirect(href, status_code=303)


def role_options(reader: Reader) -> Sequence[tuple[str, str]]:
    """The roles that can be given, the least first, each with what it may do."""
    _ = reader._
    texts = {
        Role.READER: _("reads drafts and figures"),
        Role.CONTRIBUTOR: _("drafts and declares use"),
        Role.EDITOR: _("publishes"),
        Role.LEAD: _("gives roles, makes keys, changes settings"),
    }
    return [(role, f"{role_name(reader, role)}: {text}") for role, text in texts.items()]


def role_in(data: Mapping[str, str], field: str = "role") -> Role:
    """The role that a form names; raises ``Invalid`` for anything else."""
    given = data.get(field, "")
    if given not in set(Role):
        raise Invalid("Choose a role.", field="role")
    return Role(given)
