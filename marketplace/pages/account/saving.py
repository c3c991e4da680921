"""Save a search, give it another name, delete it."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Invalid
from marketplace import forms
from marketplace.forms import Errors, Rejected
from marketplace.pages.account import home
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.reader import Reader
from marketplace.pages.search import Asked, described
from marketplace.routing import paths, post
from marketplace.search import saved_searches
from marketplace.translations import sentence

Fields = URLEncodedBody[dict[str, str]]


@post(paths("saved_searches"))
def save(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: Fields,
) -> Redirect:
    """Keep the question of a results page; a visitor signs in first and comes back to it."""
    pairs = parse_qsl(data.get("query", "")[: 2 * saved_searches.LONGEST_QUERY])
    asked = Asked.of(pairs, reader.language)
    kept = asked.pairs(without=("page",))
    if reader.actor.person_id is None:
        return sign_in_first(reader, reader.address("search", kept))
    name = described(reader, asked)[: saved_searches.LONGEST_NAME]
    saved_searches.save(session, reader.actor, query=urlencode(kept), name=name)
    return Redirect(reader.address("account", {"done": "saved"}) + "#searches", status_code=303)


@post(paths("saved_search"))
def rename(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: Fields,
) -> Redirect:
    """Give a saved search another name."""
    name = forms.text(data, "name")
    try:
        saved_searches.rename(session, reader.actor, id_in(id), name)
    except Invalid as refusal:
        errors = Errors({f"name-{id}": sentence(refusal.problems[0], reader.language)})
        page: Response[Any] = home.page(session, reader, errors=errors)
        raise Rejected(page) from refusal
    return Redirect(reader.address("account", {"done": "renamed"}) + "#searches", status_code=303)


@post(paths("saved_search_delete"))
def delete(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Keep a search no longer."""
    saved_searches.delete(session, reader.actor, id_in(id))
    return Redirect(reader.address("account", {"done": "deleted"}) + "#searches", status_code=303)


HANDLERS = [save, rename, delete]
