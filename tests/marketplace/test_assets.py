"""What browsers load is small, hashed, complete and built the same way each time."""

import gzip
import os
import time
from pathlib import Path

import msgspec
import pytest

from marketplace import assets
from marketplace.charts import geography

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("built")
    assets.build(ROOT, target)
    return target


@pytest.fixture(scope="module")
def files(built: Path) -> dict[str, str]:
    manifest = msgspec.json.decode((built / "manifest.json").read_bytes())
    return dict(manifest["files"])


def zipped(built: Path, name: str) -> int:
    return (built / f"{name}.gz").stat().st_size


def test_a_page_loads_within_its_budget(built: Path, files: dict[str, str]) -> None:
    fonts = [built / files[f"fonts/fira-sans-{weight}.woff2"] for weight in assets.WEIGHTS]
    assert zipped(built, files["lichtermeer.css"]) <= 45_000
    assert zipped(built, files["htmx.js"]) + zipped(built, files["lichtermeer.js"]) <= 20_000
    assert sum(font.stat().st_size for font in fonts) <= 80_000


def test_building_again_changes_nothing(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("*")}
    assets.build(ROOT, built)
    assert {path: path.stat().st_mtime_ns for path in built.rglob("*")} == before


def test_two_builds_are_equal(built: Path, tmp_path: Path) -> None:
    assets.build(ROOT, tmp_path)
    first = {path.relative_to(built): path.read_bytes() for path in built.rglob("*.*")}
    second = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*.*")}
    assert first == second


def test_a_lost_file_is_built_again(tmp_path: Path) -> None:
    manifest = assets.build(ROOT, tmp_path)
    lost = tmp_path / manifest.files["favicon.svg"]
    lost.unlink()
    assets.build(ROOT, tmp_path)
    assert lost.exists()


def test_files_of_earlier_builds_stay_a_week_for_pages_still_open(tmp_path: Path) -> None:
    old, recent = (tmp_path / f"lichtermeer.{age}.css" for age in ("old", "recent"))
    old.write_text("old", "utf-8")
    recent.write_text("recent", "utf-8")
    eight_days_ago = time.time() - 8 * 24 * 3600
    os.utime(old, (eight_days_ago, eight_days_ago))
    assets.build(ROOT, tmp_path)
    assert not old.exists()
    assert recent.exists()


def test_compressed_files_hold_what_their_neighbors_hold(
    built: Path, files: dict[str, str]
) -> None:
    name = files["lichtermeer.css"]
    assert gzip.decompress((built / f"{name}.gz").read_bytes()) == (built / name).read_bytes()


def test_the_style_sheet_loads_our_fonts_and_nothing_from_elsewhere(
    built: Path, files: dict[str, str]
) -> None:
    css = (built / files["lichtermeer.css"]).read_text("utf-8")
    assert css.count("@font-face") == len(assets.WEIGHTS)
    assert f'url("/static/{files["fonts/fira-sans-400.woff2"]}")' in css
    assert "asset:" not in css
    assert "url(http" not in css.replace('url("http', "url(http")


def test_missing_packages_are_named(tmp_path: Path) -> None:
    with pytest.raises(assets.AssetsMissingError, match="npm ci"):
        assets.build(tmp_path, tmp_path / "built")


def test_an_unknown_name_is_an_error_not_a_dead_link(files: dict[str, str]) -> None:
    manifest = assets.Manifest(files)
    assert manifest.address("favicon.svg").startswith("/static/favicon.")
    with pytest.raises(assets.UnknownAssetError, match=r"missing\.css"):
        manifest.address("missing.css")


def test_kern_keeps_its_components_and_loses_what_harms() -> None:
    css = (
        "@media (forced-colors: active){.kern-icon{background:white!important}}"
        '@font-face{font-family:"X"}.kern-row,.kern-btn{color:red}.kern-mt-4{margin:0}'
        '@media (min-width: 768px){.kern-col-6{width:50%}.kern-card{content:"}"}}'
        ".kern-body:is(a,.kern-label){color:blue}"
    )
    assert assets.reduce_kern(css) == (
        '.kern-btn{color:red}@media (min-width: 768px){.kern-card{content:"}"}}'
        ".kern-body:is(a,.kern-label){color:blue}"
    )


def test_the_outlines_show_sixteen_laender_and_a_grid_of_dots(built: Path) -> None:
    raw = (built / assets.OUTLINES_NAME).read_bytes()
    outlines = msgspec.json.decode(raw, type=geography.Outlines)
    assert sorted(outlines.laender) == [f"{key:02}" for key in range(1, 17)]
    assert 1_500 < outlines.dots.count("h0") < 3_000
    assert len(raw) < 60_000


@pytest.mark.parametrize(
    ("lon", "lat", "x", "y"),
    [(5.86, 55.07, 0, 0), (15.05, 47.26, 600, 813.8), (13.4, 52.52, 492.3, 265.7)],
)
def test_places_are_projected_into_the_drawing(lon: float, lat: float, x: float, y: float) -> None:
    assert geography.project(lon, lat) == pytest.approx((x, y), abs=0.5)


def test_a_build_leaves_no_half_written_files(built: Path) -> None:
    assert list(built.rglob(".*")) == []
