"""What the steward says about the node, and what its environment fixes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from pydantic import SecretStr

from catalog import nodes
from catalog.database import Session
from catalog.errors import Invalid
from catalog.nodes import Description
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.administration.overview import admin_frame, links
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame, PageNotice
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.settings import Settings

TEXTS = ("imprint_de", "imprint_en", "privacy_de", "privacy_en")

HIDDEN = frozenset({"database_url"})
"""Settings that may hold a password inside."""


@dataclass(frozen=True)
class NodePage:
    """The form of what is stored, and the list of what the environment fixes."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    values: Mapping[str, str]
    errors: Errors
    fixed: Sequence[tuple[str, str]]


@get(paths("admin_node"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """What is said about the node."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    node = nodes.administered(session, reader.actor)
    values = {
        "name": node.name,
        "operator": node.operator,
        "address": node.address,
        "contact_email": node.contact_email,
        **{f"imprint_{code}": node.imprint.get(code, "") for code in ("de", "en")},
        **{f"privacy_{code}": node.privacy.get(code, "") for code in ("de", "en")},
    }
    return _page(request, reader, values, done=done)


@post(paths("admin_node"))
def describe(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Say who runs the node and how it is reached."""
    fields = ("name", "operator", "address", "contact_email", *TEXTS)
    values = {name: forms.text(data, name) for name in fields}
    told = Description(
        values["name"],
        values["operator"],
        values["address"],
        values["contact_email"],
        imprint={"de": values["imprint_de"], "en": values["imprint_en"]},
        privacy={"de": values["privacy_de"], "en": values["privacy_en"]},
    )
    try:
        nodes.describe(session, reader.actor, told)
    except Invalid as refusal:
        page = _page(request, reader, values, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    return Redirect(reader.address("admin_node", {"done": "1"}), status_code=303)


HANDLERS = [show, describe]


def _page(
    request: Request[Any, Any, Any],
    reader: Reader,
    values: Mapping[str, str],
    *,
    done: str = "",
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = reader._("This node")
    saved = (PageNotice(reader._("The description is saved."), "ok", live="status"),)
    context = NodePage(
        page=admin_frame(reader, title, "admin_node", saved if done else ()),
        title=title,
        links=links(reader, "admin_node"),
        action=reader.address("admin_node"),
        values=values,
        errors=errors,
        fixed=_fixed(reader, request.app.state.settings),
    )
    return render("administration/node.html", context)


def _fixed(reader: Reader, settings: Settings) -> list[tuple[str, str]]:
    """Every setting of the environment; what is secret says only whether it is set."""
    found = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr) or name in HIDDEN:
            plain = value.get_secret_value() if isinstance(value, SecretStr) else value
            text = reader._("set, not shown") if plain else ""
        else:
            text = str(value)
        found.append((f"MARKETPLACE_{name.upper()}", text))
    return found
