"""The result card: what a list says of one solution. Search, profiles and start page share it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from catalog import adoptions, records, taxonomy
from catalog.adoptions import Adoption, Place, Stage
from catalog.database import Session
from catalog.licenses import license_class
from catalog.municipalities import Municipality
from catalog.organizations import Kind
from catalog.records import SolutionRecord
from catalog.solutions import Solution
from impact import evidence
from marketplace.pages.reader import Reader

LONGEST_SENTENCE = 240


@dataclass(frozen=True)
class Likeness:
    """The reader's own kind of municipality: Land and size class, as the address says them."""

    land: str = ""
    size_class: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the reader said anything."""
        return bool(self.land or self.size_class)

    def fits(self, place: Municipality | Place | None) -> bool:
        """Whether a place is like the reader's: same Land and same size class, where given."""
        if place is None or not self.is_known:
            return False
        return (not self.land or place.land == self.land) and (
            not self.size_class or place.size_class == self.size_class
        )


def likeness(land: str = "", size: str = "") -> Likeness:
    """The likeness of an address; codes that do not exist are dropped."""
    return Likeness(
        land if taxonomy.knows("land", land) else "",
        size if taxonomy.knows("size_class", size) else "",
    )


@dataclass(frozen=True)
class Card:
    """One solution in a list."""

    href: str
    name: str
    body: str
    sentence: str | Markup
    badges: tuple[tuple[str, str], ...]
    total: int
    mine: int | None
    evidence_level: int
    lang: str | None
    home: str
    home_href: str


def cards(
    session: Session,
    reader: Reader,
    found: Sequence[Solution],
    like: Likeness,
    *,
    mark: Callable[[str], str | Markup] = str,
) -> list[Card]:
    """The cards of these solutions in their order; two statements for all of them."""
    places = adoptions.places_live(session, [solution.id for solution in found])
    return [_card(reader, solution, places[solution.id], like, mark) for solution in found]


def live(uses: Sequence[Adoption]) -> list[Adoption]:
    """The uses that shine: live, confirmed by the adopter, and of a municipality."""
    return [
        use
        for use in uses
        if use.stage == Stage.LIVE
        and use.is_confirmed
        and use.organization.kind == Kind.MUNICIPALITY
    ]


def sentence(record: SolutionRecord, language: str) -> tuple[str, str]:
    """The purpose in one sentence, or how the description begins; and its language."""
    for text in (record.summary, record.description, record.problem):
        if any(text.values()):
            found, code = records.best(text, language)
            return shorten(found), code
    return "", language


def shorten(text: str, most: int = LONGEST_SENTENCE) -> str:
    """The beginning of a text, cut at a word."""
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most].rsplit(" ", 1)[0].rstrip(",;:–- ") + " …"


def _card(
    reader: Reader,
    solution: Solution,
    shining: Sequence[Place],
    like: Likeness,
    mark: Callable[[str], str | Markup],
) -> Card:
    record = solution.public_record
    name, language = records.best(record.name, reader.language)
    said, _ = sentence(record, reader.language)
    mine = sum(like.fits(place) for place in shining)
    return Card(
        href=reader.address("solution", slug=solution.slug),
        name=name,
        body=solution.publisher.name if solution.publisher else reader._("Body not stated"),
        sentence=mark(said) if said else reader._("No description yet."),
        badges=badges(reader, record),
        total=len(shining),
        mine=mine if like.is_known else None,
        evidence_level=evidence.BARS[evidence.level(record)],
        lang=language if language != reader.language else None,
        home=record.source.name if record.source and solution.is_foreign else "",
        home_href=record.source.url if record.source and solution.is_foreign else "",
    )


def badges(reader: Reader, record: SolutionRecord) -> tuple[tuple[str, str], ...]:
    """At most four plain badges: stage, licence class, hosting, technology."""
    found: list[str] = []
    if record.phase:
        found.append(taxonomy.label("phase", record.phase, reader.language))
    if license_class(record.licenses.code) == "free":
        found.append(reader._("Free to reuse"))
    found += [taxonomy.label("hosting", code, reader.language) for code in record.hosting[:1]]
    found += [taxonomy.label("technology", code, reader.language) for code in record.technology[:1]]
    return tuple(("plain", text) for text in found[:4])
