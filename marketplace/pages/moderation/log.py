"""The public log: how much the moderators decided and how long people waited, in aggregate."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency

from catalog.database import Session
from catalog.moderation import answer_times
from catalog.moderation.answer_times import Line
from marketplace.pages.frame import PageFrame
from marketplace.pages.moderation import words
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import number, render
from marketplace.routing import get, paths


@dataclass(frozen=True)
class LogPage:
    """The log by kind of case; rows are plain values."""

    page: PageFrame
    title: str
    rows: Sequence[tuple[object, ...]]


@get(paths("moderation_log"))
def show(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Response[str]:
    """What was decided within a year, without a name."""
    title = reader._("What the moderators decided")
    context = LogPage(
        page=frame(reader, title, section="moderation_log"),
        title=title,
        rows=[_row(reader, each) for each in answer_times.log(session)],
    )
    return render("moderation/log.html", context)


def _row(reader: Reader, line: Line) -> tuple[object, ...]:
    time = line.time
    days = [number(round(each, 1), reader.language) for each in (time.median_days, time.p90_days)
            ] if time else [None, None]  # fmt: skip
    return (
        words.kind_name(reader, line.kind),
        line.opened,
        line.waiting,
        line.approved,
        line.refused,
        line.returned,
        *days,
    )


HANDLERS = [show]
