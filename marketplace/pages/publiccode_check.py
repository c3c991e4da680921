"""The page that checks a publiccode.yml for everybody. Nothing is stored, nothing is fetched."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body

from marketplace.formats import publiccode_report
from marketplace.formats.license_report import verdict_labels
from marketplace.formats.publiccode.checking import MAX_FILE, check
from marketplace.formats.publiccode_report import PubliccodeCheckAnswer
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.rate_limits import CHECK, COST
from marketplace.routing import get, paths, post

KINDS = {"valid": "ok", "valid_with_warnings": "warn", "invalid": "bad", "refused": "bad"}


@dataclass(frozen=True)
class CheckedLine:
    """A line that somebody has to look at, as it was written."""

    number: int
    text: str


@dataclass(frozen=True)
class PubliccodeCheckPage:
    """The form and, once a file was sent, what was found in it."""

    page: PageFrame
    action: str
    text: str
    errors: Errors
    report: PubliccodeCheckAnswer | None = None
    verdict: str = ""
    verdict_kind: str = ""
    lines: Sequence[CheckedLine] = ()


@get(paths("publiccode_check"))
def show(reader: NamedDependency[Reader]) -> Response[str]:
    """Offer the form."""
    return render("service/publiccode_check.html", _page(reader))


@post(paths("publiccode_check"), opt={COST: CHECK})
def run(
    reader: NamedDependency[Reader],
    data: Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Response[str]:
    """Check what was pasted or uploaded; a file comes before the text."""
    upload, pasted = data.get("file"), data.get("text")
    content = b""
    if isinstance(upload, UploadFile):
        content = upload.file.read(MAX_FILE + 1)
    if not content and isinstance(pasted, str):
        content = pasted.replace("\r\n", "\n").encode("utf-8", "replace")
    if not content.strip():
        message = reader._("Paste the text of a publiccode.yml or choose a file.")
        return render("service/publiccode_check.html", _page(reader, errors={"text": message}))
    found = publiccode_report.report(check(content), language=reader.language)
    text = content[:MAX_FILE].decode("utf-8", "replace")
    return render("service/publiccode_check.html", _page(reader, text=text, report=found))


HANDLERS = [show, run]


def _page(
    reader: Reader,
    *,
    text: str = "",
    errors: dict[str, str] | None = None,
    report: PubliccodeCheckAnswer | None = None,
) -> PubliccodeCheckPage:
    written = text.splitlines()
    numbers = dict.fromkeys(each.line for each in report.problems) if report else {}
    return PubliccodeCheckPage(
        page=frame(reader, reader._("Check publiccode.yml"), section="service"),
        action=reader.address("publiccode_check"),
        text=text,
        errors=Errors(errors) if errors else NO_ERRORS,
        report=report,
        verdict=verdict_labels(reader.language)[report.verdict] if report else "",
        verdict_kind=KINDS[report.verdict] if report else "",
        lines=[
            CheckedLine(number, written[number - 1][:120])
            for number in sorted(numbers)
            if 0 < number <= len(written)
        ],
    )
