"""Plain database search, for as long as the engine is away.

It reads the stored documents with LIKE: every word must occur, umlauts and compounds are found as
ever because the documents are analyzed, but nothing is corrected and the order is simple. Slow on
large nodes, and right.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import String, and_, or_, select, type_coerce
from sqlalchemy.orm import Session

from marketplace.search.documents import SearchDocument
from marketplace.search.plan import is_function_word
from marketplace.search.query import Answer, Hit, Loosened, Query, Sort, Suggestions
from marketplace.search.stored import StoredDocument
from marketplace.search.tokens import SNOWBALL, fold, key, stem, words

MOST_DOCUMENTS = 5_000
"""Documents that one answer looks at."""

MOST_WORDS = 8


def search(session: Session, query: Query) -> Answer:
    """Answer ``query`` from the database alone."""
    found = _holding(session, _topics(query.text))
    filtered = [one for one in found if _meets(one, query.filters)]
    ordered = sorted(filtered, key=lambda one: _rank(one, query))
    page = min(query.page, max(1, -(-len(ordered) // query.size)))
    shown = ordered[(page - 1) * query.size : page * query.size]
    facets = {
        facet: _counted(facet, (one for one in found if _meets(one, query.without(facet))))
        for facet in query.facets
    }
    return Answer(
        [Hit(one.id, 0.0) for one in shown],
        len(ordered),
        facets,
        page,
        costliest=_costliest(found, query) if not ordered else None,
    )


def suggest(session: Session, beginning: str, limit: int = 8) -> Suggestions:
    """Solutions with a word in their names that begins so."""
    folded = [fold(word) for word in words(beginning)]
    if len("".join(folded)) < 2:
        return Suggestions()
    found = [
        one
        for one in _holding(session, folded)
        if any(word.startswith(folded[-1]) for word in one.name_words.split())
    ]
    best = sorted(found, key=lambda one: (-one.adopters, one.sort_name))
    return Suggestions([one.id for one in best[:limit]])


def _topics(text: str) -> list[str]:
    found = words(text)[:MOST_WORDS]
    return [word for word in found if not is_function_word(word)] or found


def _holding(session: Session, topics: Sequence[str]) -> list[SearchDocument]:
    column = type_coerce(StoredDocument.document, String)
    conditions = [
        or_(*(column.contains(form, autoescape=True) for form in _forms(word))) for word in topics
    ]
    query = select(StoredDocument.document).order_by(StoredDocument.solution_id.desc())
    if conditions:
        query = query.where(and_(*conditions))
    return list(session.scalars(query.limit(MOST_DOCUMENTS)))


def _forms(word: str) -> list[str]:
    return sorted({stem(word, language) for language in SNOWBALL} | {fold(word)})


def _meets(document: SearchDocument, filters: Mapping[str, frozenset[str]]) -> bool:
    return all(
        not values.isdisjoint(document.facets.get(facet, ())) for facet, values in filters.items()
    )


def _rank(document: SearchDocument, query: Query) -> tuple[object, ...]:
    if query.sort is Sort.NAME:
        return (document.sort_name, document.id)
    if query.sort is Sort.RECENTLY_CONFIRMED:
        return (-document.confirmed, document.id)
    used = (-document.adopters, -document.confirmed, document.sort_name, document.id)
    if query.sort is Sort.MOST_USED:
        return used
    named = set(document.name_words.split())
    in_name = sum(fold(word) in named for word in words(query.text))
    return (key(query.text) not in document.names, -in_name, *used)


def _counted(facet: str, documents: Iterable[SearchDocument]) -> dict[str, int]:
    counts = Counter(value for one in documents for value in one.facets.get(facet, ()))
    return dict(sorted(counts.items(), key=lambda found: (-found[1], found[0])))


def _costliest(found: Sequence[SearchDocument], query: Query) -> Loosened | None:
    loosened = [
        Loosened(facet, values, sum(_meets(one, query.without(facet)) for one in found))
        for facet, values in query.filters.items()
    ]
    best = max(loosened, key=lambda one: one.total, default=None)
    return best if best is not None and best.total else None
