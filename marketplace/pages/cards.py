"""The result card: what a list says of one solution. Search, profiles and start page share it."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from markupsafe import Markup

from catalog import adoptions, changes, records, solutions, taxonomy
from catalog.adoptions import Adoption, Place, Stage
from catalog.database import Session
from catalog.licenses import license_class
from catalog.municipalities import Municipality
from catalog.organizations import Kind
from catalog.records import SolutionRecord
from catalog.solutions import Listed
from impact import evidence
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import HOLE, piece
from marketplace.routing import LANGUAGES
from marketplace.search import stored

LONGEST_SENTENCE = 240

MOST_CARDS = 50_000
"""Cards that are kept, some three kilobytes each; then those that were made first leave."""

MOST_FOLLOWED = 500
"""After more changes than that everything is made anew."""


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


class Shown(NamedTuple):
    """A card for one reader: drawn but for its sentence, where words of a question are marked."""

    piece: Markup
    sentence: str | Markup


@dataclass(frozen=True)
class Kept:
    """A card as every reader of a language sees it, and where the solution shines."""

    card: Card
    language: str
    places: Sequence[Place]
    _pieces: dict[int | None, Markup] = field(default_factory=dict)

    def piece(self, like: Likeness) -> Markup:
        """The card drawn, with the mark of its sentence; once for each number of likes."""
        mine = sum(like.fits(place) for place in self.places) if like.is_known else None
        found = self._pieces.get(mine)
        if found is None:
            found = self._pieces[mine] = _drawn(self.card, mine, self.language)
        return found


class CardShelf:
    """Cards by solution and language, kept until the change feed names the solution again.

    Every look follows the feed to what its session sees, so a card is never older than that, in
    whichever process the change was made. Safe between threads.
    """

    def __init__(self, most: int = MOST_CARDS) -> None:
        self.most = most
        self._cards: OrderedDict[tuple[UUID, str], Kept] = OrderedDict()
        self._serial: int | None = None
        self._lock = threading.Lock()

    def cards(
        self,
        session: Session,
        reader: Reader,
        ids: Sequence[UUID],
        like: Likeness,
        *,
        mark: Callable[[str], str | Markup] = str,
    ) -> dict[UUID, Shown]:
        """The cards of the published ones among these solutions, in their order.

        One statement where all are kept, three where not.
        """
        serial = self._follow(session)
        found = {key: self._cards.get((key, reader.language)) for key in ids}
        made = _made(session, reader, [key for key, kept in found.items() if kept is None])
        self._keep(made, reader.language, serial)
        return {
            key: _for_reader(reader, kept, like, mark)
            for key in found
            if (kept := found[key] or made.get(key)) is not None
        }

    def _follow(self, session: Session) -> int:
        """Let go of what changed since the last look; the serial that was reached."""
        since = self._serial
        if since is None:
            return self._begin_anew(changes.last_serial(session))
        seen = changes.after(session, since, MOST_FOLLOWED, public_only=True)
        if not seen:
            return since
        if len(seen) == MOST_FOLLOWED:
            return self._begin_anew(changes.last_serial(session))
        touched = stored.touched(session, seen)
        with self._lock:
            for key in touched:
                for language in LANGUAGES:
                    self._cards.pop((key, language), None)
            self._serial = max(self._serial or 0, seen[-1].serial)
        return seen[-1].serial

    def _begin_anew(self, serial: int) -> int:
        with self._lock:
            self._cards.clear()
            self._serial = max(self._serial or 0, serial)
        return serial

    def _keep(self, made: Mapping[UUID, Kept], language: str, serial: int) -> None:
        with self._lock:
            if serial != self._serial:
                return  # Another look is ahead; what was read here may be of before.
            self._cards.update(((key, language), kept) for key, kept in made.items())
            while len(self._cards) > self.most:
                self._cards.popitem(last=False)


def drawn(session: Session, reader: Reader, ids: Sequence[UUID]) -> list[Card]:
    """The cards of the published ones among these solutions, made anew."""
    made = _made(session, reader, ids)
    return [
        replace(card, sentence=card.sentence or reader._("No description yet."))
        for key in ids
        if key in made and (card := made[key].card)
    ]


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


def _made(session: Session, reader: Reader, ids: Sequence[UUID]) -> dict[UUID, Kept]:
    if not ids:
        return {}
    found = solutions.listed(session, ids)
    places = adoptions.places_live(session, list(found))
    return {
        key: Kept(_card(reader, solution, len(places[key])), reader.language, places[key])
        for key, solution in found.items()
    }


def _card(reader: Reader, solution: Listed, total: int) -> Card:
    record = solution.record
    name, language = records.best(record.name, reader.language)
    said, _ = sentence(record, reader.language)
    source = record.source if solution.home else None
    return Card(
        href=reader.address("solution", slug=solution.slug),
        name=name,
        body=solution.publisher or reader._("Body not stated"),
        sentence=said,
        badges=badges(reader, record),
        total=total,
        mine=None,
        evidence_level=evidence.BARS[evidence.level(record)],
        lang=language if language != reader.language else None,
        home=source.name if source else "",
        home_href=source.url if source else "",
    )


def _for_reader(
    reader: Reader, kept: Kept, like: Likeness, mark: Callable[[str], str | Markup]
) -> Shown:
    said = kept.card.sentence
    return Shown(kept.piece(like), mark(said) if said else reader._("No description yet."))


def _drawn(card: Card, mine: int | None, language: str) -> Markup:
    return piece(language, "components/cards.html", "result_card")(
        *(card.href, card.name, card.body, HOLE, card.badges, card.total, mine),
        *(card.evidence_level, card.home or None, card.home_href or None),
        lang=card.lang,
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
