"""Measure this program on this machine, and peers beside it."""

from pathlib import Path

import click
import msgspec

from marketplace import assets
from marketplace.bench import measuring, peers, report
from marketplace.bench.driving import DriverFailed
from marketplace.bench.serving import NotServing
from marketplace.settings import ROOT

MOST_RECORDS = 2_000_000


class Numbers(click.ParamType[tuple[int, ...]]):
    """Numbers of records, separated by commas."""

    name = "numbers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        """Read them; each between 100 and ``MOST_RECORDS``."""
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        if not all(part.isdecimal() and 100 <= int(part) <= MOST_RECORDS for part in parts):
            self.fail(f"“{value}” is not a list of numbers from 100 to {MOST_RECORDS}.", param, ctx)
        return tuple(dict.fromkeys(int(part) for part in parts))


class Names(click.ParamType[tuple[str, ...]]):
    """Names of peers, separated by commas."""

    name = "peers"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Read them."""
        if isinstance(value, tuple):
            return value
        names = [part.strip() for part in str(value).split(",") if part.strip()]
        for name in names:
            if name not in peers.PEERS:
                self.fail(f"“{name}” is no peer; known: {', '.join(peers.PEERS)}.", param, ctx)
        return tuple(dict.fromkeys(names))


@click.command()
@click.option("--records", type=Numbers(), default="10000", show_default=True)
@click.option("--against", type=Names(), default="", help="Peers to install and measure beside us.")
@click.option("--seconds", type=click.FloatRange(0.5, 60), default=3.0, show_default=True)
@click.option(
    "--json",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write everything measured here.",
)
def bench(
    *, records: tuple[int, ...], against: tuple[str, ...], seconds: float, file: Path | None
) -> None:
    """Measure import, search and pages with generated records in a temporary folder.

    Touches no node of this machine. Each address is driven for so many SECONDS in each of three
    rounds.
    """
    assets.build(ROOT)
    machine = report.Machine.here()
    try:
        results = [measuring.measure(count, seconds, _say) for count in records]
    except (DriverFailed, NotServing) as trouble:
        raise click.ClickException(str(trouble)) from trouble
    beside = [one for name in against for one in peers.measure(name, results, seconds, _say)]
    if file is not None:
        file.write_bytes(
            msgspec.json.format(msgspec.json.encode(report.as_values(machine, results, beside)))
        )
    click.echo(report.as_text(machine, results, beside))


def _say(step: str) -> None:
    click.echo(f"  {step}", err=True)
