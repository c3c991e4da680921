"""Take one's data along, and delete one's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from catalog import memberships, solutions
from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.permissions import person_of
from marketplace import forms
from marketplace.accounts import deletion
from marketplace.accounts.authentication import COOKIE
from marketplace.accounts.logins import Login
from marketplace.export import person
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account.notices import crumbs
from marketplace.pages.account_access import confirmed
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class OwnDataPage:
    """What the file to take along holds."""

    page: PageFrame
    title: str
    parts: Sequence[tuple[str, str, int]]
    """File, what it holds, how many entries."""
    file_action: str
    delete_href: str


@dataclass(frozen=True)
class DeletePage:
    """What goes, what stays, what must be handed over first."""

    page: PageFrame
    title: str
    action: str
    back_href: str
    data_href: str
    stays: Sequence[tuple[str, int]]
    """Organizations of the person with the number of solutions that stay with them."""
    leads_alone: Sequence[tuple[str, str]]
    """Name and page of the organizations that nobody would lead."""
    errors: Errors


@get(paths("own_data"))
def show(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Response[Any]:
    """What the node keeps about the person who asks, as a list."""
    if reader.actor.person_id is None:
        return sign_in_first(reader)
    title = reader._("Take my data along")
    context = OwnDataPage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        parts=[
            (part.file, part.title, len(part.rows))
            for part in person.parts(session, reader.actor, reader.language)
        ],
        file_action=reader.address("own_data_file"),
        delete_href=reader.address("account_delete"),
    )
    return render("account/own_data.html", context)


@get(paths("own_data_file"))
def download(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Response[Any]:
    """The data of the person who asks as a ZIP."""
    if reader.actor.person_id is None:
        return sign_in_first(reader)
    content = person.written(
        person.parts(session, reader.actor, reader.language),
        node_name=reader.node_name,
        made_on=reader.day(reader.today),
        language=reader.language,
    )
    name = f"lichtermeer-{reader.today.isoformat()}.zip"
    return Response(
        content,
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


@get(paths("account_delete"))
def ask(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Response[Any]:
    """Say what goes and what stays before an account is deleted, once it is sure who asks."""
    found = confirmed(reader, login)
    return found if isinstance(found, Redirect) else _delete_page(session, reader)


@post(paths("account_delete"))
def delete(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Delete the account of the person who asks."""
    found = confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    address = forms.text(data, "address")
    try:
        deletion.delete_account(session, reader.actor, typed_address=address)
    except (Invalid, Conflict) as refusal:
        page = _delete_page(session, reader, errors_of(reader, refusal))
        raise Rejected(page) from refusal
    answer = Redirect(reader.address("start", {"done": "account-deleted"}), status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


HANDLERS = [show, download, ask, delete]


def _delete_page(session: Session, reader: Reader, errors: Errors = NO_ERRORS) -> Response[str]:
    actor = reader.actor
    bodies = [each.organization for each in memberships.of_person(session, person_of(actor))]
    counts = solutions.count_by_publisher(session, [body.id for body in bodies])
    title = reader._("Delete my account")
    context = DeletePage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        action=reader.address("account_delete"),
        back_href=reader.address("account"),
        data_href=reader.address("own_data"),
        stays=[(body.name, counts.get(body.id, 0)) for body in bodies],
        leads_alone=[
            (body.name, reader.address("organization", slug=body.slug))
            for body in deletion.sole_leads(session, actor)
        ],
        errors=errors,
    )
    return render("account/delete.html", context)
