"""What an address of the API takes and gives, declared once.

``reads`` and ``writes`` make a handler of a function and keep its ``Operation``; ``openapi``
describes the same operations. Parameters and bodies are msgspec Structs: what they do not know is
refused by name.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from catalog.errors import NotFound
from catalog.permissions import Actor
from marketplace.api.answers import ApiRequest
from marketplace.api.refusals import FieldError, Refused
from marketplace.rate_limits import CHECK, COST, ONE
from marketplace.routing import route

BASE = "/api/v1"

LONGEST_VALUE = 500
"""Characters of one value in a query string."""

MOST_VALUES = 100
"""Values in a query string."""

T = TypeVar("T", bound=Struct)
Found = TypeVar("Found")

OPERATION = "operation"


@dataclass(frozen=True)
class Operation:
    """One method of one address, as handler and documentation know it."""

    method: str
    path: str
    """As OpenAPI writes it: ``/solutions/{solution}``."""
    name: str
    tag: str
    summary: str
    description: str
    answers: type[Struct] | None
    status: int
    asks: type[Struct] | None = None
    takes: type[Struct] | None = None
    is_conditional: bool = False
    """Whether the writer must say in ``If-Match`` which state it saw."""
    refusals: Sequence[int] = field(default=())
    is_personal: bool = False


def reads(
    path: str,
    answers: type[Struct],
    *,
    tag: str,
    asks: type[Struct] | None = None,
    refusals: Sequence[int] = (),
    is_personal: bool = False,
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """A handler for GET."""

    def decorate(handler: Callable[..., Any]) -> HTTPRouteHandler:
        known = (400,) if asks is not None else ()
        operation = _operation(
            handler,
            method="GET",
            path=path,
            tag=tag,
            answers=answers,
            status=200,
            asks=asks,
            refusals=(*known, *((401,) if is_personal else ()), *refusals),
            is_personal=is_personal,
        )
        return _route(operation, handler)

    return decorate


def writes(
    method: str,
    path: str,
    answers: type[Struct] | None,
    *,
    tag: str,
    takes: type[Struct] | None = None,
    status: int = 200,
    is_conditional: bool = True,
    refusals: Sequence[int] = (404, 409, 410),
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """A handler for POST, PUT or DELETE; only who is signed in gets an answer."""

    def decorate(handler: Callable[..., Any]) -> HTTPRouteHandler:
        known: tuple[int, ...] = (401, 403)
        known += (400, 413, 415, 422) if takes is not None else ()
        known += (412, 428) if is_conditional else ()
        operation = _operation(
            handler,
            method=method,
            path=path,
            tag=tag,
            answers=answers,
            status=status,
            takes=takes,
            is_conditional=is_conditional,
            refusals=(*known, *refusals),
            is_personal=True,
        )
        return _route(operation, handler)

    return decorate


def checks(
    path: str,
    answers: type[Struct],
    *,
    tag: str,
    takes: type[Struct],
    refusals: Sequence[int] = (),
) -> Callable[[Callable[..., Any]], HTTPRouteHandler]:
    """A handler for POST that answers what the body says and is open to all."""

    def decorate(handler: Callable[..., Any]) -> HTTPRouteHandler:
        operation = _operation(
            handler,
            method="POST",
            path=path,
            tag=tag,
            answers=answers,
            status=200,
            takes=takes,
            refusals=(400, 413, 415, 422, *refusals),
        )
        return _route(operation, handler)

    return decorate


def asked(request: ApiRequest, kind: type[T]) -> T:
    """The parameters of the query string; unknown, doubled or wrong ones are refused by name."""
    many = _lists_of(kind)
    values: dict[str, Any] = {}
    pairs = list(request.query_params.multi_items())
    if len(pairs) > MOST_VALUES:
        raise Refused(400, f"Give at most {MOST_VALUES} parameters.")
    for name, value in pairs:
        if len(value) > LONGEST_VALUE:
            raise _bad_parameter(name, f"Give at most {LONGEST_VALUE} characters.")
        if "\x00" in name + value:
            raise _bad_parameter(name.replace("\x00", ""), "Leave out the character U+0000.")
        if name in many:
            values.setdefault(name, []).append(value)
        elif name in values:
            raise _bad_parameter(name, "Give this parameter once.")
        else:
            values[name] = value
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        wrong = _field_error(error)
        known = ", ".join(each.encode_name for each in msgspec.structs.fields(kind))
        raise Refused(
            400,
            f"The parameter “{wrong.field}” is wrong: {wrong.message}. Known are: {known}.",
            errors=[wrong],
        ) from error


def sent(request: ApiRequest, body: bytes, kind: type[T]) -> T:
    """The value in a body; unknown fields, missing and wrong ones are refused by name."""
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise Refused(415, f"This address takes JSON, not “{content_type or 'nothing'}”.")
    try:
        return msgspec.json.decode(_without_nul(body), type=kind)
    except msgspec.ValidationError as error:
        wrong = _field_error(error)
        raise Refused(
            422, f"The field “{wrong.field}” is wrong: {wrong.message}.", errors=[wrong]
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refused(400, f"The body is not JSON: {error}.") from error
    except RecursionError as error:
        raise Refused(400, "The body is nested too deeply.") from error


def named(find: Callable[[], Found], field: str) -> Found:
    """What a field of the body names; a thing that does not exist is a wrong value there."""
    try:
        return find()
    except NotFound as missing:
        raise Refused(422, str(missing), errors=[FieldError(field, str(missing))]) from missing


def signed_in(actor: Actor) -> Actor:
    """The actor, if it is somebody; a visitor is asked to sign in."""
    if actor.is_anonymous:
        raise Refused(
            401,
            "Only who is signed in may do this.",
            headers={"WWW-Authenticate": 'Cookie realm="Lichtermeer", cookie-name="login"'},
        )
    return actor


def id_in(text: str) -> UUID | None:
    """The UUID in a part of an address, or None if it is something else."""
    if not _UUID.fullmatch(text):
        return None
    return UUID(text)


_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
_AT = re.compile(r"^(?P<what>.*?)(?: - at (?:`key` in )?`(?P<where>[^`]*)`)?$", re.DOTALL)
_NAMED = re.compile(r"(?:field|key) `(?P<name>[^`]*)`")


def _operation(handler: Callable[..., Any], **facts: Any) -> Operation:
    summary, _, rest = (handler.__doc__ or "").strip().partition("\n")
    return Operation(
        name=f"{facts['tag'].lower()}_{handler.__name__}",
        summary=summary.rstrip("."),
        description=" ".join(rest.split()) or summary,
        **facts,
    )


def _route(operation: Operation, handler: Callable[..., Any]) -> HTTPRouteHandler:
    path = re.sub(r"\{(\w+)\}", r"{\1:str}", operation.path)
    # The answer carries its own status; Litestar takes no handler with an answer for 204.
    status = 200 if operation.status == 204 else operation.status
    is_check = operation.method == "POST" and not operation.is_personal
    opt = {OPERATION: operation, COST: CHECK if is_check else ONE}
    return route(operation.method, BASE + path, status_code=status, opt=opt)(handler)


def _lists_of(kind: type[Struct]) -> set[str]:
    return {
        each.encode_name
        for each in msgspec.structs.fields(kind)
        if isinstance(_plain(each.type), msgspec.inspect.ListType)
    }


def _plain(kind: Any) -> msgspec.inspect.Type:
    info = msgspec.inspect.type_info(kind)
    return info.type if isinstance(info, msgspec.inspect.Metadata) else info


def _without_nul(body: bytes) -> bytes:
    # No database stores the character U+0000, and nobody means it.
    return _NUL.sub(rb"\1", body) if b"u0000" in body else body


def _bad_parameter(name: str, message: str) -> Refused:
    return Refused(
        400, f"The parameter “{name}” is wrong: {message}", errors=[FieldError(name, message)]
    )


def _field_error(error: msgspec.ValidationError) -> FieldError:
    """What msgspec says, by field: "Expected `int`, got `str` - at `$.limit`"."""
    match = _AT.match(str(error))
    what, where = (match["what"], match["where"] or "$") if match else (str(error), "$")
    path = where.removeprefix("$").lstrip(".")
    named = _NAMED.search(what)
    if named:
        path = f"{path}.{named['name']}".lstrip(".")
    return FieldError(path or "body", what.replace("`", ""))
