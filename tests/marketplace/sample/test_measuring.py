"""The measurements of the sample: enough of them, with benefit, without, with harm, and silence."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.adoptions import Adoption
from catalog.solutions import Solution
from impact import findings
from impact.evaluations import Effect
from impact.findings import Finding
from impact.metrics import Direction
from marketplace.sample import loading, world


@pytest.fixture(scope="module")
def told(engine) -> list[Finding]:  # type: ignore[no-untyped-def]
    with engine.execution_options(writes=True).connect() as connection:
        outer = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        loading.load(session, world.read())
        cities = session.scalars(
            select(Adoption.organization_id)
            .join(Effect, Effect.adoption_id == Adoption.id)
            .distinct()
        ).all()
        solutions = session.scalars(select(Solution.id)).all()
        found = [each for key in solutions for each in findings.of_solution(session, key)]
        assert len({each.effects[0].evaluation.adoption.solution_id for each in found}) >= 12
        assert len(cities) >= 40
        session.close()
        outer.rollback()
    return found


def _benefit(finding: Finding) -> float:
    assert finding.synthesis
    sign = 1 if finding.metric.direction is Direction.HIGHER else -1
    return sign * finding.synthesis.mean.estimate


def test_there_is_benefit_none_and_harm_and_some_never_report(told: list[Finding]) -> None:
    pooled = [each for each in told if each.synthesis]

    assert any(_benefit(each) > 0.2 for each in pooled if each.metric.is_ratio)
    assert any(_benefit(each) < -0.1 for each in pooled if each.metric.is_ratio)
    assert any(abs(_benefit(each)) < 0.05 for each in pooled if each.metric.is_ratio)
    assert all(each.silent > 0 for each in told)


def test_every_expectation_is_a_range_of_numbers_and_chances(told: list[Finding]) -> None:
    for finding in told:
        for population in (None, 800, 30_000, 900_000):
            expected = findings.expectation(finding, population)
            if finding.k < 3:
                assert expected is None
                continue
            assert expected is not None
            low, high = expected.range_95
            assert low <= expected.range_80[0] <= expected.range_80[1] <= high
            assert 0 <= expected.improves_relevantly <= expected.improves <= 1
