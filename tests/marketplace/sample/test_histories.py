"""The uses of the sample world: five years, with endings, and the best-known told as written."""

from collections import Counter
from datetime import date

from catalog import taxonomy
from catalog.adoptions import Stage
from catalog.organizations import Kind
from marketplace.sample import histories
from marketplace.sample.world import World


def stages_of(sample: World, slug: str) -> Counter[Stage]:
    told = histories.of_world(sample)
    return Counter(history.stage for history in told if history.solution == slug)


def test_postlotse_is_used_as_the_story_says(sample: World) -> None:
    stages = stages_of(sample, "postlotse")

    assert stages == {Stage.LIVE: 14, Stage.PILOT: 3, Stage.INTERESTED: 2, Stage.ENDED: 1}


def test_the_neighbors_of_postlotse_are_used_as_the_story_says(sample: World) -> None:
    assert stages_of(sample, "briefkompass")[Stage.LIVE] == 9
    assert stages_of(sample, "fristenblick")[Stage.LIVE] == 6
    assert stages_of(sample, "sortierwerk")[Stage.LIVE] == 22


def test_some_350_uses_span_five_years(sample: World) -> None:
    told = histories.of_world(sample)

    assert len(told) >= 350
    assert min(history.steps[0][1] for history in told) == date(2021, 12, 6)
    assert max(history.since for history in told if history.stage != Stage.PLANNED) >= date(
        2026, 11, 1
    )


def test_uses_end_for_many_reasons(sample: World) -> None:
    ended = [h for h in histories.of_world(sample) if h.stage == Stage.ENDED]

    assert len(ended) >= 30
    assert len({history.ended_reason for history in ended}) >= 6
    assert all(taxonomy.knows("ended_reason", history.ended_reason) for history in ended)


def test_one_city_runs_eight_solutions_and_some_run_none(sample: World) -> None:
    live = Counter(
        history.adopter
        for history in histories.of_world(sample)
        if history.stage == Stage.LIVE and history.confirmed_on
    )

    assert live.most_common(1)[0][1] >= 8
    assert any(live[place.body_key] == 0 for place in sample.places.places)


def test_every_story_runs_forward(sample: World) -> None:
    for history in histories.of_world(sample):
        days = [day for _, day in history.steps]
        order = [histories.STAGES.index(stage) for stage, _ in history.steps]
        assert days == sorted(days), history
        assert order == sorted(set(order)), history
        if history.confirmed_on and history.stage != Stage.PLANNED:
            assert history.confirmed_on >= history.since, history


def test_a_body_adopts_a_solution_once_and_never_from_itself(sample: World) -> None:
    told = histories.of_world(sample)
    pairs = Counter((history.solution, history.adopter) for history in told)

    assert max(pairs.values()) == 1
    assert all(history.reused_from != history.adopter for history in told)


def test_only_places_adopt_and_only_known_releases(sample: World) -> None:
    places = {body.key for body in sample.organizations if body.kind == Kind.MUNICIPALITY}
    releases = {
        solution.slug: {release.version for release in solution.releases}
        for solution in sample.solutions
    }
    for history in histories.of_world(sample):
        assert history.adopter in places, history
        assert not history.release or history.release in releases[history.solution], history


def test_every_load_tells_the_same_story(sample: World) -> None:
    assert histories.of_world(sample) == histories.of_world(sample)


def test_days_fall_on_working_days() -> None:
    assert histories.workday(date(2026, 11, 21)) == date(2026, 11, 23)
    assert histories.workday(date(2026, 11, 22)) == date(2026, 11, 23)
    assert histories.workday(date(2026, 11, 20)) == date(2026, 11, 20)
