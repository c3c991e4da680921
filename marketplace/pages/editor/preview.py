"""What readers will see: the public page made from the draft, for members only."""

from dataclasses import replace
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from catalog.database import Session
from marketplace.pages import solutions
from marketplace.pages.cards import Likeness
from marketplace.pages.editor import access
from marketplace.pages.frame import NavLink, PageNotice
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths


@get(paths("draft_preview"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """The draft as it will be published; a solution without draft leads to its overview."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    back = reader.address("draft", id=id)
    if solution.draft is None:
        return Redirect(back, status_code=303)
    _ = reader._
    text = _("This is how it will be published. Only members of your organization see this page.")
    notice = PageNotice(text, "info", back, _("Back to the draft"))
    view = solutions.page_of(
        session, reader, solution, solution.draft, mine=Likeness(), notices=[notice]
    )
    title = _("Preview: %(name)s") % {"name": view.name.text}
    page = replace(
        view.page,
        title=title,
        crumbs=(
            NavLink(_("Start"), reader.address("start")),
            *(NavLink(*each) for each in access.crumbs(reader, solution)),
            NavLink(_("Preview"), reader.path, current=True),
        ),
        canonical_href="",
        feeds=(),
        is_indexed=False,
    )
    # Nobody can use or take away what is not published yet.
    context = replace(
        view,
        page=page,
        declare_href=back,
        sheet_href=reader.path,
        edit_href=back,
        use_downloads=(),
        curve_downloads=(),
        release_downloads=(),
    )
    return render("solutions/show.html", context)


HANDLERS = [show]
