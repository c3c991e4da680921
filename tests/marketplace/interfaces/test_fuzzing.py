"""A small share of the mutated documents that ``make fuzz`` checks by the ten thousand."""

from tests.benchmarks.fuzz_interface_checks import SEEDS, run


def test_mutated_descriptions_end_with_a_verdict() -> None:
    verdicts, _ = run(400, list(SEEDS), number=7)
    assert verdicts.total() == 400
    assert set(verdicts) <= {"valid", "valid_with_warnings", "invalid", "refused"}
