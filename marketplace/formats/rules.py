"""By which rules rows are read: a row may stay unread only while they are the same."""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib import resources
from importlib.resources.abc import Traversable

_READING = ("marketplace.formats", "catalog.codes")
_CHECKING = ("organizations.py", "records.py", "taxonomy.py")


@cache
def digest() -> bytes:
    """Hash of the readers, mappings and word lists, of the code lists and of a record's checks.

    Taken from the files, so that nobody must remember to raise a number; a changed comment costs
    one reading of everything.
    """
    found = blake2b(digest_size=32)
    roots = [resources.files(package) for package in _READING]
    for file in (*(one for root in roots for one in _files(root)), *_checks()):
        content = file.read_bytes()
        found.update(b"%b %d " % (file.name.encode(), len(content)) + content)
    return found.digest()


def _checks() -> Iterator[Traversable]:
    return (resources.files("catalog") / name for name in _CHECKING)


def _files(folder: Traversable) -> Iterator[Traversable]:
    for one in sorted(folder.iterdir(), key=lambda one: one.name):
        if one.is_file():
            yield one
        elif one.name != "__pycache__":
            yield from _files(one)
