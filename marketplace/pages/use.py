"""Who uses a solution: counts, map, curve and table, as every page about it shows them.

A light stands for a municipality where the solution is live and the municipality itself has said
so. What others report is told apart and never shines.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from babel import Locale
from markupsafe import Markup

from catalog import taxonomy
from catalog.adoptions import Adoption, AdoptionStep, Stage
from catalog.organizations import Kind, Organization
from marketplace.charts import adopter_map, geography
from marketplace.charts.adopter_map import MapPoint
from marketplace.charts.adoption_curve import (
    CurveLabels,
    QuarterRow,
    Step,
    adoption_curve,
    as_table,
)
from marketplace.charts.drawing import Words
from marketplace.pages.cards import Likeness, live
from marketplace.pages.reader import Reader
from marketplace.pages.wording import Said, month, said, short_day

MANY = 50
"""From more uses on, the table folds into Länder."""


@dataclass(frozen=True)
class Body:
    """An organization by name and address."""

    name: str
    href: str


@dataclass(frozen=True)
class UseRow:
    """One use as a row: everything a reader may know of it."""

    body: Body
    land: str
    size: str
    population: int | None
    stage: str
    stage_label: str
    since: str
    since_month: str
    operator: str
    release: str
    confirmed: str
    """The day the adopter confirmed it; empty if only others say so."""
    reused_from: Body | None
    contact_allowed: bool
    like_mine: bool
    adaptations: Said | None
    ended_reason: str
    ended_note: Said | None


@dataclass(frozen=True)
class UseGroup:
    """The uses of a Land; one group without a name where there are few."""

    land: str
    rows: Sequence[UseRow]


@dataclass(frozen=True)
class UseView:
    """Everything a page shows about the uses of a solution."""

    total: int
    """Municipalities where it is live and confirmed: the lights."""
    mine: int | None
    """Those of them like the reader's; None if the reader has named no municipality."""
    others_live: int
    """Other bodies where it is live and confirmed."""
    pilots: int
    intents: int
    ended: int
    reported: int
    """Uses that the adopter has not confirmed."""
    count: int
    groups: Sequence[UseGroup]
    is_folded: bool
    has_ended: bool
    map: Markup
    map_key: Sequence[tuple[Markup, str]]
    off_map: Sequence[str]
    curve: Markup
    curve_rows: Sequence[QuarterRow]
    references: Sequence[UseRow]
    """Up to three live uses for the one-page sheet: like the reader's first, then the latest."""


def view(
    uses: Sequence[Adoption],
    steps: Mapping[UUID, Sequence[AdoptionStep]],
    name: str,
    mine: Likeness,
    reader: Reader,
) -> UseView:
    """The uses of the solution called ``name`` as the reader sees them."""
    lights = live(uses)
    confirmed = Counter(use.stage for use in uses if use.is_confirmed)
    rows = [_row(use, mine, reader) for use in uses]
    points = [_point(use, mine) for use in uses if use.is_confirmed]
    drawn = [point for point in points if point is not None]
    told = curve_steps(uses, steps)
    return UseView(
        total=len(lights),
        mine=_count_mine(lights, mine) if mine.is_known else None,
        others_live=confirmed[Stage.LIVE] - len(lights),
        pilots=confirmed[Stage.PILOT],
        intents=confirmed[Stage.PLANNED] + confirmed[Stage.INTERESTED],
        ended=confirmed[Stage.ENDED],
        reported=len(uses) - sum(confirmed.values()),
        count=len(uses),
        groups=_groups(rows),
        is_folded=len(rows) > MANY,
        has_ended=any(row.stage == Stage.ENDED for row in rows),
        map=_map(drawn, name, reader),
        map_key=_map_key(drawn, reader),
        off_map=_off_map(uses, drawn),
        curve=_curve(told, name, reader),
        curve_rows=as_table(told, reader.today),
        references=_references(lights, mine, reader),
    )


def _is_municipality(organization: Organization) -> bool:
    return organization.kind == Kind.MUNICIPALITY


def _count_mine(lights: Sequence[Adoption], mine: Likeness) -> int:
    return sum(mine.fits(use.organization.municipality) for use in lights)


def body_of(organization: Organization, reader: Reader) -> Body:
    """An organization by its name and address."""
    return Body(organization.name, reader.address("organization", slug=organization.slug))


def _row(use: Adoption, mine: Likeness, reader: Reader) -> UseRow:
    place = use.organization.municipality
    size = place.size_class if place else None
    return UseRow(
        body=body_of(use.organization, reader),
        land=_land(use.organization, reader),
        size=taxonomy.label("size_class", size, reader.language) if size else "",
        population=place.population if place else None,
        stage=use.stage,
        stage_label=taxonomy.label("stage", use.stage, reader.language),
        since=short_day(use.since, reader.language),
        since_month=month(use.since, reader.language),
        operator=use.operator,
        release=use.release,
        confirmed=short_day(use.confirmed_on, reader.language),
        reused_from=body_of(use.reused_from, reader) if use.reused_from else None,
        contact_allowed=use.contact_allowed,
        like_mine=mine.fits(place),
        adaptations=said(use.adaptations, reader),
        ended_reason=taxonomy.label("ended_reason", use.ended_reason, reader.language)
        if use.ended_reason
        else "",
        ended_note=said(use.ended_note, reader),
    )


def _land(organization: Organization, reader: Reader) -> str:
    if organization.municipality is not None:
        return taxonomy.label("land", organization.municipality.land, reader.language)
    if organization.country != "DE":
        return country_name(organization.country, reader)
    return reader._("Without a place")


def country_name(code: str, reader: Reader) -> str:
    """The name of a country in the reader's language; an unknown code stands for itself."""
    return str(Locale.parse(reader.language).territories.get(code, code))


def _groups(rows: Sequence[UseRow]) -> Sequence[UseGroup]:
    if len(rows) <= MANY:
        return (UseGroup("", rows),) if rows else ()
    # Sorting is stable, so within a Land the order of stages stays.
    ordered = sorted(rows, key=lambda row: row.land)
    return [UseGroup(land, list(group)) for land, group in groupby(ordered, lambda row: row.land)]


def _point(use: Adoption, mine: Likeness) -> MapPoint | None:
    place = use.organization.municipality
    if place is None or place.lon is None or place.lat is None:
        return None
    return MapPoint(place.lon, place.lat, use.stage, place.name, like_mine=mine.fits(place))


def _off_map(uses: Sequence[Adoption], drawn: Sequence[MapPoint]) -> Sequence[str]:
    without = [
        use.organization.name
        for use in uses
        if use.is_confirmed
        and (use.organization.municipality is None or use.organization.municipality.lon is None)
    ]
    return (*without, *(point.label for point in adopter_map.outside(drawn)))


def _map(points: Sequence[MapPoint], name: str, reader: Reader) -> Markup:
    counts = Counter(point.stage for point in points)
    told = ", ".join(
        f"{taxonomy.label('stage', stage, reader.language)}: {counts[stage]}"
        for stage in taxonomy.codes("stage")
        if counts[stage]
    )
    words = Words(
        reader._("Map of Germany: where %(name)s is used") % {"name": name},
        told or reader._("No place is marked yet."),
    )
    return adopter_map.adopter_map(
        points, outlines=geography.load(), chart_id="use-map", words=words
    )


def _map_key(points: Sequence[MapPoint], reader: Reader) -> Sequence[tuple[Markup, str]]:
    _ = reader._
    signs = {point.sign for point in points}
    entries = (
        ("lm-mine", "live", True, _("Live, like yours")),
        ("lm-live", "live", False, _("Live")),
        ("lm-pilot", "pilot", False, _("Pilot")),
        ("lm-intent", "planned", False, _("Intent")),
        ("lm-ended-marker", "ended", False, _("Ended")),
    )
    return [
        (adopter_map.key(stage, like_mine=like), label)
        for sign, stage, like, label in entries
        if sign in signs
    ]


def curve_steps(
    uses: Sequence[Adoption], steps: Mapping[UUID, Sequence[AdoptionStep]]
) -> Sequence[Step]:
    """How many municipalities were live and had ended, day by day; confirmed uses only."""
    moves: list[tuple[date, int, int]] = []
    for use in uses:
        if not use.is_confirmed or not _is_municipality(use.organization):
            continue
        before = ""
        for step in steps.get(use.id, ()):
            begun = (step.stage == Stage.LIVE) - (before == Stage.LIVE)
            over = (step.stage == Stage.ENDED) - (before == Stage.ENDED)
            if begun or over:
                moves.append((step.on, begun, over))
            before = step.stage
    told, running, ended = [], 0, 0
    for day, begun, over in sorted(moves, key=lambda move: move[0]):
        running, ended = running + begun, ended + over
        told.append(Step(day, max(running, 0), max(ended, 0)))
    return told


def _curve(steps: Sequence[Step], name: str, reader: Reader) -> Markup:
    _ = reader._
    last = steps[-1] if steps else Step(reader.today, 0)
    words = Words(
        _("Curve: municipalities that run %(name)s over time") % {"name": name},
        _("Live today: %(live)s. Ended: %(ended)s.") % {"live": last.live, "ended": last.ended},
    )
    labels = CurveLabels(
        live=_("live"),
        ended=_("ended"),
        quarter=_("Q{quarter}/{year}"),
        empty=_("No municipality has confirmed its use yet"),
    )
    return adoption_curve(
        steps,
        reader.today,
        chart_id="use-curve",
        words=words,
        labels=labels,
        locale=reader.language,
    )


def _references(lights: Sequence[Adoption], mine: Likeness, reader: Reader) -> Sequence[UseRow]:
    def rank(use: Adoption) -> tuple[bool, int]:
        return not mine.fits(use.organization.municipality), -use.since.toordinal()

    return [_row(use, mine, reader) for use in sorted(lights, key=rank)[:3]]
