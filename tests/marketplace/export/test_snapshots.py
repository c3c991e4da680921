"""Snapshots: the same bytes from the same data, nothing suppressed, and tampering is found."""

from datetime import date
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Stage, Use
from catalog.errors import Conflict
from impact import reporting
from impact.evaluations import Effect
from impact.measurements import Numbers, Phase, Reading
from impact.metrics import metric_of
from impact.reporting import Remarks
from marketplace.cli.impact import impact
from marketplace.export import snapshots
from marketplace.settings import Settings
from tests.factories import OPERATOR, a_city, a_solution

TODAY = date(2026, 11, 23)
BEFORE = (date(2025, 1, 1), date(2025, 12, 31))
AFTER = (date(2026, 3, 1), date(2026, 8, 31))


def _effect(session: Session) -> Effect:
    use = Use(Stage.LIVE, date(2026, 1, 1))
    adoption = adoptions.declare(
        session, OPERATOR, a_solution(session), a_city(session), use, today=TODAY
    )
    readings = [
        Reading(*BEFORE, Numbers(value=18, n=400, sd=9), Phase.BASELINE),
        Reading(*AFTER, Numbers(value=14, n=300, sd=8), Phase.AFTER),
    ]
    reporting.report(
        session, OPERATOR, adoption, metric_of("waiting_time"), readings,
        fields=["before", "after"], remarks=Remarks(), today=TODAY,
    )  # fmt: skip
    session.flush()
    return session.query(Effect).one()


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_data_gives_the_same_bytes_and_reads_back(
    session: Session, tmp_path: Path
) -> None:
    effect = _effect(session)
    one = snapshots.make(session, Settings(), tmp_path / "a", today=TODAY)
    two = snapshots.make(session, Settings(), tmp_path / "b", today=TODAY)

    assert _files(one) == _files(two)
    rows = duckdb.read_parquet(str(one / "effects.parquet")).project("metric, yi, vi").fetchall()
    assert rows == [("waiting_time", pytest.approx(effect.yi), pytest.approx(effect.vi))]
    with pytest.raises(Conflict):
        snapshots.make(session, Settings(), tmp_path / "a", today=TODAY)


def test_a_suppressed_cell_stands_in_no_file(session: Session, tmp_path: Path) -> None:
    effect = _effect(session)
    effect.cases, effect.yi = 2, 0.7310731
    session.flush()
    folder = snapshots.make(session, Settings(), tmp_path, today=TODAY)

    assert not any(b"0.7310731" in text for text in _files(folder).values())
    assert duckdb.read_parquet(str(folder / "effects.parquet")).fetchall() == []


def test_each_changed_missing_and_extra_file_is_named(session: Session, tmp_path: Path) -> None:
    folder = snapshots.make(session, Settings(), tmp_path, today=TODAY)
    assert CliRunner().invoke(impact, ["verify", str(folder)]).exit_code == 0
    (folder / "metrics.csv").write_text("", "utf-8")
    (folder / "CITATION.cff").unlink()
    (folder / "more.txt").write_text("", "utf-8")
    result = CliRunner().invoke(impact, ["verify", str(folder)])

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "CITATION.cff: missing", "metrics.csv: changed", "more.txt: extra",
    ]  # fmt: skip
