"""Register entries in the forms of other registers and of the AI Act."""

from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog.database import Session
from marketplace.api.answers import ApiRequest, public
from marketplace.api.operations import reads
from marketplace.api.register import TAG
from marketplace.api.register_entries import HERE, public_entry
from marketplace.export.columns import Voice
from marketplace.formats.registers import forms


class FormRef(Struct, frozen=True):
    """A form that an entry can be filled into."""

    id: str
    version: str
    title: dict[str, str]
    about: dict[str, str]


class FormList(Struct, frozen=True):
    """Every form."""

    items: list[FormRef]


class Remark(Struct, frozen=True):
    """A remark on one field of the card or of the form."""

    field: str
    message: str


class FilledForm(Struct, frozen=True):
    """An entry in a form, with what the form loses, assumes and lacks."""

    format: str
    version: str
    document: Annotated[dict[str, Any], Meta(description="The fields by their names there.")]
    losses: Annotated[list[Remark], Meta(description="What the entry says and the form does not.")]
    assumed: Annotated[list[Remark], Meta(description="What the entry does not say itself.")]
    missing: Annotated[list[Remark], Meta(description="What the form would want besides.")]


@reads("/register/forms", FormList, tag=TAG)
def list_forms(request: ApiRequest) -> Response[bytes]:
    """List the forms that an entry can be filled into."""
    items = [
        FormRef(each.id, each.version, dict(each.title), dict(each.about))
        for each in forms.FORMS.values()
    ]
    return public(request, FormList(items))


@reads(f"{HERE}/{{entry}}/forms/{{form}}", FilledForm, tag=TAG, refusals=(404, 410))
def fill_form(
    request: ApiRequest,
    session: NamedDependency[Session],
    entry: FromPath[str],
    form: FromPath[str],
) -> Response[bytes]:
    """Read one entry in a form, without what is withheld."""
    voice = Voice(request.app.state.settings.base_url.rstrip("/"), "en")
    filled = forms.filled(public_entry(session, entry), form, voice)
    told = forms.report(filled, "en")
    remarks = {
        name: [Remark(**each) for each in told[name]] for name in ("losses", "assumed", "missing")
    }
    return public(request, FilledForm(told["format"], told["version"], told["document"], **remarks))


HANDLERS: list[Any] = [list_forms, fill_form]
