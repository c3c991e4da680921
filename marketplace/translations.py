"""Interface text: message ids are English, German comes from ``locale/de.po``.

The catalogue is read from its source file at start, so there is no compiled copy to forget.
"""

from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from catalog.errors import Problem, Refusal


@cache
def translations(language: str) -> NullTranslations:
    """The interface texts of a language; English needs none."""
    if language == "en":
        return NullTranslations()
    source = resources.files("marketplace") / "locale" / f"{language}.po"
    compiled = BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def message(text: str) -> str:
    """Mark a text that is translated where it is shown, so that extraction finds it."""
    return text


def sentence(what: Refusal | Problem, language: str) -> str:
    """What the domain says, in the reader's language."""
    text = translations(language).gettext(what.message)
    return text % what.params if what.params else text
