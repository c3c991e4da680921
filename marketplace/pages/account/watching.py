"""Begin and end a watch, from the page of the thing or from the list on the account page."""

from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from catalog import watching
from catalog.database import Session
from catalog.errors import NotFound
from marketplace.pages.account.posted import id_of
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.reader import Reader
from marketplace.routing import is_own, paths, post


@post(paths("watches"))
def watch(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Begin or end a watch and go back; a visitor signs in first."""
    wanted = data.get("back", "")
    back = wanted if is_own(wanted) else reader.address("account")
    if reader.actor.person_id is None:
        return sign_in_first(reader, back)
    kind, thing_id = data.get("kind", ""), id_of(data, "thing")
    if data.get("action") == "end":
        known = watching.of_thing(session, reader.actor, kind, thing_id)
        if known is None:
            raise NotFound("You do not watch this entry.")
        watching.unwatch(session, reader.actor, known.id)
    else:
        watching.watch(session, reader.actor, kind, thing_id)
    return Redirect(back if "#" in back else f"{back}#watch", status_code=303)


HANDLERS = [watch]
