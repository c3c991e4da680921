"""Organizations: the legal bodies that publish, operate and use."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, func, insert, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, email_addresses, slugs
from catalog.database import Base, Text, UtcDateTime, in_slices, new_id, now
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.municipalities import Municipality
from catalog.permissions import Actor, require
from catalog.records import is_web_address

LONGEST_NAME = 300
LONGEST_ABOUT = 5_000


class Kind(StrEnum):
    """Kinds of organization; labels in the list ``organization_kind``."""

    MUNICIPALITY = "municipality"
    IT_PROVIDER = "it_provider"
    VENDOR = "vendor"
    RESEARCH = "research"
    ASSOCIATION = "association"
    STATE = "state"
    FEDERAL = "federal"


class Organization(Base):
    """A legal body; one of kind municipality is tied to its place in the official register."""

    __tablename__ = "organizations"
    __table_args__ = (Index("ix_organizations_country_folded_name", "country", "folded_name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    kind: Mapped[str] = mapped_column(String(20), index=True)
    name: Mapped[str] = mapped_column(String(300))
    folded_name: Mapped[str] = mapped_column(String(300))
    country: Mapped[str] = mapped_column(String(2), default="DE")
    """ISO 3166-1 alpha-2."""
    municipality_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("municipalities.id"), index=True
    )
    municipality: Mapped[Municipality | None] = relationship(lazy="raise")
    website: Mapped[str] = mapped_column(String(2000), default="")
    email: Mapped[str] = mapped_column(String(300), default="")
    """A shared mailbox, never a person's."""
    about: Mapped[Text] = mapped_column(default=dict)
    verified_on: Mapped[datetime | None] = mapped_column(UtcDateTime())
    verified_by: Mapped[str] = mapped_column(String(200), default="")
    mail_domains: Mapped[list[str]] = mapped_column(default=list)
    """Domains in which its people have their addresses, as ASCII in lower case."""
    answering_unit: Mapped[str] = mapped_column(String(200), default="")
    """The office that answers readers: "Amt für Digitales". Never a person."""
    publishes_at_once: Mapped[bool] = mapped_column(default=True)
    """Whether one editor may publish alone; if not, a second person must agree (four eyes)."""
    merged_into_id: Mapped[UUID | None] = mapped_column(index=True)
    """The body that took this one over; nothing belongs to a merged one any more."""
    merged_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    """Counts changes of the profile, so that two people do not overwrite each other."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)


@dataclass(frozen=True)
class OrganizationName:
    """How a source names an organization."""

    name: str
    kind: str = Kind.ASSOCIATION
    country: str = "DE"
    municipality_key: str = ""
    """AGS or ARS, if the source gives one."""

    @property
    def key(self) -> tuple[str, str]:
        """What makes two names the same organization: country and folded name."""
        return self.country, fold(self.name)


def fold(name: str) -> str:
    """A name without case, accents, punctuation and doubled spaces, for telling equal names."""
    plain = unicodedata.normalize("NFKD", name.casefold()).replace("ß", "ss")
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return re.sub(r"[^\w]+", " ", letters).strip()[:300]


def found(
    session: Session,
    actor: Actor,
    *,
    name: str,
    kind: Kind,
    country: str = "DE",
    municipality: Municipality | None = None,
    website: str = "",
    email: str = "",
    about: Text | None = None,
    is_sample: bool = False,
    id: UUID | None = None,  # noqa: A002 - the column's name
) -> Organization:
    """Enter a new organization."""
    require(actor.is_steward or actor.is_moderator, "Only moderators enter organizations.")
    if not name.strip():
        raise Invalid("Give the organization a name.", field="name")
    organization = Organization(
        id=id or new_id(),
        kind=kind,
        name=name.strip(),
        folded_name=fold(name),
        country=country,
        municipality=municipality,
        website=website,
        email=email,
        about=about or {},
        is_sample=is_sample,
    )
    organization.slug = slugs.claim(session, "organization", name, organization.id)
    session.add(organization)
    session.flush()
    changes.record(session, actor, "founded", "organization", organization.id)
    return organization


def find_or_found_many(
    session: Session, actor: Actor, names: Sequence[OrganizationName], *, is_sample: bool = False
) -> Mapping[tuple[str, str], UUID]:
    """The ids of organizations by ``OrganizationName.key``; unknown ones are entered."""
    require(actor.is_steward, "Only the node's steward takes in many organizations at once.")
    wanted = {name.key: name for name in names}
    ids = _known(session, list(wanted))
    missing = [name for key, name in wanted.items() if key not in ids]
    if not missing:
        return ids
    new_ids = [new_id() for _ in missing]
    pairs = [(name.name, new) for name, new in zip(missing, new_ids, strict=True)]
    chosen = slugs.claim_many(session, "organization", pairs)
    places = _places(session, missing)
    moment = now()
    rows: list[dict[str, object]] = [
        {
            "id": new,
            "slug": slug,
            "kind": str(name.kind),
            "name": name.name.strip()[:300],
            "folded_name": name.key[1],
            "country": name.country,
            "municipality_id": places.get(name.municipality_key),
            "website": "",
            "email": "",
            "about": {},
            "verified_by": "",
            "is_sample": is_sample,
            "created_at": moment,
            "updated_at": moment,
        }
        for name, new, slug in zip(missing, new_ids, chosen, strict=True)
    ]
    session.execute(insert(Organization), rows)
    for name, new in zip(missing, new_ids, strict=True):
        changes.record(session, actor, "founded", "organization", new)
        ids[name.key] = new
    return ids


def _known(session: Session, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    ids: dict[tuple[str, str], UUID] = {}
    for part in in_slices(keys):
        query = (
            select(Organization.country, Organization.folded_name, Organization.id)
            .where(Organization.folded_name.in_([folded for _, folded in part]))
            .order_by(Organization.id)
        )
        wanted = set(part)
        for country, folded, known in session.execute(query):
            if (country, folded) in wanted:
                ids.setdefault((country, folded), known)
    return ids


def _places(session: Session, names: Sequence[OrganizationName]) -> dict[str, UUID]:
    keys = [name.municipality_key for name in names if name.municipality_key]
    if not keys:
        return {}
    query = select(Municipality.ars, Municipality.ags, Municipality.id).where(
        Municipality.ars.in_(keys) | Municipality.ags.in_(keys)
    )
    found: dict[str, UUID] = {}
    for ars, ags, place in session.execute(query):
        found.update({ars: place, ags: place})
    return found


@dataclass(frozen=True)
class Profile:
    """What an organization says about itself; its leads change it."""

    about: Text
    website: str
    email: str
    answering_unit: str
    publishes_at_once: bool


def describe(
    session: Session, actor: Actor, organization: Organization, profile: Profile, *, revision: int
) -> Organization:
    """Change what the organization says about itself.

    Raises ``Conflict`` if somebody changed it since ``revision``, ``Invalid`` with every wrong
    field.
    """
    require(
        actor.may_appoint_for(organization.id),
        "Only a lead of “%(name)s” may change its profile.",
        name=organization.name,
    )
    if organization.revision != revision:
        raise Conflict("Somebody changed the profile meanwhile. Compare and save again.")
    if problems := _wrong_in(profile):
        raise Invalid("The profile is not complete.", problems=problems)
    organization.about = {key: text.strip() for key, text in profile.about.items() if text.strip()}
    organization.website, organization.email = profile.website.strip(), profile.email.strip()
    organization.answering_unit = profile.answering_unit.strip()
    organization.publishes_at_once = profile.publishes_at_once
    _note_change(session, actor, "described", organization)
    return organization


def set_mail_domains(
    session: Session, actor: Actor, organization: Organization, domains: Sequence[str]
) -> Organization:
    """Say in which domains the organization's people have their addresses.

    Moderators only: who may name the domain would otherwise verify itself.
    """
    require(actor.is_governing, "Only moderators enter the mail domains of an organization.")
    wanted: dict[str, None] = {}
    for text in domains:
        domain = email_addresses.domain_of(f"post@{text.strip().removeprefix('@')}", "mail_domains")
        if domain in email_addresses.OPEN_TO_ALL:
            raise Invalid(
                "Anybody can have an address at %(domain)s. Give a domain of the organization.",
                field="mail_domains",
                domain=domain,
            )
        wanted[domain] = None
    organization.mail_domains = list(wanted)
    _note_change(session, actor, "described", organization, public=False)
    return organization


def rename(session: Session, actor: Actor, organization: Organization, name: str) -> Organization:
    """Give the organization another name; the old address leads to the new one for ever."""
    require(actor.is_governing, "Only moderators rename organizations.")
    spelled = " ".join(name.split())
    if not 0 < len(spelled) <= LONGEST_NAME:
        raise Invalid("Give the organization a name of at most 300 characters.", field="name")
    if spelled == organization.name:
        raise Conflict("The organization has this name already.")
    organization.name, organization.folded_name = spelled, fold(spelled)
    if slugs.slug_of(spelled) != organization.slug:
        organization.slug = slugs.claim(session, "organization", spelled, organization.id)
    _note_change(session, actor, "renamed", organization)
    return organization


def _note_change(
    session: Session, actor: Actor, verb: str, organization: Organization, *, public: bool = True
) -> None:
    organization.revision += 1
    organization.updated_at = now()
    session.flush()
    changes.record(
        session, actor, verb, "organization", organization.id,
        on_behalf_of=organization.id, public=public,
    )  # fmt: skip


def _wrong_in(profile: Profile) -> list[Problem]:
    problems = []
    website = profile.website.strip()
    if website and not (is_web_address(website) and len(website) <= 2000):
        problems.append(Problem("website", "Give an address that begins with https://."))
    if profile.email.strip():
        try:
            email_addresses.normalized(profile.email)
        except Invalid as wrong:
            problems.extend(wrong.problems)
    if len(profile.answering_unit.strip()) > 200:
        problems.append(Problem("answering_unit", "Give at most 200 characters."))
    for language, text in profile.about.items():
        if language not in ("de", "en"):
            problems.append(Problem("about", "Describe the organization in German or English."))
        elif len(text) > LONGEST_ABOUT:
            problems.append(Problem(f"about_{language}", "Give at most 5,000 characters."))
    return problems


def by_slug(session: Session, slug: str) -> Organization:
    """The organization that this slug names or once named, with its place."""
    known = slugs.thing_called(session, "organization", slug)
    if known is None:
        raise NotFound("There is no organization called “%(slug)s”.", slug=slug)
    return by_id(session, known)


def by_id(session: Session, id: UUID) -> Organization:  # noqa: A002 - the column's name
    """The organization with this id, with its place; the one that took it over, if one did."""
    query = _with_place().where(Organization.id == id)
    organization = session.scalar(query)
    if organization is None:
        raise NotFound("There is no such organization.")
    if organization.merged_into_id is not None:
        return by_id(session, organization.merged_into_id)
    return organization


def merged_into(session: Session, organization: Organization) -> Sequence[Organization]:
    """The bodies that this one took over, the latest first."""
    query = select(Organization).where(Organization.merged_into_id == organization.id)
    return session.scalars(query.order_by(Organization.merged_on.desc(), Organization.id)).all()


def by_ids(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Organization]:
    """The organizations with these ids, with their places."""
    rows: dict[UUID, Organization] = {}
    for part in in_slices(sorted(set(ids))):
        query = _with_place().where(Organization.id.in_(part))
        rows.update((row.id, row) for row in session.scalars(query))
    return rows


def after(session: Session, last: UUID | None, limit: int = 500) -> Sequence[Organization]:
    """Organizations in the order of their ids, from behind ``last``, with their places."""
    query = _with_place().order_by(Organization.id).limit(limit)
    if last is not None:
        query = query.where(Organization.id > last)
    return session.scalars(query).all()


def of_municipality(session: Session, place: Municipality) -> Sequence[Organization]:
    """The bodies tied to a place, oldest first; usually one. A merged one gives its heir."""
    tied = select(func.coalesce(Organization.merged_into_id, Organization.id)).where(
        Organization.municipality_id == place.id
    )
    query = _with_place().where(Organization.id.in_(tied)).order_by(Organization.id)
    return session.scalars(query).all()


def named_like(session: Session, text: str, limit: int = 8) -> Sequence[Organization]:
    """Organizations whose name contains ``text``, in the order of their names."""
    query = (
        _with_place()
        .where(
            Organization.folded_name.contains(fold(text), autoescape=True),
            Organization.merged_into_id.is_(None),
        )
        .order_by(Organization.folded_name, Organization.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def administered(
    session: Session, actor: Actor, text: str = "", limit: int = 100, offset: int = 0
) -> Sequence[Organization]:
    """Organizations for the steward: those whose name holds ``text``, else the newest."""
    require(actor.is_steward, "Only the node's steward sees this list.")
    if text:
        return named_like(session, text, offset + limit)[offset:]
    newest = _with_place().order_by(Organization.id.desc())
    return session.scalars(newest.limit(limit).offset(offset)).all()


def count(session: Session) -> int:
    """How many organizations there are."""
    query = select(func.count()).select_from(Organization)
    return session.scalar(query.where(Organization.merged_into_id.is_(None))) or 0


def _with_place() -> Select[Organization]:
    return select(Organization).options(joinedload(Organization.municipality))
