"""The uses of the sample: those written by hand, and those that grow by rule.

The rule is a story, not a model: eager bodies adopt more, neighbors in the same Land and of the
same size follow first, most uses begin with a pilot, some end. Chance is seeded with the names of
the things, so every load tells the same story.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalog.adoptions import Stage
from marketplace.sample.world import SamplePlace, SampleSolution, World, WrittenUse

Steps = tuple[tuple[Stage, date], ...]
"""The stages a use went through, each with the day it began."""

BEGINNING = date(2021, 12, 1)
"""Before this day the sample knows nothing."""

STAGES = (Stage.INTERESTED, Stage.PLANNED, Stage.PILOT, Stage.LIVE, Stage.ENDED)

FURTHEST = {"idea": Stage.INTERESTED, "prototype": Stage.PILOT, "pilot": Stage.PILOT}
"""How far a use can come while the solution itself is in this phase; live otherwise."""

ENDED_NOTES: Mapping[str, tuple[str, str]] = {
    "project_ended": (
        "Mit dem Ende der Förderung fehlte das Geld für den Betrieb.",
        "When the funding ended there was no money to run it.",
    ),
    "cost": (
        "Die laufenden Kosten standen in keinem Verhältnis zum Nutzen.",
        "The running costs were out of proportion to the benefit.",
    ),
    "quality": (
        "Die Ergebnisse reichten im Alltag nicht aus.",
        "The results were not good enough in daily work.",
    ),
    "replaced": (
        "Das neue Fachverfahren kann das nun selbst.",
        "The new specialist software now does this itself.",
    ),
    "legal": (
        "Personalrat und Datenschutz haben nicht zugestimmt.",
        "Staff council and data protection did not agree.",
    ),
    "staff": (
        "Die zuständige Person ging, und niemand konnte übernehmen.",
        "The person in charge left and nobody could take over.",
    ),
    "not_needed": (
        "Nach der Neuordnung der Ämter wurde es nicht mehr gebraucht.",
        "After the reorganization it was no longer needed.",
    ),
}
COMMON_REASONS = ("project_ended", "cost", "quality", "replaced", "staff", "not_needed")


@dataclass(frozen=True)
class History:
    """One use from its first stage to the present one; bodies are named by their keys."""

    solution: str
    adopter: str
    steps: Steps
    release: str = ""
    reused_from: str = ""
    confirmed_on: date | None = None
    operator: str = ""
    contact_allowed: bool = False
    ended_reason: str = ""
    ended_note: Mapping[str, str] | None = None
    adaptations: Mapping[str, str] | None = None

    @property
    def stage(self) -> Stage:
        """The present stage."""
        return self.steps[-1][0]

    @property
    def since(self) -> date:
        """The day the present stage began."""
        return self.steps[-1][1]


def of_world(world: World) -> list[History]:
    """Every use of the sample, solution by solution."""
    told: list[History] = []
    for solution in world.solutions:
        told += [_written(solution.slug, use) for use in world.uses.written.get(solution.slug, ())]
        reach = world.uses.reach.get(solution.slug, 0)
        if reach:
            told += _grown(world, solution, reach)
    return told


def _written(slug: str, use: WrittenUse) -> History:
    days = (use.interested, use.planned, use.pilot, use.live, use.ended)
    return History(
        slug,
        use.who,
        tuple((stage, day) for stage, day in zip(STAGES, days, strict=True) if day),
        release=use.release,
        reused_from=use.from_,
        confirmed_on=use.confirmed,
        operator=use.operator,
        contact_allowed=use.contact,
        ended_reason=use.reason,
        ended_note=use.note,
        adaptations=use.adaptations,
    )


@dataclass(frozen=True)
class _Plot:
    """What the uses of one solution grow from."""

    chance: random.Random
    world: World
    solution: SampleSolution

    @property
    def horizon(self) -> date:
        """The last day on which something happens by rule."""
        return self.world.uses.horizon

    @property
    def last_day(self) -> date:
        """Nothing happens to an ended solution after its publisher last spoke."""
        confirmed = self.solution.record.confirmed_on
        is_ended = self.solution.record.phase == "ended"
        return confirmed if is_ended and confirmed else self.horizon

    @property
    def furthest(self) -> Stage:
        """How far a use can come at all."""
        return FURTHEST.get(self.solution.record.phase, Stage.LIVE)


def _grown(world: World, solution: SampleSolution, reach: int) -> Iterator[History]:
    plot = _Plot(_chance(solution.slug), world, solution)
    home = next((p for p in world.places.places if p.body_key == solution.organization), None)
    adopters = _choose(plot.chance, world.places.places, home, reach)
    lives: list[History] = []
    for number, adopter in enumerate(adopters):
        reason = ""
        steps = _steps_at_home(plot) if adopter is home else _steps(plot, number / reach)
        if adopter is not home or solution.record.phase == "ended":
            steps, reason = _maybe_ended(plot, steps)
        told = _tell(plot, adopter, steps, reason, lives)
        yield told
        if any(stage == Stage.LIVE for stage, _ in steps):
            lives.append(told)


def _chance(seed: str) -> random.Random:
    return random.Random(f"Lichtermeer {seed}")  # noqa: S311 - a story, not a secret


def _choose(
    chance: random.Random, places: Sequence[SamplePlace], home: SamplePlace | None, count: int
) -> list[SamplePlace]:
    chosen = [home] if home else []
    rest = [place for place in places if place is not home]
    while rest and len(chosen) < count:
        weights = [_weight(place, home) for place in rest]
        picked = chance.choices(rest, weights)[0]
        chosen.append(picked)
        rest.remove(picked)
    return chosen


def _weight(place: SamplePlace, home: SamplePlace | None) -> float:
    eagerness = min(_chance(place.body_key).paretovariate(1.1), 9.0)
    if home is None:
        return eagerness
    near = 3.0 if place.ars[:2] == home.ars[:2] else 1.0
    alike = 2.0 if abs(int(place.size_class) - int(home.size_class)) <= 1 else 1.0
    return eagerness * near * alike


def _steps_at_home(plot: _Plot) -> Steps:
    published = plot.solution.published
    if plot.furthest != Stage.LIVE:
        return ((plot.furthest, published),)
    pilot = workday(published - timedelta(days=plot.chance.randint(90, 240)))
    before = ((Stage.PILOT, pilot),) if pilot >= BEGINNING else ()
    return (*before, (Stage.LIVE, published))


def _steps(plot: _Plot, share: float) -> Steps:
    """The stages of a body that joined when ``share`` of the story was told (0 to 1)."""
    chance, end = plot.chance, plot.last_day - timedelta(days=10)
    span = max((end - plot.solution.published).days - 30, 30)
    delay = 30 + round(span * min(share + chance.random() / 8, 1.0))
    day = workday(min(plot.solution.published + timedelta(days=delay), end))
    steps: list[tuple[Stage, date]] = []
    for stage, probability, shortest, longest in (
        (Stage.INTERESTED, 0.3, 30, 150),
        (Stage.PLANNED, 0.25, 30, 120),
        (Stage.PILOT, 0.65, 60, 200),
        (Stage.LIVE, 1.0, 0, 0),
    ):
        if STAGES.index(stage) > STAGES.index(plot.furthest) or day > end:
            break
        if chance.random() < probability or stage == plot.furthest:
            steps.append((stage, day))
            day = workday(day + timedelta(days=chance.randint(shortest, longest)))
    return tuple(steps) or ((Stage.INTERESTED, day),)


def _maybe_ended(plot: _Plot, steps: Steps) -> tuple[Steps, str]:
    chance = plot.chance
    stage, since = steps[-1]
    because = plot.world.uses.because.get(plot.solution.slug)
    if because:
        room = max((plot.last_day - since).days, 1)
        day = workday(since + timedelta(days=max(room - chance.randint(0, 120), 1)))
        return (*steps, (Stage.ENDED, day)), because
    room = (plot.last_day - since).days - 150
    tried = stage in (Stage.PILOT, Stage.LIVE)
    if chance.random() > 0.17 or room < 30 or not tried:
        return steps, ""
    day = workday(since + timedelta(days=150 + chance.randint(0, room - 10)))
    return (*steps, (Stage.ENDED, day)), chance.choice(COMMON_REASONS)


def _tell(
    plot: _Plot, adopter: SamplePlace, steps: Steps, reason: str, lives: Sequence[History]
) -> History:
    chance = plot.chance
    stage, since = steps[-1]
    is_home = adopter.body_key == plot.solution.organization
    confirmed = _confirmed(chance, stage, since, plot.horizon, is_sure=is_home)
    used = any(reached in (Stage.PILOT, Stage.LIVE) for reached, _ in steps)
    models = [told.adopter for told in lives if dict(told.steps)[Stage.LIVE] < steps[0][1]]
    note = ENDED_NOTES[reason] if reason and chance.random() < 0.8 else None
    return History(
        plot.solution.slug,
        adopter.body_key,
        steps,
        release=_release(plot.solution, confirmed or since) if used else "",
        reused_from=chance.choice(models[:3]) if models and chance.random() < 0.75 else "",
        confirmed_on=confirmed,
        operator=_operator(plot, adopter) if used else "",
        contact_allowed=chance.random() < 0.35 and confirmed is not None,
        ended_reason=reason,
        ended_note={"de": note[0], "en": note[1]} if note else None,
    )


def _confirmed(
    chance: random.Random, stage: Stage, since: date, horizon: date, *, is_sure: bool
) -> date | None:
    if chance.random() > 0.86 and not is_sure:
        return None
    if stage == Stage.ENDED:
        return min(workday(since + timedelta(days=chance.randint(0, 20))), horizon)
    earliest = max(since, horizon - timedelta(days=430))
    days = max((horizon - earliest).days, 0)
    return min(workday(earliest + timedelta(days=chance.randint(0, days))), horizon)


def _release(solution: SampleSolution, day: date) -> str:
    versions = [release.version for release in solution.releases if release.on <= day]
    return versions[-1] if versions else ""


def _operator(plot: _Plot, adopter: SamplePlace) -> str:
    hosted = "municipal_data_center" in plot.solution.record.hosting
    if hosted and plot.chance.random() < 0.75:
        land = adopter.ars[:2]
        return next((body.name for body in plot.world.organizations if land in body.laender), "")
    return adopter.body_name if plot.chance.random() < 0.6 else ""


def workday(day: date) -> date:
    """``day``, or the Monday after it if it falls on a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() > 4 else day
