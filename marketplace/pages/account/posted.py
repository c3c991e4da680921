"""What the forms of the account pages send."""

from collections.abc import Mapping
from uuid import UUID

from catalog.errors import NotFound


def id_of(data: Mapping[str, str], field: str) -> UUID:
    """The id in a field; whatever else stands there names nothing."""
    return id_in(data.get(field, ""))


def id_in(text: str) -> UUID:
    """The id in an address; whatever else stands there names nothing."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such entry.") from None
