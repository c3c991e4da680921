"""``marketplace impact synthesize``: numbers for programs, and refusals that name the cell."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.cli.impact import impact

KEYS = {
    "k", "estimate", "se", "ci_low", "ci_high", "tau2", "tau2_ci", "q", "q_p", "i2", "i2_q", "h2",
    "pi_low", "pi_high",
}  # fmt: skip


def _run(folder: Path, table: str, *options: str) -> Result:
    (folder / "studies.csv").write_text(table, "utf-8")
    return CliRunner().invoke(impact, ["synthesize", str(folder / "studies.csv"), *options])


def test_studies_of_lidocaine_give_the_published_difference(tmp_path: Path) -> None:
    """Hine et al. 1989, doi 10.1001/archinte.1989.00390120056011; figures of Normand 1999."""
    table = (
        "ai,n1i,ci,n2i\n2,39,1,43\n4,44,4,44\n6,107,4,110\n7,103,5,100\n7,110,3,106\n11,154,4,146\n"
    )
    options = ("--measure", "RD", "--method", "DL", "--interval", "wald", "--json")
    found = json.loads(_run(tmp_path, table, *options).output)

    assert set(found) >= KEYS
    assert found["k"] == 6
    assert found["estimate"] == pytest.approx(0.029444, abs=1e-6)
    assert (found["ci_low"], found["ci_high"]) == pytest.approx((0.003831, 0.055058), abs=1e-6)
    assert found["tau2"] == 0


def test_effects_with_a_decimal_comma_are_read(tmp_path: Path) -> None:
    found = json.loads(_run(tmp_path, "yi;vi\n0,1;0,04\n0,5;0,09\n-0,2;0,01\n", "--json").output)

    assert found["k"] == 3
    assert found["method"] == "REML"
    assert found["pi_low"] < found["ci_low"] < found["estimate"] < found["ci_high"]
    assert found["pi_cautious"]["low"] <= found["ci_low"]


def test_one_study_says_null_where_nothing_is_known(tmp_path: Path) -> None:
    result = _run(tmp_path, "yi,vi\n0.1,0.04\n", "--json")
    found = json.loads(result.output)

    assert "NaN" not in result.output
    assert found["estimate"] == pytest.approx(0.1)
    assert [found[key] for key in ("se", "ci_low", "tau2_ci", "pi_low", "pi_cautious")] == [
        None
    ] * 5


def test_a_table_for_people_names_every_figure(tmp_path: Path) -> None:
    shown = _run(tmp_path, "yi,vi\n0.1,0.04\n0.5,0.09\n").output

    assert "estimate" in shown
    assert "tau2_ci" in shown


@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        ("yi,vi\n0.1,viel\n", (), "Row 2 has no number in “vi”."),
        ("yi,vi\n0.1,0\n0.2,1\n", (), "Study 1 has no variance above zero."),
        ("yi\n0.1\n", (), "no column “vi”"),
        ("yi,vi\n", (), "There is no study to pool."),
        ("ai,n1i,ci,n2i\n0,9,0,9\n", ("--measure", "lnRR"), "Use RD."),
        ("yi,vi\n0.1,0.04\n", ("--level", "95"), "Choose a level between"),
    ],
)
def test_what_cannot_be_pooled_is_refused(
    tmp_path: Path, table: str, options: tuple[str, ...], sentence: str
) -> None:
    assert sentence in str(_run(tmp_path, table, *options).exception)
