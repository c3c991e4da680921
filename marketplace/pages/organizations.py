"""The profile of an organization: who it is, what it publishes, what it uses."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from catalog import adoptions, organizations, solutions, taxonomy, verifications
from catalog.adoptions import Adoption, Stage
from catalog.database import Session
from catalog.organizations import Organization
from catalog.records import is_web_address
from catalog.solutions import Solution
from catalog.watching import Watchable
from marketplace.pages import downloads, permanent_links, use
from marketplace.pages.cards import sentence
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.use import Body
from marketplace.pages.watch_button import WatchButton, watch_button
from marketplace.pages.wording import Said, named, said, verified_how
from marketplace.routing import get, paths

PAGE_SIZE = 20

OWN_STAGES = (Stage.LIVE, Stage.PILOT, Stage.PLANNED, Stage.INTERESTED, Stage.ENDED)


@dataclass(frozen=True)
class SolutionLine:
    """A solution in a list: name, what it is for, address."""

    name: Said
    href: str
    purpose: Said | None


@dataclass(frozen=True)
class OwnUse:
    """A use from the adopter's side."""

    solution: SolutionLine
    oversight: str
    """Who decides in the end; empty if the record does not say."""
    stage: str
    stage_label: str
    since: str
    operator: str
    confirmed: str
    reused_from: Body | None
    ended_reason: str
    ended_note: Said | None


@dataclass(frozen=True)
class StageGroup:
    """The uses of one stage."""

    label: str
    uses: Sequence[OwnUse]


@dataclass(frozen=True)
class OrganizationPage:
    """What anybody may know of an organization; its members are nobody's business."""

    page: PageFrame
    name: str
    kind: str
    place: Body | None
    land: str
    country: str
    website: str
    email: str
    about: Said | None
    verified_on: str
    verified_how: Sequence[str]
    """By whom, how and when the organization was verified; empty if it is not."""
    took_over: Sequence[str]
    """Bodies that are part of this one now, each with the day."""
    is_sample: bool
    published: Sequence[SolutionLine]
    published_count: int
    current: int
    last: int
    page_href: str
    stages: Sequence[StageGroup]
    use_count: int
    permanent_href: str
    report_href: str
    solution_downloads: Sequence[tuple[str, str]]
    use_downloads: Sequence[tuple[str, str]]
    watch: WatchButton
    member_href: str
    """To the management area for members, else to where one asks to join."""
    is_member: bool


@get(paths("organization"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    page: FromQuery[int] = 1,
) -> Response[str] | Redirect:
    """The profile of an organization; an old slug leads on to the present one."""
    organization = organizations.by_slug(session, slug)
    here = reader.address("organization", slug=organization.slug)
    if organization.slug != slug:
        return Redirect(here, status_code=301)
    count = solutions.count_published(session, publisher_id=organization.id)
    last = max(-(-count // PAGE_SIZE), 1)
    current = min(max(page, 1), last)
    published = solutions.of_publisher(
        session, organization.id, limit=PAGE_SIZE, offset=(current - 1) * PAGE_SIZE
    )
    uses = adoptions.of_organizations(session, [organization.id])
    place = organization.municipality
    is_member = reader.actor.may_read_for(organization.id)
    own_solutions = reader.address("organization_solutions", slug=slug)
    return render(
        "organizations/show.html",
        OrganizationPage(
            page=downloads.with_feed(
                frame(reader, organization.name, section="municipalities"),
                reader._("Solutions of %(name)s") % {"name": organization.name},
                own_solutions,
            ),
            name=organization.name,
            kind=taxonomy.label("organization_kind", organization.kind, reader.language),
            place=_place(organization, reader),
            land=taxonomy.label("land", place.land, reader.language) if place else "",
            country=use.country_name(organization.country, reader),
            website=organization.website if is_web_address(organization.website) else "",
            email=organization.email if "@" in organization.email else "",
            about=said(organization.about, reader),
            verified_on=reader.day(organization.verified_on.date())
            if organization.verified_on
            else "",
            verified_how=_how(session, organization, reader),
            took_over=[
                f"{each.name} ({reader.day(each.merged_on)})"
                for each in organizations.merged_into(session, organization)
            ],
            is_sample=organization.is_sample,
            published=[line(solution, reader) for solution in published],
            published_count=count,
            current=current,
            last=last,
            page_href=f"{here}?page=",
            stages=_stages(uses, reader),
            use_count=len(uses),
            report_href=reader.address("organization_error_report", slug=organization.slug),
            permanent_href=permanent_links.iri(reader, "organization", organization.id),
            solution_downloads=downloads.hrefs(own_solutions),
            use_downloads=downloads.hrefs(reader.address("organization_uses", slug=slug)),
            watch=watch_button(
                session,
                reader,
                Watchable.ORGANIZATION,
                organization.id,
                owner_id=organization.id,
            ),
            member_href=reader.address("management", id=str(organization.id))
            if is_member
            else reader.address("join", slug=organization.slug),
            is_member=is_member,
        ),
    )


HANDLERS = [show]


def line(solution: Solution, reader: Reader) -> SolutionLine:
    """A solution as a line of a list."""
    purpose, language = sentence(solution.public_record, reader.language)
    name = named(solution.public_record.name, reader)
    return SolutionLine(
        name=name,
        href=reader.address("solution", slug=solution.slug),
        purpose=said({language: purpose}, reader) if purpose else None,
    )


def own_use(adoption: Adoption, reader: Reader) -> OwnUse:
    """A use as its adopter's profile shows it."""
    record = adoption.solution.public_record
    oversight = record.human_oversight
    reason = adoption.ended_reason
    return OwnUse(
        solution=line(adoption.solution, reader),
        oversight=taxonomy.label("human_oversight", oversight, reader.language)
        if oversight
        else "",
        stage=adoption.stage,
        stage_label=taxonomy.label("stage", adoption.stage, reader.language),
        since=reader.day(adoption.since),
        operator=adoption.operator,
        confirmed=reader.day(adoption.confirmed_on),
        reused_from=use.body_of(adoption.reused_from, reader) if adoption.reused_from else None,
        ended_reason=taxonomy.label("ended_reason", reason, reader.language) if reason else "",
        ended_note=said(adoption.ended_note, reader),
    )


def _how(session: Session, organization: Organization, reader: Reader) -> Sequence[str]:
    if organization.verified_on is None:
        return ()
    known = verifications.of_organization(session, organization)
    return [
        f"{verified_how(reader, each)} ({reader.day(each.at.date())})"
        for each in known
        if each.holds
    ]


def _stages(uses: Sequence[Adoption], reader: Reader) -> Sequence[StageGroup]:
    groups = []
    for stage in OWN_STAGES:
        of_stage = [own_use(each, reader) for each in uses if each.stage == stage]
        if of_stage:
            groups.append(StageGroup(taxonomy.label("stage", stage, reader.language), of_stage))
    return groups


def _place(organization: Organization, reader: Reader) -> Body | None:
    place = organization.municipality
    if place is None:
        return None
    return Body(place.full_name, reader.address("municipality", ars=place.ars, slug=place.slug))
