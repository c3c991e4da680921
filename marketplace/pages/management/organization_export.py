"""Everything of an organization as one file, for its leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog.database import Session
from marketplace.export import organization as organization_export
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account_access import PRIVATE
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import Area, area, area_frame, opened_by_lead
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths


@dataclass(frozen=True)
class ExportPage:
    """What the file holds."""

    page: PageFrame
    area: Area
    title: str
    parts: Sequence[tuple[str, str]]
    """File and what it holds."""
    file_href: str
    errors: Errors


@get(paths("organization_export"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """What the file holds, before it is made."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened_by_lead(session, reader, id)
    context = ExportPage(
        page=area_frame(reader, organization, "organization_export"),
        area=area(reader, organization, "organization_export"),
        title=reader._("Take everything along"),
        parts=_parts(reader),
        file_href=reader.address("organization_export_file", id=id),
        errors=NO_ERRORS,
    )
    return render("management/export.html", context)


@get(paths("organization_export_file"))
def download(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """The file."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("organization_export", id=id))
    organization = opened_by_lead(session, reader, id)
    name = f"{organization.slug}-{reader.today.isoformat()}.zip"
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        database = request.app.state.database
        organization_export.export(database, reader.actor, organization.slug, path)
        content = path.read_bytes()
    return Response(
        content,
        media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"', **PRIVATE},
    )


HANDLERS = [show, download]


def _parts(reader: Reader) -> Sequence[tuple[str, str]]:
    _ = reader._
    texts = {
        "organization": _("What the organization says about itself"),
        "solutions": _("Solutions in every state, with the draft and every published version"),
        "releases": _("Versions of the software"),
        "interfaces": _("Interfaces of solutions and of own systems, with their documents"),
        "adoptions": _("Uses of solutions, with their steps"),
        "register_entries": _("Register entries in every state, with every published version"),
        "register_feedback": _("What readers said of the register entries, with the answers"),
        "zero_declarations": _("Declarations that no AI is in use"),
        "members": _("Members with name, address and role"),
        "deputies": _("Deputies"),
        "invitations": _("Invitations"),
        "join_requests": _("Requests to join"),
        "requests": _("Requests for the organization itself"),
        "verifications": _("Verifications"),
        "keys": _("API keys without their secrets"),
        "changes": _("What was done on behalf of the organization"),
        "codes": _("The lists that coded fields take their values from"),
    }
    return [(f"{name}.jsonl", text) for name, text in texts.items()]
