"""Checks: what a licence expression or a file is worth. Open to everybody; nothing is stored."""

from typing import Annotated, Any, Literal

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog.database import Session
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.operations import asked, checks, reads, sent
from marketplace.api.solutions import addressed
from marketplace.formats import license_report, publiccode_report
from marketplace.formats.license_report import LicenseCheckAnswer, RecordLicenses
from marketplace.formats.publiccode.checking import check as check_file
from marketplace.formats.publiccode_report import PubliccodeCheckAnswer

TAG = "Checks"

Expression = Annotated[str, Meta(max_length=2_000)]
Language = Annotated[Literal["de", "en"], Meta(description="Of the messages.")]


class LicenseCheckBody(Struct, frozen=True, forbid_unknown_fields=True):
    """An SPDX expression, and what it stands beside."""

    expression: Annotated[str, Meta(max_length=2_000, examples=["EUPL-1.2 OR MIT"])]
    dependencies: Annotated[
        list[Expression], Meta(max_length=200, description="Licences of what goes into the work.")
    ] = []
    model: Annotated[Expression, Meta(description="Licence of the model's weights.")] = ""
    data: Annotated[Expression, Meta(description="Licence of the data.")] = ""
    documentation: Annotated[Expression, Meta(description="Licence of the documentation.")] = ""
    language: Language = "en"


@checks("/licenses/check", LicenseCheckAnswer, tag=TAG, takes=LicenseCheckBody)
def license(request: ApiRequest, body: RawBody) -> Response[bytes]:  # noqa: A001 - its name
    """Check a licence expression.

    Answers what it permits and demands, and what stands against licences beside it. No legal
    advice.
    """
    given = sent(request, body, LicenseCheckBody)
    parts = {"model": given.model, "data": given.data, "documentation": given.documentation}
    return personal(
        license_report.report(
            given.expression,
            language=given.language,
            dependencies=given.dependencies,
            parts=parts,
        )
    )


class LicensesQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """How the answer is to be told."""

    language: Language = "en"


@reads(
    "/solutions/{solution}/licenses",
    RecordLicenses,
    tag=TAG,
    asks=LicensesQuestion,
    refusals=(404, 410),
)
def licenses(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """Read what the licences of a solution permit and demand, part by part.

    Conflicts between the parts and with what it builds on are named. No legal advice.
    """
    question = asked(request, LicensesQuestion)
    record = addressed(session, solution).public_record
    return public(request, license_report.by_part(record, question.language))


class PubliccodeCheckBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The text of a publiccode.yml."""

    text: Annotated[str, Meta(max_length=600_000)]
    language: Language = "en"


@checks("/publiccode/check", PubliccodeCheckAnswer, tag=TAG, takes=PubliccodeCheckBody)
def publiccode(request: ApiRequest, body: RawBody) -> Response[bytes]:
    """Check a publiccode.yml of the versions 0.1 to 0.7.

    No address in it is opened. The answer also holds the file as version 0.7.
    """
    given = sent(request, body, PubliccodeCheckBody)
    found = check_file(given.text.encode("utf-8", "replace"))
    return personal(publiccode_report.report(found, language=given.language))


HANDLERS: list[Any] = [license, licenses, publiccode]
